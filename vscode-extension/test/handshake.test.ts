import assert from "node:assert/strict";
import test from "node:test";
import { handshake } from "../src/handshake";

test("the same minor version fits, whatever the patch", () => {
  assert.equal(handshake("0.3.1", { name: "juliahub-ls", version: "0.3.9" }), "fits");
  assert.equal(handshake("0.3.0", { name: "juliahub-ls", version: "0.3.0.dev1" }), "fits");
});

test("which of the two is to be updated", () => {
  assert.equal(handshake("0.10.0", { name: "juliahub-ls", version: "0.9.7" }), "older");
  assert.equal(handshake("0.9.7", { name: "juliahub-ls", version: "0.10.0" }), "newer");
  assert.equal(handshake("1.0.0", { name: "juliahub-ls", version: "0.12.0" }), "older");
  assert.equal(handshake("0.1.0", { name: "juliahub-ls" }), "older");
});

test("some other language server, or one that says nothing of itself", () => {
  assert.equal(handshake("0.1.0", { name: "pylsp", version: "0.1.0" }), "stranger");
  assert.equal(handshake("0.1.0", undefined), "stranger");
});
