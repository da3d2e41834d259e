/** The status bar item: where scripts run and as whom, how many do, and when the first of them reaches its limit. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { nearestDeadline } from "../jobGroups";
import type { JobsModel } from "../jobs";
import type { Server } from "../protocol";
import type { ServersModel } from "../servers";
import { life } from "../text";

/** What is left of a limit is shown in minutes. */
const TICK_MS = 20_000;

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
    const ticking = setInterval(show, TICK_MS);
    const ended = new vscode.Disposable(() => {
      clearInterval(ticking);
    });
    this.registrations = vscode.Disposable.from(daemon.onDidChangeState(show), servers.onDidChange(show), jobs.onDidChange(show), ended);
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
    this.item.accessibilityInformation = { label: this.item.tooltip, role: "button" };
    this.item.show();
  }

  private healthy(): void {
    const server = this.servers.current;
    const running = this.running();
    const offline = server?.state === "offline" ? " $(debug-disconnect)" : "";
    this.item.text = [`⬢ ${nameOf(server)}${offline}`, ...running].join(" · ");
    this.item.tooltip = [whereOf(server), ...running, vscode.l10n.t("Click for running jobs and other servers.")].join("\n");
    this.item.accessibilityInformation = { label: [whereOf(server), ...running].join(", "), role: "button" };
    this.item.command = "juliahub.showRunningJobs";
    this.item.show();
  }

  /** `2 running`, `18 min left` */
  private running(): string[] {
    const jobs = this.jobs.running();
    if (jobs.length === 0) return [];
    const deadline = nearestDeadline(jobs);
    const left = deadline === undefined ? "" : life(deadline - Date.now());
    return [vscode.l10n.t("{0} running", jobs.length), ...(left === "" ? [] : [vscode.l10n.t("{0} left", left)])];
  }
}

function nameOf(server: Server | undefined): string {
  if (server === undefined) return "JuliaHub";
  return server.kind === "hub" && server.account !== undefined ? `${server.name} · ${server.account}` : server.name;
}

function whereOf(server: Server | undefined): string {
  if (server === undefined) return vscode.l10n.t("Starting …");
  const name = server.account === undefined ? server.name : vscode.l10n.t("{0} as {1}", server.name, server.account);
  return vscode.l10n.t("Julia scripts run on {0}.", name);
}
