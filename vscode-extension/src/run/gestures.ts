/** What the RUN pane's buttons do outside of it. */
import * as path from "node:path";
import * as vscode from "vscode";
import { copyCommandLine } from "../commandLine";
import { type Configuration, type Environment, type Form, type FormParams, methods, type SubmitParams } from "../protocol";
import type { Services } from "../services";
import type { Gesture } from "./messages";
import type { RunModel } from "./model";

/** A workspace may have very many scripts; a list of more than these is read by nobody. */
const MOST_SCRIPTS = 1000;

type Parts = Pick<Services, "daemon" | "script">;

export class Gestures {
  constructor(
    private readonly parts: Parts,
    private readonly model: RunModel,
    private readonly configurations: () => readonly Configuration[],
    private readonly ask: (params: FormParams) => Promise<Form>,
  ) {}

  async make(gesture: Exclude<Gesture, "addServer">): Promise<void> {
    const { environment } = this.model.form?.environment ?? {};
    switch (gesture) {
      case "openScript":
        return open(this.model.script);
      case "chooseScript":
        return chooseScript();
      case "chooseEnvironment":
        return this.chooseEnvironment();
      case "openProject":
      case "openManifest":
      case "openArtifacts":
        return open(fileOf(environment, gesture));
      case "chooseManifest":
        return this.chooseFile("manifest", vscode.l10n.t("Use This Manifest"));
      case "chooseArtifacts":
        return this.chooseFile("artifacts", vscode.l10n.t("Use These Artifacts"));
      case "showBundle":
        await vscode.commands.executeCommand("juliahub.bundle.focus");
        return;
      case "chooseDirectory":
        return this.chooseDirectory();
      case "saveConfiguration":
        return this.save();
      case "startOver":
        this.model.startOver();
        return;
      case "copyCommand":
        if (this.model.form !== undefined) await copyCommandLine(this.model.form);
        return;
      case "trust":
        await vscode.commands.executeCommand("workbench.trust.manage");
        return;
      case "startDaemon":
        await vscode.commands.executeCommand("juliahub.restart");
        return;
      case "showOutput":
        await vscode.commands.executeCommand("juliahub.showOutput");
    }
  }

  /** The choice is about the active script: ours becomes it. */
  private async chooseEnvironment(): Promise<void> {
    if (!this.model.isAbout(this.parts.script.current?.uri.toString())) await open(this.model.script);
    await vscode.commands.executeCommand("juliahub.chooseEnvironment");
    this.model.refresh();
  }

  private async chooseDirectory(): Promise<void> {
    const { form } = this.model;
    const start = form?.bundle?.directory ?? form?.environment.environment?.directory ?? form?.choices.script;
    const options = { canSelectFiles: false, canSelectFolders: true, openLabel: vscode.l10n.t("Bundle This Folder") };
    const [folder] = (await vscode.window.showOpenDialog({ ...options, ...(start === undefined ? {} : { defaultUri: vscode.Uri.parse(start) }) })) ?? [];
    if (folder !== undefined) this.model.choose({ directory: folder.toString(), send: "folder" });
  }

  /** A file in the place of the one that Julia would read. */
  private async chooseFile(key: "manifest" | "artifacts", openLabel: string): Promise<void> {
    const start = this.model.form?.environment.environment?.directory;
    const options = { filters: { TOML: ["toml"] }, openLabel, ...(start === undefined ? {} : { defaultUri: vscode.Uri.parse(start) }) };
    const [file] = (await vscode.window.showOpenDialog(options)) ?? [];
    if (file !== undefined) this.model.choose({ [key]: file.toString() });
  }

  /** Under a name, in the workspace's file of configurations. */
  private async save(): Promise<void> {
    const { standing } = this.model;
    if (standing === undefined) return;
    const { choices } = await this.ask(standing);
    const name = await this.askForName(choices);
    if (name === undefined) return;
    const { uri, line } = await this.parts.daemon.request(methods.saveConfiguration, { name, choices });
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    await document.save();
    this.model.saved(name);
    const show = vscode.l10n.t("Open");
    const told = vscode.l10n.t("Saved as “{0}” in {1}.", name, vscode.workspace.asRelativePath(document.uri));
    if ((await vscode.window.showInformationMessage(told, show)) !== show) return;
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(line, 0, line, 0) });
  }

  private askForName({ name, script }: SubmitParams): Thenable<string | undefined> {
    const stem = path.posix.basename(vscode.Uri.parse(script ?? "").path, ".jl");
    const folder = script === undefined ? undefined : vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(script));
    const place = (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri.toString();
    const known = new Set(this.configurations().filter((configuration) => vscode.Uri.parse(configuration.folder).toString() === place).map(({ name: taken }) => taken));
    return vscode.window.showInputBox({
      title: vscode.l10n.t("Save as a configuration"),
      prompt: vscode.l10n.t("A name for these choices. They are kept in .vscode/juliahub.toml, which can be shared."),
      value: this.model.source.configuration ?? name ?? stem,
      validateInput: (value) => {
        if (value.trim() === "") return vscode.l10n.t("Give it a name.");
        const message = vscode.l10n.t("There is one of this name; it is replaced.");
        return known.has(value.trim()) ? { message, severity: vscode.InputBoxValidationSeverity.Info } : undefined;
      },
    });
  }
}

/** One of the workspace's scripts, or any other. It opens in the editor: the views follow. */
async function chooseScript(): Promise<void> {
  const browse = { label: `$(folder-opened) ${vscode.l10n.t("Browse…")}`, uri: undefined };
  const found = await vscode.workspace.findFiles("**/*.jl", undefined, MOST_SCRIPTS);
  const scripts = found.map((uri) => ({ label: `$(file-code) ${path.posix.basename(uri.path)}`, description: vscode.workspace.asRelativePath(path.posix.dirname(uri.path)), uri }));
  scripts.sort((a, b) => a.description.length - b.description.length || a.label.localeCompare(b.label));
  const options = { placeHolder: vscode.l10n.t("Which script shall run?"), matchOnDescription: true };
  const chosen = scripts.length === 0 ? browse : await vscode.window.showQuickPick([...scripts, browse], options);
  if (chosen === undefined) return;
  const uri = chosen.uri ?? (await vscode.window.showOpenDialog({ filters: { Julia: ["jl"] } }))?.[0];
  if (uri !== undefined) await open(uri.toString());
}

async function open(uri: string | undefined): Promise<void> {
  if (uri !== undefined) await vscode.commands.executeCommand("vscode.open", vscode.Uri.parse(uri));
}

function fileOf(environment: Environment | undefined, gesture: "openProject" | "openManifest" | "openArtifacts"): string | undefined {
  const files = { openProject: environment?.projectFile, openManifest: environment?.manifestFile, openArtifacts: environment?.artifactsFile };
  return files[gesture];
}
