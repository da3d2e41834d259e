import assert from "node:assert/strict";
import test from "node:test";
import type { Job } from "../src/protocol";
import { bytes, clock, elapsed, joined, life, plain, scalar, since } from "../src/text";

function job(more: Partial<Job>): Job {
  const fresh = { server: "this-computer", id: "jr-1", name: "pi", status: "Running", label: "Running", done: false, succeeded: false, canRunAgain: false };
  return { ...fresh, inputs: {}, outputs: "", results: [], files: [], ...more };
}

test("times", () => {
  const cases: readonly [number, string][] = [[0, "0:00"], [42_900, "0:42"], [725_000, "12:05"], [3_723_000, "1:02:03"], [-5, "0:00"]];
  for (const [milliseconds, expected] of cases) assert.equal(clock(milliseconds), expected);
});

test("sizes in decimal units", () => {
  const cases: readonly [number, string][] = [[0, "0 B"], [999, "999 B"], [1000, "1 kB"], [3_140_000, "3.1 MB"], [40_960, "41 kB"], [999_900, "1 MB"], [2_300_000_000, "2.3 GB"]];
  for (const [size, expected] of cases) assert.equal(bytes(size), expected);
});

test("elapsed over limit while it runs, elapsed alone afterwards", () => {
  assert.equal(elapsed(job({ timeLimit: 1 }), 9), "");
  assert.equal(elapsed(job({ started: 0, timeLimit: 1 }), 42_000), "0:42 / 1:00 h");
  assert.equal(elapsed(job({ started: 0, timeLimit: 1.5 }), 1000), "0:01 / 1:30 h");
  assert.equal(elapsed(job({ started: 0, timeLimit: 0.27 }), 70_000), "1:10 / 16:12");
  assert.equal(elapsed(job({ started: 0, timeLimit: 0 }), 42_000), "0:42");
  assert.equal(elapsed(job({ started: 0, ended: 72_000, done: true, timeLimit: 1 }), 999_000), "1:12");
});

test("values", () => {
  assert.deepEqual([3, 0.1 + 0.2, "a\nb", true, null, [1]].map(scalar), ["3", "0.3", "a", "true", "null", "[1]"]);
});

test("what is empty leaves no gap", () => {
  assert.equal(joined("", "0:42", "", "37 %"), "0:42   37 %");
});

test("how long a token lives", () => {
  const minute = 60_000;
  assert.deepEqual([-1, 0, 59 * minute, 119 * minute, 120 * minute, 1439 * minute].map(life), ["", "0 min", "59 min", "119 min", "2 h", "23 h"]);
});

test("a moment of another day has its day", () => {
  const noon = new Date(2026, 4, 3, 12, 5).getTime();
  assert.equal(since(noon, noon + 3_600_000), "12:05");
  assert.match(since(noon, noon + 86_400_000), /3.*12:05$/);
});

test("a server's words make no link", () => {
  assert.equal(plain("[Free money](command:evil)"), "%5BFree money%5D(command:evil)");
  assert.equal(plain("BCDF-GHJK"), "BCDF-GHJK");
});
