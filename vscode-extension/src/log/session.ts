/** One open log: the lines the daemon sent, what became of the stream, and the bytes that VS Code reads. */
import * as vscode from "vscode";
import type { JobRef } from "../jobs";
import type { LogLinesParams, LogStateParams } from "../protocol";
import { Follow } from "./follow";
import { breakRow, type Row } from "./render";
import { LIMITS, LogWindow } from "./window";

/** A record to bring into sight once the document has it, at the editor's top or in its middle. */
export interface Reveal {
  readonly id: number;
  readonly at: "top" | "center";
}

export class LogSession {
  readonly window = new LogWindow();
  readonly follow = new Follow();
  readonly created = Date.now();
  /** Grows with every published state, so that VS Code sees that the file is another. */
  revision = 0;
  bytes: Uint8Array;
  /** The daemon's name for the subscription. */
  log: string | undefined;
  /** The daemon is being asked. */
  connecting = false;
  /** The daemon has sent all of it: there is nothing more to ask for. */
  complete = false;
  reveal: Reveal | undefined;
  /** The id of the newest record that was sent. */
  newest = 0;
  private sought: string | undefined;
  private matches: number | undefined;
  private stored: number | undefined;
  private lostAt: number | undefined;
  private gap = "";
  private jumps = true;
  private skips = false;
  private begun = false;
  private awaited: (() => void)[] = [];

  constructor(
    readonly uri: vscode.Uri,
    readonly ref: JobRef,
  ) {
    this.window.tail = breakRow(vscode.l10n.t("waiting for the first line"));
    this.bytes = this.encode();
  }

  /** In docs/logs.md's language; undefined: the whole log. */
  get filter(): string | undefined {
    return this.sought;
  }

  /** Of another filter nobody knows yet how many lines pass. */
  filterBy(filter: string | undefined): void {
    this.sought = filter;
    this.matches = undefined;
  }

  /** The daemon follows the log. With `keepsPlace`, after a break, someone who reads further up stays there. */
  connected(log: string, keepsPlace: boolean): void {
    this.log = log;
    this.complete = false;
    this.jumps = !keepsPlace;
    this.skips = false;
    this.begun = false;
  }

  /** Until the daemon knows the whole log, so that its lines have their numbers; or will not send any. */
  async ready(): Promise<void> {
    if (this.begun || this.log === undefined) return;
    await new Promise<void>((resolve) => this.awaited.push(resolve));
  }

  failed(message: string): void {
    this.log = undefined;
    this.settle();
    this.window.tail = breakRow(message);
  }

  /** Nothing comes any more: the server's stream broke, or the daemon is gone. `now` in Unix milliseconds. */
  lost(now: number, message?: string): void {
    this.lostAt ??= now;
    this.window.tail = breakRow(message ?? vscode.l10n.t("connection lost {0}, reconnecting …", localTime(this.lostAt)));
  }

  receive({ lines, reset, earlier, matches }: LogLinesParams): void {
    // A preview of the log's end is nothing for someone who reads further up.
    this.skips = reset ? this.isRead && earlier === undefined : this.skips;
    if (this.skips) return;
    this.matches = matches;
    if (reset) this.begin(lines, earlier);
    else this.window.append(lines, this.follow.on);
    this.newest = Math.max(reset ? 0 : this.newest, lines.at(-1)?.id ?? 0);
    if (this.lostAt === undefined) this.window.tail = this.window.last === undefined ? this.emptyRow() : undefined;
  }

  /** `now` in Unix milliseconds: when a break began or ended. */
  stateChanged({ state, stored, gapFrom, gapTo, last, message }: LogStateParams, now: number): void {
    this.stored = state === "reading" ? stored : undefined;
    switch (state) {
      case "reading":
        return;
      case "reconnecting":
        this.lost(now, message);
        return;
      case "gap":
        this.gap = vscode.l10n.t("lines {0} to {1} cannot be had", gapFrom ?? 0, gapTo ?? 0);
        this.window.note(breakRow(this.gap), this.newest);
        return;
      case "live":
        this.resumed(now);
        if (this.window.last === undefined) this.window.tail = this.emptyRow();
        return;
      case "failed":
        this.failed(message ?? vscode.l10n.t("the log cannot be read any further"));
        return;
      case "complete":
        this.resumed(now);
        this.complete = true;
        this.window.tail = breakRow(
          message ?? vscode.l10n.t("end of the log: complete, {0} records", (last ?? this.newest).toLocaleString()),
        );
    }
  }

  /** Makes the present state the document. False when it is what it was. */
  publish(): boolean {
    const bytes = this.encode();
    if (Buffer.compare(bytes, this.bytes) === 0) return false;
    this.bytes = bytes;
    this.revision += 1;
    return true;
  }

  /** Where the header says how many lines come before, if it does. */
  get earlierLine(): number | undefined {
    return (this.window.earlier ?? 0) > 0 ? Number(this.filter !== undefined) : undefined;
  }

  /** Where the footer says how many lines come after, if it does. */
  get laterLine(): number | undefined {
    return this.window.isLive ? undefined : this.window.rows.length - 1;
  }

  private begin(lines: LogLinesParams["lines"], earlier: number | undefined): void {
    const { window } = this;
    if (this.isRead && earlier !== undefined) window.recountTotal(earlier + lines.length);
    else {
      // A preview numbers its lines from 1; the whole log's last line is the preview's last.
      const shift = window.earlier === undefined ? (lines.at(-1)?.id ?? 0) - this.newest : 0;
      if (this.reveal !== undefined && shift > 0 && window.last !== undefined) this.reveal = { ...this.reveal, id: this.reveal.id + shift };
      window.hasGaps = this.filter !== undefined;
      window.replace(lines, earlier);
    }
    this.begun = earlier !== undefined;
    this.jumps = this.jumps && !this.begun;
    if (this.begun) this.settle();
  }

  /** Someone reads lines that have their numbers, and has not asked to be elsewhere. */
  private get isRead(): boolean {
    return !this.jumps && !this.follow.on && this.window.earlier !== undefined && this.window.last !== undefined;
  }

  private settle(): void {
    for (const resolve of this.awaited.splice(0)) resolve();
  }

  private resumed(now: number): void {
    if (this.lostAt === undefined) return;
    const missing = this.gap === "" ? vscode.l10n.t("nothing missing") : this.gap;
    const text = vscode.l10n.t("connection lost {0}, resumed {1}, {2}", localTime(this.lostAt), localTime(now), missing);
    this.window.note(breakRow(text), this.newest);
    this.window.tail = undefined;
    this.lostAt = undefined;
    this.gap = "";
  }

  private emptyRow(): Row {
    const nothing = vscode.l10n.t("no line passes the filter so far");
    return breakRow(this.filter === undefined ? vscode.l10n.t("waiting for the first line") : nothing);
  }

  private header(): Row[] {
    const { earlier } = this.window;
    const rows: Row[] = [];
    if (this.filter !== undefined) rows.push(breakRow(filterText(this.filter, this.matches)));
    if (this.stored !== undefined) {
      rows.push(breakRow(vscode.l10n.t("reading the log, {0} records so far", this.stored.toLocaleString())));
    } else if (earlier !== undefined && earlier > 0) {
      const most = LIMITS.rows.toLocaleString();
      rows.push(breakRow(vscode.l10n.t("{0} earlier lines; an editor holds {1} at a time, filters search them all", earlier.toLocaleString(), most)));
    }
    return rows;
  }

  private footer(): Row[] {
    const { later } = this.window;
    return later === 0 ? [] : [breakRow(vscode.l10n.t("{0} later lines", later.toLocaleString()))];
  }

  private encode(): Uint8Array {
    return Buffer.from(this.window.text(this.header(), this.footer()));
  }
}

/** `matches`: lines of the whole log that pass, without those around them; undefined while nobody knows. */
function filterText(filter: string, matches: number | undefined): string {
  if (matches === undefined) return vscode.l10n.t("filter {0}; Esc shows the whole log", filter);
  if (matches === 1) return vscode.l10n.t("filter {0} matches one line; Esc shows the whole log", filter);
  return vscode.l10n.t("filter {0} matches {1} lines; Esc shows the whole log", filter, matches.toLocaleString());
}

function localTime(milliseconds: number): string {
  return new Date(milliseconds).toTimeString().slice(0, 8);
}
