/** Saving a whole log, and following one. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import * as vscode from "vscode";
import { type JobRef, refOf } from "../jobs";
import { jobOfLog } from "../log/address";
import { rowsOf } from "../log/render";
import { withProgress } from "../progress";
import { methods } from "../protocol";
import type { CommandFactory, Services } from "../services";
import { jobFor } from "./pickJob";

const PAGE_LINES = 5_000;

export const saveLog: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, refOfLog(argument), vscode.l10n.t("Whose log?"), () => true);
  if (job === undefined) return;
  const target = await vscode.window.showSaveDialog({ defaultUri: suggestion(job.name), filters: { Text: ["log", "txt"] } });
  if (target === undefined) return;
  const lines = await withProgress(services.daemon, vscode.l10n.t("Saving the log of {0}", job.name), (_token, cancel) =>
    writeLog(services, refOf(job), target.fsPath, cancel),
  );
  const open = vscode.l10n.t("Open");
  const saved = vscode.l10n.t("The log of {0} is saved: {1} records.", job.name, lines.toLocaleString());
  if ((await vscode.window.showInformationMessage(saved, open)) === open) await vscode.window.showTextDocument(target);
};

export const followLog: CommandFactory =
  ({ logDecorations }) =>
  () => {
    logDecorations.toggle();
  };

/** From a link (which passes text), a log's own title or the palette, a log is meant by its address. */
function refOfLog(argument: unknown): unknown {
  if (typeof argument === "string") return jobOfLog(vscode.Uri.parse(argument));
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  return (argument === undefined || argument instanceof vscode.Uri) && uri !== undefined ? jobOfLog(uri) : argument;
}

function suggestion(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(".");
  return vscode.Uri.joinPath(folder, `${name.replace(/[^\w.-]+/g, "-")}.log`);
}

/** Page by page into a file beside the target, which appears only whole. Returns how many records were written. */
async function writeLog({ daemon }: Services, ref: JobRef, target: string, cancel: vscode.CancellationToken): Promise<number> {
  const partial = `${target}.part`;
  const file = createWriteStream(partial);
  let written = 0;
  try {
    for (let after = 0; ; ) {
      const { lines } = await daemon.request(methods.readLog, { ...ref, after, limit: PAGE_LINES }, cancel);
      const last = lines.at(-1);
      if (last === undefined) break;
      const text = lines.flatMap(rowsOf).map((row) => `${row.text}\n`).join("");
      if (!file.write(text)) await once(file, "drain");
      written += lines.length;
      after = last.id;
    }
    file.end();
    await finished(file);
    await rename(partial, target);
    return written;
  } catch (error) {
    file.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}
