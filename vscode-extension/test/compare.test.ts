import assert from "node:assert/strict";
import test from "node:test";
import type { CompareJobsResult } from "../src/protocol";
import { coordinates } from "../webview/compare/coordinates";
import { isSortedBy, next, order } from "../webview/compare/sorting";

type Cell = CompareJobsResult["sections"][number]["rows"][number]["cells"][number];

const ABSENT: Cell = { kind: "absent", text: "" };

function cell(value: number | string | undefined): Cell {
  if (value === undefined) return ABSENT;
  return typeof value === "number" ? { kind: "number", text: String(value), number: value } : { kind: "text", text: value };
}

/** The order of jobs by one row of these values. */
function sorted(values: readonly (number | string | undefined)[], descending: boolean): (number | string | undefined)[] {
  const row = { key: "loss", label: "loss", cells: values.map(cell), differs: true, numeric: false };
  const jobs = values.map((_, place) => ({ server: "s", id: `jr-${place}`, name: "fit", logHere: true }));
  const places = order({ jobs, sections: [{ id: "summary", title: "Results", rows: [row] }] }, { section: "summary", key: "loss", descending });
  return places.map((place) => values[place]);
}

test("jobs are sorted by a row, those without a value last either way", () => {
  assert.deepEqual(sorted([10, undefined, 9, -1.5], false), [-1.5, 9, 10, undefined]);
  assert.deepEqual(sorted([10, undefined, 9, -1.5], true), [10, 9, -1.5, undefined]);
  assert.deepEqual(sorted(["run 10", 3, "run 9", undefined], false), [3, "run 9", "run 10", undefined]);
});

test("jobs with the same value stay in the order in which they were added", () => {
  const jobs = ["a", "b", "c"].map((id) => ({ server: "s", id, name: id, logHere: true }));
  const rows = [{ key: "seed", label: "seed", cells: [cell(1), cell(1), cell(0)], differs: true, numeric: true }];
  const comparison: CompareJobsResult = { jobs, sections: [{ id: "inputs", title: "Inputs", rows }] };
  assert.deepEqual(order(comparison, { section: "inputs", key: "seed", descending: true }), [0, 1, 2]);
  assert.deepEqual(order(comparison, { section: "inputs", key: "seed", descending: false }), [2, 0, 1]);
  assert.deepEqual(order(comparison, undefined), [0, 1, 2]);
  assert.deepEqual(order(comparison, { section: "inputs", key: "gone", descending: true }), [0, 1, 2]);
});

test("a row's name sorts upwards, then downwards, then not at all", () => {
  const up = next(undefined, "inputs", "seed");
  const down = next(up, "inputs", "seed");
  assert.deepEqual([up?.descending, down?.descending, next(down, "inputs", "seed")], [false, true, undefined]);
  assert.deepEqual(next(down, "summary", "seed"), { section: "summary", key: "seed", descending: false });
  assert.deepEqual([isSortedBy(up, "inputs", "seed"), isSortedBy(up, "summary", "seed"), isSortedBy(undefined, "inputs", "seed")], [true, false, false]);
});

test("a sparkline goes from left to right, the smallest value below", () => {
  assert.equal(coordinates([0, 5, 10]), "2.0,14.0 32.0,8.0 62.0,2.0");
  assert.equal(coordinates([3, 3]), "2.0,14.0 62.0,14.0");
  assert.equal(coordinates([-1]), "2.0,14.0");
});
