/** Tasks of type `juliahub`: those of the workspace's configurations, and those that tasks.json defines. */
import * as vscode from "vscode";
import { Problem } from "../errors";
import { methods, type SubmitParams } from "../protocol";
import { savedScript } from "../saving";
import type { Services } from "../services";
import { namesNothing } from "../submitter";
import { JobTerminal } from "./jobTerminal";
import { LogFeeds } from "./logFeed";

export const TASK_TYPE = "juliahub";
const MATCHER = "$julia";

/** `script` is a path from the task's folder, or absolute; `configuration` a name; any choice of a submission stands beside them. */
interface Choices extends Omit<SubmitParams, "workDoneToken"> {
  readonly configuration?: string;
}

type Definition = vscode.TaskDefinition & Choices;

/** To be called before the daemon's first start. */
export function registerTasks(services: Services): vscode.Disposable {
  const feeds = new LogFeeds(services.daemon);
  const executionOf = (definition: Definition, folder: vscode.Uri | undefined): vscode.CustomExecution =>
    new vscode.CustomExecution((resolved) =>
      Promise.resolve(new JobTerminal(services, feeds, () => choicesOf(services, { ...definition, ...(resolved as Definition) }, folder))),
    );
  return vscode.tasks.registerTaskProvider(TASK_TYPE, {
    provideTasks: () => provide(services, executionOf),
    resolveTask: (task) => {
      const definition = task.definition as Definition;
      const scope = task.scope ?? vscode.TaskScope.Workspace;
      return taskOf(definition, scope, task.name, executionOf(definition, folderOf(scope)));
    },
  });
}

/** Nothing is started for a list of tasks: configurations are offered once the daemon runs, which it does in a trusted workspace. */
async function provide({ daemon }: Services, executionOf: (definition: Definition, folder: vscode.Uri | undefined) => vscode.CustomExecution): Promise<vscode.Task[]> {
  if (daemon.state !== "running") return [];
  const { configurations } = await daemon.request(methods.configurations, {});
  return configurations.flatMap((configuration) => {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(configuration.folder));
    if (configuration.problem !== undefined || folder === undefined) return [];
    const definition = { type: TASK_TYPE, configuration: configuration.name };
    return [taskOf(definition, folder, configuration.name, executionOf(definition, folder.uri))];
  });
}

function taskOf(definition: Definition, scope: vscode.WorkspaceFolder | vscode.TaskScope, name: string, execution: vscode.CustomExecution): vscode.Task {
  const task = new vscode.Task(definition, scope, name, TASK_TYPE, execution, MATCHER);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, echo: false };
  return task;
}

function folderOf(scope: vscode.WorkspaceFolder | vscode.TaskScope): vscode.Uri | undefined {
  return typeof scope === "object" ? scope.uri : vscode.workspace.workspaceFolders?.[0]?.uri;
}

/** What the task says goes before what its configuration says. A configuration without a script is for the active one. */
async function choicesOf({ daemon }: Services, definition: Definition, folder: vscode.Uri | undefined): Promise<SubmitParams> {
  const { configuration, ...own } = Object.fromEntries(Object.entries(definition).filter(([key]) => key !== "type")) as Choices;
  const places = Object.fromEntries((["script", "directory", "manifest", "artifacts"] as const).flatMap((key) => (own[key] === undefined ? [] : [[key, uriOf(own[key], folder)]])));
  const choices: SubmitParams = { ...own, ...places };
  if (choices.code?.trim() === "") throw new Problem(vscode.l10n.t("There is no code in the selection, so nothing was submitted."));
  if (configuration === undefined) {
    if (namesNothing(choices)) throw new Problem(vscode.l10n.t("This task names nothing to run. Give it a script or a configuration in tasks.json."));
    return choices;
  }
  const { configurations } = await daemon.request(methods.configurations, {});
  const broken = configurations.find(({ name, folder: place, problem }) => problem !== undefined && name === configuration && isIn(place, folder));
  if (broken?.problem !== undefined) throw new Problem(broken.problem);
  const asked = { configuration, choices, ...(folder === undefined ? {} : { folder: folder.toString() }) };
  const form = await daemon.request(methods.form, asked);
  const script = namesNothing(form.choices) ? await savedScript(undefined) : undefined;
  return script === undefined ? form.choices : (await daemon.request(methods.form, { ...asked, script: script.toString() })).choices;
}

/** Anywhere, where the task has no folder. */
function isIn(place: string, folder: vscode.Uri | undefined): boolean {
  return folder === undefined || vscode.Uri.parse(place).toString() === folder.toString();
}

function uriOf(place: string, folder: vscode.Uri | undefined): string {
  if (place.startsWith("file:")) return place;
  const isAbsolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(place);
  if (isAbsolute || folder === undefined) return vscode.Uri.file(place).toString();
  return vscode.Uri.joinPath(folder, ...place.split(/[\\/]/)).toString();
}
