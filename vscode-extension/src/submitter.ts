/** Sends jobs on their way: files saved, progress shown and cancellable, the log opened, a failure's mends offered. Every gesture that runs something ends here. */
import * as path from "node:path";
import * as vscode from "vscode";
import type { Daemon, WorkDone } from "./client";
import { codeOf, describe, offer, Problem } from "./errors";
import { type JobsModel, refOf } from "./jobs";
import type { LogDocuments } from "./log/documents";
import { withProgress } from "./progress";
import { type Action, type Job, methods, type Problem as BundleProblem, type SubmitParams, type SubmitResult } from "./protocol";
import { savedScript } from "./saving";
import type { ServersModel } from "./servers";

/** Failures that a check before the submission has found too, with buttons that mend them. */
const MENDABLE = new Set(["bundle-refused", "environment-not-ready", "environment-unreadable"]);

/** A submission on its way: what the daemon says of it, until there is a job. */
export interface Pending {
  readonly key: string;
  readonly server: string;
  readonly name: string;
  /** `Uploading 43 % (12 MB/s, 0:20 left)` */
  readonly message: string;
  readonly cancel: () => void;
}

interface Parts {
  readonly daemon: Daemon;
  readonly servers: ServersModel;
  readonly jobs: JobsModel;
  readonly logs: LogDocuments;
  readonly output: vscode.LogOutputChannel;
}

export class Submitter implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly underWay = new Map<string, Pending>();
  private count = 0;

  readonly onDidChange = this.changed.event;

  constructor(private readonly parts: Parts) {}

  /** Submissions that have no job yet, in the order of their start. */
  get pending(): readonly Pending[] {
    return [...this.underWay.values()];
  }

  /** Submits and opens the log. Undefined when the user declines to save. Rejects with what to show, buttons included. */
  async submit(choices: SubmitParams, title?: string): Promise<Job | undefined> {
    const result = await this.start(choices, title);
    if (result === undefined) return undefined;
    warn(result.problems.filter(({ severity }) => severity === "warning"));
    await this.parts.logs.show(refOf(result.job), result.job.name);
    return result.job;
  }

  /** The same without a log: for those who show it themselves. */
  async start(choices: SubmitParams, title?: string): Promise<SubmitResult | undefined> {
    const params = await saved(choices);
    if (params === undefined) return undefined;
    const result = await this.send(params, title ?? vscode.l10n.t("Submitting {0}", nameOf(params)));
    this.parts.jobs.update([result.job]);
    return result;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private send(params: SubmitParams, title: string): Thenable<SubmitResult> {
    const { daemon } = this.parts;
    const source = new vscode.CancellationTokenSource();
    const row = this.begin(params, source);
    const heard = (value: WorkDone): void => {
      if (value.kind !== "end" && value.message !== undefined) this.show({ ...row, message: value.message });
    };
    const work = async (workDoneToken: string, cancel: vscode.CancellationToken): Promise<SubmitResult> => {
      cancel.onCancellationRequested(() => {
        source.cancel();
      });
      return daemon.request(methods.submit, { ...params, workDoneToken }, source.token);
    };
    return withProgress(daemon, title, work, heard).then(
      (result) => {
        this.end(row, source);
        return result;
      },
      async (error: unknown) => {
        this.end(row, source);
        throw await withMends(this.parts, error, params);
      },
    );
  }

  private begin(params: SubmitParams, source: vscode.CancellationTokenSource): Pending {
    const key = `pending ${(this.count += 1)}`;
    const server = params.server ?? this.parts.servers.current?.id ?? this.parts.servers.all[0]?.id ?? "";
    const cancel = (): void => {
      source.cancel();
    };
    const row = { key, server, name: params.name ?? nameOf(params), message: vscode.l10n.t("Getting ready…"), cancel };
    this.show(row);
    return row;
  }

  private show(row: Pending): void {
    this.underWay.set(row.key, row);
    this.changed.fire();
  }

  private end({ key }: Pending, source: vscode.CancellationTokenSource): void {
    source.dispose();
    this.underWay.delete(key);
    this.changed.fire();
  }
}

/** Whether it is left open what runs. */
export function namesNothing({ script, app, appRepo }: SubmitParams): boolean {
  return script === undefined && app === undefined && appRepo === undefined;
}

/** The choices with their script on disk; an application has none. */
async function saved(choices: SubmitParams): Promise<SubmitParams | undefined> {
  if (choices.script === undefined) return choices;
  const script = await savedScript(vscode.Uri.parse(choices.script));
  return script === undefined ? undefined : { ...choices, script: script.toString() };
}

function nameOf({ script, app, appRepo }: SubmitParams): string {
  return script === undefined ? (app ?? path.posix.basename(appRepo ?? "")) : path.posix.basename(vscode.Uri.parse(script).path);
}

/** The same failure with the buttons that mend what is wrong, where the check knows any. */
async function withMends({ daemon, output }: Parts, error: unknown, params: SubmitParams): Promise<unknown> {
  const code = codeOf(error);
  if (code === undefined || !MENDABLE.has(code)) return error;
  try {
    const { problems } = await daemon.request(methods.preflight, params);
    const wrong = problems.filter(({ severity }) => severity === "error");
    const actions = wrong.flatMap((problem) => problem.actions?.slice(0, wrong.length === 1 ? 2 : 1) ?? []).slice(0, 2);
    const { message } = describe(error, output);
    return new Problem(message, ...actions, ...showAll(params.script));
  } catch (failure) {
    output.warn(String(failure));
    return error;
  }
}

function showAll(script: string | undefined): Action[] {
  if (script === undefined) return [];
  return [{ title: vscode.l10n.t("Show All"), command: "juliahub.checkFile", arguments: [vscode.Uri.parse(script)] }];
}

function warn(problems: readonly BundleProblem[]): void {
  const [first, ...more] = problems;
  if (first === undefined) return;
  const others = more.length === 0 ? "" : ` ${vscode.l10n.t("({0} more warnings)", more.length)}`;
  void offer(first.actions ?? [], (...titles) => vscode.window.showWarningMessage(first.message + others, ...titles));
}
