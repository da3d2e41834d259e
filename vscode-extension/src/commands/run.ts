/** Run a script: save, submit, show its log. */
import * as path from "node:path";
import * as vscode from "vscode";
import { Problem } from "../errors";
import { refOf } from "../jobs";
import { LOG_SCHEME } from "../log/address";
import { withProgress } from "../progress";
import { methods, type Problem as BundleProblem, type SubmitResult } from "../protocol";
import type { CommandFactory, Services } from "../services";

export const runFile: CommandFactory = (services) => async (argument) => {
  const script = await savedScript(argument instanceof vscode.Uri ? argument : undefined);
  if (script === undefined) return;
  const name = path.posix.basename(script.path);
  const result = await withProgress(services.daemon, vscode.l10n.t("Submitting {0}", name), (workDoneToken, cancel) =>
    services.daemon.request(methods.submit, { script: script.toString(), workDoneToken }, cancel),
  );
  await follow(services, result);
};

/** The script with all that is unsaved on disk, for the job may include any of it. Undefined when the user declines to save. */
async function savedScript(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const document = uri === undefined ? activeScript() : await vscode.workspace.openTextDocument(uri);
  if (document === undefined) throw new Problem(vscode.l10n.t("Open the Julia script that you want to run, then run it again."));
  const saved = document.isUntitled ? await vscode.workspace.save(document.uri) : document.uri;
  if (saved === undefined) return undefined;
  if (!(await vscode.workspace.saveAll(false))) {
    throw new Problem(vscode.l10n.t("Nothing was submitted: a file could not be saved, and the job would have run an older version of it."));
  }
  return saved;
}

/** The script in the active editor; when a log has the focus, the one that stands beside it. */
function activeScript(): vscode.TextDocument | undefined {
  const active = vscode.window.activeTextEditor?.document;
  if (active !== undefined && active.uri.scheme !== LOG_SCHEME) return active.languageId === "julia" ? active : undefined;
  const scripts = vscode.window.visibleTextEditors.map((editor) => editor.document).filter((document) => document.languageId === "julia");
  return scripts.length === 1 ? scripts[0] : undefined;
}

async function follow({ jobs, logs, endNotifications }: Services, { job, problems }: SubmitResult): Promise<void> {
  endNotifications.expect(job);
  jobs.update([job]);
  warn(problems.filter(({ severity }) => severity === "warning"));
  await logs.show(refOf(job), job.name);
}

function warn(problems: readonly BundleProblem[]): void {
  const [first, ...more] = problems;
  if (first === undefined) return;
  const others = more.length === 0 ? "" : ` ${vscode.l10n.t("({0} more warnings)", more.length)}`;
  void vscode.window.showWarningMessage(first.message + others);
}
