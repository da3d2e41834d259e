/** Everything that is known of a job: in a few lines beside its row, and as a page of its own. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { type JobRef, type JobsModel, refOf, resultFiles } from "../jobs";
import { type Job, methods, type Submission } from "../protocol";
import { bytes, clock, cost, dollars, firstLine } from "../text";

const SCHEME = "juliahub-job";

type Row = readonly [name: string, value: string | undefined];

/** A page for each job, as Markdown; VS Code's own preview shows it. It follows the job. */
export class JobDetails implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly submissions = new Map<string, Submission | undefined>();
  private readonly shown = new Map<string, string>();
  private readonly registrations: vscode.Disposable;

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly jobs: JobsModel,
  ) {
    const update = jobs.onDidChange(() => {
      this.update();
    });
    const closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.shown.delete(uri.toString()));
    this.registrations = vscode.Disposable.from(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this), update, closing);
  }

  async show(job: Job): Promise<void> {
    const { submission } = await this.daemon.request(methods.submission, refOf(job));
    const uri = uriOf(job);
    this.submissions.set(uri.toString(), submission);
    this.changed.fire(uri);
    await vscode.commands.executeCommand("markdown.showPreview", uri);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const job = this.jobs.get(refIn(uri));
    const text = job === undefined ? "" : page(job, this.submissions.get(uri.toString()));
    this.shown.set(uri.toString(), text);
    return text;
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }

  private update(): void {
    for (const [key, text] of this.shown) {
      const uri = vscode.Uri.parse(key);
      const job = this.jobs.get(refIn(uri));
      if (job !== undefined && page(job, this.submissions.get(key)) !== text) this.changed.fire(uri);
    }
  }
}

/** The few facts that a row has no room for. */
export function jobTooltip(job: Job): vscode.MarkdownString {
  const facts = [...times(job), ...machines(job)].flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const inputs = Object.entries(job.inputs).map(([key, value]) => `${key} = ${value}`);
  const tooltip = new vscode.MarkdownString();
  for (const line of [job.name, job.label, ...facts, ...inputs, job.id]) tooltip.appendText(firstLine(line)).appendMarkdown("  \n");
  return tooltip;
}

function page(job: Job, submission: Submission | undefined): string {
  const files = resultFiles(job).map(({ name, size }): Row => [name, bytes(size)]);
  const parts = [
    `# ${escaped(job.name)}`,
    escaped(job.label),
    table(times(job)),
    section(vscode.l10n.t("Ran"), [...origin(job, submission), ...machines(job)]),
    section(vscode.l10n.t("Inputs"), Object.entries(job.inputs)),
    section(vscode.l10n.t("Bundle"), bundle(submission)),
    section(vscode.l10n.t("Results"), files),
    section(vscode.l10n.t("Identity"), [[vscode.l10n.t("Job"), job.id], [vscode.l10n.t("Server"), job.server], [vscode.l10n.t("Status"), job.status]]),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function times({ submitted, started, ended, timeLimit, deadline }: Job): Row[] {
  const ran = started === undefined || ended === undefined ? undefined : clock(ended - started);
  const limit = timeLimit === undefined || timeLimit === 0 ? vscode.l10n.t("none") : clock(timeLimit * 3_600_000);
  return [
    [vscode.l10n.t("Submitted"), local(submitted)],
    [vscode.l10n.t("Started"), local(started)],
    [vscode.l10n.t("Ended"), local(ended)],
    [vscode.l10n.t("Duration"), ran],
    [vscode.l10n.t("Time limit"), limit],
    [vscode.l10n.t("Stopped at the latest"), local(deadline)],
  ];
}

/** What it costs stays out while it grows: the row has it. */
function machines(job: Job): Row[] {
  const { cluster, pricePerHour, workersJoined, workersExpected } = job;
  const paid = job.done ? cost(job, Date.now()) : "";
  return [
    [vscode.l10n.t("Cluster"), cluster],
    [vscode.l10n.t("Workers joined"), workersExpected === undefined ? undefined : vscode.l10n.t("{0} of {1}", workersJoined ?? 0, workersExpected)],
    [vscode.l10n.t("Price"), pricePerHour === undefined || pricePerHour === 0 ? undefined : vscode.l10n.t("{0} an hour", dollars(pricePerHour))],
    [vscode.l10n.t("Cost"), paid === "" ? undefined : paid],
  ];
}

function origin({ script }: Job, submission: Submission | undefined): Row[] {
  return [
    [vscode.l10n.t("Script"), script === undefined ? undefined : place(script)],
    [vscode.l10n.t("Environment"), submission?.environment],
    [vscode.l10n.t("Julia"), submission?.juliaVersion],
    [vscode.l10n.t("Image"), submission?.image],
  ];
}

function bundle(submission: Submission | undefined): Row[] {
  if (submission?.bundleSha256 === undefined) return [];
  return [
    [vscode.l10n.t("Files"), submission.bundleFiles?.toLocaleString()],
    [vscode.l10n.t("Size"), submission.bundleSize === undefined ? undefined : bytes(submission.bundleSize)],
    ["SHA-256", submission.bundleSha256],
  ];
}

function section(title: string, rows: readonly Row[]): string {
  const text = table(rows);
  return text === "" ? "" : `## ${title}\n\n${text}`;
}

function table(rows: readonly Row[]): string {
  const lines = rows.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [`| ${escaped(name)} | ${escaped(value)} |`]));
  return lines.length === 0 ? "" : ["| | |", "|---|---|", ...lines].join("\n");
}

/** Words of a job's own are text, never markup, links or images. */
function escaped(text: string): string {
  return firstLine(text).replace(/[\\`*_{}[\]()#+\-.!|<>&~:@/]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function local(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toLocaleString();
}

function place(script: string): string {
  return script.startsWith("file:") ? vscode.workspace.asRelativePath(vscode.Uri.parse(script), true) : script;
}

function uriOf({ server, id, name }: Job): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${encodeURIComponent(server)}/${encodeURIComponent(id)}/${name.replaceAll("/", "-")}.md` });
}

function refIn({ path }: vscode.Uri): JobRef {
  const [, server = "", job = ""] = path.split("/");
  return { server: decodeURIComponent(server), job: decodeURIComponent(job) };
}
