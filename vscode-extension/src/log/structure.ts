/** What of a log folds, and what its outline says. Pure. */
import type { LogMark } from "../protocol";
import type { Row } from "./render";

/** Lines `start` to `end` of the document, both included. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** More than these VS Code does not draw: stages and workers go first, then records of several lines. */
const MOST_REGIONS = 5_000;
/** A run of this many lines of one worker folds. */
const WORKER_RUN = 3;

/** `stages`: the records that begin one, ascending. A stage lasts until the next begins; what is said of the log's end is in none. */
export function regionsOf(document: readonly Row[], stages: readonly number[] = []): Region[] {
  const rows = document.slice(0, document.findLastIndex(({ source }) => source !== undefined) + 1);
  const all = [
    ...runs(rows, stageOf(stages), 1),
    ...runs(rows, ({ source }) => (source === undefined || source.worker <= 1 ? undefined : source.worker), WORKER_RUN - 1),
    ...runs(rows, ({ source }) => source, 1),
  ];
  const distinct = new Map(all.map((region) => [`${region.start}:${region.end}`, region]));
  return [...distinct.values()].slice(0, MOST_REGIONS);
}

/** An entry of the outline at `line` of the document and `column` of it, with what belongs to it. `end`: its last line. */
export interface OutlineEntry {
  readonly mark: LogMark;
  readonly line: number;
  readonly column: number;
  readonly end: number;
  readonly children: readonly OutlineEntry[];
}

/** Where the marks of lines outside the window stand: one column apart, in the lines that tell how many there are. */
export interface Outside {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Marks on each side of the window that an outline names. */
export const MOST_OUTSIDE = 60;

/** The marks of the whole log as an outline of the document: stages hold what follows them. */
export function outlineOf(marks: readonly LogMark[], window: Window, outside: Outside): OutlineEntry[] {
  const placed = place(marks, window, outside);
  const end = window.lines - 1;
  const stages: { mark: LogMark; line: number; column: number; end: number; children: OutlineEntry[] }[] = [];
  const top: OutlineEntry[] = [];
  for (const { mark, line, column } of placed) {
    const entry = { mark, line, column, end: line, children: [] as OutlineEntry[] };
    const stage = stages.at(-1);
    if (mark.kind === "stage") {
      if (stage !== undefined) stage.end = Math.max(stage.line, line - 1);
      stages.push({ ...entry, end });
      top.push(stages.at(-1) ?? entry);
    } else (stage?.children ?? top).push(entry);
  }
  return top;
}

/** Of the document: where a record stands, if it does, the first record's id, and how many lines there are. */
export interface Window {
  readonly lineOf: (id: number) => number | undefined;
  readonly first: number | undefined;
  readonly lines: number;
}

interface Placed {
  readonly mark: LogMark;
  readonly line: number;
  readonly column: number;
}

function place(marks: readonly LogMark[], { lineOf, first }: Window, outside: Outside): Placed[] {
  const before: LogMark[] = [];
  const within: Placed[] = [];
  const after: LogMark[] = [];
  for (const mark of marks) {
    const line = lineOf(mark.id);
    if (line !== undefined) within.push({ mark, line, column: 0 });
    else if (first !== undefined && mark.id < first) before.push(mark);
    else after.push(mark);
  }
  return [...inLine(mostTelling(before), outside.before), ...within, ...inLine(mostTelling(after), outside.after)];
}

function inLine(marks: readonly LogMark[], line: number | undefined): Placed[] {
  return line === undefined ? [] : marks.map((mark, column) => ({ mark, line, column }));
}

/** Stages and errors before warnings where there are too many, in the log's order. */
function mostTelling(marks: readonly LogMark[]): LogMark[] {
  const rank = { stage: 0, error: 1, worker: 2, warning: 3 };
  const kept = [...marks].sort((a, b) => rank[a.kind] - rank[b.kind]).slice(0, MOST_OUTSIDE);
  return kept.sort((a, b) => a.id - b.id);
}

/** A row's stage as its number, given rows in the log's order; undefined before the first. */
function stageOf(stages: readonly number[]): (row: Row) => number | undefined {
  let begun = 0;
  return ({ source }) => {
    while (source !== undefined && (stages[begun] ?? Infinity) <= source.id) begun += 1;
    return begun === 0 ? undefined : begun;
  };
}

function* runs(rows: readonly Row[], keyOf: (row: Row) => unknown, more: number): Generator<Region> {
  let start = 0;
  let key: unknown;
  for (let at = 0; at <= rows.length; at += 1) {
    const row = rows[at];
    const next = row === undefined ? undefined : keyOf(row);
    if (at < rows.length && next === key) continue;
    if (key !== undefined && at - 1 - start >= more) yield { start, end: at - 1 };
    [start, key] = [at, next];
  }
}
