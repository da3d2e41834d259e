import assert from "node:assert/strict";
import test from "node:test";
import { breakRow } from "../src/log/render";
import { type Limits, LogWindow } from "../src/log/window";
import type { LogLine } from "../src/protocol";

function line(id: number, message = `line ${id}`): LogLine {
  return { id, message, level: "Info", worker: 1 };
}

function lines(from: number, to: number): LogLine[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => line(from + at));
}

function windowOf(limits: Partial<Limits> = {}): LogWindow {
  return new LogWindow({ rows: 3, characters: 1000, slack: 2, ...limits });
}

/** The ids that the document shows, in its order. */
function ids(window: LogWindow): number[] {
  window.text();
  return window.rows.flatMap(({ source }) => (source === undefined ? [] : [source.id]));
}

test("a window follows the live end and counts what came before", () => {
  const window = windowOf();
  window.replace(lines(11, 13), 10);
  window.append(lines(14, 15));
  assert.deepEqual([ids(window), window.earlier], [[11, 12, 13, 14, 15], 10], "there is slack");
  window.append(lines(16, 16));
  assert.deepEqual([ids(window), window.earlier, window.total], [[14, 15, 16], 13, 16]);
});

test("it stays where someone reads, and counts what comes after", () => {
  const window = windowOf();
  window.replace(lines(1, 3), 0);
  window.append(lines(4, 10), false);
  assert.deepEqual([ids(window), window.later, window.isLive], [[1, 2, 3], 7, false]);
  window.append(lines(11, 12), true);
  assert.deepEqual([ids(window), window.later], [[1, 2, 3], 9]);
});

test("it moves up and down by pages", () => {
  const window = windowOf();
  window.replace(lines(11, 13), 10);
  window.prepend(lines(9, 10), 8);
  assert.deepEqual([ids(window), window.earlier, window.later], [[9, 10, 11], 8, 2]);
  window.extend(lines(12, 13));
  assert.deepEqual([ids(window), window.earlier, window.isLive], [[11, 12, 13], 10, true]);
});

test("a page that was read faster than it was told of is not shown twice", () => {
  const window = windowOf({ rows: 10 });
  window.replace(lines(1, 2), 0, 1);
  window.extend(lines(3, 5));
  window.append(lines(4, 6));
  assert.deepEqual([ids(window), window.total], [[1, 2, 3, 4, 5, 6], 6]);
});

test("it is bounded in characters too, and keeps one line however long", () => {
  const window = windowOf({ rows: 100, characters: 50 });
  for (let id = 1; id <= 20; id += 1) window.append([line(id, "x".repeat(9))]);
  assert.ok(window.characters <= 62, String(window.characters));
  window.append([line(21, "y".repeat(500))]);
  assert.equal(window.text(), `${"y".repeat(500)}\n`);
});

test("notes stand where they came, the tail last, and only at the live end", () => {
  const window = windowOf({ rows: 10 });
  window.replace(lines(1, 2), 0);
  window.note(breakRow("lost"), 2);
  window.append([line(3)]);
  window.tail = breakRow("waiting");
  assert.equal(window.text([breakRow("head")]), "── head ──\nline 1\nline 2\n── lost ──\nline 3\n── waiting ──\n");
  window.replace(lines(1, 2), 0, 1);
  assert.equal(window.text([], [breakRow("1 later")]), "line 1\nline 2\n── 1 later ──\n");
  window.replace(lines(2, 3), 1);
  assert.equal(window.text(), "line 2\n── lost ──\nline 3\n── waiting ──\n");
});

test("what a filter leaves out between lines shows as a gap", () => {
  const window = windowOf({ rows: 10 });
  window.hasGaps = true;
  window.replace([line(2), line(3), line(7)], 0);
  assert.equal(window.text(), "line 2\nline 3\n⋯\nline 7\n");
});

test("records and lines find each other", () => {
  const window = windowOf({ rows: 10 });
  window.replace([line(5, "two\nrows"), line(6), line(9)], 4);
  window.text([breakRow("head")]);
  assert.deepEqual([4, 5, 6, 7, 9, 10].map((id) => window.lineOf(id)), [undefined, 1, 3, 4, 4, undefined]);
  assert.deepEqual([4, 5, 8, 9, 10].map((id) => window.spans(id)), [false, true, true, true, false]);
  assert.deepEqual([0, 1, 2, 3, 4, 9].map((at) => window.idAt(at)), [5, 5, 5, 6, 9, 9]);
});

/** The same numbers for the same seed (mulberry32), so that a failure can be looked at. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Whatever is done: the window is a run of the log without holes, its bounds hold, and earlier + shown + later is the whole log. */
function walk(seed: number): void {
  const pick = random(seed);
  const window = windowOf({ rows: 8, slack: 4 });
  let told = 1 + pick(20);
  window.replace(lines(Math.max(1, told - 4), told), Math.max(0, told - 5));
  const steps: readonly (() => string)[] = [
    () => {
      const count = 1 + pick(15);
      window.append(lines(told + 1, told + count), pick(2) === 0);
      told += count;
      return `append ${count}`;
    },
    () => {
      const first = window.first ?? 1;
      const page = lines(Math.max(1, first - 1 - pick(6)), first - 1);
      if (page.length > 0) window.prepend(page, (page[0]?.id ?? 1) - 1);
      return `prepend ${page.length}`;
    },
    () => {
      const last = window.last ?? 0;
      const page = lines(last + 1, Math.min(told, last + 1 + pick(6)));
      if (!window.isLive) window.extend(page);
      return `extend ${page.length}`;
    },
    () => {
      const from = 1 + pick(told);
      const to = Math.min(told, from + pick(8));
      window.replace(lines(from, to), from - 1, told - to);
      return `jump to ${from}`;
    },
  ];
  for (let step = 0; step < 60; step += 1) {
    const did = steps[pick(steps.length)]?.() ?? "";
    const shown = ids(window);
    const where = `seed ${seed}, step ${step}: ${did}`;
    const first = shown[0] ?? 0;
    assert.deepEqual(shown, shown.map((_, at) => first + at), where);
    assert.ok(shown.length >= 1 && shown.length <= 12, where);
    assert.equal(window.earlier, first - 1, where);
    assert.equal(window.later, told - (shown.at(-1) ?? 0), where);
    assert.equal(window.total, told, where);
  }
}

test("whatever is done, it is a run of the log and its counts are true", () => {
  for (let seed = 1; seed <= 300; seed += 1) walk(seed);
});
