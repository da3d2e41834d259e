import assert from "node:assert/strict";
import test from "node:test";
import { RestartPolicy } from "../src/restarts";

test("three crashes within the window are forgiven, the fourth is not", () => {
  const policy = new RestartPolicy(3, 180_000);
  assert.deepEqual([0, 1000, 2000, 3000].map((now) => policy.mayRestart(now)), [true, true, true, false]);
});

test("a crash that is long past counts no more", () => {
  const policy = new RestartPolicy(1, 1000);
  assert.ok(policy.mayRestart(0));
  assert.ok(policy.mayRestart(1000));
  assert.ok(!policy.mayRestart(1999));
});

test("a start that the user asked for begins anew", () => {
  const policy = new RestartPolicy(1, 1000);
  policy.mayRestart(0);
  policy.reset();
  assert.ok(policy.mayRestart(1));
});
