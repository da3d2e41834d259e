/** The jobs as the daemon last told of them. Views and notifications only listen. */
import * as vscode from "vscode";
import { accountsOf, changesOf, freshOf } from "./accounts";
import type { Daemon } from "./client";
import { type Job, type JobFile, methods, type Server } from "./protocol";
import type { ServersModel } from "./servers";

/** What names a job. */
export interface JobRef {
  readonly server: string;
  readonly job: string;
}

interface ServerJobs {
  readonly jobs: Map<string, Job>;
  /** How many to ask for; grows as the user looks further back. */
  limit: number;
  /** The server has older ones than those. */
  more: boolean;
  offlineSince?: number | undefined;
}

/** So many jobs are asked for at first. */
const PAGE = 20;
/** So many more at each look further back: a server gives its newest jobs only, so that each look fetches all those before it, too. */
const OLDER_PAGE = 100;

export class JobsModel implements vscode.Disposable {
  private readonly byServer = new Map<string, ServerJobs>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly following: vscode.Disposable;
  private knownServers: readonly Server[];

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly servers: ServersModel,
    private readonly output: vscode.LogOutputChannel,
  ) {
    daemon.onNotification(methods.jobsChanged, ({ jobs }) => {
      this.update(jobs);
    });
    this.knownServers = servers.all;
    this.following = servers.onDidChange(() => {
      this.serversChanged();
    });
  }

  /** Newest first. */
  of(server: string): Job[] {
    const jobs = [...(this.byServer.get(server)?.jobs.values() ?? [])];
    return jobs.sort((a, b) => (b.submitted ?? Infinity) - (a.submitted ?? Infinity));
  }

  /** Of all servers, newest first. */
  all(): Job[] {
    return this.servers.all.flatMap(({ id }) => this.of(id));
  }

  running(): Job[] {
    return this.all().filter((job) => !job.done);
  }

  get({ server, job }: JobRef): Job | undefined {
    return this.byServer.get(server)?.jobs.get(job);
  }

  /** Whether the server has jobs that are older than those known. */
  hasMore(server: string): boolean {
    return this.byServer.get(server)?.more === true;
  }

  /** Asks for another page of a server's jobs. */
  async showOlder(server: string): Promise<void> {
    const known = this.ofServer(server);
    known.limit = Math.max(known.limit, known.jobs.size) + OLDER_PAGE;
    await this.askServer(server);
  }

  /** When the server could last be reached, if it cannot now (Unix milliseconds). */
  offlineSince(server: string): number | undefined {
    return this.servers.all.find(({ id }) => id === server)?.offlineSince ?? this.byServer.get(server)?.offlineSince;
  }

  /** Takes in jobs that are new or differ. An answer that was overtaken by the news of the job's end says nothing. */
  update(jobs: readonly Job[]): void {
    for (const job of jobs) {
      if (job.done || this.get(refOf(job))?.done !== true) this.ofServer(job.server).jobs.set(job.id, job);
    }
    this.changed.fire();
  }

  /** Once the jobs are so. */
  async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve) => {
      const listening = this.onDidChange(() => {
        if (!isSo()) return;
        listening.dispose();
        resolve();
      });
    });
  }

  /** Asks every server that can be asked for its list. One that fails keeps what was known. */
  async refresh(): Promise<void> {
    const servers = this.servers.all.filter((server) => server.state !== "signedOut");
    await Promise.all(servers.map(({ id }) => this.refreshServer(id)));
  }

  /** The job as the server has it now, asked for when it is not known. */
  async fetch(ref: JobRef): Promise<Job> {
    const known = this.get(ref);
    if (known !== undefined) return known;
    const { job } = await this.daemon.request(methods.job, ref);
    this.update([job]);
    return job;
  }

  dispose(): void {
    this.following.dispose();
    this.changed.dispose();
  }

  /** An account that is gone takes its jobs along; a server that is back, or signed in to, is asked for its list. */
  private serversChanged(): void {
    const [before, now] = [this.knownServers, this.servers.all];
    this.knownServers = now;
    const { removed } = changesOf(accountsOf(before), accountsOf(now));
    for (const { server } of removed) this.byServer.delete(server);
    if (removed.length > 0) this.changed.fire();
    for (const { id } of freshOf(before, now)) void this.refreshServer(id);
  }

  private async refreshServer(server: string): Promise<void> {
    try {
      await this.askServer(server);
    } catch (error) {
      this.output.warn(`jobs of ${server}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async askServer(server: string): Promise<void> {
    const { jobs, more, offlineSince } = await this.daemon.request(methods.jobs, { server, limit: this.ofServer(server).limit });
    Object.assign(this.ofServer(server), { more, offlineSince });
    this.update(jobs);
  }

  private ofServer(server: string): ServerJobs {
    let known = this.byServer.get(server);
    if (known === undefined) this.byServer.set(server, (known = { jobs: new Map(), limit: PAGE, more: false }));
    return known;
  }
}

export function refOf(job: Job): JobRef {
  return { server: job.server, job: job.id };
}

/** What the job left; its inputs and sources are files of it too. */
export function resultFiles(job: Job): JobFile[] {
  return job.files.filter(({ type }) => type === "result");
}

/** Whether there is something to show of a job that has ended. */
export function hasResults(job: Job): boolean {
  return job.done && (job.results.length > 0 || resultFiles(job).length > 0);
}
