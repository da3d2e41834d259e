/** Downloads of one job's files that are on their way: each with its progress, each can be paused. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { codeOf, isLost } from "../errors";
import type { JobRef } from "../jobs";
import { type DownloadResultsParams, methods } from "../protocol";
import type { Downloading } from "./messages";

interface Running extends Downloading {
  readonly source: vscode.CancellationTokenSource;
}

export class Downloads implements vscode.Disposable {
  private readonly running = new Map<string, Running>();
  private readonly changed = new vscode.EventEmitter<void>();
  private closed = false;

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly job: JobRef,
  ) {}

  /** By file. */
  get all(): Record<string, Downloading> {
    return Object.fromEntries(
      [...this.running].map(([name, { message, percentage }]) => [name, { message, ...(percentage === undefined ? {} : { percentage }) }]),
    );
  }

  /** Fetches a file into the workspace's folder for results, until it is there or paused. */
  async fetch(name: string): Promise<void> {
    if (this.closed || this.running.has(name)) return;
    await this.daemon.start();
    const [workDoneToken, source] = [randomUUID(), new vscode.CancellationTokenSource()];
    this.report(name, { source, message: "" });
    const listen = (): vscode.Disposable =>
      this.daemon.onProgress(workDoneToken, (value) => {
        if (value.kind === "report") this.report(name, { source, message: value.message ?? "", percentage: value.percentage ?? 0 });
      });
    let listening = listen();
    const restarted = this.daemon.onDidStart(() => {
      listening.dispose();
      listening = listen();
    });
    try {
      await this.request({ ...this.job, files: [name], workDoneToken }, source.token);
    } catch (error) {
      if (codeOf(error) !== "cancelled" && !source.token.isCancellationRequested) throw error;
    } finally {
      restarted.dispose();
      listening.dispose();
      source.dispose();
      this.running.delete(name);
      this.changed.fire();
    }
  }

  /** What has arrived is kept; fetching again goes on from there. */
  pause(name: string): void {
    this.running.get(name)?.source.cancel();
  }

  dispose(): void {
    this.closed = true;
    for (const { source } of this.running.values()) source.cancel();
    this.changed.dispose();
  }

  /** A daemon that ends meanwhile leaves what has arrived; the one after it goes on from there. */
  private async request(params: DownloadResultsParams, token: vscode.CancellationToken): Promise<void> {
    try {
      await this.daemon.request(methods.downloadResults, params, token);
    } catch (error) {
      if (!isLost(error) || token.isCancellationRequested) throw error;
      await this.request(params, token);
    }
  }

  private report(name: string, download: Running): void {
    this.running.set(name, download);
    this.changed.fire();
  }
}
