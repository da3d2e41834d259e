/** Run a script: as it is, the selected part of it, with what goes along chosen first, or with choices kept under a name. */
import * as path from "node:path";
import * as vscode from "vscode";
import { Problem } from "../errors";
import { type Configuration, methods, type SubmitParams } from "../protocol";
import { activeScript, savedScript } from "../saving";
import type { CommandFactory } from "../services";
import { namesNothing } from "../submitter";

interface ConfigurationItem extends vscode.QuickPickItem {
  readonly configuration: Configuration;
}

const OPEN: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("go-to-file"), tooltip: vscode.l10n.t("Open the Configuration") };

/** The active script, the one that the command was called on, or all that are selected in the explorer; each as the Run pane has it. */
export const runFile: CommandFactory =
  ({ form, submitter }) =>
  async (argument, selection) => {
    for (const uri of scriptsOf(argument, selection)) {
      const script = await savedScript(uri);
      if (script === undefined) continue;
      const submitted = form.model.submitting({ script: script.toString() });
      if ((await submitter.submit(await form.choicesFor(script.toString()))) !== undefined) submitted();
    }
  };

/** What is selected of the script, else the line of the cursor: in the script's environment and folder, on the machines that it would run on. */
export const runSelection: CommandFactory =
  ({ form, submitter }) =>
  async () => {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || editor.document !== activeScript()) throw new Problem(vscode.l10n.t("Select the Julia code that you want to run, then run it again."));
    const code = selected(editor);
    if (code.trim() === "") throw new Problem(vscode.l10n.t("There is no code in the selection, so nothing was submitted."));
    const script = await savedScript(editor.document.uri);
    if (script === undefined) return;
    const name = vscode.l10n.t("{0} (selection)", path.posix.basename(script.path));
    await submitter.submit({ ...(await form.choicesFor(script.toString())), code, name });
  };

/** Asks what goes along first. */
export const runFileWith: CommandFactory =
  ({ form, submitter }) =>
  async (argument) => {
    const script = await savedScript(argument instanceof vscode.Uri ? argument : undefined);
    if (script === undefined) return;
    const placeHolder = vscode.l10n.t("What goes along with {0}?", path.posix.basename(script.path));
    const chosen = await vscode.window.showQuickPick(ways(), { placeHolder, matchOnDetail: true });
    if (chosen === undefined) return;
    const submitted = form.model.submitting({ script: script.toString() });
    const { directory, ...others } = await form.choicesFor(script.toString());
    const choices = { ...others, send: chosen.send, ...(chosen.send === "folder" && directory !== undefined ? { directory } : {}) };
    if ((await submitter.submit(choices)) !== undefined) submitted();
  };

/** With choices that the workspace keeps in `.vscode/juliahub.toml`; one without a script runs the active one. */
export const runConfiguration: CommandFactory =
  ({ daemon, submitter }) =>
  async () => {
    const { configurations } = await daemon.request(methods.configurations, {});
    if (configurations.length === 0) {
      const configure = { title: vscode.l10n.t("Configure…"), command: "juliahub.configure" };
      throw new Problem(vscode.l10n.t("This workspace keeps no configurations yet. Save one from the form in the JuliaHub view."), configure);
    }
    const chosen = await pickConfiguration(configurations);
    if (chosen === undefined) return;
    if (chosen.problem !== undefined) {
      await open(chosen);
      throw new Problem(chosen.problem);
    }
    const script = namesNothing(chosen.choices) ? await savedScript(undefined) : undefined;
    const form = await daemon.request(methods.form, {
      configuration: chosen.name,
      folder: chosen.folder,
      ...(script === undefined ? {} : { script: script.toString() }),
    });
    await submitter.submit(form.choices);
  };

function scriptsOf(argument: unknown, selection: unknown): (vscode.Uri | undefined)[] {
  const several = Array.isArray(selection) ? selection.filter((uri) => uri instanceof vscode.Uri && uri.path.endsWith(".jl")) : [];
  if (several.length > 1) return several as vscode.Uri[];
  return [argument instanceof vscode.Uri ? argument : undefined];
}

function selected({ document, selection }: vscode.TextEditor): string {
  return selection.isEmpty ? document.lineAt(selection.active.line).text : document.getText(selection);
}

function pickConfiguration(configurations: readonly Configuration[]): Promise<Configuration | undefined> {
  const picking = vscode.window.createQuickPick<ConfigurationItem>();
  picking.placeholder = vscode.l10n.t("Which configuration shall run?");
  picking.matchOnDescription = true;
  picking.items = configurations.map((configuration) => ({
    configuration,
    label: `${configuration.problem === undefined ? "" : "$(warning) "}${configuration.name}`,
    description: configuration.problem ?? summaryOf(configuration),
    buttons: [OPEN],
  }));
  return new Promise((resolve) => {
    picking.onDidTriggerItemButton(({ item }) => {
      picking.hide();
      void open(item.configuration);
    });
    picking.onDidAccept(() => {
      resolve(picking.selectedItems[0]?.configuration);
      picking.hide();
    });
    picking.onDidHide(() => {
      resolve(undefined);
      picking.dispose();
    });
    picking.show();
  });
}

function summaryOf({ choices, folder }: Configuration): string {
  const script = choices.script === undefined ? "" : vscode.workspace.asRelativePath(vscode.Uri.parse(choices.script), true);
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  return [script, choices.server ?? "", several ? path.posix.basename(vscode.Uri.parse(folder).path) : ""].filter((part) => part !== "").join(" · ");
}

async function open({ uri, line }: Configuration): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: new vscode.Range(line, 0, line, 0) });
}

function ways(): (vscode.QuickPickItem & { readonly send: NonNullable<SubmitParams["send"]> })[] {
  return [
    { label: `$(folder) ${vscode.l10n.t("The folder of its environment")}`, detail: vscode.l10n.t("As the Bundle view shows it, development packages included"), send: "folder" },
    { label: `$(package) ${vscode.l10n.t("Its environment")}`, detail: vscode.l10n.t("The script's text with project and manifest: the same versions as here"), send: "environment" },
    { label: `$(checklist) ${vscode.l10n.t("Its project alone")}`, detail: vscode.l10n.t("The server resolves the versions itself"), send: "project" },
    { label: `$(file-code) ${vscode.l10n.t("Nothing else")}`, detail: vscode.l10n.t("The script's text alone"), send: "script" },
  ];
}
