/** A job as a command for the terminal, on the clipboard. */
import * as vscode from "vscode";
import { Problem } from "./errors";
import type { Form } from "./protocol";

export async function copyCommandLine({ commandLine }: Form): Promise<void> {
  if (commandLine === undefined) throw new Problem(vscode.l10n.t("No command does the same: it runs a part of the script that is not there in whole lines."));
  await vscode.env.clipboard.writeText(commandLine);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("The command is copied: {0}", commandLine)}`, 4000);
}
