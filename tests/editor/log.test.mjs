import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

const LOG = "train.jl log";

test("a log in colours that folds, filters, plots and leads to the code", () =>
  inWorkbench("log", async (code) => {
    await code.openFile("train.jl");
    await code.status("⬢ This computer").waitFor();
    await code.command("JuliaHub: Run Configuration");
    await code.pick("workers");
    await code.shows(LOG, "end of the log: complete");
    await code.focusEditor(LOG);
    await code.status("following").waitFor();

    await showsColours(code);
    await leadsToTheCode(code);
    await folds(code);
    await hasAnOutline(code);
    await filters(code);
    await plots(code);
  }));

/** What the job printed in colours is in colours, the last state of a line that was redrawn is shown. */
async function showsColours(code) {
  await code.page.keyboard.press("Control+Home");
  await code.shows(LOG, "green and bold");
  await code.status("paused").waitFor();
  await code.tried(async () => {
    const [green, plain, orange] = await Promise.all(["green", "plain", "orange"].map((text) => styleOf(code, text)));
    assert.ok(Number(green.weight) >= 700 && Number(plain.weight) < 700);
    assert.notEqual(green.color, plain.color);
    assert.equal(orange.color, "rgb(255, 135, 0)");
  });
  await code.shows(LOG, "100 % done");
  await inAllThemes(code, "log-colours");
}

async function styleOf(code, text) {
  const element = code.editor(LOG).locator(".view-line span span", { hasText: text }).first();
  return element.evaluate((node) => ({ color: getComputedStyle(node).color, weight: getComputedStyle(node).fontWeight }));
}

/** A stack frame with a path of the job's own folder opens the file that was sent. */
async function leadsToTheCode(code) {
  await code.focusEditor(LOG);
  await code.command("JuliaHub: Go to First Error in Log");
  await code.shows(LOG, "no such luck");
  await code.screenshot("log-first-error");
  await code.followLink(LOG, "model.jl:2", code.tab("model.jl"));
  await code.isOpenAt("model.jl", 2);
  await code.followLink(LOG, "see (util.jl:2)", code.answer("model/util.jl"));
  await code.pick("model/util.jl");
  await code.isOpenAt("util.jl", 2);
}

async function folds(code) {
  await code.focusEditor(LOG);
  await code.page.keyboard.press("Home");
  await code.again(() => code.command("Fold All"), (timeout) => code.hides(LOG, "epoch = 3,", timeout));
  await code.screenshot("log-folded");
  await code.again(() => code.command("Unfold All"), (timeout) => code.shows(LOG, "epoch = 3,", timeout));
  await foldsWorkers(code);
}

/** What one worker wrote in a row is one fold, which leaves its first line. */
async function foldsWorkers(code) {
  await code.ask("Control+Shift+O", "@Worker 2", "Worker 2");
  await code.shows(LOG, "step 4 of worker 2");
  await code.again(() => code.page.keyboard.press("Control+Shift+BracketLeft"), (timeout) => code.hides(LOG, "step 4 of worker 2", timeout));
  await code.shows(LOG, "[2] step 1 of worker 2");
  await code.shows(LOG, "[3] step 4 of worker 3");
  await code.screenshot("log-folded-worker");
  await code.again(() => code.page.keyboard.press("Control+Shift+BracketRight"), (timeout) => code.shows(LOG, "step 4 of worker 2", timeout));
}

async function hasAnOutline(code) {
  await code.focusEditor(LOG);
  await code.ask("Control+Shift+O", "@careful", "careful");
  await code.shows(LOG, "Warning: careful");
}

async function filters(code) {
  await code.focusEditor(LOG);
  await code.type("Control+Shift+F", "epoch>>");
  await code.page.locator(".quick-input-list .codicon-warning").first().waitFor();
  await code.screenshot("log-filter-problem");
  await code.input.fill("epoch>38");
  await code.answer("Show the lines that match").waitFor();
  await code.screenshot("log-filter-bar");
  await code.pick("Show the lines that match");
  await code.shows(LOG, "filter epoch>38 matches 2 lines");
  await code.shows(LOG, "epoch = 39");
  await code.shows(LOG, "epoch = 37");
  await code.hides(LOG, "epoch = 30,");
  await inAllThemes(code, "log-filtered");
  await savesMatches(code);
  await code.focusEditor(LOG);
  await code.again(() => code.page.keyboard.press("Escape"), (timeout) => code.shows(LOG, "epoch = 30,", timeout));
  await code.hides(LOG, "filter epoch>38");
}

/** Only what matches, without the lines around it, as JSON lines. */
async function savesMatches(code) {
  await code.focusEditor(LOG);
  await code.command("JuliaHub: Save Whole Log");
  await code.pick("Only the lines that match");
  await code.answer("model").waitFor(); // then the dialog knows the folder and the name
  await code.input.fill(path.join(process.env.HOST_FOLDER, "matches.jsonl"));
  await code.accept();
  await code.toast("The log of train.jl is saved: 2 records").waitFor();
}

async function plots(code) {
  await code.clearNotifications();
  await code.focusEditor(LOG);
  await code.command("JuliaHub: Plot Numbers of Log");
  const page = await code.webview("As a table");
  await page.locator("figure", { hasText: "loss" }).waitFor();
  const [accuracy, figure] = [page.getByRole("checkbox", { name: "accuracy" }), page.locator("figure", { hasText: "accuracy" })];
  await code.again(() => accuracy.uncheck(), (timeout) => figure.waitFor({ state: "detached", timeout }));
  await code.until(figure, () => accuracy.check());
  await page.locator("figure .plot").first().hover();
  await code.until(page.locator("td", { hasText: "40" }).first(), () => page.getByText("As a table").click());
  await inAllThemes(code, "log-plot");
}

async function inAllThemes(code, name) {
  for (const theme of ["Light Modern", "Dark High Contrast", "Dark Modern"]) {
    await code.theme(theme);
    await code.screenshot(`${name}-${theme.toLowerCase().replaceAll(" ", "-")}`);
  }
}
