/** Jobs side by side, in an editor tab. */
import * as path from "node:path";
import * as vscode from "vscode";
import { describe, Told } from "../errors";
import { type JobRef, refOf } from "../jobs";
import { type Job, methods } from "../protocol";
import { webviewHtml, WebviewBridge, webviewOptions } from "../webview";
import { tabIcon } from "./tabIcon";
import type { FromComparison, ToComparison } from "./messages";
import type { ResultsParts } from "./results";
import { comparisonWords } from "./words";

export const COMPARISON_VIEW = "juliahub.comparison";

export class ComparePanel implements vscode.Disposable {
  private readonly bridge: WebviewBridge<ToComparison, FromComparison>;
  private readonly registrations: { dispose(): unknown }[];
  private refs: readonly JobRef[];
  private seen = "";

  constructor(
    private readonly parts: ResultsParts,
    jobs: readonly JobRef[],
    panel: vscode.WebviewPanel,
  ) {
    this.refs = jobs;
    this.bridge = new WebviewBridge(panel.webview);
    panel.iconPath = tabIcon(parts.extensionUri, "compare");
    this.registrations = [
      this.bridge.onMessage((message) => {
        this.hear(message).catch(parts.fail);
      }),
      parts.jobs.onDidChange(() => {
        if (this.seen !== "" && this.stateOf() !== this.seen) void this.refresh();
      }),
    ];
    panel.webview.options = webviewOptions(parts.extensionUri);
    panel.webview.html = webviewHtml(panel.webview, parts.extensionUri, "compare", panel.title, comparisonWords());
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }

  private async hear(message: FromComparison): Promise<void> {
    switch (message.type) {
      case "ready":
      case "refresh":
        await this.refresh();
        break;
      case "add":
        await this.add();
        break;
      case "remove":
        this.refs = this.refs.filter((ref) => !same(ref, message.job));
        await this.refresh();
        break;
      case "show":
        await vscode.commands.executeCommand("juliahub.showResults", message.job);
        break;
      case "export":
        await this.export();
        break;
    }
  }

  private async refresh(): Promise<void> {
    this.seen = this.stateOf();
    try {
      const comparison = await this.parts.daemon.request(methods.compareJobs, { jobs: [...this.refs] });
      this.seen = this.stateOf();
      const servers = Object.fromEntries(comparison.jobs.map(({ server }) => [server, this.parts.serverName(server)]));
      this.bridge.post({ type: "comparison", comparison, servers });
    } catch (error) {
      const message = error instanceof Told ? vscode.l10n.t("JuliaHub's helper program is not running.") : describe(error, this.parts.output).message;
      this.bridge.post({ type: "failed", message });
    }
  }

  private stateOf(): string {
    return this.refs.map((ref) => this.parts.jobs.get(ref)?.label ?? "").join("\n");
  }

  private async add(): Promise<void> {
    const known = (job: Job): boolean => this.refs.some((ref) => same(ref, refOf(job)));
    const chosen = await this.parts.pickJobs(vscode.l10n.t("Which jobs to add?"), (job) => !known(job));
    if (chosen.length === 0) return;
    this.refs = [...this.refs, ...chosen];
    await this.refresh();
  }

  private async export(): Promise<void> {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const name = "comparison.csv";
    const defaultUri = folder === undefined ? vscode.Uri.file(name) : vscode.Uri.joinPath(folder.uri, name);
    const file = await vscode.window.showSaveDialog({ defaultUri, filters: { CSV: ["csv"] } });
    if (file === undefined) return;
    const { uri } = await this.parts.daemon.request(methods.exportComparison, { jobs: [...this.refs], file: file.toString() });
    const open = vscode.l10n.t("Open");
    const saved = vscode.Uri.parse(uri);
    const chosen = await vscode.window.showInformationMessage(vscode.l10n.t("The comparison is saved in {0}.", path.posix.basename(saved.path)), open);
    if (chosen === open) await vscode.commands.executeCommand("vscode.open", saved);
  }
}

function same(one: JobRef, other: JobRef): boolean {
  return one.server === other.server && one.job === other.job;
}
