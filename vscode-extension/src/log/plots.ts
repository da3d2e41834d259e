/** Numbers of a log as lines that grow: one panel for each log, asked anew once a second while it is seen and the job runs. */
import { setTimeout as later } from "node:timers";
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { type LogKeyword, methods } from "../protocol";
import { webviewHtml, webviewOptions, WebviewBridge } from "../webview";
import type { FromPlot, ToPlot } from "./plotMessages";
import { plotWords } from "./plotWords";
import type { LogSession } from "./session";

const VIEW = "juliahub.logPlot";
const PERIOD_MS = 1_000;
/** Keywords that are plotted before anyone chooses: the first ones, which are the ones logged first. */
const FIRST = 3;

export class LogPlots implements vscode.Disposable {
  private readonly open = new Map<string, LogPlot>();

  constructor(
    private readonly daemon: Daemon,
    private readonly extensionUri: vscode.Uri,
    private readonly output: vscode.LogOutputChannel,
  ) {}

  /** Shows the plot of a log beside it. */
  show(session: LogSession, name: string): void {
    const key = session.uri.toString();
    const known = this.open.get(key);
    if (known !== undefined) {
      known.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(VIEW, vscode.l10n.t("{0} plot", name), vscode.ViewColumn.Beside, webviewOptions(this.extensionUri));
    const media = (name: string): vscode.Uri => vscode.Uri.joinPath(this.extensionUri, "media", name);
    panel.iconPath = { light: media("plot-light.svg"), dark: media("plot-dark.svg") };
    const plot = new LogPlot(panel, this.daemon, session, this.output);
    this.open.set(key, plot);
    panel.onDidDispose(() => {
      plot.dispose();
      this.open.delete(key);
    });
    panel.webview.html = webviewHtml(panel.webview, this.extensionUri, "plot", panel.title, plotWords());
  }

  dispose(): void {
    for (const { panel } of [...this.open.values()]) panel.dispose();
  }
}

class LogPlot implements vscode.Disposable {
  private readonly bridge: WebviewBridge<ToPlot, FromPlot>;
  private timer: NodeJS.Timeout | undefined;
  private chosen: readonly string[] | undefined;
  private asking = false;
  private complete = false;
  private disposed = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly daemon: Daemon,
    private readonly session: LogSession,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.bridge = new WebviewBridge(panel.webview);
    this.bridge.onMessage((message) => {
      if (message.type === "chosen") this.chosen = message.keywords;
      this.complete = false;
      void this.refresh();
    });
    panel.onDidChangeViewState(() => void this.refresh());
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }

  /** Once now, and again in a second as long as there may be more to see. */
  private async refresh(): Promise<void> {
    if (this.asking || this.complete || this.disposed || !this.panel.visible) return;
    clearTimeout(this.timer);
    this.asking = true;
    const before = this.chosen;
    try {
      await this.update();
    } catch (error) {
      this.output.warn(String(error));
    } finally {
      this.asking = false;
    }
    if (before !== this.chosen && before !== undefined) void this.refresh();
    else this.timer = later(() => void this.refresh(), PERIOD_MS);
  }

  private async update(): Promise<void> {
    const { ref } = this.session;
    const summary = await this.daemon.request(methods.logSummary, { ...ref });
    const keywords = summary.keywords.filter(({ numeric }) => numeric);
    const chosen = (this.chosen ?? suggested(keywords)).filter((name) => keywords.some((keyword) => keyword.name === name));
    const none = { series: [], complete: summary.complete };
    const { series, complete } = chosen.length === 0 ? none : await this.daemon.request(methods.logSeries, { ...ref, keywords: [...chosen] });
    if (this.disposed) return;
    this.bridge.post({ type: "show", keywords, chosen, series, complete });
    this.complete = complete;
  }
}

/** What most likely tells something: neither a counter that names a step nor progress, which the job's own row shows. */
function suggested(keywords: readonly LogKeyword[]): string[] {
  const telling = keywords.filter(({ name, count }) => count > 1 && !/^(?:epochs?|steps?|iterations?|iter|i|n|progress|workers?)$/i.test(name));
  return (telling.length > 0 ? telling : keywords).slice(0, FIRST).map(({ name }) => name);
}
