/** Failures as a person sees them: one sentence, and a button where something can be done about it. */
import * as vscode from "vscode";
import { LSPErrorCodes, ResponseError } from "vscode-languageclient/node";
import { type Action, type ErrorData, methods } from "./protocol";

/** A failure of the extension's own, worded for the user. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly action?: Action,
  ) {
    super(message);
  }
}

/** A failure that the user has been told of already: whoever catches it says nothing more. */
export class Told extends Error {}

/** Where our own command does the same as the daemon's, with progress and in our words. */
const OUR_COMMANDS: Readonly<Record<string, string>> = {
  [methods.signIn]: "juliahub.signIn",
  [methods.signOut]: "juliahub.signOut",
  [methods.selectServer]: "juliahub.selectServer",
  [methods.submit]: "juliahub.runFile",
  [methods.downloadResults]: "juliahub.downloadResults",
};

/** Shows `error` and runs the button's command when it is pressed. Anything unforeseen goes to the log in full, and to the user in one sentence. */
export async function showError(error: unknown, output: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof Told || error instanceof vscode.CancellationError) return;
  if (isCancelled(error)) {
    void vscode.window.showInformationMessage(error.message);
    return;
  }
  const { message, action } = describe(error, output);
  const chosen = await vscode.window.showErrorMessage(message, ...(action === undefined ? [] : [action.title]));
  if (chosen !== undefined && action !== undefined) await runAction(action);
}

export function runAction(action: Action): Thenable<unknown> {
  return vscode.commands.executeCommand(OUR_COMMANDS[action.command] ?? action.command, ...(action.arguments ?? []));
}

function describe(error: unknown, output: vscode.LogOutputChannel): { message: string; action?: Action | undefined } {
  if (error instanceof Problem) return error;
  if (error instanceof ResponseError) {
    const data = error.data as Partial<ErrorData> | undefined;
    if (data?.code !== undefined) return { message: error.message, action: data.action };
  }
  output.error(error instanceof Error ? error : String(error));
  return {
    message: vscode.l10n.t("Something unexpected went wrong. Your files and jobs are as they were; the diagnostic log says more."),
    action: { title: vscode.l10n.t("Show Diagnostic Log"), command: "juliahub.showOutput" },
  };
}

function isCancelled(error: unknown): error is ResponseError<unknown> {
  return error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled;
}
