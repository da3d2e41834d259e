/** The Jobs view: server → what is on its way, runs, has ended lately; older ones folded away and paged; below a job its results. */
import * as vscode from "vscode";
import { groupsOf, isFiltering, type JobFilter, NO_FILTER } from "../jobGroups";
import { hasResults, type JobsModel, refOf, resultFiles } from "../jobs";
import type { Job, JobFile } from "../protocol";
import type { ServersModel } from "../servers";
import type { Pending, Submitter } from "../submitter";
import { bytes } from "../text";
import { descriptionOf, filterWords, iconOf, spoken } from "./jobWords";
import { jobTooltip } from "./jobDetails";
import { offline } from "./serverWords";

export interface JobNode {
  readonly kind: "job";
  readonly server: string;
  readonly job: string;
}

interface ServerNode {
  readonly kind: "server";
  readonly server: string;
}

export interface PendingNode {
  readonly kind: "pending";
  readonly server: string;
  readonly key: string;
}

/** `older`: the folded group; `more`: its last row, which fetches another page. */
export interface OlderNode {
  readonly kind: "older" | "more";
  readonly server: string;
}

interface ResultNode {
  readonly kind: "result";
  readonly parent: JobNode;
  readonly label: string;
  readonly description: string;
  readonly file: boolean;
}

type Node = ServerNode | PendingNode | JobNode | OlderNode | ResultNode;

const TICK_MS = 1000;
const FILTER_KEY = "juliahub.jobFilter";

export class JobsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  private readonly view: vscode.TreeView<Node>;
  private readonly nodes = new Map<string, Node>();
  private readonly registrations: vscode.Disposable;
  /** What each row looked like when it was drawn last: one that still looks so is left alone, for drawing it anew can lose a click. */
  private readonly drawn = new Map<Node, string>();
  private outline = "";
  private filtering: JobFilter;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly jobs: JobsModel,
    private readonly servers: ServersModel,
    private readonly submitter: Submitter,
    private readonly memory: vscode.Memento,
  ) {
    this.filtering = memory.get<JobFilter>(FILTER_KEY, NO_FILTER);
    this.view = vscode.window.createTreeView<Node>("juliahub.jobs", { treeDataProvider: this, canSelectMany: true, showCollapseAll: true });
    const refresh = (): void => {
      this.refresh();
    };
    const ticking = setInterval(() => {
      if (this.view.visible) this.redraw((node) => node.kind === "job" && this.jobs.get(node)?.done === false);
    }, TICK_MS);
    const ended = new vscode.Disposable(() => {
      clearInterval(ticking);
    });
    const told = [jobs.onDidChange(refresh), servers.onDidChange(refresh), submitter.onDidChange(refresh), this.view.onDidChangeVisibility(refresh)];
    this.registrations = vscode.Disposable.from(this.view, ended, ...told);
    this.refresh();
  }

  get filter(): JobFilter {
    return this.filtering;
  }

  /** Shows the jobs that pass, in this window until it is set otherwise, after a reload too. */
  setFilter(filter: JobFilter): void {
    this.filtering = filter;
    void this.memory.update(FILTER_KEY, filter);
    this.refresh();
  }

  getChildren(node?: Node): Node[] {
    switch (node?.kind) {
      case undefined:
        return this.servers.all.filter(({ id }) => this.childrenOf(id).length > 0).map(({ id }) => this.serverNode(id));
      case "server":
        return this.childrenOf(node.server);
      case "older":
        return this.olderOf(node.server);
      case "job":
        return resultsOf(node, this.jobs.get(node));
      case "pending":
      case "more":
      case "result":
        return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = this.itemOf(node);
    this.drawn.set(node, looks(item));
    return item;
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }

  /** Draws the tree anew when rows came, went or moved; else only the rows that look different now. */
  private refresh(): void {
    const running = this.jobs.running().length;
    this.view.badge = running === 0 ? undefined : { value: running, tooltip: vscode.l10n.t("{0} running", running) };
    this.view.message = this.message();
    void vscode.commands.executeCommand("setContext", "juliahub.jobs.filtered", isFiltering(this.filtering));
    const outline = JSON.stringify(this.rows(this.getChildren()));
    if (outline === this.outline) {
      this.redraw();
      return;
    }
    this.outline = outline;
    this.drawn.clear();
    this.changed.fire(undefined);
  }

  private rows(nodes: readonly Node[]): unknown[] {
    return nodes.map((node) => (node.kind === "result" ? [node.label, node.description] : [keyOf(node), ...this.rows(this.getChildren(node))]));
  }

  /** Of the rows in question those that look different now: with time alone only jobs do that have not ended. */
  private redraw(isInQuestion = (node: Node): boolean => node.kind !== "result"): void {
    for (const [node, before] of this.drawn) {
      if (isInQuestion(node) && looks(this.itemOf(node)) !== before) this.changed.fire(node);
    }
  }

  private itemOf(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case "server":
        return this.serverItem(node);
      case "pending":
        return pendingItem(this.submitter.pending.find(({ key }) => key === node.key));
      case "job":
        return jobItem(node, this.jobs.get(node));
      case "older":
        return olderItem(node);
      case "more":
        return moreItem(node);
      case "result":
        return resultItem(node);
    }
  }

  private childrenOf(server: string): Node[] {
    const { running, recent, older } = groupsOf(this.jobs.of(server), this.filtering);
    const pending = this.submitter.pending.filter((row) => row.server === server).map(({ key }) => this.pendingNode(server, key));
    const hasOlder = older.length > 0 || this.jobs.hasMore(server);
    return [...pending, ...[...running, ...recent].map((job) => this.jobNode(job)), ...(hasOlder ? [this.olderNode("older", server)] : [])];
  }

  private olderOf(server: string): Node[] {
    const { older } = groupsOf(this.jobs.of(server), this.filtering);
    return [...older.map((job) => this.jobNode(job)), ...(this.jobs.hasMore(server) ? [this.olderNode("more", server)] : [])];
  }

  private serverItem({ server }: ServerNode): vscode.TreeItem {
    const profile = this.servers.all.find(({ id }) => id === server);
    const item = new vscode.TreeItem(profile?.name ?? server, vscode.TreeItemCollapsibleState.Expanded);
    item.id = `server ${server}`;
    item.contextValue = "server";
    item.description = profile?.kind === "hub" ? (profile.account ?? "") : "";
    return item;
  }

  /** The filter, and which lists are not the servers' present ones; nothing when all is as it is. */
  private message(): string {
    const away = this.servers.all.flatMap(({ id, name }) => {
      const since = this.jobs.offlineSince(id);
      return since === undefined || this.jobs.of(id).length === 0 ? [] : [`${name}: ${offline(since)}`];
    });
    const filter = isFiltering(this.filtering) ? [vscode.l10n.t("Only: {0}", filterWords(this.filtering))] : [];
    return [...filter, ...away].join("\n");
  }

  private serverNode(server: string): Node {
    return this.kept({ kind: "server", server });
  }

  private jobNode(job: Job): JobNode {
    return this.kept({ kind: "job", ...refOf(job) });
  }

  private pendingNode(server: string, key: string): PendingNode {
    return this.kept({ kind: "pending", server, key });
  }

  private olderNode(kind: "older" | "more", server: string): OlderNode {
    return this.kept({ kind, server });
  }

  /** The same object for the same thing: VS Code keeps selection and folds by identity. */
  private kept<N extends Exclude<Node, ResultNode>>(fresh: N): N {
    const key = keyOf(fresh);
    const known = this.nodes.get(key);
    if (known !== undefined) return known as N;
    this.nodes.set(key, fresh);
    return fresh;
  }
}

/** Also the row's id: folds and the selection stay over a reload. */
function keyOf(node: Exclude<Node, ResultNode>): string {
  if (node.kind === "job") return `job ${node.server} ${node.job}`;
  return node.kind === "pending" ? node.key : `${node.kind} ${node.server}`;
}

function looks({ label, description, iconPath, contextValue, tooltip, collapsibleState }: vscode.TreeItem): string {
  const icon = iconPath instanceof vscode.ThemeIcon ? iconPath.id : "";
  return JSON.stringify([label, description, icon, contextValue, typeof tooltip === "string" ? tooltip : tooltip?.value, collapsibleState]);
}

function pendingItem(row: Pending | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(row?.name ?? "");
  item.description = row?.message ?? "";
  item.iconPath = new vscode.ThemeIcon("cloud-upload");
  item.contextValue = "pending";
  item.tooltip = row?.message ?? "";
  item.accessibilityInformation = { label: `${row?.name ?? ""}, ${row?.message ?? ""}` };
  if (row !== undefined) item.id = row.key;
  return item;
}

function jobItem(node: JobNode, job: Job | undefined): vscode.TreeItem {
  if (job === undefined) return new vscode.TreeItem(node.job);
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(job.name, hasResults(job) ? Collapsed : None);
  item.id = keyOf(node);
  item.description = descriptionOf(job);
  item.iconPath = iconOf(job);
  item.contextValue = contextOf(job);
  item.tooltip = jobTooltip(job);
  item.accessibilityInformation = { label: spoken(job) };
  if (!hasResults(job)) item.command = { command: "juliahub.showLog", title: vscode.l10n.t("Show Log"), arguments: [refOf(job)] };
  return item;
}

function contextOf(job: Job): string {
  const words = ["job", job.done ? "ended" : "running"];
  if (!job.done && job.deadline !== undefined) words.push("limited");
  if (resultFiles(job).length > 0) words.push("files");
  if (hasResults(job)) words.push("results");
  if (job.canRunAgain) words.push("again");
  if (job.link !== undefined) words.push("linked");
  return words.join(" ");
}

function olderItem(node: OlderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Older"), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = keyOf(node);
  item.contextValue = "older";
  item.iconPath = new vscode.ThemeIcon("history");
  return item;
}

function moreItem(node: OlderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Show Older Jobs…"));
  item.id = keyOf(node);
  item.contextValue = "more";
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = { command: "juliahub.showOlderJobs", title: vscode.l10n.t("Show Older Jobs"), arguments: [node] };
  return item;
}

function resultsOf(parent: JobNode, job: Job | undefined): ResultNode[] {
  if (job === undefined || !hasResults(job)) return [];
  const values = job.results.map(({ key, text }): ResultNode => ({ kind: "result", parent, label: key, description: text, file: false }));
  return [...values, ...resultFiles(job).map((file) => fileNode(parent, file))];
}

function fileNode(parent: JobNode, { name, size }: JobFile): ResultNode {
  return { kind: "result", parent, label: name, description: bytes(size), file: true };
}

function resultItem({ label, description, file, parent }: ResultNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.description = description;
  item.contextValue = file ? "resultFile" : "result";
  item.iconPath = new vscode.ThemeIcon(file ? "file" : "symbol-variable");
  if (file) item.command = { command: "juliahub.downloadResults", title: vscode.l10n.t("Download Results"), arguments: [parent] };
  return item;
}
