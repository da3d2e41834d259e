/** Moving a log's window: to earlier and later lines, to a record wherever it is, to the live end; and filtering. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { Problem } from "../errors";
import { type LogFilter, methods, type ReadLogParams, type ReadLogResult } from "../protocol";
import { CONTEXT_LINES, type LogDocuments, PAGE_LINES } from "./documents";
import type { LogSession } from "./session";

export class LogNavigation {
  constructor(
    private readonly daemon: Daemon,
    private readonly logs: LogDocuments,
  ) {}

  /** The page before the window; what is read stays where it is on the screen. */
  async earlier(session: LogSession): Promise<void> {
    const { window } = session;
    if (window.earlier === undefined) throw stillReading();
    if (window.earlier === 0 || window.first === undefined) return;
    const { lines, earlier } = await this.read(session, { before: window.first, limit: PAGE_LINES });
    session.follow.on = false;
    session.reveal = { id: lines.at(-1)?.id ?? window.first, at: "center" };
    window.prepend(lines, earlier);
    this.logs.publish(session);
  }

  /** The page after the window. */
  async later(session: LogSession): Promise<void> {
    const { window } = session;
    if (window.isLive || window.last === undefined) return;
    const after = window.last;
    const { lines } = await this.read(session, { after, limit: PAGE_LINES });
    const next = lines[0];
    if (next !== undefined) session.reveal = { id: next.id, at: "center" };
    window.extend(lines);
    this.logs.publish(session);
  }

  /** The live end, and following it. */
  async toEnd(session: LogSession): Promise<void> {
    session.follow.on = true;
    if (!session.window.isLive) await this.logs.reopen(session, session.filter);
    this.logs.publish(session);
  }

  /** A record, wherever in the log it is; the window moves there when it is elsewhere. */
  async toRecord(session: LogSession, id: number): Promise<void> {
    session.follow.on = false;
    session.reveal = { id, at: "center" };
    const { window } = session;
    if (!window.spans(id)) {
      const half = PAGE_LINES / 2;
      const [before, after] = await Promise.all([this.read(session, { before: id, limit: half }), this.read(session, { after: id - 1, limit: half })]);
      const lines = [...before.lines, ...after.lines];
      const earlier = before.lines.length > 0 ? before.earlier : after.earlier;
      window.replace(lines, earlier, (window.total ?? 0) - earlier - lines.length);
    }
    this.logs.publish(session);
  }

  /** The first error of the whole log, also when a filter hides it. */
  async firstError(session: LogSession): Promise<void> {
    const { firstError, complete } = await this.daemon.request(methods.logSummary, { ...session.ref });
    if (firstError === undefined) {
      const soFar = vscode.l10n.t("There is no error in this log so far.");
      void vscode.window.showInformationMessage(complete ? vscode.l10n.t("There is no error in this log.") : soFar);
      return;
    }
    if (session.filter === undefined) await this.toRecord(session, firstError);
    else await this.filter(session, undefined, firstError);
  }

  /** Only the lines that pass `query` from now on; undefined: the whole log, at the record `around`. */
  async filter(session: LogSession, query: string | undefined, around?: number): Promise<void> {
    if (query !== undefined) session.follow.on = true;
    await this.logs.reopen(session, query);
    if (around === undefined) return;
    await session.ready();
    await this.toRecord(session, around);
  }

  private read(session: LogSession, page: Pick<ReadLogParams, "after" | "before" | "limit">): Promise<ReadLogResult> {
    const filtered = session.filter === undefined ? {} : { filter: filterOf(session.filter), context: CONTEXT_LINES };
    return this.daemon.request(methods.readLog, { ...session.ref, ...page, ...filtered });
  }
}

export function filterOf(query: string): LogFilter {
  return { query };
}

function stillReading(): Problem {
  return new Problem(vscode.l10n.t("The beginning of this log is still being read. Its earlier lines can be shown in a moment."));
}
