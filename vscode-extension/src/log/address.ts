/** The address of a job's log as a document: `juliahub-log:/juliahub-jobs/SERVER/JOB/NAME log`. The last part is what the tab shows. */
import * as vscode from "vscode";
import type { JobRef } from "../jobs";

export const LOG_SCHEME = "juliahub-log";
const ROOT = "juliahub-jobs";

export function logUri(server: string, job: string, name: string): vscode.Uri {
  const parts = [ROOT, server, job, `${name.replace(/[\\/]/g, "-")} log`];
  return vscode.Uri.from({ scheme: LOG_SCHEME, path: `/${parts.join("/")}` });
}

/** Undefined for anything that is not a log's address. */
export function jobOfLog(uri: vscode.Uri): JobRef | undefined {
  const [, root, server, job] = uri.path.split("/");
  if (uri.scheme !== LOG_SCHEME || root !== ROOT || server === undefined || job === undefined) return undefined;
  return { server, job };
}
