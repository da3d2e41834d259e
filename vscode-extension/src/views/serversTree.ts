/** The Servers view: every profile with its account and state, and which of them is the current one. */
import * as vscode from "vscode";
import type { JobsModel } from "../jobs";
import type { Server } from "../protocol";
import type { ServersModel } from "../servers";
import { joined } from "../text";
import { spokenState, stateOf } from "./serverWords";

/** A token's life is shown in minutes at most. */
const TICK_MS = 60_000;

export class ServersTree implements vscode.TreeDataProvider<Server>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly registrations: vscode.Disposable;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly servers: ServersModel,
    private readonly jobs: JobsModel,
  ) {
    const refresh = (): void => {
      this.changed.fire(undefined);
    };
    const ticking = setInterval(refresh, TICK_MS);
    this.registrations = vscode.Disposable.from(
      vscode.window.registerTreeDataProvider("juliahub.servers", this),
      servers.onDidChange(refresh),
      jobs.onDidChange(refresh),
      new vscode.Disposable(() => {
        clearInterval(ticking);
      }),
    );
  }

  getChildren(server?: Server): Server[] {
    return server === undefined ? [...this.servers.all] : [];
  }

  getTreeItem(server: Server): vscode.TreeItem {
    const count = this.jobs.of(server.id).filter((job) => !job.done).length;
    const running = count === 0 ? "" : vscode.l10n.t("{0} running", count);
    const current = server.current ? vscode.l10n.t("scripts run here") : "";
    const item = new vscode.TreeItem(server.name);
    item.id = server.id;
    item.iconPath = iconOf(server);
    item.contextValue = `server ${server.kind === "hub" ? server.state : "own"}`;
    item.description = joined(stateOf(server), running);
    item.tooltip = [server.url ?? server.name, spokenState(server), current].filter((line) => line !== "").join("\n");
    item.accessibilityInformation = { label: [server.name, current, spokenState(server), running].filter((part) => part !== "").join(", ") };
    item.command = { command: "juliahub.selectServer", title: vscode.l10n.t("Select Server"), arguments: [server] };
    return item;
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }
}

/** A full circle where scripts run; else the state has its own sign, so that neither is told by colour alone. */
function iconOf({ current, state }: Server): vscode.ThemeIcon {
  if (state === "offline") return new vscode.ThemeIcon("debug-disconnect", new vscode.ThemeColor("list.warningForeground"));
  if (state === "signedOut") return new vscode.ThemeIcon(current ? "account" : "circle-slash");
  return new vscode.ThemeIcon(current ? "circle-large-filled" : "circle-large-outline");
}
