/** What can be clicked in a log: the way to the lines that it does not show. */
import * as vscode from "vscode";
import { LOG_SCHEME } from "../log/address";
import type { LogDocuments } from "../log/documents";

export function registerLogLinks(logs: LogDocuments): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider({ scheme: LOG_SCHEME }, { provideDocumentLinks: (document) => linksIn(document, logs) });
}

function linksIn(document: vscode.TextDocument, logs: LogDocuments): vscode.DocumentLink[] {
  const missing = logs.session(document.uri)?.window.missing ?? 0;
  if (missing === 0) return [];
  const target = vscode.Uri.parse(`command:juliahub.saveLog?${encodeURIComponent(JSON.stringify([document.uri.toString()]))}`);
  const link = new vscode.DocumentLink(document.lineAt(0).range, target);
  link.tooltip = vscode.l10n.t("Save the whole log");
  return [link];
}
