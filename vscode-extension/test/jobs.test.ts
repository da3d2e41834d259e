import assert from "node:assert/strict";
import test from "node:test";
import { hoursIn } from "../src/duration";
import { groupsOf, isFiltering, nearestDeadline, NO_FILTER, passes, RECENT, stateOf } from "../src/jobGroups";
import type { Job } from "../src/protocol";
import { cost, dollars, readingOf } from "../src/text";

const MINUTE = 60_000;

function job(more: Partial<Job>): Job {
  const fresh = { server: "this-computer", id: "jr-1", name: "pi", status: "Running", label: "Running", done: false, succeeded: false, canRunAgain: false };
  return { ...fresh, inputs: {}, outputs: "", results: [], files: [], ...more };
}

const ended = (more: Partial<Job> = {}): Job => job({ done: true, status: "Completed", succeeded: true, ...more });

test("states as one looks for them", () => {
  const jobs = [job({}), job({ started: 1 }), ended(), ended({ succeeded: false, status: "Failed" }), ended({ succeeded: false, status: "Stopped" })];
  assert.deepEqual(jobs.map(stateOf), ["waiting", "running", "completed", "failed", "stopped"]);
});

test("running jobs first, the newest ended ones, the rest folded away", () => {
  const jobs = [...Array.from({ length: RECENT + 2 }, (_, index) => ended({ id: `e${index}` })), job({ id: "r" })];
  const groups = groupsOf(jobs, NO_FILTER);
  assert.deepEqual(groups.running.map(({ id }) => id), ["r"]);
  assert.equal(groups.recent.length, RECENT);
  assert.deepEqual(groups.older.map(({ id }) => id), [`e${RECENT}`, `e${RECENT + 1}`]);
});

test("a filter moves no job from one group to another", () => {
  const jobs = Array.from({ length: RECENT + 1 }, (_, index) => ended({ id: `e${index}`, name: index === RECENT ? "needle" : "hay" }));
  const groups = groupsOf(jobs, { states: [], text: "needle" });
  assert.deepEqual([groups.recent.length, groups.older.length], [0, 1]);
});

test("a filter looks at states, names and scripts", () => {
  const fit = job({ name: "Big Sweep", script: "file:///w/fit.jl", started: 1 });
  assert.ok(passes(fit, NO_FILTER));
  assert.ok(passes(fit, { states: ["running"], text: "sweep FIT" }));
  assert.ok(!passes(fit, { states: ["failed", "stopped"], text: "" }));
  assert.ok(!passes(fit, { states: [], text: "sweep other" }));
  assert.deepEqual([NO_FILTER, { states: [], text: " " }, { states: ["failed" as const], text: "" }].map(isFiltering), [false, false, true]);
});

test("the first limit that will stop a job", () => {
  assert.equal(nearestDeadline([job({ deadline: 9 }), job({ deadline: 5 }), ended({ deadline: 1 }), job({})]), 5);
  assert.equal(nearestDeadline([job({})]), undefined);
});

test("a row is drawn anew each second for a minute, then every ten", () => {
  const read = [0, 59_400, 60_000, 69_999, 70_000].map((ran) => readingOf(1_000_000 + ran, 1_000_000) - 1_000_000);
  assert.deepEqual(read, [0, 59_000, 60_000, 60_000, 70_000]);
});

test("ten minutes are paid at least, and only where something is paid", () => {
  assert.equal(cost(job({ started: 0, pricePerHour: 6 }), MINUTE), "$1.00");
  assert.equal(cost(job({ started: 0, pricePerHour: 6 }), 30 * MINUTE), "$3.00");
  assert.equal(cost(ended({ started: 0, ended: 30 * MINUTE, pricePerHour: 6 }), 99 * MINUTE), "$3.00");
  assert.deepEqual([cost(job({ pricePerHour: 6 }), 1), cost(job({ started: 0, pricePerHour: 0 }), 1), cost(job({ started: 0 }), 1)], ["", "", ""]);
  assert.deepEqual([0.004, 0.01, 12.3].map(dollars), ["< $0.01", "$0.01", "$12.30"]);
});

test("times as people type them", () => {
  const cases: readonly [string, number | undefined][] = [["90 min", 1.5], ["1:30", 1.5], [" 2 ", 2], ["1,5h", 1.5], ["3 hours", 3], ["15m", 0.25], ["0", undefined], ["-1", undefined], ["soon", undefined], ["1:75", undefined]];
  for (const [text, hours] of cases) assert.equal(hoursIn(text, true), hours, text);
  assert.equal(hoursIn("90 min", false), undefined);
  assert.equal(hoursIn("120 min", false), 2);
});
