import assert from "node:assert/strict";
import test from "node:test";
import { buttons, capitalized, descriptionOf, isHeldBack, minorVersion, ruleLabel, sentences, worstFirst } from "../src/bundle/text";
import type { BundleEntry, Problem, Rule } from "../src/protocol";

const FOLDER = "file:///home/ada/My%20Pi";

function rule(file: string, line: number): Rule {
  return { uri: `file:///home/ada/${file}`, line, text: "*.bak" };
}

function entry(more: Partial<BundleEntry>): BundleEntry {
  return { path: "data/a.csv", name: "a.csv", isDirectory: false, included: true, canChange: true, ...more };
}

test("a rule's place is told from the bundle's folder", () => {
  assert.equal(ruleLabel(rule("My%20Pi/.juliabundleignore", 3), FOLDER), ".juliabundleignore:3");
  assert.equal(ruleLabel(rule("My%20Pi/data/.juliabundleignore", 12), `${FOLDER}/`), "data/.juliabundleignore:12");
  assert.equal(ruleLabel(rule("Tools/.juliabundleignore", 1), FOLDER), ".juliabundleignore:1");
});

test("what goes in has its size, what stays home its reason or rule", () => {
  const cases: readonly [Partial<BundleEntry>, string][] = [
    [{ size: 3_000_000 }, "3 MB"],
    [{ size: 12, origin: "MyTools, development package" }, "MyTools, development package   12 B"],
    [{}, ""],
    [{ included: false, reason: "looks like a secret", size: 40 }, "looks like a secret   40 B"],
    [{ included: false, reason: "an ignore rule", rule: rule("My%20Pi/.juliabundleignore", 3), size: 1_200_000_000 }, ".juliabundleignore:3   1.2 GB"],
    [{ rule: rule("My%20Pi/.juliabundleignore", 4), size: 9 }, "9 B"],
  ];
  for (const [more, expected] of cases) assert.equal(descriptionOf(entry(more), FOLDER), expected);
});

test("held back is what no rule left out and a rule can let in", () => {
  assert.equal(isHeldBack(entry({ included: false })), true);
  assert.equal(isHeldBack(entry({ included: false, canChange: false })), false);
  assert.equal(isHeldBack(entry({ included: false, rule: rule(".juliabundleignore", 1) })), false);
  assert.equal(isHeldBack(entry({})), false);
});

test("a message's first sentence stands alone", () => {
  const cases: readonly [string, readonly [string, string]][] = [
    ["The manifest is stale. Resolve it.", ["The manifest is stale.", "Resolve it."]],
    ["Manifest.toml was made by Julia 1.11.2", ["Manifest.toml was made by Julia 1.11.2", ""]],
    ["Why? Because. So.", ["Why?", "Because. So."]],
    ["", ["", ""]],
  ];
  for (const [message, expected] of cases) assert.deepEqual(sentences(message), expected);
});

test("the worst first, else as given", () => {
  const made = (["information", "error", "warning", "error"] as const).map((severity, index): Problem => ({ code: String(index), severity, message: "" }));
  assert.deepEqual(worstFirst(made).map(({ code }) => code), ["1", "3", "2", "0"]);
  assert.deepEqual(made.map(({ code }) => code), ["0", "1", "2", "3"]);
});

test("each button once, no more than fit", () => {
  const made = ["Resolve", "Leave out", "Resolve", "Show"].map((title, id) => ({ title, id }));
  assert.deepEqual(buttons(made, 2), [made[0], made[1]]);
  assert.deepEqual(buttons(made, 9).map(({ title }) => title), ["Resolve", "Leave out", "Show"]);
});

test("phrases begin lines", () => {
  assert.deepEqual(["the nearest one", "", "Julia's"].map(capitalized), ["The nearest one", "", "Julia's"]);
});

test("a Julia by its minor version", () => {
  assert.deepEqual(["1.10.4", "1.12.0-rc1", "1.6"].map(minorVersion), ["1.10", "1.12", "1.6"]);
});
