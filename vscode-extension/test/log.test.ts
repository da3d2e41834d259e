import assert from "node:assert/strict";
import test from "node:test";
import { Follow } from "../src/log/follow";
import { rowsOf } from "../src/log/render";
import { flushDelay } from "../src/log/window";
import type { LogLine } from "../src/protocol";

const ESC = "\u001b";

function line(message: string, more: Partial<LogLine> = {}): LogLine {
  return { id: 1, message, level: "Info", worker: 1, ...more };
}

function texts(record: LogLine): string[] {
  return rowsOf(record).map(({ text }) => text);
}

test("a record becomes rows", () => {
  const cases: readonly [LogLine, string[]][] = [
    [line("hi"), ["hi"]],
    [line(""), [""]],
    [line("from a worker", { worker: 3 }), ["[3] from a worker"]],
    [line("two\nlines\r\nand three", { worker: 2 }), ["[2] two", "[2] lines", "[2] and three"]],
    [line("epoch", { keywords: { loss: 0.12345678, done: false, name: "a" } }), ["epoch   loss = 0.123457, done = false, name = a"]],
    [line("sum", { keywords: { progress: 0.4567 } }), ["sum   45 %"]],
    [line("sum", { keywords: { progress: "done" } }), ["sum   progress = done"]],
    [line("detail", { level: "Debug" }), ["Debug: detail"]],
    [line("careful", { level: "Warn" }), ["Warning: careful"]],
    [line("broken\nat x", { level: "error" }), ["Error: broken", "at x"]],
    [line(`${ESC}[31mred${ESC}[0m ${ESC}]0;title\u0007text`), ["red text"]],
    [line(`${ESC}[2K${ESC}[?25h`), []],
  ];
  for (const [record, expected] of cases) assert.deepEqual(texts(record), expected);
});

test("levels, whatever their case and name", () => {
  const levels = ["Debug", "INFO", "warning", "Error", "LogLevel(-1)"].map((level) => rowsOf(line("x", { level }))[0]?.level);
  assert.deepEqual(levels, ["debug", "info", "warn", "error", "info"]);
});

test("what a row says of itself is styled", () => {
  const [row] = rowsOf(line(`a ${ESC}[31mred${ESC}[0m word`, { worker: 3, level: "warn", keywords: { loss: 1 } }));
  const styled = row?.spans.map(({ start, end, style }) => [row.text.slice(start, end), style.color]);
  assert.deepEqual(styled, [
    ["[3] ", "charts.green"],
    ["Warning: ", "editorWarning.foreground"],
    ["red", "terminal.ansiRed"],
    ["   loss = 1", "descriptionForeground"],
  ]);
});

test("a longer document is read again less often", () => {
  assert.equal(flushDelay(0), 100);
  assert.ok(flushDelay(2_000_000) > flushDelay(10_000));
  assert.ok(flushDelay(100_000_000) <= 1000);
});

test("following ends when one moves up and begins again at the end", () => {
  const follow = new Follow();
  follow.seen(2, 40, 41);
  assert.ok(follow.on);
  follow.seen(3, 41, 90);
  assert.ok(follow.on, "the document grew under an unmoved view");
  follow.seen(51, 89, 90);
  follow.seen(22, 60, 90);
  assert.ok(!follow.on, "the user scrolled up");
  follow.seen(37, 75, 95);
  assert.ok(!follow.on, "the user scrolled down a little");
  follow.seen(56, 94, 95);
  assert.ok(follow.on, "the user reached the end");
});

test("a document that becomes shorter says nothing about the user", () => {
  const follow = new Follow();
  follow.seen(24_962, 25_000, 25_001);
  follow.seen(18_962, 19_000, 20_001);
  assert.ok(follow.on);
});

test("a view that its document moves, while it is told to show the end, says nothing about the user", () => {
  const follow = new Follow();
  follow.seen(19_962, 20_000, 20_001);
  follow.moving(25_001);
  follow.seen(82, 120, 25_001);
  assert.ok(follow.on, "the document lost its first lines, the end is not shown yet");
  follow.seen(24_962, 25_000, 25_001);
  follow.seen(23_962, 24_000, 25_001);
  assert.ok(!follow.on, "the user scrolled up");
});

test("a view that a change moves, told of before the change itself, follows on", () => {
  const follow = new Follow();
  follow.seen(24_962, 25_000, 25_001);
  follow.seen(0, 38, 25_001);
  follow.changed(0, 25_000);
  assert.ok(follow.on, "the lines in sight became others");
  follow.seen(19_962, 20_000, 20_001);
  follow.seen(18_962, 19_000, 20_001);
  follow.changed(20_000, 20_000);
  assert.ok(!follow.on, "the user had scrolled up when lines came at the end");
});

test("an editor that shows less without moving up follows on", () => {
  const follow = new Follow();
  follow.seen(462, 500, 501);
  follow.seen(462, 490, 501);
  assert.ok(follow.on, "a panel has opened below");
  follow.seen(461, 489, 501);
  assert.ok(!follow.on, "the user scrolled up a line");
});

test("the end of a window that is not at the log's end is no reason to follow", () => {
  const follow = new Follow();
  follow.seen(61, 99, 100, false);
  assert.ok(!follow.on);
});
