/** What a job left: shown, fetched, compared. */
import * as path from "node:path";
import * as vscode from "vscode";
import { hasResults, refOf, resultFiles } from "../jobs";
import { withProgress } from "../progress";
import { type DownloadResultsResult, methods } from "../protocol";
import { reveal } from "../results/resultsPanel";
import type { CommandFactory } from "../services";
import { isJobRef, jobFor } from "./pickJob";
import { pickJobs } from "./pickJobs";

export const showResults: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Whose results?"), hasResults);
  if (job !== undefined) services.results.showResults(refOf(job));
};

/** Two selected rows are compared at once; one, or none, begins a choice. */
export const compareJobs: CommandFactory = (services) => async (argument, selection) => {
  const selected = (Array.isArray(selection) ? selection : [argument]).filter(isJobRef);
  if (selected.length > 1) {
    services.results.compare(selected);
    return;
  }
  await services.daemon.start();
  const chosen = await pickJobs(services.jobs, vscode.l10n.t("Which jobs to compare?"), () => true, selected);
  if (chosen.length > 0) services.results.compare(chosen);
};

export const downloadResults: CommandFactory = (services) => async (argument) => {
  const job = await jobFor(services, argument, vscode.l10n.t("Whose results?"), (candidate) => resultFiles(candidate).length > 0);
  if (job === undefined) return;
  const saved = await withProgress(services.daemon, vscode.l10n.t("Downloading the results of {0}", job.name), (workDoneToken, cancel) =>
    services.daemon.request(methods.downloadResults, { ...refOf(job), workDoneToken }, cancel),
  );
  await announce(saved);
};

async function announce({ directory, files }: DownloadResultsResult): Promise<void> {
  const folder = vscode.Uri.parse(directory);
  const open = vscode.l10n.t("Open");
  const show = vscode.l10n.t("Show in Folder");
  const [first] = files;
  const where = vscode.workspace.asRelativePath(folder, false);
  const message =
    files.length === 1 && first !== undefined
      ? vscode.l10n.t("{0} is saved in {1}.", first.name, where)
      : vscode.l10n.t("{0} files are saved in {1}.", files.length, where);
  const chosen = await vscode.window.showInformationMessage(message, ...(first === undefined ? [] : [open]), show);
  if (chosen === open) await openFile(files.map(({ uri }) => vscode.Uri.parse(uri)));
  if (chosen === show) await reveal(first === undefined ? folder : vscode.Uri.parse(first.uri));
}

/** One file opens at once; of several the user picks. */
async function openFile(files: readonly vscode.Uri[]): Promise<void> {
  const items = files.map((uri) => ({ label: path.posix.basename(uri.path), description: vscode.workspace.asRelativePath(uri), uri }));
  const chosen = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t("Which file?") });
  if (chosen !== undefined) await vscode.commands.executeCommand("vscode.open", chosen.uri);
}
