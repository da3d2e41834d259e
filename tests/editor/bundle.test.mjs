import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

const [IN, OUT] = ["goes into the bundle", "stays on this computer"];

test("the bundle, the environment and its files", () =>
  inWorkbench("bundle", async (code) => {
    await code.openFile("main.jl");
    await code.openView("JuliaHub");
    await code.page.locator(".pane-header", { hasText: "Jobs" }).click();
    await bundleShown(code);
    await clickedAndUndone(code);
    await turnedByKey(code);
    await secretLetIn(code);
    await environmentChosen(code);
    await projectTyped(code);
    await checked(code);
  }));

/** What goes along, what stays home and why. */
async function bundleShown(code) {
  await entry(code, "figures.jl", IN).waitFor();
  await entry(code, "scratch", `${OUT}, .juliabundleignore:2`).waitFor();
  await entry(code, ".env", `${OUT}, looks like a secret`).waitFor();
  await code.screenshot("20-bundle");
}

/** One click leaves a file out, one more takes that back: the ignore file is as it was. */
async function clickedAndUndone(code) {
  const written = rules();
  await checkbox(code, "figures.jl").click();
  await entry(code, "figures.jl", `${OUT}, .juliabundleignore:`).waitFor();
  assert.match(rules(), /^figures\.jl$/m);
  await code.screenshot("21-left-out");
  await code.status("Undo: leave figures.jl out").click();
  await entry(code, "figures.jl", IN).waitFor();
  assert.equal(rules(), written);
}

/** The same from the keyboard, in a folder that is open and stays so. */
async function turnedByKey(code) {
  const written = rules();
  await entry(code, "src", IN).click();
  await entry(code, "MonteCarloPi.jl", IN).waitFor();
  await code.page.keyboard.press("ArrowDown");
  await code.page.keyboard.press("Space");
  await entry(code, "MonteCarloPi.jl", OUT).waitFor();
  await code.page.keyboard.press("Control+Z");
  await entry(code, "MonteCarloPi.jl", IN).waitFor();
  assert.equal(rules(), written);
}

/** What looks like a secret goes in by its name only. */
async function secretLetIn(code) {
  await checkbox(code, ".env").click();
  await entry(code, ".env", IN).waitFor();
  assert.match(rules(), /^!\.env$/m);
  await code.status("Undo: let .env in").click();
  await entry(code, ".env", OUT).waitFor();
}

/** Another environment has another bundle. */
async function environmentChosen(code) {
  await code.status("MonteCarloPi").click();
  await code.page.locator(".quick-input-list .monaco-list-row", { hasText: "As found" }).waitFor();
  await code.screenshot("22-environments");
  await code.page.keyboard.press("Escape");
}

/** A project file knows its versions, and what is wrong with it while it is typed. */
async function projectTyped(code) {
  await code.openFile("Project.toml");
  await code.shows("Project.toml", "0.1.0 ← ../Dartboard");
  await code.screenshot("23-project");
}

/** One verdict. */
async function checked(code) {
  await code.openFile("main.jl");
  await code.command("JuliaHub: Check This File");
  await code.page.getByText("Ready: ").first().waitFor();
  await code.screenshot("24-checked");
}

function entry(code, name, state = "") {
  return code.page.locator(`.pane-body .monaco-list-row[aria-label^="${name}, ${state}"]`);
}

function checkbox(code, name) {
  return entry(code, name).locator(".custom-view-tree-node-item-checkbox");
}

function rules() {
  return readFileSync(path.join(process.env.HOST_FOLDER, ".juliabundleignore"), "utf8");
}
