import assert from "node:assert/strict";
import test from "node:test";
import { Follow } from "../src/log/follow";
import { breakRow, rowsOf } from "../src/log/render";
import { flushDelay, LogWindow } from "../src/log/window";
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

function windowOf(rows: number, characters: number, slack: number): LogWindow {
  return new LogWindow((missing) => `${missing} missing`, { rows, characters, slack });
}

test("a window keeps the end of a log and counts the rest", () => {
  const window = windowOf(3, 1000, 2);
  for (let id = 1; id <= 5; id += 1) window.append(rowsOf(line(`line ${id}`)));
  assert.equal(window.text(), "line 1\nline 2\nline 3\nline 4\nline 5\n");
  window.append(rowsOf(line("line 6")));
  assert.equal(window.text(), "3 missing\nline 4\nline 5\nline 6\n");
  assert.equal(window.missing, 3);
  assert.deepEqual([0, 1, 3, 4].map((at) => window.rowAt(at)?.text), [undefined, "line 4", "line 6", undefined]);
});

test("a window is bounded in characters too, and keeps the last row however long", () => {
  const window = windowOf(100, 50, 10);
  for (let id = 0; id < 20; id += 1) window.append(rowsOf(line("x".repeat(9))));
  assert.ok(window.characters <= 62, String(window.characters));
  window.append(rowsOf(line("y".repeat(500))));
  assert.equal(window.text(), `20 missing\n${"y".repeat(500)}\n`);
});

test("the last row gives way to what comes after it", () => {
  const window = windowOf(10, 1000, 1);
  assert.equal(window.text(), "");
  window.tail = breakRow("reconnecting");
  assert.equal(window.text(), "── reconnecting ──\n");
  window.append(rowsOf(line("one")));
  assert.equal(window.text(), "one\n── reconnecting ──\n");
  window.clear();
  assert.equal(window.text(), "");
});

test("appending a hundred thousand lines costs no more for the last ones", () => {
  const window = windowOf(20_000, 8_000_000, 5_000);
  for (let id = 1; id <= 100_000; id += 1) window.append(rowsOf(line(`line ${id}`)));
  assert.ok(window.text().endsWith("line 100000\n"));
  assert.equal(window.missing + window.text().split("\n").length - 2, 100_000);
});

test("a longer document is read again less often", () => {
  assert.equal(flushDelay(0), 100);
  assert.ok(flushDelay(2_000_000) > flushDelay(10_000));
  assert.ok(flushDelay(100_000_000) <= 1000);
});

test("following ends when one moves up and begins again at the end", () => {
  const follow = new Follow();
  follow.seen(40, 41);
  assert.ok(follow.on);
  follow.seen(41, 90);
  assert.ok(follow.on, "the document grew under an unmoved view");
  follow.seen(89, 90);
  follow.seen(60, 90);
  assert.ok(!follow.on, "the user scrolled up");
  follow.seen(75, 95);
  assert.ok(!follow.on, "the user scrolled down a little");
  follow.seen(94, 95);
  assert.ok(follow.on, "the user reached the end");
});

test("a document that becomes shorter says nothing about the user", () => {
  const follow = new Follow();
  follow.seen(25_000, 25_001);
  follow.seen(19_000, 20_001);
  assert.ok(follow.on);
});
