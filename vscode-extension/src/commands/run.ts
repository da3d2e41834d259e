/** Run a script: as it is, or with what goes along chosen first. */
import * as path from "node:path";
import * as vscode from "vscode";
import type { SubmitParams } from "../protocol";
import { savedScript } from "../saving";
import type { CommandFactory } from "../services";

export const runFile: CommandFactory =
  ({ submitter }) =>
  async (argument) => {
    const script = await savedScript(argument instanceof vscode.Uri ? argument : undefined);
    if (script !== undefined) await submitter.submit({ script: script.toString() });
  };

/** Asks what goes along first. */
export const runFileWith: CommandFactory =
  ({ submitter }) =>
  async (argument) => {
    const script = await savedScript(argument instanceof vscode.Uri ? argument : undefined);
    if (script === undefined) return;
    const placeHolder = vscode.l10n.t("What goes along with {0}?", path.posix.basename(script.path));
    const chosen = await vscode.window.showQuickPick(ways(), { placeHolder, matchOnDetail: true });
    if (chosen !== undefined) await submitter.submit({ script: script.toString(), send: chosen.send });
  };

function ways(): (vscode.QuickPickItem & { readonly send: NonNullable<SubmitParams["send"]> })[] {
  return [
    { label: `$(folder) ${vscode.l10n.t("The folder of its environment")}`, detail: vscode.l10n.t("As the Bundle view shows it, development packages included"), send: "folder" },
    { label: `$(package) ${vscode.l10n.t("Its environment")}`, detail: vscode.l10n.t("The script's text with project and manifest: the same versions as here"), send: "environment" },
    { label: `$(checklist) ${vscode.l10n.t("Its project alone")}`, detail: vscode.l10n.t("The server resolves the versions itself"), send: "project" },
    { label: `$(file-code) ${vscode.l10n.t("Nothing else")}`, detail: vscode.l10n.t("The script's text alone"), send: "script" },
  ];
}
