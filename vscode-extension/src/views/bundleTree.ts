/** The Bundle view: what would go along with the active script, and what stays home; a click turns one into the other. */
import * as vscode from "vscode";
import type { BundlePreview } from "../bundle/preview";
import type { BundleRules } from "../bundle/rules";
import { descriptionOf, isHeldBack, worstFirst } from "../bundle/text";
import { describe, showError, Told } from "../errors";
import type { Action, BundleEntry, BundleFolder, Problem } from "../protocol";
import { bytes } from "../text";

export interface EntryNode {
  readonly kind: "entry";
  /** The bundle's folder, a URI. */
  readonly directory: string;
  readonly entry: BundleEntry;
}

export interface ProblemNode {
  readonly kind: "problem";
  readonly problem: Problem;
}

interface ActionNode {
  readonly kind: "action";
  readonly action: Action;
}

export type BundleNode = EntryNode | ProblemNode | ActionNode;

/** Rows have addresses of a scheme of their own: file icons go by their names, and Git's colours stay off. */
const SCHEME = "juliahub-bundle";

export class BundleTree implements vscode.TreeDataProvider<BundleNode>, vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly view: vscode.TreeView<BundleNode>;
  private readonly registrations: vscode.Disposable;
  private shown: BundleFolder | undefined;
  private turnsNext = false;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly preview: BundlePreview,
    private readonly rules: BundleRules,
    private readonly output: vscode.LogOutputChannel,
  ) {
    const options = { treeDataProvider: this, showCollapseAll: true, manageCheckboxStateManually: true };
    this.view = vscode.window.createTreeView<BundleNode>("juliahub.bundle", options);
    const refresh = (): void => {
      this.changed.fire(undefined);
    };
    this.registrations = vscode.Disposable.from(
      this.view,
      vscode.window.registerFileDecorationProvider(this),
      preview.onDidChange(refresh),
      rules.onDidChange(refresh),
      this.view.onDidChangeCheckboxState(({ items }) => {
        void this.turn(items);
      }),
    );
  }

  /** The bundle's top as it was told last. */
  get top(): BundleFolder | undefined {
    return this.shown;
  }

  /**
   * Turns the row that has the keyboard's focus. VS Code tells nobody which one that is, but passes it to the command that its choice runs:
   * the row is chosen, and `takesTurn` says to that command what was meant.
   */
  async turnFocused(): Promise<void> {
    if (this.shown === undefined) return;
    this.turnsNext = true;
    await vscode.commands.executeCommand("list.selectAndPreserveFocus");
  }

  /** Whether the row that was just chosen shall be turned instead of opened. */
  takesTurn(): boolean {
    const { turnsNext } = this;
    this.turnsNext = false;
    return turnsNext;
  }

  async getChildren(node?: BundleNode): Promise<BundleNode[]> {
    if (node === undefined) return this.getTop();
    if (node.kind === "problem") return (node.problem.actions ?? []).map((action) => ({ kind: "action", action }));
    return node.kind === "entry" ? entriesOf(await this.preview.folder(node.entry.path)) : [];
  }

  getTreeItem(node: BundleNode): vscode.TreeItem {
    const item = node.kind === "entry" ? entryItem(node) : node.kind === "problem" ? problemItem(node) : actionItem(node);
    item.command = { command: "juliahub.chooseBundleRow", title: vscode.l10n.t("Open"), arguments: [node] };
    return item;
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== SCHEME || uri.query !== "out") return undefined;
    return new vscode.FileDecoration(undefined, undefined, new vscode.ThemeColor("descriptionForeground"));
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }

  private async getTop(): Promise<BundleNode[]> {
    try {
      this.show(await this.preview.folder(""));
    } catch (error) {
      this.show(undefined);
      return error instanceof Told ? [] : [failure(error, this.output)];
    }
    if (this.shown === undefined) return [];
    const problems = worstFirst(this.shown.problems).map((problem): ProblemNode => ({ kind: "problem", problem }));
    return [...problems, ...entriesOf(this.shown)];
  }

  private show(top: BundleFolder | undefined): void {
    this.shown = top;
    this.view.message = top === undefined ? "" : totals(top);
    this.view.description = top?.name ?? "";
    const hasIgnoreFile = top?.entries.some(({ name, isDirectory }) => name === ".juliabundleignore" && !isDirectory);
    void vscode.commands.executeCommand("setContext", "juliahub.bundle.hasIgnoreFile", hasIgnoreFile === true);
  }

  /** What was checked or unchecked, one after the other: they may be lines of the same file. */
  private async turn(items: readonly (readonly [BundleNode, vscode.TreeItemCheckboxState])[]): Promise<void> {
    for (const [node, state] of items) {
      if (node.kind !== "entry") continue;
      const included = state === vscode.TreeItemCheckboxState.Checked;
      try {
        await this.rules.set({ directory: node.directory, path: node.entry.path, included });
      } catch (error) {
        void showError(error, this.output);
      }
    }
  }
}

/** `214 files, 3.1 MB` */
export function totals({ fileCount, totalSize, limit }: Pick<BundleFolder, "fileCount" | "totalSize"> & { readonly limit?: number }): string {
  const files = fileCount === 1 ? vscode.l10n.t("1 file") : vscode.l10n.t("{0} files", fileCount);
  if (limit === undefined || totalSize <= limit) return `${files}, ${bytes(totalSize)}`;
  return vscode.l10n.t("{0}, {1} of at most {2}", files, bytes(totalSize), bytes(limit));
}

function entriesOf(folder: BundleFolder | undefined): EntryNode[] {
  return (folder?.entries ?? []).map((entry) => ({ kind: "entry", directory: folder?.directory ?? "", entry }));
}

function entryItem({ entry, directory }: EntryNode): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(entry.isDirectory ? `${entry.name}/` : entry.name, entry.isDirectory && entry.included ? Collapsed : None);
  item.id = `${directory} ${entry.path}`;
  item.description = descriptionOf(entry, directory);
  item.resourceUri = vscode.Uri.from({ scheme: SCHEME, path: `/${entry.path}`, query: entry.included ? "in" : "out" });
  item.iconPath = iconOf(entry);
  item.contextValue = contextOf(entry);
  item.tooltip = tooltipOf(entry, directory);
  item.accessibilityInformation = { label: `${entry.name}, ${stateOf(entry)}, ${item.description}` };
  if (entry.canChange) item.checkboxState = checkboxOf(entry);
  return item;
}

function iconOf(entry: BundleEntry): vscode.ThemeIcon {
  if (isHeldBack(entry)) return new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
  return entry.isDirectory ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
}

function contextOf(entry: BundleEntry): string {
  const words = ["entry", entry.isDirectory ? "folder" : "file", entry.included ? "in" : "out"];
  if (entry.canChange) words.push("changeable");
  if (entry.rule !== undefined) words.push("ruled");
  return words.join(" ");
}

function checkboxOf(entry: BundleEntry): NonNullable<vscode.TreeItem["checkboxState"]> {
  const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
  const tooltip = entry.included ? vscode.l10n.t("Leave out of the bundle") : vscode.l10n.t("Let into the bundle");
  return { state: entry.included ? Checked : Unchecked, tooltip, accessibilityInformation: { label: tooltip, role: "checkbox" } };
}

function stateOf(entry: BundleEntry): string {
  return entry.included ? vscode.l10n.t("goes into the bundle") : vscode.l10n.t("stays on this computer");
}

function tooltipOf(entry: BundleEntry, directory: string): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  const line = (text: string): void => {
    tooltip.appendText(`${text}\n`);
  };
  line(entry.path);
  line(`${stateOf(entry)}: ${descriptionOf(entry, directory)}`);
  if (entry.isDirectory && entry.fileCount !== undefined) line(vscode.l10n.t("{0} files in it", entry.fileCount));
  if (!entry.included && entry.reason !== undefined && entry.rule !== undefined) line(entry.reason);
  if (entry.rule !== undefined) line(vscode.l10n.t("The rule: {0}", entry.rule.text));
  return tooltip;
}

function problemItem({ problem }: ProblemNode): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const mendable = (problem.actions ?? []).length > 0;
  const item = new vscode.TreeItem(problem.message, mendable ? (problem.severity === "error" ? Expanded : Collapsed) : None);
  item.id = `problem ${problem.code} ${problem.message}`;
  item.iconPath = problemIcon(problem);
  item.tooltip = problem.message;
  item.contextValue = mendable ? "problem mendable" : "problem";
  item.accessibilityInformation = { label: `${severityOf(problem)}: ${problem.message}` };
  return item;
}

function problemIcon({ severity }: Problem): vscode.ThemeIcon {
  if (severity === "error") return new vscode.ThemeIcon("error", new vscode.ThemeColor("problemsErrorIcon.foreground"));
  if (severity === "warning") return new vscode.ThemeIcon("warning", new vscode.ThemeColor("problemsWarningIcon.foreground"));
  return new vscode.ThemeIcon("info", new vscode.ThemeColor("problemsInfoIcon.foreground"));
}

function severityOf({ severity }: Problem): string {
  if (severity === "error") return vscode.l10n.t("Problem");
  return severity === "warning" ? vscode.l10n.t("Warning") : vscode.l10n.t("Note");
}

function actionItem({ action }: ActionNode): vscode.TreeItem {
  const item = new vscode.TreeItem(action.title);
  item.iconPath = new vscode.ThemeIcon("lightbulb", new vscode.ThemeColor("editorLightBulb.foreground"));
  item.contextValue = "action";
  return item;
}

function failure(error: unknown, output: vscode.LogOutputChannel): ProblemNode {
  const { message, actions } = describe(error, output);
  return { kind: "problem", problem: { code: "failure", severity: "error", message, actions: [...actions] } };
}
