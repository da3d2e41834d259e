/** The part of a log that an editor holds: a run of its lines, how many come before and after, and the rows they make. Pure. */
import type { LogLine } from "../protocol";
import { gapRow, type Row, rowsOf } from "./render";

export interface Limits {
  /** Rows that are kept. */
  readonly rows: number;
  /** Characters that are kept: a few very long lines are a big document too. */
  readonly characters: number;
  /** Rows above `rows` that may gather before the oldest go: moving the window replaces the document, so it moves seldom. */
  readonly slack: number;
}

export const LIMITS: Limits = { rows: 20_000, characters: 8_000_000, slack: 5_000 };

interface Entry {
  readonly id: number;
  readonly rows: readonly Row[];
  readonly size: number;
}

/** A row of our own. It stands after the record of this id. */
interface Note {
  readonly after: number;
  readonly row: Row;
}

export class LogWindow {
  private entries: Entry[] = [];
  private notes: Note[] = [];
  private layout: readonly Row[] = [];
  private rowCount = 0;
  private size = 0;

  /** Lines before the window's; undefined while nobody knows. */
  earlier: number | undefined;
  /** Lines after the window's: none while it is at the log's live end. */
  later = 0;
  /** Whether lines are left out between those shown, as a filter does. */
  hasGaps = false;
  /** The last row while it lasts, such as "reconnecting". */
  tail: Row | undefined;

  constructor(private readonly limits: Limits = LIMITS) {}

  get isLive(): boolean {
    return this.later === 0;
  }

  /** Ids of the first and the last record; undefined for an empty window. */
  get first(): number | undefined {
    return this.entries[0]?.id;
  }

  get last(): number | undefined {
    return this.entries.at(-1)?.id;
  }

  /** Lines that are shown, here and elsewhere; undefined while nobody knows. */
  get total(): number | undefined {
    return this.earlier === undefined ? undefined : this.earlier + this.entries.length + this.later;
  }

  /** Characters of the document, about. */
  get characters(): number {
    return this.size;
  }

  /** The window becomes these lines, with `later` after them. */
  replace(lines: readonly LogLine[], earlier: number | undefined, later = 0): void {
    this.entries = lines.map(entryOf);
    this.earlier = earlier;
    this.later = Math.max(0, later);
    this.recount();
    if (this.later > 0) this.dropLast();
    else this.dropFirst();
  }

  /**
   * New lines at the log's live end. With `mayMove` the window follows them and its oldest lines go; else it stays where someone reads and
   * what does not fit is counted. Lines that stand here already, since a page was read faster than they were told of, are passed over.
   */
  append(lines: readonly LogLine[], mayMove = true): void {
    if (!this.isLive) {
      this.later += lines.length;
      return;
    }
    const last = this.last ?? 0;
    this.add(lines.filter(({ id }) => id > last).map(entryOf), "after");
    const overfull = this.rowCount > this.limits.rows + this.limits.slack || this.size > 1.25 * this.limits.characters;
    if (overfull && mayMove) this.dropFirst();
    else if (overfull) this.dropLast();
  }

  /** The page before the window, before which `earlier` lines stand. The window moves up where it is full. */
  prepend(lines: readonly LogLine[], earlier: number): void {
    this.add(lines.map(entryOf), "before");
    this.earlier = earlier;
    this.dropLast();
  }

  /** The page after the window. It moves down where it is full, and is live again when nothing is left below. */
  extend(lines: readonly LogLine[]): void {
    this.add(lines.map(entryOf), "after");
    this.later = Math.max(0, this.later - lines.length);
    this.dropFirst();
  }

  /** The log has so many lines, though the window stays as it is. */
  recountTotal(total: number): void {
    this.later = Math.max(0, total - (this.earlier ?? 0) - this.entries.length);
  }

  /** A row of our own at the log's present end, which is after the record `after`. */
  note(row: Row, after: number): void {
    this.notes.push({ after, row });
  }

  clear(): void {
    this.entries = [];
    this.notes = [];
    this.tail = undefined;
    this.earlier = undefined;
    this.later = 0;
    this.recount();
  }

  /** Lays the document out between `header` and `footer`. Ended by a newline, so that the cursor's place after the last line is stable. */
  text(header: readonly Row[] = [], footer: readonly Row[] = []): string {
    this.layout = [...header, ...this.body(), ...footer];
    return this.layout.length === 0 ? "" : `${this.layout.map(({ text }) => text).join("\n")}\n`;
  }

  /** The rows as they were last laid out. */
  get rows(): readonly Row[] {
    return this.layout;
  }

  rowAt(line: number): Row | undefined {
    return this.layout[line];
  }

  /** The record at a line of the document, or the next one below it. */
  idAt(line: number): number | undefined {
    for (let at = Math.max(0, line); at < this.layout.length; at += 1) {
      const id = this.layout[at]?.source?.id;
      if (id !== undefined) return id;
    }
    return this.last;
  }

  /** Whether a record lies within the window, though a filter may hide it. */
  spans(id: number): boolean {
    return this.first !== undefined && this.last !== undefined && id >= this.first && id <= this.last;
  }

  /** The line of the document where a record begins, or the first one after it; undefined when it is beyond the window. */
  lineOf(id: number): number | undefined {
    if (!this.spans(id)) return undefined;
    const line = this.layout.findIndex(({ source }) => source !== undefined && source.id >= id);
    return line < 0 ? undefined : line;
  }

  private *body(): Generator<Row> {
    let [note, previous] = [0, 0];
    const { notes, isLive } = this;
    const begin = this.first ?? 0;
    while (note < notes.length && (notes[note]?.after ?? 0) < begin - 1) note += 1;
    for (const { id, rows } of this.entries) {
      for (let at = notes[note]; at !== undefined && at.after < id; at = notes[(note += 1)]) yield at.row;
      if (this.hasGaps && previous > 0 && id !== previous + 1) yield gapRow();
      yield* rows;
      previous = id;
    }
    if (!isLive) return;
    for (const { row } of notes.slice(note)) yield row;
    if (this.tail !== undefined) yield this.tail;
  }

  private add(entries: readonly Entry[], where: "before" | "after"): void {
    this.entries = where === "before" ? [...entries, ...this.entries] : appended(this.entries, entries);
    for (const { rows, size } of entries) {
      this.rowCount += rows.length;
      this.size += size;
    }
  }

  /** At least one line stays, however long. */
  private dropFirst(): void {
    let gone = 0;
    while (this.isFull() && gone < this.entries.length - 1) this.take(this.entries[gone++]);
    if (gone === 0) return;
    this.entries = this.entries.slice(gone);
    if (this.earlier !== undefined) this.earlier += gone;
  }

  private dropLast(): void {
    let kept = this.entries.length;
    while (this.isFull() && kept > 1) this.take(this.entries[--kept]);
    this.later += this.entries.length - kept;
    this.entries.length = kept;
  }

  private take(entry: Entry | undefined): void {
    this.rowCount -= entry?.rows.length ?? 0;
    this.size -= entry?.size ?? 0;
  }

  private isFull(): boolean {
    return this.rowCount > this.limits.rows || this.size > this.limits.characters;
  }

  private recount(): void {
    this.rowCount = this.entries.reduce((sum, { rows }) => sum + rows.length, 0);
    this.size = this.entries.reduce((sum, { size }) => sum + size, 0);
  }
}

/** Milliseconds to gather lines before the editor reads the document again: short for a short one, longer for what takes longer to read. */
export function flushDelay(characters: number): number {
  return Math.min(1000, 100 + characters / 5000);
}

function entryOf(line: LogLine): Entry {
  const rows = rowsOf(line);
  return { id: line.id, rows, size: rows.reduce((sum, { text }) => sum + text.length + 1, 0) };
}

/** In place: a copy of the whole window for every few lines would cost more than the lines. */
function appended(entries: Entry[], more: readonly Entry[]): Entry[] {
  for (const entry of more) entries.push(entry);
  return entries;
}
