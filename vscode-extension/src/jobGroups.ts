/** Which jobs stand where in a list, and which a filter lets through. Pure. */
import type { Job } from "./protocol";

/** What a job comes to for someone who looks for it. */
export type JobState = "waiting" | "running" | "completed" | "failed" | "stopped";

export const JOB_STATES: readonly JobState[] = ["running", "waiting", "completed", "failed", "stopped"];

/** No states: all. `text` is looked for in names and scripts. */
export interface JobFilter {
  readonly states: readonly JobState[];
  readonly text: string;
}

export const NO_FILTER: JobFilter = { states: [], text: "" };

/** So many ended jobs are recent, whenever they ran; the others are older. */
export const RECENT = 10;

export interface JobGroups {
  readonly running: readonly Job[];
  readonly recent: readonly Job[];
  readonly older: readonly Job[];
}

export function stateOf({ done, succeeded, status, started }: Job): JobState {
  if (!done) return started === undefined ? "waiting" : "running";
  if (succeeded) return "completed";
  return status === "Stopped" ? "stopped" : "failed";
}

export function isFiltering({ states, text }: JobFilter): boolean {
  return states.length > 0 || text.trim() !== "";
}

/** Every word of the text is in the name or in the script's. */
export function passes(job: Job, { states, text }: JobFilter): boolean {
  if (states.length > 0 && !states.includes(stateOf(job))) return false;
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const named = `${job.name}\n${job.script ?? ""}`.toLowerCase();
  return words.every((word) => named.includes(word));
}

/** `jobs` newest first, and so is each group. What is older stays so while a filter hides others. */
export function groupsOf(jobs: readonly Job[], filter: JobFilter): JobGroups {
  const ended = jobs.filter(({ done }) => done);
  const shown = (some: readonly Job[]): Job[] => some.filter((job) => passes(job, filter));
  return { running: shown(jobs.filter(({ done }) => !done)), recent: shown(ended.slice(0, RECENT)), older: shown(ended.slice(RECENT)) };
}

/** The first time limit that will stop one of these, in Unix milliseconds. */
export function nearestDeadline(jobs: readonly Job[]): number | undefined {
  const deadlines = jobs.flatMap(({ done, deadline }) => (done || deadline === undefined ? [] : [deadline]));
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}
