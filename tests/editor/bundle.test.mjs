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
    for (const view of ["Run", "Jobs"]) await code.fold(view); // a tree draws only the rows that there is room for
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
  await code.until(entry(code, "figures.jl", `${OUT}, .juliabundleignore:`), () => checkbox(code, "figures.jl", IN).click());
  assert.match(rules(), /^figures\.jl$/m);
  await code.screenshot("21-left-out");
  await code.until(entry(code, "figures.jl", IN), () => code.status("Undo: leave figures.jl out").click());
  assert.equal(rules(), written);
}

/** The same from the keyboard, in a folder that is open and stays so. */
async function turnedByKey(code) {
  const written = rules();
  const focused = code.page.locator(".focused");
  await code.until(entry(code, "MonteCarloPi.jl", IN), () => entry(code, "src", IN).and(code.page.locator("[aria-expanded=false]")).click());
  await pressed(code, "ArrowDown", entry(code, "src").and(focused), entry(code, "MonteCarloPi.jl", IN).and(focused));
  await pressed(code, "Space", entry(code, "MonteCarloPi.jl", IN), entry(code, "MonteCarloPi.jl", OUT));
  await pressed(code, "Control+Z", entry(code, "MonteCarloPi.jl", OUT), entry(code, "MonteCarloPi.jl", IN));
  assert.equal(rules(), written);
}

/** Presses a key, and again only while all is as `before`, until it is as `after`. */
async function pressed(code, key, before, after) {
  await code.until(after, async () => {
    if (await before.isVisible()) await code.page.keyboard.press(key);
  });
}

/** What looks like a secret goes in by its name only. */
async function secretLetIn(code) {
  await code.until(entry(code, ".env", IN), () => checkbox(code, ".env", OUT).click());
  assert.match(rules(), /^!\.env$/m);
  await code.until(entry(code, ".env", OUT), () => code.status("Undo: let .env in").click());
}

/** A script has the nearest environment, or the one that its user chooses: another environment, another bundle. */
async function environmentChosen(code) {
  await code.openFile("run.jl");
  await entry(code, "run.jl", IN).waitFor();
  await code.until(code.answer("Browse…"), () => code.status("Nested").click());
  await code.screenshot("22-environments");
  await code.pick("A project file further up");
  await entry(code, "figures.jl", IN).waitFor();
  await code.until(code.answer("As found"), () => code.status("MonteCarloPi").click());
  await code.pick("As found");
  await code.status("Nested").waitFor();
  await entry(code, "run.jl", IN).waitFor();
}

/** A project file knows its versions, and says while it is typed what is wrong with it, and where. */
async function projectTyped(code) {
  await code.openFile("main.jl");
  await code.until(code.tab("Project.toml"), () => entry(code, "Project.toml", IN).click());
  await code.isOpen("Project.toml");
  await code.focusEditor("Project.toml");
  await code.shows("Project.toml", "0.1.0 ← ../Dartboard");
  await code.ask("Control+G", ":6:3", "Go to line 6 and character 3");
  const hover = code.page.locator(".monaco-hover:not(.hidden)", { hasText: "development package" }).first();
  await code.until(hover, () => code.command("Show or Focus Hover"));
  await code.screenshot("23-project");

  await code.again(() => code.page.keyboard.press("Escape"), (timeout) => hover.waitFor({ state: "hidden", timeout }));
  await code.focusEditor("Project.toml");
  await code.page.keyboard.press("Control+End");
  await code.page.keyboard.type("oops");
  await code.page.locator(".squiggly-error").first().waitFor();
  await code.command("Problems: Focus on Problems View");
  await code.page.locator('.markers-panel .monaco-list-row[aria-label^="Error"][aria-label*="at line 13 and character 1"]').waitFor();
  await code.screenshot("24-squiggle");
  await code.focusEditor("Project.toml");
  await code.page.keyboard.press("Control+End");
  for (const _ of "oops") await code.page.keyboard.press("Backspace");
  await code.page.locator(".squiggly-error").first().waitFor({ state: "detached" });
}

/** One verdict. */
async function checked(code) {
  await code.openFile("main.jl");
  await code.until(code.page.getByText("Ready: ").first(), () => code.command("JuliaHub: Check This File"));
  await code.screenshot("25-checked");
}

function entry(code, name, state = "") {
  return code.rows("Bundle", `${name}, ${state}`);
}

function checkbox(code, name, state) {
  return entry(code, name, state).locator(".custom-view-tree-node-item-checkbox");
}

function rules() {
  return readFileSync(path.join(process.env.HOST_FOLDER, ".juliabundleignore"), "utf8");
}
