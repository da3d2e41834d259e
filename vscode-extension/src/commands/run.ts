/** Run a script: save, submit, show its log. */
import * as path from "node:path";
import * as vscode from "vscode";
import { codeOf, describe, offer, Problem } from "../errors";
import { refOf } from "../jobs";
import { LOG_SCHEME } from "../log/address";
import { withProgress } from "../progress";
import { type Action, methods, type Problem as BundleProblem, type SubmitParams, type SubmitResult } from "../protocol";
import type { CommandFactory, Services } from "../services";

/** Failures that a check before the submission has found too, with buttons that mend them. */
const MENDABLE = new Set(["bundle-refused", "environment-not-ready", "environment-unreadable"]);

export const runFile: CommandFactory = (services) => async (argument) => {
  const script = await savedScript(argument instanceof vscode.Uri ? argument : undefined);
  if (script !== undefined) await submit(services, script, {});
};

/** Asks what goes along first. */
export const runFileWith: CommandFactory = (services) => async (argument) => {
  const script = await savedScript(argument instanceof vscode.Uri ? argument : undefined);
  if (script === undefined) return;
  const placeHolder = vscode.l10n.t("What goes along with {0}?", path.posix.basename(script.path));
  const chosen = await vscode.window.showQuickPick(ways(), { placeHolder, matchOnDetail: true });
  if (chosen !== undefined) await submit(services, script, { send: chosen.send });
};

/** The script with all that is unsaved on disk, for the job may include any of it. Undefined when the user declines to save. */
export async function savedScript(uri: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const document = uri === undefined ? activeScript() : await vscode.workspace.openTextDocument(uri);
  if (document === undefined) throw new Problem(vscode.l10n.t("Open the Julia script that you want to run, then run it again."));
  const saved = document.isUntitled ? await vscode.workspace.save(document.uri) : document.uri;
  if (saved === undefined) return undefined;
  if (!(await vscode.workspace.saveAll(false))) {
    throw new Problem(vscode.l10n.t("Nothing was submitted: a file could not be saved, and the job would have run an older version of it."));
  }
  return saved;
}

async function submit(services: Services, script: vscode.Uri, more: Partial<SubmitParams>): Promise<void> {
  const params = { ...more, script: script.toString() };
  const title = vscode.l10n.t("Submitting {0}", path.posix.basename(script.path));
  const result = await withProgress(services.daemon, title, async (workDoneToken, cancel) => {
    try {
      return await services.daemon.request(methods.submit, { ...params, workDoneToken }, cancel);
    } catch (error) {
      throw await withMends(services, error, params);
    }
  });
  await follow(services, result);
}

/** The same failure with the buttons that mend what is wrong, where the check knows any. */
async function withMends({ daemon, output }: Services, error: unknown, params: SubmitParams & { script: string }): Promise<unknown> {
  const code = codeOf(error);
  if (code === undefined || !MENDABLE.has(code)) return error;
  try {
    const { problems } = await daemon.request(methods.preflight, params);
    const wrong = problems.filter(({ severity }) => severity === "error");
    const actions = wrong.flatMap((problem) => problem.actions?.slice(0, wrong.length === 1 ? 2 : 1) ?? []).slice(0, 2);
    const { message } = describe(error, output);
    return new Problem(message, ...actions, showAll(params.script));
  } catch (failure) {
    output.warn(String(failure));
    return error;
  }
}

function showAll(script: string): Action {
  return { title: vscode.l10n.t("Show All"), command: "juliahub.checkFile", arguments: [vscode.Uri.parse(script)] };
}

function ways(): (vscode.QuickPickItem & { readonly send: NonNullable<SubmitParams["send"]> })[] {
  return [
    { label: `$(folder) ${vscode.l10n.t("The folder of its environment")}`, detail: vscode.l10n.t("As the Bundle view shows it, development packages included"), send: "folder" },
    { label: `$(package) ${vscode.l10n.t("Its environment")}`, detail: vscode.l10n.t("The script's text with project and manifest: the same versions as here"), send: "environment" },
    { label: `$(checklist) ${vscode.l10n.t("Its project alone")}`, detail: vscode.l10n.t("The server resolves the versions itself"), send: "project" },
    { label: `$(file-code) ${vscode.l10n.t("Nothing else")}`, detail: vscode.l10n.t("The script's text alone"), send: "script" },
  ];
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
  void offer(first.actions ?? [], (...titles) => vscode.window.showWarningMessage(first.message + others, ...titles));
}
