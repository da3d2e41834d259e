/** The Jobs view: server → job → its results. */
import * as vscode from "vscode";
import { hasResults, type JobsModel, refOf, resultFiles } from "../jobs";
import type { Job, JobFile } from "../protocol";
import type { ServersModel } from "../servers";
import { bytes, elapsed, firstLine, firstResult, joined, scalar } from "../text";
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

interface ResultNode {
  readonly kind: "result";
  readonly parent: JobNode;
  readonly label: string;
  readonly description: string;
  readonly file: boolean;
}

type Node = ServerNode | JobNode | ResultNode;

const TICK_MS = 1000;

export class JobsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  private readonly view: vscode.TreeView<Node>;
  private readonly nodes = new Map<string, Node>();
  private readonly registrations: vscode.Disposable[];

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly jobs: JobsModel,
    private readonly servers: ServersModel,
  ) {
    this.view = vscode.window.createTreeView<Node>("juliahub.jobs", { treeDataProvider: this });
    const ticking = setInterval(() => {
      this.tick();
    }, TICK_MS);
    this.registrations = [
      this.view,
      jobs.onDidChange(() => {
        this.refresh();
      }),
      servers.onDidChange(() => {
        this.refresh();
      }),
      new vscode.Disposable(() => {
        clearInterval(ticking);
      }),
    ];
  }

  /** Opens the pane at a job, its results unfolded. */
  async reveal(job: Job): Promise<void> {
    await this.view.reveal(this.jobNode(job), { select: true, focus: true, expand: true });
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) return this.servers.all.filter(({ id }) => this.jobs.of(id).length > 0).map(({ id }) => this.serverNode(id));
    if (node.kind === "server") return this.jobs.of(node.server).map((job) => this.jobNode(job));
    const job = node.kind === "job" ? this.jobs.get(node) : undefined;
    return job === undefined || node.kind !== "job" ? [] : resultsOf(node, job);
  }

  getParent(node: Node): Node | undefined {
    if (node.kind === "server") return undefined;
    return node.kind === "result" ? node.parent : this.serverNode(node.server);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === "server") return this.serverItem(node);
    if (node.kind === "result") return resultItem(node);
    const job = this.jobs.get(node);
    return job === undefined ? new vscode.TreeItem(node.job) : jobItem(job);
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
    this.changed.dispose();
  }

  private refresh(): void {
    const running = this.jobs.running().length;
    this.view.badge = running === 0 ? undefined : { value: running, tooltip: vscode.l10n.t("{0} running", running) };
    this.view.message = this.lastKnown();
    this.changed.fire(undefined);
  }

  /** Elapsed time goes on in what is shown; nothing is asked. */
  private tick(): void {
    if (!this.view.visible) return;
    for (const job of this.jobs.running()) if (job.started !== undefined) this.changed.fire(this.jobNode(job));
  }

  private serverItem({ server }: ServerNode): vscode.TreeItem {
    const profile = this.servers.all.find(({ id }) => id === server);
    const item = new vscode.TreeItem(profile?.name ?? server, vscode.TreeItemCollapsibleState.Expanded);
    item.id = `server ${server}`;
    item.contextValue = "server";
    item.description = profile?.account ?? "";
    return item;
  }

  /** Which lists are not the servers' present ones; nothing when all are. */
  private lastKnown(): string {
    const lines = this.servers.all.flatMap(({ id, name }) => {
      const since = this.jobs.offlineSince(id);
      return since === undefined || this.jobs.of(id).length === 0 ? [] : [`${name}: ${offline(since)}`];
    });
    return lines.join("\n");
  }

  private serverNode(server: string): Node {
    return this.kept(server, { kind: "server", server });
  }

  private jobNode(job: Job): JobNode {
    return this.kept(`${job.server} ${job.id}`, { kind: "job", ...refOf(job) });
  }

  /** The same object for the same thing: VS Code keeps selection and folds by identity. */
  private kept<N extends Node>(key: string, fresh: N): N {
    const known = this.nodes.get(key);
    if (known !== undefined) return known as N;
    this.nodes.set(key, fresh);
    return fresh;
  }
}

/** How long it has run and the one most telling thing. A label that stands for an end without a reason tells the time itself. */
export function descriptionOf(job: Job): string {
  const time = elapsed(job, Date.now());
  if (!job.done) return joined(time, job.label);
  if (job.succeeded) return joined(time, firstResult(job));
  return job.reason === undefined ? job.label : joined(time, firstLine(job.reason));
}

function jobItem(job: Job): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(job.name, hasResults(job) ? Collapsed : None);
  item.id = `job ${job.server} ${job.id}`;
  item.description = descriptionOf(job);
  item.iconPath = iconOf(job);
  item.contextValue = ["job", job.done ? "ended" : "running", ...(resultFiles(job).length > 0 ? ["files"] : [])].join(" ");
  item.tooltip = tooltipOf(job);
  item.accessibilityInformation = { label: `${job.name}, ${job.label}, ${item.description}` };
  if (!hasResults(job)) item.command = { command: "juliahub.showLog", title: vscode.l10n.t("Show Log"), arguments: [refOf(job)] };
  return item;
}

function iconOf(job: Job): vscode.ThemeIcon {
  if (!job.done) return new vscode.ThemeIcon(job.started === undefined ? "clock" : "loading~spin");
  if (job.succeeded) return new vscode.ThemeIcon("pass", new vscode.ThemeColor("testing.iconPassed"));
  if (job.status === "Stopped") return new vscode.ThemeIcon("circle-slash", new vscode.ThemeColor("testing.iconSkipped"));
  return new vscode.ThemeIcon("error", new vscode.ThemeColor("testing.iconFailed"));
}

function tooltipOf(job: Job): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(`${job.name}\n${job.label}\n`);
  if (job.submitted !== undefined) tooltip.appendText(vscode.l10n.t("Submitted {0}", new Date(job.submitted).toLocaleString()) + "\n");
  for (const [key, value] of Object.entries(job.inputs)) tooltip.appendText(`${key} = ${value}\n`);
  tooltip.appendText(job.id);
  return tooltip;
}

function resultsOf(parent: JobNode, job: Job): ResultNode[] {
  const summary = Object.entries(job.summary ?? {}).map(([label, value]): ResultNode => {
    return { kind: "result", parent, label, description: scalar(value), file: false };
  });
  const text = job.summary === undefined && job.outputs !== "" ? [outputNode(parent, job.outputs)] : [];
  return [...summary, ...text, ...resultFiles(job).map((file) => fileNode(parent, file))];
}

function outputNode(parent: JobNode, outputs: string): ResultNode {
  return { kind: "result", parent, label: firstLine(outputs), description: "", file: false };
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
