/** Which jobs a command is about: those it was called on, or the user's choice. */
import * as vscode from "vscode";
import { Problem } from "../errors";
import type { JobRef } from "../jobs";
import type { Job } from "../protocol";
import type { Services } from "../services";
import { descriptionOf } from "../views/jobWords";

type Fits = (job: Job) => boolean;

/** `argument`: a row of the Jobs view or a reference; else the user picks among those that `fits` lets through. */
export async function jobFor(services: Services, argument: unknown, placeHolder: string, fits: Fits): Promise<Job | undefined> {
  if (isJobRef(argument)) return services.jobs.fetch(argument);
  await services.daemon.start();
  const choices = services.jobs.all().filter(fits);
  if (choices.length === 0) throw new Problem(vscode.l10n.t("There is no such job now. Run a Julia script first."));
  const items = choices.map((job) => ({ label: job.name, description: descriptionOf(job), job }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.job;
}

/** All selected rows that fit, when the command was called on one of several. */
export async function jobsFor(services: Services, argument: unknown, selection: unknown, placeHolder: string, fits: Fits): Promise<Job[]> {
  const several = Array.isArray(selection) ? selection.filter(isJobRef) : [];
  const jobs = several.length > 1 ? await Promise.all(several.map((ref) => services.jobs.fetch(ref))) : [await jobFor(services, argument, placeHolder, fits)];
  return jobs.filter((job): job is Job => job !== undefined && (several.length <= 1 || fits(job)));
}

export function isJobRef(value: unknown): value is JobRef {
  return typeof value === "object" && value !== null && "server" in value && "job" in value;
}
