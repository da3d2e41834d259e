/** Says when a job ends that this window submitted. */
import * as vscode from "vscode";
import { type JobsModel, refOf } from "../jobs";
import type { Job } from "../protocol";
import { elapsed, firstResult } from "../text";

const KEY = "juliahub.submitted";
const KEPT = 100;

export class EndNotifications implements vscode.Disposable {
  private readonly registration: vscode.Disposable;

  constructor(
    jobs: JobsModel,
    private readonly memory: vscode.Memento,
  ) {
    this.registration = jobs.onDidEnd((job) => {
      if (this.mine().includes(job.id)) void announce(job);
    });
  }

  /** A job of this workspace: its end will be announced, after a reload too. */
  expect(job: Job): void {
    void this.memory.update(KEY, [job.id, ...this.mine()].slice(0, KEPT));
  }

  dispose(): void {
    this.registration.dispose();
  }

  private mine(): readonly string[] {
    return this.memory.get<string[]>(KEY, []);
  }
}

async function announce(job: Job): Promise<void> {
  const results = vscode.l10n.t("Results");
  const log = vscode.l10n.t("Log");
  const chosen = job.succeeded
    ? await vscode.window.showInformationMessage(finished(job), results, log)
    : await (job.status === "Stopped" ? vscode.window.showWarningMessage : vscode.window.showErrorMessage)(`${job.name} — ${job.label}`, log);
  if (chosen === results) await vscode.commands.executeCommand("juliahub.showResults", refOf(job));
  if (chosen === log) await vscode.commands.executeCommand("juliahub.showLog", refOf(job));
}

/** `main.jl finished in 0:42 — π = 3.14159` */
function finished(job: Job): string {
  const time = elapsed(job, Date.now());
  const sentence = time === "" ? vscode.l10n.t("{0} finished", job.name) : vscode.l10n.t("{0} finished in {1}", job.name, time);
  const result = firstResult(job);
  return result === "" ? sentence : `${sentence} — ${result}`;
}
