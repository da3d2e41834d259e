/** The script that a gesture is about, with all that is unsaved on disk: the job may include any of it. */
import * as vscode from "vscode";
import { Problem } from "./errors";
import { LOG_SCHEME } from "./log/address";

/** What can be run: files, and texts that become one when they are saved. */
export const SCRIPT_SCHEMES: readonly string[] = ["file", "untitled"];

/** The script at `uri`, else the active one, saved. Undefined when the user declines to save. */
export async function savedScript(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const document = uri === undefined ? activeScript() : await vscode.workspace.openTextDocument(uri);
  if (document === undefined) throw new Problem(vscode.l10n.t("Open the Julia script that you want to run, then run it again."));
  const saved = document.isUntitled ? await vscode.workspace.save(document.uri) : document.uri;
  if (saved !== undefined) await saveAll();
  return saved;
}

/** The script in the active editor; when a log has the focus, the one that stands beside it. */
export function activeScript(): vscode.TextDocument | undefined {
  const active = vscode.window.activeTextEditor?.document;
  if (active !== undefined && active.uri.scheme !== LOG_SCHEME) return isScript(active) ? active : undefined;
  const scripts = vscode.window.visibleTextEditors.map((editor) => editor.document).filter(isScript);
  return scripts.length === 1 ? scripts[0] : undefined;
}

/** A file, or one that is not saved yet; not the other side of a comparison. */
function isScript({ languageId, uri }: vscode.TextDocument): boolean {
  return languageId === "julia" && SCRIPT_SCHEMES.includes(uri.scheme);
}

/** Asked again after a no: VS Code says it, too, of a file that it is saving by itself in that moment. */
async function saveAll(): Promise<void> {
  if ((await vscode.workspace.saveAll(false)) || (await vscode.workspace.saveAll(false))) return;
  throw new Problem(vscode.l10n.t("Nothing was submitted: a file could not be saved, and the job would have run an older version of it."));
}
