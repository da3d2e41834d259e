/** When and where a log's line was written, over its beginning. */
import * as vscode from "vscode";
import { LOG_SCHEME } from "../log/address";
import type { LogDocuments } from "../log/documents";
import type { LogLine } from "../protocol";

export function registerLogHover(logs: LogDocuments): vscode.Disposable {
  return vscode.languages.registerHoverProvider({ scheme: LOG_SCHEME }, {
    provideHover: (document, { line }) => {
      const source = logs.session(document.uri)?.window.rowAt(line)?.source;
      return source === undefined ? undefined : new vscode.Hover(new vscode.MarkdownString().appendText(originOf(source)));
    },
  });
}

/** `14:02:11.120 · Warn · worker 3 · Main · main.jl:17`: what is known of these. */
function originOf({ time, level, worker, module, file, line }: LogLine): string {
  const at = time === undefined ? undefined : new Date(time);
  const parts = [
    at === undefined ? "" : `${at.toLocaleDateString()} ${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, "0")}`,
    level,
    worker > 1 ? vscode.l10n.t("worker {0}", worker) : "",
    module ?? "",
    file === undefined ? "" : `${file.split(/[\\/]/).at(-1) ?? file}:${line ?? 1}`,
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
