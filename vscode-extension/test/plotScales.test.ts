import assert from "node:assert/strict";
import test from "node:test";
import { extentOf, linear, logarithmic, nearest, short } from "../webview/plot/scales";

test("an axis has round marks within what it shows", () => {
  const cases: readonly [number, number, number[]][] = [
    [0, 1, [0, 0.5, 1]],
    [0.12, 0.87, [0.2, 0.4, 0.6, 0.8]],
    [-3, 7, [0, 5]],
    [1000, 1003, [1000, 1001, 1002, 1003]],
  ];
  for (const [min, max, ticks] of cases) assert.deepEqual(linear({ min, max }, 0, 100, 4).ticks.filter((tick) => ticks.includes(tick)), ticks, `${min} to ${max}`);
  for (const [min, max] of [[0, 1e-9], [-1e12, 1e12], [5, 5], [0, 0], [3, 3.0000001]] as const) {
    const { ticks, place } = linear({ min, max }, 0, 100, 4);
    assert.ok(ticks.length >= 1 && ticks.length <= 12, `${min} to ${max}: ${ticks.join(" ")}`);
    for (const tick of ticks) assert.ok(place(tick) >= -1e-6 && place(tick) <= 100 + 1e-6);
  }
});

test("places go from one end to the other, upwards or downwards", () => {
  const { place } = linear({ min: 10, max: 20 }, 100, 0, 4);
  assert.deepEqual([10, 15, 20].map(place), [100, 50, 0]);
  const log = logarithmic({ min: 1, max: 10_000 }, 0, 100);
  assert.deepEqual([1, 100, 10_000].map((value) => Math.round(log.place(value))), [0, 50, 100]);
  assert.deepEqual(log.ticks, [1, 10, 100, 1000, 10_000]);
  assert.deepEqual(logarithmic({ min: 1, max: 6 }, 0, 100).ticks, [1, 2, 5]);
});

test("the nearest of ascending numbers", () => {
  assert.deepEqual([-5, 0, 1, 4, 6, 99].map((x) => nearest([0, 2, 5, 10], x)), [0, 0, 0, 2, 2, 3]);
  assert.equal(nearest([], 1), -1);
  assert.equal(nearest([7], 1), 0);
});

test("the extent of what is finite", () => {
  assert.deepEqual(extentOf([3, NaN, -1, Infinity]), { min: -1, max: 3 });
  assert.equal(extentOf([NaN]), undefined);
});

test("numbers are as short as they say enough", () => {
  assert.deepEqual([0, 0.125, 3.14159265, 1e-7, 2.5e8, -4].map(short), ["0", "0.125", "3.1416", "1e-7", "2.5e8", "-4"]);
});
