/** What the daemon wants the user to hear of a job: its limit comes near, it waits long, it has ended. Each kind can be turned off. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { hasResults, refOf } from "../jobs";
import { type Job, type JobNoticeParams, methods } from "../protocol";

const LONGEST_MESSAGE = 200;

interface Button {
  readonly title: string;
  readonly command: string;
}

/** Shows notices from now on. To be called before the daemon's first start. */
export function registerJobNotices(daemon: Daemon): void {
  daemon.onNotification(methods.jobNotice, (notice) => {
    if (isWanted(notice.kind)) void show(notice);
  });
}

/** Whether the user wants to hear of this. */
export function isWanted(kind: JobNoticeParams["kind"]): boolean {
  return vscode.workspace.getConfiguration("juliahub").get(`notifications.${kind}`, true);
}

async function show({ job, kind, message }: JobNoticeParams): Promise<void> {
  const offered = buttonsOf(job, kind);
  const text = message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)}…`;
  const chosen = await showerOf(job, kind)(text, ...offered.map(({ title }) => title));
  const button = offered.find(({ title }) => title === chosen);
  if (button !== undefined) await vscode.commands.executeCommand(button.command, refOf(job));
}

/** A failure is an error, a limit that comes near and a stop are warnings, the rest is for information. */
function showerOf(job: Job, kind: JobNoticeParams["kind"]): (message: string, ...buttons: string[]) => Thenable<string | undefined> {
  if (kind === "waiting" || (kind === "ended" && job.succeeded)) return vscode.window.showInformationMessage;
  return kind === "deadline" || job.status === "Stopped" ? vscode.window.showWarningMessage : vscode.window.showErrorMessage;
}

function buttonsOf(job: Job, kind: JobNoticeParams["kind"]): Button[] {
  const log = { title: vscode.l10n.t("Show Log"), command: "juliahub.showLog" };
  const stop = { title: vscode.l10n.t("Stop"), command: "juliahub.stopJob" };
  if (kind === "deadline") return [{ title: vscode.l10n.t("Extend"), command: "juliahub.extendJob" }, log];
  if (kind === "waiting") return [log, stop];
  return hasResults(job) ? [{ title: vscode.l10n.t("Show Results"), command: "juliahub.showResults" }, log] : [log];
}
