/** What one job left, in an editor tab of its own. */
import * as vscode from "vscode";
import { describe, Problem, Told } from "../errors";
import type { JobRef } from "../jobs";
import { methods, type ResultsResult } from "../protocol";
import type { ResultsParts } from "./results";
import { webviewHtml, WebviewBridge, webviewOptions } from "../webview";
import { tabIcon } from "./tabIcon";
import { Downloads } from "./downloads";
import type { FromResults, Place, ToResults } from "./messages";
import { resultsWords } from "./words";

export const RESULTS_VIEW = "juliahub.results";

export class ResultsPanel implements vscode.Disposable {
  private readonly bridge: WebviewBridge<ToResults, FromResults>;
  private readonly downloads: Downloads;
  private readonly registrations: { dispose(): unknown }[];
  private results: ResultsResult | undefined;
  private seen: string | undefined;

  constructor(
    private readonly parts: ResultsParts,
    readonly job: JobRef,
    private readonly panel: vscode.WebviewPanel,
  ) {
    this.downloads = new Downloads(parts.daemon, job);
    this.bridge = new WebviewBridge(panel.webview);
    panel.iconPath = tabIcon(parts.extensionUri, "results");
    this.registrations = [
      this.downloads,
      this.downloads.onDidChange(() => {
        this.bridge.post({ type: "downloads", downloads: this.downloads.all });
      }),
      this.bridge.onMessage((message) => {
        this.hear(message).catch(parts.fail);
      }),
      parts.jobs.onDidChange(() => {
        if (this.seen !== undefined && this.stateOf() !== this.seen) void this.refresh();
      }),
    ];
    panel.webview.options = webviewOptions(parts.extensionUri);
    panel.webview.html = webviewHtml(panel.webview, parts.extensionUri, "results", panel.title, resultsWords(), { images: true });
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }

  private async hear(message: FromResults): Promise<void> {
    switch (message.type) {
      case "ready":
      case "refresh":
        await this.refresh();
        break;
      case "preview":
        await this.preview(message.place);
        break;
      case "download":
        await this.download(message.names ?? this.results?.files.map(({ name }) => name) ?? []);
        break;
      case "pause":
        this.downloads.pause(message.name);
        break;
      case "open":
        await vscode.commands.executeCommand("vscode.open", this.copy(message.place));
        break;
      case "reveal":
        await reveal(this.copy(message.place));
        break;
      case "copy":
        await vscode.env.clipboard.writeText(message.text);
        break;
      case "log":
        await vscode.commands.executeCommand("juliahub.showLog", this.job);
        break;
      case "compare":
        await vscode.commands.executeCommand("juliahub.compareJobs", this.job);
        break;
    }
  }

  private async refresh(): Promise<void> {
    this.seen = this.stateOf();
    try {
      const results = await this.parts.daemon.request(methods.results, this.job);
      this.results = results;
      this.seen = this.stateOf();
      this.panel.title = vscode.l10n.t("{0} results", results.job.name);
      this.bridge.post({ type: "results", results, server: this.parts.serverName(this.job.server) });
      this.bridge.post({ type: "downloads", downloads: this.downloads.all });
    } catch (error) {
      this.bridge.post({ type: "failed", message: this.sentence(error) });
    }
  }

  /** What must change for the results to be others. */
  private stateOf(): string {
    const job = this.parts.jobs.get(this.job);
    return job === undefined ? "" : `${job.status} ${job.outputs} ${job.files.length}`;
  }

  private async preview(place: Place): Promise<void> {
    try {
      const preview = await this.parts.daemon.request(methods.previewFile, { ...this.job, ...place });
      this.bridge.post({ type: "preview", place, preview });
    } catch (error) {
      this.bridge.post({ type: "preview", place, problem: this.sentence(error) });
    }
  }

  /** One after the other; one that is paused stays so, and the next begins. */
  private async download(names: readonly string[]): Promise<void> {
    for (const name of names) {
      try {
        await this.downloads.fetch(name);
      } finally {
        await this.refresh();
      }
    }
  }

  /** Where the file, or the file out of an archive, was saved. */
  private copy({ name, member }: Place): vscode.Uri {
    const file = this.results?.files.find((candidate) => candidate.name === name);
    if (this.results === undefined || file === undefined) throw new Problem(vscode.l10n.t("{0} is not there.", name));
    const directory = vscode.Uri.parse(this.results.directory);
    if (file.unpacked !== undefined) return member === undefined ? directory : vscode.Uri.joinPath(directory, member);
    return file.uri === undefined ? directory : vscode.Uri.parse(file.uri);
  }

  private sentence(error: unknown): string {
    if (error instanceof Told) return vscode.l10n.t("JuliaHub's helper program is not running.");
    return describe(error, this.parts.output).message;
  }
}

export function reveal(uri: vscode.Uri): Thenable<unknown> {
  const inside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  return vscode.commands.executeCommand(inside ? "revealInExplorer" : "revealFileInOS", uri);
}
