/** What files held before the daemon edited them, so that one step can be taken back. */
import * as vscode from "vscode";
import type { WorkspaceMiddleware } from "vscode-languageclient/node";

type ApplyEdit = NonNullable<WorkspaceMiddleware["handleApplyEdit"]>;

export class EditJournal {
  private readonly before = new Map<string, string | undefined>();

  /** Middleware of `workspace/applyEdit`. */
  readonly handleApplyEdit: ApplyEdit = async (params, next) => {
    const { changes, documentChanges } = params.edit;
    const edited = (documentChanges ?? []).map((change) => uriOf(change)).filter((uri) => uri !== undefined);
    for (const uri of new Set([...Object.keys(changes ?? {}), ...edited])) this.before.set(key(uri), await textOf(vscode.Uri.parse(uri)));
    return next(params, new vscode.CancellationTokenSource().token);
  };

  /** The text of `uri` before the last edit; `undefined` inside when there was no such file. Nothing when it was not edited. */
  take(uri: string): { readonly text: string | undefined } | undefined {
    const known = key(uri);
    if (!this.before.has(known)) return undefined;
    const text = this.before.get(known);
    this.before.delete(known);
    return { text };
  }
}

function uriOf(change: object): string | undefined {
  if ("textDocument" in change) return (change.textDocument as { readonly uri: string }).uri;
  return "uri" in change ? String(change.uri) : undefined;
}

async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText();
  } catch {
    return undefined;
  }
}

/** One spelling for one file: clients and servers differ in what they escape. */
function key(uri: string): string {
  return vscode.Uri.parse(uri).toString();
}
