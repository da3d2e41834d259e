/** The end of a log: as many rows as an editor shows well, and how many came before. Pure. */
import type { Row } from "./render";

export interface Limits {
  /** Rows that are kept. */
  readonly rows: number;
  /** Characters that are kept: a few very long lines are a big document too. */
  readonly characters: number;
  /** Rows above `rows` that may gather before the oldest go: moving the window replaces the document, so it moves seldom. */
  readonly slack: number;
}

export const LIMITS: Limits = { rows: 20_000, characters: 8_000_000, slack: 5_000 };

export class LogWindow {
  private rows: Row[] = [];
  private size = 0;
  private gone = 0;

  /** The last row while it lasts, such as "reconnecting": the next one takes its place. */
  tail: Row | undefined;

  /** `header` words the first line when rows are missing, given their number. */
  constructor(
    private readonly header: (missing: number) => string,
    private readonly limits: Limits = LIMITS,
  ) {}

  append(rows: readonly Row[]): void {
    for (const row of rows) {
      this.rows.push(row);
      this.size += row.text.length + 1;
    }
    if (this.rows.length > this.limits.rows + this.limits.slack || this.size > 1.25 * this.limits.characters) this.trim();
  }

  clear(): void {
    this.rows = [];
    this.size = 0;
    this.gone = 0;
    this.tail = undefined;
  }

  /** Rows that came before those kept. */
  get missing(): number {
    return this.gone;
  }

  /** Characters of the document, about. */
  get characters(): number {
    return this.size;
  }

  /** The document, ended by a newline so that the cursor's place after the last line is stable. */
  text(): string {
    const lines = this.rows.map((row) => row.text);
    if (this.gone > 0) lines.unshift(this.header(this.gone));
    if (this.tail !== undefined) lines.push(this.tail.text);
    return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  }

  /** The row that stands at a line of the document; undefined for the header, the tail and beyond. */
  rowAt(line: number): Row | undefined {
    return this.rows[this.gone > 0 ? line - 1 : line];
  }

  private trim(): void {
    let first = Math.max(0, this.rows.length - this.limits.rows);
    let kept = this.rows.slice(first).reduce((sum, row) => sum + row.text.length + 1, 0);
    while (kept > this.limits.characters && first < this.rows.length - 1) {
      kept -= (this.rows[first]?.text.length ?? 0) + 1;
      first += 1;
    }
    this.gone += first;
    this.rows = this.rows.slice(first);
    this.size = kept;
  }
}

/** Milliseconds to gather lines before the editor reads the document again: short for a short one, longer for what takes longer to read. */
export function flushDelay(characters: number): number {
  return Math.min(1000, 100 + characters / 5000);
}
