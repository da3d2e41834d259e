/**
 * Logs as read-only documents that grow. A file system of ours holds them rather than a text document content provider: VS Code applies
 * a file's change as the smallest edit (lines before and after it stay, so scrolling, selection and folds do), while a content
 * provider's document is replaced whole once it is larger than 100,000 characters.
 */
import { setTimeout as later } from "node:timers";
import * as vscode from "vscode";
import type { Daemon } from "../client";
import type { JobRef } from "../jobs";
import { type LogLinesParams, type LogStateParams, methods } from "../protocol";
import { jobOfLog, LOG_SCHEME, logUri } from "./address";
import { LogSession } from "./session";
import { flushDelay } from "./window";

/** Lines that are asked for at a time. */
export const PAGE_LINES = 10_000;
/** Lines shown around one that passes a filter. */
export const CONTEXT_LINES = 2;

export class LogDocuments implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly fileChanged = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  private readonly sessions = new Map<string, LogSession>();
  private readonly scheduled = new Map<string, NodeJS.Timeout>();
  private readonly registrations: vscode.Disposable;

  private readonly unchanged = new vscode.EventEmitter<LogSession>();

  readonly onDidChangeFile = this.fileChanged.event;
  /** A session was published whose document had that text already: no change of it will come. */
  readonly onDidPublishUnchanged = this.unchanged.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly output: vscode.LogOutputChannel,
  ) {
    daemon.onNotification(methods.logLines, (params) => {
      this.onLines(params);
    });
    daemon.onNotification(methods.logState, (params) => {
      this.onState(params);
    });
    this.registrations = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(LOG_SCHEME, this, { isReadonly: true, isCaseSensitive: true }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.close(uri);
      }),
      daemon.onDidChangeState((state) => {
        if (state === "running") this.reconnect();
        else this.lose();
      }),
    );
  }

  /** Shows a job's log beside the script, where other logs are if they are not among the scripts. */
  async show({ server, job }: JobRef, name: string): Promise<vscode.TextEditor> {
    const uri = logUri(server, job, name);
    const known = this.session(uri);
    if (known !== undefined && known.log === undefined && !known.complete) void this.connect(known, true);
    return vscode.window.showTextDocument(uri, {
      viewColumn: columnOfLogs(),
      preserveFocus: true,
      preview: false,
    });
  }

  session(uri: vscode.Uri): LogSession | undefined {
    return this.sessions.get(uri.toString());
  }

  /** The session of an editor, if it shows a log. */
  of(editor: vscode.TextEditor | undefined): LogSession | undefined {
    return editor === undefined ? undefined : this.session(editor.document.uri);
  }

  /** Asks for the log anew, from its live end, with `filter` from now on. */
  async reopen(session: LogSession, filter: string | undefined): Promise<void> {
    const former = session.log;
    session.filterBy(filter);
    session.complete = false;
    await this.connect(session, false);
    if (former !== undefined) this.endSubscription(former);
  }

  /** Makes what a session shows now the document. */
  publish(session: LogSession): void {
    const key = session.uri.toString();
    clearTimeout(this.scheduled.get(key));
    this.scheduled.delete(key);
    if (session.publish()) this.fileChanged.fire([{ type: vscode.FileChangeType.Changed, uri: session.uri }]);
    else this.unchanged.fire(session);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { revision, bytes, created } = this.open(uri);
    return { type: vscode.FileType.File, ctime: created, mtime: created + revision, size: bytes.length };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.open(uri).bytes;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    for (const timer of this.scheduled.values()) clearTimeout(timer);
    this.registrations.dispose();
    this.fileChanged.dispose();
    this.unchanged.dispose();
  }

  /** A document that VS Code asks for has a session: so a log that was open before a reload comes back by itself. */
  private open(uri: vscode.Uri): LogSession {
    const known = this.session(uri);
    if (known !== undefined) return known;
    const ref = jobOfLog(uri);
    if (ref === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const session = new LogSession(uri, ref);
    this.sessions.set(uri.toString(), session);
    if (this.daemon.state === "running") void this.connect(session, true);
    return session;
  }

  private close(uri: vscode.Uri): void {
    const session = this.session(uri);
    if (session === undefined) return;
    this.sessions.delete(uri.toString());
    if (session.log !== undefined && this.daemon.state === "running") this.endSubscription(session.log);
  }

  private endSubscription(log: string): void {
    this.daemon.request(methods.closeLog, { log }).catch((error: unknown) => {
      this.output.debug(String(error));
    });
  }

  private async connect(session: LogSession, keepsPlace: boolean): Promise<void> {
    if (session.connecting) return;
    session.connecting = true;
    const filter = session.filter === undefined ? {} : { filter: { query: session.filter }, context: CONTEXT_LINES };
    try {
      const { log } = await this.daemon.request(methods.openLog, { ...session.ref, ...filter, tail: PAGE_LINES });
      session.connected(log, keepsPlace);
    } catch (error) {
      session.failed(error instanceof Error ? error.message : String(error));
      this.schedule(session);
    } finally {
      session.connecting = false;
    }
  }

  private reconnect(): void {
    for (const session of this.sessions.values()) if (!session.complete) void this.connect(session, true);
  }

  private lose(): void {
    for (const session of this.sessions.values()) {
      if (session.complete || session.log === undefined) continue;
      session.log = undefined;
      session.lost(Date.now());
      this.schedule(session);
    }
  }

  private onLines(params: LogLinesParams): void {
    const session = this.byLog(params.log);
    session?.receive(params);
    if (session !== undefined) this.schedule(session);
  }

  private onState(params: LogStateParams): void {
    const session = this.byLog(params.log);
    session?.stateChanged(params, Date.now());
    if (session !== undefined) this.schedule(session);
  }

  private byLog(log: string): LogSession | undefined {
    for (const session of this.sessions.values()) if (session.log === log) return session;
    return undefined;
  }

  private schedule(session: LogSession): void {
    const key = session.uri.toString();
    if (this.scheduled.has(key)) return;
    const delay = session.revision === 0 ? 0 : flushDelay(session.window.characters);
    this.scheduled.set(
      key,
      later(() => {
        this.publish(session);
      }, delay),
    );
  }
}

function columnOfLogs(): vscode.ViewColumn {
  const hasLog = ({ tabs, isActive }: vscode.TabGroup): boolean =>
    !isActive && tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === LOG_SCHEME);
  return vscode.window.tabGroups.all.find(hasLog)?.viewColumn ?? vscode.ViewColumn.Beside;
}
