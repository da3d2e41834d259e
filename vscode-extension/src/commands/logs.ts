/** Logs: moving about in them, filtering, plotting, saving, and opening the code that they name. */
import * as vscode from "vscode";
import { Problem } from "../errors";
import { refOf } from "../jobs";
import { jobOfLog } from "../log/address";
import { filterOf } from "../log/navigation";
import type { LogSession } from "../log/session";
import { localFiles } from "../log/sources";
import { withProgress } from "../progress";
import { methods } from "../protocol";
import type { CommandFactory, Services } from "../services";
import type { FrameArgument } from "../views/logLinks";
import { jobFor } from "./pickJob";

export const earlierLines: CommandFactory = (services) => onLog(services, (session) => services.logNavigation.earlier(session));

export const laterLines: CommandFactory = (services) => onLog(services, (session) => services.logNavigation.later(session));

export const endOfLog: CommandFactory = (services) => onLog(services, (session) => services.logNavigation.toEnd(session));

export const firstError: CommandFactory = (services) => onLog(services, (session) => services.logNavigation.firstError(session));

/** Ends following, or goes to the live end and follows. */
export const followLog: CommandFactory = (services) =>
  onLog(services, async (session) => {
    if (session.follow.on) session.follow.on = false;
    else await services.logNavigation.toEnd(session);
  });

export const filterLog: CommandFactory = (services) =>
  onLog(services, async (session) => {
    const query = await services.filterBar.ask(session);
    if (query === "") await showAll(services, session);
    else if (query !== undefined && query !== session.filter) await services.logNavigation.filter(session, query);
  });

export const clearLogFilter: CommandFactory = (services) => onLog(services, (session) => showAll(services, session));

export const plotLog: CommandFactory = (services) =>
  onLog(services, async (session) => {
    const { name } = await services.jobs.fetch(session.ref);
    services.logPlots.show(session, name);
  });

export const saveLog: CommandFactory = (services) => async (argument) => {
  const { daemon } = services;
  const session = argument === undefined || isAddress(argument) ? sessionOf(services, argument) : undefined;
  const job = await jobFor(services, session?.ref ?? argument, vscode.l10n.t("Whose log?"), () => true);
  if (job === undefined) return;
  const query = await filterToSave(session);
  if (query === undefined) return;
  const filters = { [vscode.l10n.t("Text")]: ["log", "txt"], [vscode.l10n.t("JSON lines")]: ["jsonl"] };
  const target = await vscode.window.showSaveDialog({ defaultUri: suggestion(job.name), filters });
  if (target === undefined) return;
  const format = /\.(?:jsonl|ndjson|json)$/i.test(target.path) ? "jsonl" : "text";
  const filter = query === "" ? {} : { filter: filterOf(query) };
  const { records, complete } = await withProgress(daemon, vscode.l10n.t("Saving the log of {0}", job.name), (workDoneToken, cancel) =>
    daemon.request(methods.saveLog, { ...refOf(job), file: target.toString(), format, ...filter, workDoneToken }, cancel),
  );
  const open = vscode.l10n.t("Open");
  const saved = vscode.l10n.t("The log of {0} is saved: {1} records.", job.name, records.toLocaleString());
  const soFar = vscode.l10n.t("The log of {0} is saved as far as it has come: {1} records.", job.name, records.toLocaleString());
  if ((await vscode.window.showInformationMessage(complete ? saved : soFar, open)) === open) await vscode.window.showTextDocument(target);
};

/** Opens the file of this computer that a stack frame means. */
export const openFrame: CommandFactory = (services) => async (argument) => {
  const { log, file, line } = argument as FrameArgument;
  const ref = jobOfLog(vscode.Uri.parse(log));
  if (ref === undefined) return;
  const files = await localFiles(services, ref, file);
  if (files.length === 0) throw new Problem(vscode.l10n.t("{0} is not on this computer, as far as can be told from its path.", file));
  const chosen = files.length === 1 ? files[0] : await pickFile(files, file);
  if (chosen === undefined) return;
  const place = new vscode.Range(line - 1, 0, line - 1, 0);
  const viewColumn = vscode.window.tabGroups.all.find(({ activeTab }) => !isLogTab(activeTab))?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(vscode.Uri.file(chosen), { selection: place, viewColumn });
};

/** A log's command: on the log that is meant, and then the status bar says how things are. */
function onLog(services: Services, run: (session: LogSession) => unknown): (argument?: unknown) => Promise<void> {
  return async (argument) => {
    const session = sessionOf(services, argument);
    if (session === undefined) throw new Problem(vscode.l10n.t("Open a job's log first."));
    await run(session);
    services.logFollowing.showState();
  };
}

/** From a lens or link (which passes text), a log's own title or the palette, a log is meant by its address. */
function sessionOf({ logs }: Services, argument: unknown): LogSession | undefined {
  if (typeof argument === "string") return logs.session(vscode.Uri.parse(argument));
  return argument instanceof vscode.Uri ? logs.session(argument) : logs.of(vscode.window.activeTextEditor);
}

function isAddress(argument: unknown): boolean {
  return typeof argument === "string" || argument instanceof vscode.Uri;
}

/** The whole log again, at the record where the cursor or what is in sight is. */
async function showAll({ logs, logNavigation }: Services, session: LogSession): Promise<void> {
  if (session.filter === undefined) return;
  const editor = vscode.window.visibleTextEditors.find((candidate) => logs.of(candidate) === session);
  const cursor = editor?.selection.active.line ?? 0;
  const isSeen = editor?.visibleRanges.some((range) => range.contains(new vscode.Position(cursor, 0))) === true;
  const line = isSeen ? cursor : (editor?.visibleRanges[0]?.start.line ?? 0);
  await logNavigation.filter(session, undefined, session.window.idAt(line));
}

/** What of a filtered log to save: its filter, "" for all of it; undefined when the user chose neither. */
async function filterToSave(session: LogSession | undefined): Promise<string | undefined> {
  if (session?.filter === undefined) return "";
  const shown = { label: vscode.l10n.t("Only the lines that match {0}", session.filter), query: session.filter };
  const all = { label: vscode.l10n.t("The whole log"), query: "" };
  return (await vscode.window.showQuickPick([shown, all], { placeHolder: vscode.l10n.t("What of the log?") }))?.query;
}

async function pickFile(files: readonly string[], file: string): Promise<string | undefined> {
  const items = files.map((path) => ({ label: vscode.workspace.asRelativePath(path), path }));
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t("Which file is {0}?", file) }))?.path;
}

function isLogTab(tab: vscode.Tab | undefined): boolean {
  return tab?.input instanceof vscode.TabInputText && jobOfLog(tab.input.uri) !== undefined;
}

function suggestion(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(".");
  return vscode.Uri.joinPath(folder, `${name.replace(/[^\w.-]+/g, "-")}.log`);
}
