/** Which environment a script runs in, and what Julia's package manager can mend in one. */
import { homedir } from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import { capitalized } from "../bundle/text";
import { Problem } from "../errors";
import { withProgress } from "../progress";
import { type EnvironmentForResult, type MendEnvironmentParams, methods } from "../protocol";
import type { KnownScript } from "../script";
import type { CommandFactory, Services } from "../services";
import { summaryOf } from "../views/environmentStatus";

const OPEN: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("go-to-file"), tooltip: vscode.l10n.t("Open the project file") };

interface Choice extends vscode.QuickPickItem {
  /** A folder, the environment as it is found without a choice, or one to look for. */
  readonly choice?: vscode.Uri | "found" | "browse" | undefined;
  readonly file?: string | undefined;
}

export const chooseEnvironment: CommandFactory = (services) => async () => {
  const current = await currentScript(services);
  const chosen = await pick(current);
  if (chosen?.choice === undefined) return;
  const folder = chosen.choice === "browse" ? await browse(current.found) : chosen.choice;
  if (folder === undefined) return;
  const params = { script: current.uri.toString(), ...(folder === "found" ? {} : { directory: folder.toString() }) };
  services.script.update(current.uri, await services.daemon.request(methods.chooseEnvironment, params));
};

export const mendEnvironment: CommandFactory = (services) => async (argument) => {
  const params = argument as MendEnvironmentParams;
  const name = path.posix.basename(vscode.Uri.parse(params.directory).path);
  const title = params.how === "resolve" ? vscode.l10n.t("Resolving {0}", name) : vscode.l10n.t("Installing the packages of {0}", name);
  const { environment } = await withProgress(services.daemon, title, (workDoneToken, cancel) =>
    services.daemon.request(methods.mendEnvironment, { ...params, workDoneToken }, cancel),
  );
  services.script.refresh();
  const left = environment.problems.filter(({ severity }) => severity !== "information").length;
  const done = params.how === "resolve" ? vscode.l10n.t("{0} is resolved.", environment.name) : vscode.l10n.t("The packages of {0} are installed.", environment.name);
  const more = left === 0 ? "" : ` ${vscode.l10n.t("Other problems remain: see its files.")}`;
  void vscode.window.showInformationMessage(done + more);
};

async function currentScript({ daemon, script }: Services): Promise<KnownScript> {
  await daemon.start();
  if (script.current !== undefined) return script.current;
  throw new Problem(vscode.l10n.t("Open the Julia script whose environment you want to choose."));
}

function pick({ uri, found }: KnownScript): Thenable<Choice | undefined> {
  const picker = vscode.window.createQuickPick<Choice>();
  picker.title = vscode.l10n.t("Environment of {0}", path.posix.basename(uri.path));
  picker.placeholder = vscode.l10n.t("Which environment shall it run in?");
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.items = choicesOf(found);
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]);
      picker.hide();
    });
    picker.onDidTriggerItemButton(({ item }) => {
      if (item.file !== undefined) void vscode.commands.executeCommand("vscode.open", vscode.Uri.parse(item.file));
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

function choicesOf({ environment, reason, choices }: EnvironmentForResult): Choice[] {
  const now: Choice[] = environment === undefined ? [] : [
    { label: vscode.l10n.t("Now"), kind: vscode.QuickPickItemKind.Separator },
    {
      label: `$(check) ${summaryOf(environment)}`,
      description: shortPath(environment.directory),
      detail: capitalized(reason),
      file: environment.projectFile,
      buttons: environment.projectFile === undefined ? [] : [OPEN],
    },
  ];
  const others = choices.map(({ directory, name, why }): Choice => {
    const place = shortPath(directory);
    return { label: `$(package) ${name}`, description: place === name ? "" : place, detail: capitalized(why), choice: vscode.Uri.parse(directory) };
  });
  return [
    ...now,
    { label: vscode.l10n.t("Others"), kind: vscode.QuickPickItemKind.Separator },
    ...others,
    { label: `$(discard) ${vscode.l10n.t("As found")}`, detail: vscode.l10n.t("Without a choice of yours"), choice: "found" },
    { label: `$(folder-opened) ${vscode.l10n.t("Browse…")}`, detail: vscode.l10n.t("Any folder with a Project.toml"), choice: "browse" },
  ];
}

async function browse({ environment }: EnvironmentForResult): Promise<vscode.Uri | undefined> {
  const start = environment === undefined ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.parse(environment.directory);
  const options = { canSelectFiles: false, canSelectFolders: true, openLabel: vscode.l10n.t("Use This Environment") };
  return (await vscode.window.showOpenDialog({ ...options, ...(start === undefined ? {} : { defaultUri: start }) }))?.[0];
}

/** From the workspace's folder, or from the home folder. */
function shortPath(directory: string): string {
  const uri = vscode.Uri.parse(directory);
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder?.uri.toString() === uri.toString()) return folder.name;
  const home = vscode.Uri.file(homedir()).path;
  return folder === undefined && uri.path.startsWith(`${home}/`) ? `~${uri.path.slice(home.length)}` : vscode.workspace.asRelativePath(uri, false);
}
