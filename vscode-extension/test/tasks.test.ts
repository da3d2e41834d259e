import assert from "node:assert/strict";
import test from "node:test";
import type { Job, LogLine } from "../src/protocol";
import { exitCodeOf, problemText, stateText, terminalText } from "../src/tasks/words";

function line(more: Partial<LogLine>): LogLine {
  return { id: 1, message: "hello", level: "Info", worker: 1, ...more };
}

function ended(status: string): Job {
  const job = { server: "s", id: "j", name: "pi", label: status, done: true, succeeded: status === "Completed", canRunAgain: false };
  return { ...job, status, inputs: {}, outputs: "", results: [], files: [] };
}

test("a record in a terminal", () => {
  assert.equal(terminalText(line({})), "hello\r\n");
  assert.equal(terminalText(line({ message: "one\ntwo\r\nthree" })), "one\r\ntwo\r\nthree\r\n");
  assert.equal(terminalText(line({ level: "Error", worker: 3 })), "\x1b[36m[3] \x1b[0m\x1b[31mError: \x1b[0mhello\r\n");
  assert.equal(terminalText(line({ level: "Warn", keywords: { epoch: 3, where: "here" } })), '\x1b[33mWarning: \x1b[0mhello\x1b[90m   epoch = 3  where = here\x1b[0m\r\n');
});

test("a line of our own", () => {
  assert.equal(stateText("Running"), "\x1b[90m── Running ──\x1b[0m\r\n");
});

test("the exit code by the job's end", () => {
  assert.deepEqual(["Completed", "Failed", "Stopped"].map((status) => exitCodeOf(ended(status))), [0, 1, 130]);
});

test("a problem as the matcher reads it", () => {
  const matcher = /^(.+\.jl):(\d+): (error|warning): (.*)$/.exec(problemText("/home/ada/fit.jl", 17, "UndefVarError: x").trimEnd());
  assert.deepEqual(matcher?.slice(1), ["/home/ada/fit.jl", "17", "error", "UndefVarError: x"]);
});
