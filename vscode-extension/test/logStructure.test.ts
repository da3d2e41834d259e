import assert from "node:assert/strict";
import test from "node:test";
import { breakRow, rowsOf } from "../src/log/render";
import { MOST_OUTSIDE, outlineOf, regionsOf, type OutlineEntry } from "../src/log/structure";
import type { LogLine, LogMark } from "../src/protocol";

function rows(...lines: readonly Partial<LogLine>[]): ReturnType<typeof rowsOf> {
  return lines.flatMap((line, at) => rowsOf({ id: at + 1, message: "x", level: "Info", worker: 1, ...line }));
}

test("stages, runs of a worker and records of several lines fold", () => {
  const document = [
    breakRow("head"),
    ...rows(
      { message: "Preparing the environment" },
      {},
      { message: "Running the code" },
      { worker: 2 },
      { worker: 2 },
      { worker: 2 },
      { worker: 3 },
      { message: "an error\nat a\nat b" },
      { message: "Collecting the results" },
    ),
    breakRow("end of the log"),
  ];
  assert.deepEqual(regionsOf(document, [1, 3, 9]), [
    { start: 1, end: 2 },
    { start: 3, end: 10 },
    { start: 4, end: 6 },
    { start: 8, end: 10 },
  ]);
});

test("nothing to fold in a log without stages and workers", () => {
  assert.deepEqual(regionsOf(rows({}, {}, {})), []);
  assert.deepEqual(regionsOf(rows({}, {}, {}), [9]), [], "the stage begins below");
  assert.deepEqual(regionsOf(rows({}, {}, {}), [0]), [{ start: 0, end: 2 }], "the stage began above");
  assert.deepEqual(regionsOf([]), []);
});

function mark(id: number, kind: LogMark["kind"], text = `${kind} ${id}`): LogMark {
  return { id, kind, text };
}

function shape(entries: readonly OutlineEntry[]): unknown[] {
  return entries.map(({ mark: { id }, line, column, end, children }) => [id, line, column, end, ...(children.length > 0 ? [shape(children)] : [])]);
}

const WINDOW = { lineOf: (id: number) => (id >= 100 && id < 110 ? id - 99 : undefined), first: 100, lines: 12 };

test("an outline covers the whole log; what is outside the window stands in its first and last line", () => {
  const marks = [mark(1, "stage"), mark(5, "warning"), mark(50, "stage"), mark(102, "error"), mark(105, "stage"), mark(106, "warning"), mark(500, "error")];
  assert.deepEqual(shape(outlineOf(marks, WINDOW, { before: 0, after: 11 })), [
    [1, 0, 0, 0, [[5, 0, 1, 0]]],
    [50, 0, 2, 5, [[102, 3, 0, 3]]],
    [105, 6, 0, 11, [[106, 7, 0, 7], [500, 11, 0, 11]]],
  ]);
});

test("of too many marks outside, warnings give way", () => {
  const marks = [...Array.from({ length: 500 }, (_, at) => mark(at + 1, at === 7 ? "error" : "warning"))].filter(({ id }) => id < 100);
  const outline = outlineOf(marks, WINDOW, { before: 0, after: undefined });
  assert.equal(outline.length, MOST_OUTSIDE);
  assert.ok(outline.some(({ mark: { kind } }) => kind === "error"));
  assert.deepEqual(outline.map(({ column }) => column), outline.map((_, at) => at));
});
