/** The server profiles as the daemon last told of them. */
import * as vscode from "vscode";
import type { Daemon } from "./client";
import { methods, type Server } from "./protocol";

export class ServersModel implements vscode.Disposable {
  private known: readonly Server[] = [];
  private readonly changed = new vscode.EventEmitter<void>();

  readonly onDidChange = this.changed.event;

  constructor(private readonly daemon: Daemon) {
    daemon.onNotification(methods.serversChanged, ({ servers }) => {
      this.update(servers);
    });
  }

  /** In the daemon's order: "This computer" first. */
  get all(): readonly Server[] {
    return this.known;
  }

  get current(): Server | undefined {
    return this.known.find((server) => server.current);
  }

  /** The same again is no news: a tree that is drawn anew loses a click on its way. */
  update(servers: readonly Server[]): void {
    if (JSON.stringify(servers) === JSON.stringify(this.known)) return;
    this.known = servers;
    this.changed.fire();
  }

  async refresh(): Promise<void> {
    this.update((await this.daemon.request(methods.servers, {})).servers);
  }

  dispose(): void {
    this.changed.dispose();
  }
}
