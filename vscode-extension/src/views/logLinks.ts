/** What can be clicked in a log: places in Julia code, which open where they are on this computer. */
import * as vscode from "vscode";
import { LOG_SCHEME } from "../log/address";
import { framesIn } from "../log/frames";

/** What the command that opens a place is given. */
export interface FrameArgument {
  readonly log: string;
  readonly file: string;
  readonly line: number;
}

/** More links than these an editor has no use for; a log of nothing but stack traces may hold them. */
const MOST_LINKS = 5_000;

export function registerLogLinks(): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider({ scheme: LOG_SCHEME }, { provideDocumentLinks: linksIn });
}

function linksIn(document: vscode.TextDocument): vscode.DocumentLink[] {
  const links: vscode.DocumentLink[] = [];
  for (let at = 0; at < document.lineCount && links.length < MOST_LINKS; at += 1) {
    for (const { start, end, file, line } of framesIn(document.lineAt(at).text)) {
      const argument: FrameArgument = { log: document.uri.toString(), file, line };
      const target = vscode.Uri.parse(`command:juliahub.openFrame?${encodeURIComponent(JSON.stringify([argument]))}`);
      const link = new vscode.DocumentLink(new vscode.Range(at, start, at, end), target);
      link.tooltip = vscode.l10n.t("Open the local file at this line");
      links.push(link);
    }
  }
  return links;
}
