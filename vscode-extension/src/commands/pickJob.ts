/** Which job a command is about: the one it was called on, or the user's choice. */
import * as vscode from "vscode";
import { Problem } from "../errors";
import type { JobRef } from "../jobs";
import type { Job } from "../protocol";
import type { Services } from "../services";
import { descriptionOf } from "../views/jobsTree";

/** `argument`: a row of the Jobs view or a reference; else the user picks among those that `fits` lets through. */
export async function jobFor(services: Services, argument: unknown, placeHolder: string, fits: (job: Job) => boolean): Promise<Job | undefined> {
  if (isJobRef(argument)) return services.jobs.fetch(argument);
  await services.daemon.start();
  const choices = services.jobs.all().filter(fits);
  if (choices.length === 0) throw new Problem(vscode.l10n.t("There is no such job now. Run a Julia script first."));
  const items = choices.map((job) => ({ label: job.name, description: descriptionOf(job), job }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.job;
}

function isJobRef(value: unknown): value is JobRef {
  return typeof value === "object" && value !== null && "server" in value && "job" in value;
}
