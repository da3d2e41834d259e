/** The Servers view: every profile with its account and state. */
import * as vscode from "vscode";
import type { JobsModel } from "../jobs";
import type { Server } from "../protocol";
import type { ServersModel } from "../servers";
import { joined } from "../text";

const HOUR_MS = 3_600_000;

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
    this.registrations = vscode.Disposable.from(
      vscode.window.registerTreeDataProvider("juliahub.servers", this),
      servers.onDidChange(refresh),
      jobs.onDidChange(refresh),
    );
  }

  getChildren(server?: Server): Server[] {
    return server === undefined ? [...this.servers.all] : [];
  }

  getTreeItem(server: Server): vscode.TreeItem {
    const item = new vscode.TreeItem(server.name);
    const running = this.jobs.of(server.id).filter((job) => !job.done).length;
    item.id = server.id;
    item.iconPath = new vscode.ThemeIcon(server.current ? "circle-large-filled" : "circle-large-outline");
    item.contextValue = `server ${server.kind === "hub" ? server.state : "own"}`;
    item.description = joined(stateOf(server), running === 0 ? "" : vscode.l10n.t("{0} running", running));
    item.tooltip = server.url ?? server.name;
    item.command = { command: "juliahub.selectServer", title: vscode.l10n.t("Select Server"), arguments: [server] };
    return item;
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }
}

/** What there is to say of a server in a few words; nothing for one that is simply there. */
export function stateOf(server: Server): string {
  if (server.state === "offline") return vscode.l10n.t("cannot be reached");
  if (server.kind === "thisComputer") return "";
  if (server.state !== "signedIn") return vscode.l10n.t("signed out");
  const left = server.tokenExpires === undefined ? undefined : Math.floor((server.tokenExpires - Date.now()) / HOUR_MS);
  return [server.account, left === undefined ? undefined : vscode.l10n.t("token {0} h", left)].filter((part) => part !== undefined).join(" · ");
}
