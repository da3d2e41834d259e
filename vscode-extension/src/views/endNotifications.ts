/** Says when a job ends that this window submitted. */
import * as vscode from "vscode";
import { hasResults, type JobRef, type JobsModel, refOf } from "../jobs";
import type { Job } from "../protocol";
import { elapsed, firstLine, firstResult } from "../text";

const KEY = "juliahub.awaited";
const KEPT = 100;
const LONGEST_MESSAGE = 200;

export class EndNotifications implements vscode.Disposable {
  private readonly registration: vscode.Disposable;

  constructor(
    private readonly jobs: JobsModel,
    private readonly memory: vscode.Memento,
  ) {
    this.registration = jobs.onDidChange(() => {
      this.announceEnded();
    });
  }

  /** A job of this workspace: its end will be announced, once, after a reload too. */
  expect(job: Job): void {
    void this.memory.update(KEY, [refOf(job), ...this.awaited()].slice(0, KEPT));
  }

  dispose(): void {
    this.registration.dispose();
  }

  private announceEnded(): void {
    const awaited = this.awaited();
    const ended = awaited.flatMap((ref) => this.jobs.get(ref) ?? []).filter(({ done }) => done);
    if (ended.length === 0) return;
    const left = awaited.filter((ref) => this.jobs.get(ref)?.done !== true);
    void this.memory.update(KEY, left);
    for (const job of ended) void announce(job);
  }

  private awaited(): readonly JobRef[] {
    return this.memory.get<JobRef[]>(KEY, []);
  }
}

async function announce(job: Job): Promise<void> {
  const results = vscode.l10n.t("Results");
  const log = vscode.l10n.t("Log");
  const chosen = job.succeeded
    ? await vscode.window.showInformationMessage(finished(job), ...(hasResults(job) ? [results] : []), log)
    : await (job.status === "Stopped" ? vscode.window.showWarningMessage : vscode.window.showErrorMessage)(ended(job), log);
  if (chosen === results) await vscode.commands.executeCommand("juliahub.showResults", refOf(job));
  if (chosen === log) await vscode.commands.executeCommand("juliahub.showLog", refOf(job));
}

/** `fit.jl — Failed after 0:03: UndefVarError: x`; the log has the rest of a long reason. */
function ended(job: Job): string {
  const text = `${job.name} — ${firstLine(job.label)}`;
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE)}…`;
}

/** `main.jl finished in 0:42 — π = 3.14159` */
function finished(job: Job): string {
  const time = elapsed(job, Date.now());
  const sentence = time === "" ? vscode.l10n.t("{0} finished", job.name) : vscode.l10n.t("{0} finished in {1}", job.name, time);
  const result = firstResult(job);
  return result === "" ? sentence : `${sentence} — ${result}`;
}
