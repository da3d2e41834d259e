/** The Servers view: every profile with its account and state, and which of them is the current one. */
import * as vscode from "vscode";
import type { JobsModel } from "../jobs";
import type { Server } from "../protocol";
import type { ServersModel } from "../servers";
import { joined } from "../text";
import { spokenState, stateOf } from "./serverWords";

/** A token's life is shown in minutes at most. */
const TICK_MS = 60_000;

/** A row, by its server's id. It is the same object as long as the server is known: VS Code tells rows apart by that. */
interface Row {
  readonly server: string;
}

export class ServersTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Row[] | undefined>();
  private readonly registrations: vscode.Disposable;
  private rows: readonly Row[] = [];
  /** What each row says at present. */
  private readonly drawn = new Map<string, string>();

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly servers: ServersModel,
    private readonly jobs: JobsModel,
  ) {
    const refresh = (): void => {
      this.refresh();
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

  getChildren(row?: Row): Row[] {
    if (row !== undefined) return [];
    this.rows = this.servers.all.map(({ id }) => this.rows.find(({ server }) => server === id) ?? { server: id });
    return [...this.rows];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const server = this.serverOf(row);
    if (server === undefined) return new vscode.TreeItem(row.server);
    const item = this.itemOf(server);
    this.drawn.set(row.server, JSON.stringify(item));
    return item;
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }

  /** Draws what differs, and no more: a row that is drawn anew loses a click on its way. */
  private refresh(): void {
    const known = this.servers.all;
    if (known.length !== this.rows.length || known.some(({ id }, place) => this.rows[place]?.server !== id)) {
      this.changed.fire(undefined);
      return;
    }
    const differing = this.rows.filter((row) => {
      const server = this.serverOf(row);
      return server !== undefined && JSON.stringify(this.itemOf(server)) !== this.drawn.get(row.server);
    });
    if (differing.length > 0) this.changed.fire(differing);
  }

  private serverOf(row: Row): Server | undefined {
    return this.servers.all.find(({ id }) => id === row.server);
  }

  private itemOf(server: Server): vscode.TreeItem {
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
    item.command = { command: "juliahub.selectServer", title: vscode.l10n.t("Select Server"), arguments: [{ server: server.id }] };
    return item;
  }
}

/** A full circle where scripts run; else the state has its own sign, so that neither is told by colour alone. */
function iconOf({ current, state }: Server): vscode.ThemeIcon {
  if (state === "offline") return new vscode.ThemeIcon("debug-disconnect", new vscode.ThemeColor("list.warningForeground"));
  if (state === "signedOut") return new vscode.ThemeIcon(current ? "account" : "circle-slash");
  return new vscode.ThemeIcon(current ? "circle-large-filled" : "circle-large-outline");
}
