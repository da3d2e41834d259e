/** The lines of one job's log in order, each once, however often the daemon or its connection begins anew. No `vscode` here: effects are injected. */
import type { Daemon } from "../client";
import type { JobRef } from "../jobs";
import { type LogLine, type LogLinesParams, type LogStateParams, methods } from "../protocol";

interface Listener {
  /** Lines that were not told before. */
  readonly lines: (lines: readonly LogLine[]) => void;
  /** Nothing comes any more; `message` when that is not the log's end. */
  readonly ended: (message?: string) => void;
}

/** What of the daemon is needed. */
export type LogSource = Pick<Daemon, "request" | "onNotification" | "onDidStart" | "state">;

/** Following ends with `stop`. */
export interface Following {
  stop(): void;
}

/** Follows logs for those who show them elsewhere than in documents. To be made before the daemon's first start. */
export class LogFeeds {
  private readonly feeds = new Set<Feed>();

  constructor(private readonly daemon: LogSource) {
    daemon.onNotification(methods.logLines, (params) => {
      for (const feed of this.feeds) feed.receive(params);
    });
    daemon.onNotification(methods.logState, (params) => {
      for (const feed of this.feeds) feed.stateChanged(params);
    });
  }

  async follow(ref: JobRef, listener: Listener): Promise<Following> {
    const feed = new Feed(this.daemon, ref, listener);
    this.feeds.add(feed);
    const again = this.daemon.onDidStart(() => {
      feed.open().catch((error: unknown) => {
        listener.ended(error instanceof Error ? error.message : String(error));
      });
    });
    const stop = (): void => {
      again.dispose();
      this.feeds.delete(feed);
      feed.close();
    };
    try {
      await feed.open();
    } catch (error) {
      stop();
      throw error;
    }
    return { stop };
  }
}

class Feed {
  private log: string | undefined;
  private last = 0;
  /** Of the log as it is, not of a preview that counts from elsewhere. */
  private exact = false;
  private opening = 0;
  private early: (() => void)[] = [];

  constructor(
    private readonly daemon: LogSource,
    private readonly ref: JobRef,
    private readonly listener: Listener,
  ) {}

  async open(): Promise<void> {
    this.log = undefined;
    this.opening += 1;
    try {
      this.log = (await this.daemon.request(methods.openLog, this.ref)).log;
    } finally {
      this.opening -= 1;
    }
    const early = this.early.splice(0);
    for (const tell of early) tell();
  }

  /** The first lines may come before the answer that names the log. */
  receive(params: LogLinesParams): void {
    if (this.isEarly(() => { this.receive(params); }) || params.log !== this.log) return;
    if (params.reset) this.exact = params.earlier !== undefined;
    if (!this.exact) return;
    const fresh = params.lines.filter(({ id }) => id > this.last);
    this.last = fresh.at(-1)?.id ?? this.last;
    if (fresh.length > 0) this.listener.lines(fresh);
  }

  stateChanged(params: LogStateParams): void {
    if (this.isEarly(() => { this.stateChanged(params); }) || params.log !== this.log) return;
    if (params.state === "complete") this.listener.ended();
    if (params.state === "failed") this.listener.ended(params.message);
  }

  close(): void {
    if (this.log !== undefined && this.daemon.state === "running") this.daemon.request(methods.closeLog, { log: this.log }).catch(() => undefined);
  }

  private isEarly(tell: () => void): boolean {
    if (this.opening === 0) return false;
    this.early.push(tell);
    return true;
  }
}
