/** What can be done with a job: stop it, see its log, and the list anew. */
import * as vscode from "vscode";
import { refOf } from "../jobs";
import { methods } from "../protocol";
import type { CommandFactory } from "../services";
import { jobFor } from "./pickJob";

export const stopJob: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Which job shall stop?"), ({ done }) => !done);
  if (job === undefined) return;
  const result = await services.daemon.request(methods.stopJob, refOf(job));
  services.jobs.update([result.job]);
};

export const showLog: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Whose log?"), () => true);
  if (job !== undefined) await services.logs.show(refOf(job), job.name);
};

export const showResults: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Whose results?"), ({ succeeded }) => succeeded);
  if (job !== undefined) await services.jobsTree.reveal(job);
};

export const refreshJobs: CommandFactory =
  ({ servers, jobs }) =>
  async () => {
    await servers.refresh();
    await jobs.refresh();
  };
