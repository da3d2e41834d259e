/** Ends jobs: one at once; several after one question, and with one word when it is done. */
import * as vscode from "vscode";
import { describe, Problem } from "../errors";
import { refOf } from "../jobs";
import { type Job, methods } from "../protocol";
import type { CommandFactory, Services } from "../services";
import { joined } from "../text";
import { isWanted } from "../views/jobNotices";
import { descriptionOf } from "../views/jobWords";
import { jobsFor } from "./pickJob";

export const stopJob: CommandFactory = (services) => async (argument, selection) => {
  const jobs = await jobsFor(services, argument, selection, vscode.l10n.t("Which job shall stop?"), ({ done }) => !done);
  const [only, ...others] = jobs;
  if (only === undefined) return;
  if (others.length === 0) await stop(services, only, false);
  else if (await isMeant(jobs)) await stopAll(services, jobs);
};

async function isMeant(jobs: readonly Job[]): Promise<boolean> {
  const button = vscode.l10n.t("Stop {0} Jobs", jobs.length);
  const question = vscode.l10n.t("Stop {0} jobs?", jobs.length);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail: jobs.map((job) => joined(job.name, descriptionOf(job))).join("\n") }, button)) === button;
}

/** Their rows say that they are stopping until it is so. */
async function stopAll(services: Services, jobs: readonly Job[]): Promise<void> {
  const asked = await Promise.allSettled(jobs.map((job) => stop(services, job, true)));
  const stopping = jobs.filter((_job, place) => asked[place]?.status === "fulfilled");
  void tellOfTheEnd(services, stopping);
  const failures = asked.flatMap((result): unknown[] => (result.status === "rejected" ? [result.reason] : []));
  if (failures.length === 0) return;
  const { message, actions } = describe(failures[0], services.output);
  throw new Problem(vscode.l10n.t("{0} of {1} jobs are not stopping. {2}", failures.length, jobs.length, message), ...actions);
}

async function stop({ daemon, jobs }: Services, job: Job, quiet: boolean): Promise<void> {
  jobs.update([(await daemon.request(methods.stopJob, { ...refOf(job), quiet })).job]);
}

async function tellOfTheEnd({ jobs }: Services, stopping: readonly Job[]): Promise<void> {
  const now = (): Job[] => stopping.flatMap((job) => jobs.get(refOf(job)) ?? []);
  await jobs.until(() => now().every(({ done }) => done));
  const ended = now();
  const stopped = ended.filter(({ status }) => status === "Stopped");
  if (ended.length > 0 && isWanted("ended")) void vscode.window.showInformationMessage(wordsOf(stopped, ended));
}

function wordsOf(stopped: readonly Job[], ended: readonly Job[]): string {
  if (stopped.length < ended.length) return vscode.l10n.t("{0} of {1} jobs have stopped, the others had ended before that.", stopped.length, ended.length);
  const [only, ...others] = stopped;
  return only !== undefined && others.length === 0 ? vscode.l10n.t("{0} has stopped.", only.name) : vscode.l10n.t("{0} jobs have stopped.", stopped.length);
}
