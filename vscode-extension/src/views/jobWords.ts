/** What there is to say of a job in a row, to eyes and to ears. */
import * as vscode from "vscode";
import { type JobFilter, type JobState, stateOf } from "../jobGroups";
import type { Job } from "../protocol";
import { cost, elapsed, firstLine, joined, life, readingOf } from "../text";

const MINUTE = 60_000;

/**
 * How long it has run, the one most telling thing, and what it has cost: `0:42 / 1:00 h   37 %   $0.06`. What a job does before and after its
 * own code goes before the time: a narrow view cuts the end off.
 */
export function descriptionOf(job: Job, now = Date.now()): string {
  const { time, told, paid } = partsOf(job, now);
  const isBetween = !job.done && told === job.label;
  return joined(...(isBetween ? [told, time] : [time, told]), paid);
}

/** The same for screen readers, with the state in words and first, and nothing drawn or said twice. */
export function spoken(job: Job, now = Date.now()): string {
  const { time, told, paid } = partsOf(job, now);
  const state = told.startsWith(job.label) ? told : job.label;
  return [job.name, state, ...[time, told, paid].filter((part) => !state.includes(part))].join(", ");
}

function partsOf(job: Job, now: number): { readonly time: string; readonly told: string; readonly paid: string } {
  const moment = readingOf(now, job.started);
  return { time: tellsItsTime(job) ? "" : elapsed(job, moment), told: telling(job, now), paid: cost(job, moment) };
}

export function iconOf(job: Job): vscode.ThemeIcon {
  switch (stateOf(job)) {
    case "waiting":
      return new vscode.ThemeIcon("clock");
    case "running":
      return new vscode.ThemeIcon("loading~spin");
    case "completed":
      return new vscode.ThemeIcon("pass", new vscode.ThemeColor("testing.iconPassed"));
    case "stopped":
      return new vscode.ThemeIcon("circle-slash", new vscode.ThemeColor("testing.iconSkipped"));
    case "failed":
      return new vscode.ThemeIcon("error", new vscode.ThemeColor("testing.iconFailed"));
  }
}

export function stateWord(state: JobState): string {
  const words: Record<JobState, string> = {
    running: vscode.l10n.t("Running"),
    waiting: vscode.l10n.t("Waiting for a machine"),
    completed: vscode.l10n.t("Completed"),
    failed: vscode.l10n.t("Failed"),
    stopped: vscode.l10n.t("Stopped"),
  };
  return words[state];
}

/** `failed, stopped, “pi”` */
export function filterWords({ states, text }: JobFilter): string {
  const words = states.map((state) => stateWord(state).toLowerCase());
  return [...words, ...(text.trim() === "" ? [] : [`“${text.trim()}”`])].join(", ");
}

/** A label that stands for an end without a reason tells the time itself. */
function tellsItsTime({ done, succeeded, reason }: Job): boolean {
  return done && !succeeded && reason === undefined;
}

function telling(job: Job, now: number): string {
  if (job.succeeded) return job.result ?? "";
  // A stop is yours in the label, and anyone's in the log.
  if (job.done) return firstLine(job.status === "Stopped" ? job.label : (job.reason ?? job.label));
  const waited = job.started === undefined && job.submitted !== undefined ? now - job.submitted : 0;
  if (waited >= MINUTE) return vscode.l10n.t("{0} for {1}", job.label, life(waited));
  // While it runs and nothing else happens, the number says it all.
  if (job.progress !== undefined && job.label.includes("%")) return `${Math.round(job.progress * 100)} %`;
  return job.label === job.status ? "" : job.label;
}
