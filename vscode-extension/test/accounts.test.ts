import assert from "node:assert/strict";
import { test } from "node:test";
import { accountsOf, changesOf, freshOf, hasAccount } from "../src/accounts";
import type { Server } from "../src/protocol";

const here: Server = { id: "this-computer", name: "This computer", kind: "thisComputer", state: "signedIn", current: true };
const hub: Server = { id: "hub.dev", name: "hub.dev", kind: "hub", state: "signedIn", account: "ada", current: false };
const away: Server = { ...hub, state: "offline", offlineSince: 1 };
const left: Server = { id: "hub.dev", name: "hub.dev", kind: "hub", state: "signedOut", current: false };

test("an account is its name and its server", () => {
  assert.deepEqual(accountsOf([here, hub]), [{ id: "hub.dev ada", server: "hub.dev", label: "ada · hub.dev" }]);
  assert.deepEqual(accountsOf([{ ...left, state: "signedIn" }]), [{ id: "hub.dev ", server: "hub.dev", label: "hub.dev" }]);
});

test("an account stays while its server is offline, and goes with its token", () => {
  assert.deepEqual(accountsOf([away]), accountsOf([hub]));
  assert.deepEqual([here, hub, away, left].map(hasAccount), [false, true, true, false]);
});

test("another account on the same server is one that went and one that came", () => {
  const { added, removed } = changesOf(accountsOf([hub]), accountsOf([{ ...hub, account: "bob" }]));
  assert.deepEqual([added.map(({ label }) => label), removed.map(({ label }) => label)], [["bob · hub.dev"], ["ada · hub.dev"]]);
});

test("jobs are asked for when a server is back, new or signed in to", () => {
  const ids = (before: Server[], now: Server[]): string[] => freshOf(before, now).map(({ id }) => id);
  assert.deepEqual(ids([here, away], [here, hub]), ["hub.dev"]);
  assert.deepEqual(ids([here, left], [here, hub]), ["hub.dev"]);
  assert.deepEqual(ids([here], [here, hub]), ["hub.dev"]);
  assert.deepEqual(ids([here, hub], [here, { ...hub, account: "bob" }]), ["hub.dev"]);
  assert.deepEqual(ids([here, hub], [here, hub]), []);
  assert.deepEqual(ids([here, hub], [here, away]), []);
  assert.deepEqual(ids([], [here, hub]), []);
});
