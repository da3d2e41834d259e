/** Several jobs of the user's choice. */
import * as vscode from "vscode";
import { Problem } from "../errors";
import { type JobRef, type JobsModel, refOf } from "../jobs";
import type { Job } from "../protocol";
import { descriptionOf } from "../views/jobWords";

/** `picked`: those that are chosen already. None when the user changes their mind. */
export async function pickJobs(jobs: JobsModel, placeHolder: string, fits: (job: Job) => boolean, picked: readonly JobRef[] = []): Promise<JobRef[]> {
  const choices = jobs.all().filter(fits);
  if (choices.length === 0) throw new Problem(vscode.l10n.t("There is no such job now. Run a Julia script first."));
  const isPicked = (job: Job): boolean => picked.some((ref) => ref.server === job.server && ref.job === job.id);
  const items = choices.map((job) => ({ label: job.name, description: descriptionOf(job), detail: job.id, picked: isPicked(job), job }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, canPickMany: true });
  return (chosen ?? []).map(({ job }) => refOf(job));
}
