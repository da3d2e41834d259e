/** Failures as a person sees them: one sentence, and a button where something can be done about it. */
import * as vscode from "vscode";
import { ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageclient/node";
import { buttons } from "./bundle/text";
import { type Action, type ErrorData, methods } from "./protocol";

/** A failure of the extension's own, worded for the user. */
export class Problem extends Error {
  readonly actions: readonly Action[];

  constructor(message: string, ...actions: readonly Action[]) {
    super(message);
    this.actions = actions;
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
  [methods.mendEnvironment]: "juliahub.mendEnvironment",
  [methods.setBundleRule]: "juliahub.setBundleRule",
};

/** More buttons than these do not fit under a message. */
const MOST_BUTTONS = 3;

/** Shows `error` and runs the command of the button that is pressed. Anything unforeseen goes to the log in full, and to the user in one sentence. */
export async function showError(error: unknown, output: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof Told || error instanceof vscode.CancellationError) return;
  if (isCancelled(error)) {
    void vscode.window.showInformationMessage(error.message);
    return;
  }
  const { message, actions } = describe(error, output);
  await offer(actions, (...titles) => vscode.window.showErrorMessage(message, ...titles));
}

/** Shows a message with buttons and runs the command of the one that is pressed. */
export async function offer(actions: readonly Action[], show: (...titles: string[]) => Thenable<string | undefined>): Promise<void> {
  const offered = buttons(actions, MOST_BUTTONS);
  const chosen = await show(...offered.map(({ title }) => title));
  const action = offered.find(({ title }) => title === chosen);
  if (action !== undefined) await runAction(action);
}

export function runAction(action: Action): Thenable<unknown> {
  return vscode.commands.executeCommand(ownCommand(action.command) ?? action.command, ...(action.arguments ?? []));
}

/** Our command that does what the daemon's does. */
export function ownCommand(command: string): string | undefined {
  return OUR_COMMANDS[command];
}

/** The sentence and the buttons of a failure. What was not foreseen is logged in full. */
export function describe(error: unknown, output: vscode.LogOutputChannel): { readonly message: string; readonly actions: readonly Action[] } {
  if (error instanceof Problem) return error;
  if (error instanceof ResponseError) {
    const data = error.data as Partial<ErrorData> | undefined;
    if (data?.code !== undefined) return { message: error.message, actions: data.action === undefined ? [] : [data.action] };
  }
  output.error(error instanceof Error ? error : String(error));
  return {
    message: vscode.l10n.t("Something unexpected went wrong. Your files and jobs are as they were; the diagnostic log says more."),
    actions: [{ title: vscode.l10n.t("Show Diagnostic Log"), command: "juliahub.showOutput" }],
  };
}

/** The stable code of a failed request. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof ResponseError ? (error.data as Partial<ErrorData> | undefined)?.code : undefined;
}

/** Whether the daemon ended before it answered. */
export function isLost(error: unknown): boolean {
  return error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected;
}

export function isCancelled(error: unknown): error is ResponseError<unknown> {
  return error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled;
}
