/** What can be done with the preview of a bundle and its files. */
import * as path from "node:path";
import * as vscode from "vscode";
import { Problem, runAction } from "../errors";
import { withProgress } from "../progress";
import { methods, type Problem as BundleProblem, type Rule, type SetBundleRuleParams } from "../protocol";
import type { CommandFactory, Services } from "../services";
import { type BundleNode, type EntryNode, type ProblemNode, totals } from "../views/bundleTree";

export const leaveOut: CommandFactory = (services) => (argument) => turn(services, argument, false);

export const letIn: CommandFactory = (services) => (argument) => turn(services, argument, true);

export const setBundleRule: CommandFactory = (services) => (argument) => services.rules.set(argument as SetBundleRuleParams);

export const undoBundleRule: CommandFactory =
  ({ rules }) =>
  () =>
    rules.undo();

export const refreshBundle: CommandFactory =
  ({ preview, script }) =>
  () => {
    script.refresh();
    preview.refresh();
  };

/** A row was clicked, or chosen with Enter; or with Space, which turns it. */
export const chooseBundleRow: CommandFactory = (services) => async (argument) => {
  const node = argument as BundleNode;
  if (services.bundleTree.takesTurn()) {
    if (node.kind === "entry" && node.entry.canChange) await turn(services, node, !node.entry.included);
  } else if (node.kind === "action") await runAction(node.action);
  else if (node.kind === "problem" && node.problem.uri !== undefined) await showProblem(node.problem);
  else if (node.kind === "entry" && !node.entry.isDirectory) await vscode.commands.executeCommand("vscode.open", await onDisk(node), { preserveFocus: true });
  else await vscode.commands.executeCommand("list.toggleExpand");
};

export const turnBundleRow: CommandFactory =
  ({ bundleTree }) =>
  () =>
    bundleTree.turnFocused();

export const openBundleFile: CommandFactory = () => async (argument) => {
  const entry = entryOf(argument);
  if (entry !== undefined) await vscode.commands.executeCommand("vscode.open", await onDisk(entry));
};

export const revealBundleFile: CommandFactory = () => async (argument) => {
  const entry = entryOf(argument);
  if (entry !== undefined) await reveal(await onDisk(entry));
};

export const openBundleRule: CommandFactory = () => async (argument) => {
  const rule: Rule | undefined = entryOf(argument)?.entry.rule;
  if (rule !== undefined) await open(vscode.Uri.parse(rule.uri), new vscode.Range(rule.line - 1, 0, rule.line - 1, rule.text.length));
};

export const copyBundlePath: CommandFactory = () => async (argument) => {
  const entry = entryOf(argument);
  if (entry !== undefined) await vscode.env.clipboard.writeText(entry.entry.path);
};

export const openIgnoreFile: CommandFactory =
  ({ preview }) =>
  async () => {
    if (preview.directory !== undefined) await open(vscode.Uri.joinPath(preview.directory, ".juliabundleignore"));
  };


/** The best button of a problem, or the user's choice among several. */
export const mendProblem: CommandFactory = () => async (argument) => {
  const actions = (argument as ProblemNode | undefined)?.problem.actions ?? [];
  const items = actions.map((action) => ({ label: `$(lightbulb) ${action.title}`, action }));
  const chosen = items.length < 2 ? items[0] : await vscode.window.showQuickPick(items, { placeHolder: (argument as ProblemNode).problem.message });
  if (chosen !== undefined) await runAction(chosen.action);
};

export const saveBundle: CommandFactory = (services) => async () => {
  const { params, directory } = services.preview;
  if (params === undefined || directory === undefined) {
    throw new Problem(vscode.l10n.t("Open a Julia script of the folder that you want to bundle. A script without an environment has no bundle."));
  }
  const name = services.bundleTree.top?.name ?? path.posix.basename(directory.path);
  const output = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(directory, "..", `${name}.tar`),
    filters: { [vscode.l10n.t("Archive")]: ["tar"] },
    saveLabel: vscode.l10n.t("Save Bundle"),
  });
  if (output === undefined) return;
  const written = await withProgress(services.daemon, vscode.l10n.t("Bundling {0}", name), (workDoneToken, cancel) =>
    services.daemon.request(methods.writeBundle, { ...params, output: output.toString(), workDoneToken }, cancel),
  );
  const show = vscode.l10n.t("Show in Folder");
  const size = totals({ fileCount: written.fileCount, totalSize: written.size });
  const message = vscode.l10n.t("{0} is saved: {1}.", path.posix.basename(output.path), size);
  if ((await vscode.window.showInformationMessage(message, show)) === show) await vscode.commands.executeCommand("revealFileInOS", output);
};

async function turn(services: Services, argument: unknown, included: boolean): Promise<void> {
  const node = entryOf(argument);
  if (node !== undefined) await services.rules.set({ directory: node.directory, path: node.entry.path, included });
}

/** Opens the place of a problem, where it has one. */
export async function showProblem({ uri, range }: BundleProblem): Promise<void> {
  if (uri !== undefined) await open(vscode.Uri.parse(uri), range === undefined ? undefined : rangeOf(range));
}

/** The row that a command was called on. */
function entryOf(argument: unknown): EntryNode | undefined {
  return typeof argument === "object" && argument !== null && "kind" in argument && argument.kind === "entry" ? (argument as EntryNode) : undefined;
}

/** Where a row's file lies on this computer: what comes from elsewhere says so itself. */
async function onDisk({ directory, entry }: EntryNode): Promise<vscode.Uri> {
  const uri = entry.source === undefined ? vscode.Uri.joinPath(vscode.Uri.parse(directory), entry.path) : vscode.Uri.parse(entry.source);
  try {
    await vscode.workspace.fs.stat(uri);
  } catch {
    throw new Problem(vscode.l10n.t("{0} is in the bundle only; in the folder itself there is no such file.", entry.path));
  }
  return uri;
}

async function open(uri: vscode.Uri, selection?: vscode.Range): Promise<void> {
  const { type } = await vscode.workspace.fs.stat(uri);
  if (type === vscode.FileType.Directory) await reveal(uri);
  else await vscode.commands.executeCommand("vscode.open", uri, selection === undefined ? {} : { selection });
}

function reveal(uri: vscode.Uri): Thenable<unknown> {
  return vscode.commands.executeCommand(vscode.workspace.getWorkspaceFolder(uri) === undefined ? "revealFileInOS" : "revealInExplorer", uri);
}

function rangeOf({ start, end }: NonNullable<BundleProblem["range"]>): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
