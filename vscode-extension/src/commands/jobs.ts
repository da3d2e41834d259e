/** What can be done with jobs: see their log, details and results; extend and run them again; the list anew, further back, filtered. */
import * as vscode from "vscode";
import { copyCommandLine } from "../commandLine";
import { filterByHand } from "../jobFilterPick";
import { NO_FILTER } from "../jobGroups";
import { refOf } from "../jobs";
import { type Job, methods } from "../protocol";
import type { CommandFactory, Services } from "../services";
import { extensionOf } from "./extend";
import { jobFor } from "./pickJob";

const IN_THE_VIEW = { location: { viewId: "juliahub.jobs" } };

export const extendJob: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Which job shall have more time?"), ({ done, deadline }) => !done && deadline !== undefined);
  if (job === undefined) return;
  const hours = await extensionOf(job, services.servers.all.find(({ id }) => id === job.server));
  if (hours === undefined) return;
  services.jobs.update([(await services.daemon.request(methods.extendJob, { ...refOf(job), hours })).job]);
};

export const showLog: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Whose log?"), () => true);
  if (job !== undefined) await services.logs.show(refOf(job), job.name);
};

export const showJobDetails: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Whose details?"), () => true);
  if (job !== undefined) await services.jobDetails.show(job);
};

/** Once more as it was. */
export const runAgain: CommandFactory = (services) => async (argument) => {
  const job = await again(services, argument);
  if (job === undefined) return;
  const { choices } = await services.daemon.request(methods.form, refOf(job));
  await services.submitter.submit(choices);
};

/** In the form, filled as it was. */
export const runAgainWithChanges: CommandFactory = (services) => async (argument) => {
  const job = await again(services, argument);
  if (job !== undefined) await services.form.openForm(refOf(job));
};

export const copyCommand: CommandFactory = (services) => async (argument) => {
  const job = await again(services, argument);
  if (job !== undefined) await copyCommandLine(await services.daemon.request(methods.form, refOf(job)));
};

export const copyJobId: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Whose id?"), () => true);
  if (job !== undefined) await copy(job.id, vscode.l10n.t("{0} is copied.", job.id));
};

export const openInBrowser: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Whose exposed port?"), ({ link }) => link !== undefined);
  if (job?.link !== undefined) await vscode.env.openExternal(vscode.Uri.parse(job.link));
};

export const refreshJobs: CommandFactory =
  ({ servers, jobs }) =>
  () =>
    vscode.window.withProgress(IN_THE_VIEW, async () => {
      await servers.refresh();
      await jobs.refresh();
    });

export const showOlderJobs: CommandFactory =
  ({ jobs }) =>
  async (argument) => {
    if (isOfServer(argument)) await vscode.window.withProgress(IN_THE_VIEW, () => jobs.showOlder(argument.server));
  };

export const filterJobs: CommandFactory =
  ({ jobsTree }) =>
  () => {
    filterByHand(jobsTree);
  };

export const clearJobFilter: CommandFactory =
  ({ jobsTree }) =>
  () => {
    jobsTree.setFilter(NO_FILTER);
  };

export const cancelSubmission: CommandFactory =
  ({ submitter }) =>
  (argument) => {
    if (isPending(argument)) submitter.pending.find(({ key }) => key === argument.key)?.cancel();
  };

function again(services: Services, argument: unknown): Promise<Job | undefined> {
  return jobFor(services, argument, vscode.l10n.t("Which job shall run again?"), ({ canRunAgain }) => canRunAgain);
}

async function copy(text: string, told: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`$(check) ${told}`, 4000);
}

function isOfServer(value: unknown): value is { readonly server: string } {
  return typeof value === "object" && value !== null && "server" in value && typeof value.server === "string";
}

function isPending(value: unknown): value is { readonly key: string } {
  return typeof value === "object" && value !== null && "key" in value && typeof value.key === "string";
}
