/** One open log: the rows the daemon sent, what became of the stream, and the bytes that VS Code reads. */
import * as vscode from "vscode";
import type { JobRef } from "../jobs";
import type { LogLine, LogStateParams } from "../protocol";
import { Follow } from "./follow";
import { breakRow, rowsOf } from "./render";
import { LogWindow } from "./window";

export class LogSession {
  readonly window = new LogWindow((missing) => breakRow(headerText(missing)).text);
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
  private last = 0;
  private lostAt: number | undefined;
  private gap = "";

  constructor(
    readonly uri: vscode.Uri,
    readonly ref: JobRef,
  ) {
    this.window.tail = breakRow(vscode.l10n.t("waiting for the first line"));
    this.bytes = this.encode();
  }

  /** The daemon follows the log, from its first line; after a restart of the daemon the lines shown already are passed over. */
  connected(log: string): void {
    this.log = log;
  }

  failed(message: string): void {
    this.log = undefined;
    this.window.tail = breakRow(message);
  }

  /** Nothing comes any more: the server's stream broke, or the daemon is gone. `now` in Unix milliseconds. */
  lost(now: number, message?: string): void {
    this.lostAt ??= now;
    this.window.tail = breakRow(message ?? vscode.l10n.t("connection lost {0}, reconnecting …", localTime(this.lostAt)));
  }

  append(lines: readonly LogLine[]): void {
    const fresh = lines.filter(({ id }) => id > this.last);
    const newest = fresh.at(-1);
    if (newest === undefined) return;
    this.last = newest.id;
    if (this.lostAt === undefined) this.window.tail = undefined;
    this.window.append(fresh.flatMap(rowsOf));
  }

  /** `now` in Unix milliseconds: when a break began or ended. */
  stateChanged({ state, gapFrom, gapTo, last, message }: LogStateParams, now: number): void {
    switch (state) {
      case "reconnecting":
        this.lost(now, message);
        return;
      case "gap":
        this.gap = vscode.l10n.t("lines {0} to {1} cannot be had", gapFrom ?? 0, gapTo ?? 0);
        this.window.append([breakRow(this.gap)]);
        return;
      case "live":
        this.resumed(now);
        return;
      case "failed":
        this.failed(message ?? vscode.l10n.t("the log cannot be read any further"));
        return;
      case "complete":
        this.resumed(now);
        this.complete = true;
        this.window.tail = undefined;
        this.window.append([breakRow(message ?? vscode.l10n.t("end of the log, {0} records", (last ?? this.last).toLocaleString()))]);
    }
  }

  /** Makes the present state the document. */
  publish(): void {
    this.revision += 1;
    this.bytes = this.encode();
  }

  private resumed(now: number): void {
    if (this.lostAt === undefined) return;
    const missing = this.gap === "" ? vscode.l10n.t("nothing missing") : this.gap;
    this.window.append([breakRow(vscode.l10n.t("connection lost {0}, resumed {1}, {2}", localTime(this.lostAt), localTime(now), missing))]);
    this.window.tail = undefined;
    this.lostAt = undefined;
    this.gap = "";
  }

  private encode(): Uint8Array {
    return Buffer.from(this.window.text());
  }
}

function headerText(missing: number): string {
  return vscode.l10n.t("{0} earlier lines: save the whole log to see them", missing.toLocaleString());
}

function localTime(milliseconds: number): string {
  return new Date(milliseconds).toTimeString().slice(0, 8);
}
