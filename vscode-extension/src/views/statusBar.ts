/** The status bar item: where scripts run, and how many do. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import type { JobsModel } from "../jobs";
import type { ServersModel } from "../servers";

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("juliahub.server", vscode.StatusBarAlignment.Left, 10);
  private readonly registrations: vscode.Disposable;

  constructor(
    private readonly daemon: Daemon,
    private readonly servers: ServersModel,
    private readonly jobs: JobsModel,
  ) {
    this.item.name = "JuliaHub";
    const show = (): void => {
      this.show();
    };
    this.registrations = vscode.Disposable.from(daemon.onDidChangeState(show), servers.onDidChange(show), jobs.onDidChange(show));
    this.show();
  }

  dispose(): void {
    this.registrations.dispose();
    this.item.dispose();
  }

  private show(): void {
    if (this.daemon.state === "idle") this.item.hide();
    else if (this.daemon.state === "failed") this.failed();
    else this.healthy();
  }

  private failed(): void {
    this.item.text = "⬢ JuliaHub $(warning)";
    this.item.tooltip = vscode.l10n.t("JuliaHub's helper program is not running. Click to start it.");
    this.item.command = "juliahub.restart";
    this.item.show();
  }

  private healthy(): void {
    const server = this.servers.current;
    const running = this.jobs.running().length;
    const offline = server?.state === "offline" ? " $(debug-disconnect)" : "";
    this.item.text = `⬢ ${server?.name ?? "JuliaHub"}${offline}${running === 0 ? "" : ` · ${vscode.l10n.t("{0} running", running)}`}`;
    this.item.tooltip =
      server === undefined
        ? vscode.l10n.t("Starting …")
        : vscode.l10n.t("Julia scripts run on {0}{1}. Click for another place.", server.name, server.account === undefined ? "" : ` (${server.account})`);
    this.item.command = "juliahub.selectServer";
    this.item.show();
  }
}
