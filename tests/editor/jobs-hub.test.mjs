import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { inWorkbench, openBoth } from "./support/session.mjs";

const HUB = process.env.HUB;

/** What happens on the hub next (tests/support/played_hub.py). */
async function play(act) {
  const { status } = await fetch(`${HUB}/play/${encodeURIComponent(act)}`);
  assert.equal(status, 200, act);
}

/** How often the hub was asked for a list of at most so many jobs. */
async function asked(limit) {
  return Number(await (await fetch(`${HUB}/asked/${limit}`)).text());
}

/** The rows below *Older*, as many as there are with the one that shows more; drawn or not. */
function ofOlder(code, count) {
  return code.rows("Jobs").and(code.page.locator(`[aria-level="3"][aria-setsize="${count}"]`)).first();
}

/** Runs a script that is open, and waits until its job is there. */
async function run(code, name) {
  await code.focusEditor(name);
  await code.page.keyboard.press("Control+Alt+J");
  await code.rows("Jobs", `${name}, Waiting`).waitFor();
}

/** The one job that runs has a minute left; the notice is there. */
async function nearItsLimit(code, name) {
  await play("near its limit");
  await code.command("JuliaHub: Refresh Jobs");
  await code.toast(`${name} reaches its time limit in 1 minute`).waitFor();
}

/** The ends of jobs are told no more. The lens over the script goes and comes, a sign that the settings hold. */
async function quietEnds(code) {
  const file = path.join(process.env.HOST_FOLDER, ".vscode", "settings.json");
  const quiet = { ...JSON.parse(readFileSync(file, "utf8")), "juliahub.notifications.ended": false };
  const lens = code.page.locator(".codelens-decoration", { hasText: "Run on JuliaHub" });
  writeFileSync(file, JSON.stringify({ ...quiet, "[julia]": { "juliahub.codeLens": false } }));
  await lens.waitFor({ state: "detached" });
  writeFileSync(file, JSON.stringify(quiet));
  await lens.waitFor();
}

test("hundreds of older jobs, page by page, and nothing drawn in vain", () =>
  inWorkbench("jobs-hub-older", async (code) => {
    await code.openView("JuliaHub");
    // A tree draws only the rows that there is room for.
    for (const view of ["Run", "Bundle", "Servers"]) await code.fold(view);
    await code.rows("Jobs", "job 250, Failed").waitFor();
    const older = code.rows("Jobs", "Older");
    await code.until(ofOlder(code, 11), () => older.and(code.page.locator("[aria-expanded=false]")).locator(".monaco-tl-twistie").click());
    await code.screenshot("jobs-older");
    for (const [limit, shown] of [[121, 111], [221, 211], [321, 240]]) {
      const more = code.rows("Jobs", "Show Older Jobs");
      await code.until(more, () => code.page.keyboard.press("End"));
      const before = Date.now();
      await code.until(ofOlder(code, shown), async () => {
        if ((await asked(limit)) === 0) await more.click();
      });
      console.log(`${shown} older rows in ${Date.now() - before} ms`);
      assert.equal(await asked(limit), 1, "one page, one request");
    }
    await code.until(code.rows("Jobs", "job 1,"), () => code.page.keyboard.press("End"));
    assert.equal(await code.rows("Jobs", "Show Older Jobs").count(), 0);
    await code.screenshot("jobs-oldest");
    await onlyItsRow(code);
  }));

/** All jobs come anew and one of them is another: of the rows in sight only that one is drawn. */
async function onlyItsRow(code) {
  await code.until(code.rows("Jobs", "job 249,"), () => code.page.keyboard.press("Home"));
  await code.page.evaluate(() => {
    window.drawn = new Set();
    const labelOf = (node) => (node instanceof Element ? node : node.parentElement)?.closest(".monaco-list-row")?.ariaLabel;
    const rows = [...document.querySelectorAll(".pane .monaco-list-row")].find((row) => row.ariaLabel?.startsWith("job 249,")).parentElement;
    new MutationObserver((changes) => {
      const nodes = changes.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
      for (const label of nodes.map(labelOf)) if (label !== undefined) window.drawn.add(label.split(",")[0]);
    }).observe(rows, { subtree: true, childList: true, characterData: true }); // attributes are set anew, to the same, where rows are counted
  });
  await play("renames");
  await code.command("JuliaHub: Refresh Jobs");
  await code.rows("Jobs", "renamed,").waitFor();
  assert.deepEqual(await code.page.evaluate(() => [...window.drawn]), ["renamed"]);
}

test("what is on its way, what forms its cluster, what is stopping; notices that are turned off", () =>
  inWorkbench("jobs-hub-states", async (code) => {
    await openBoth(code, "quick.jl");
    await code.page.keyboard.press("Control+Alt+J");
    for (const view of ["Run", "Bundle", "Servers"]) await code.fold(view);
    await code.rows("Jobs", "quick.jl, Bundling").waitFor();
    await code.screenshot("jobs-bundling");
    await play("bundle");
    await code.page.locator('.monaco-list-row[aria-label*="left)"]', { hasText: "Uploading" }).waitFor();
    await code.screenshot("jobs-uploading");
    await play("upload");
    await code.rows("Jobs", "quick.jl, Waiting for a machine").waitFor();
    await play("joins");
    await code.rows("Jobs", "quick.jl, Starting, 2 of 4 workers").waitFor();
    await code.screenshot("jobs-starting");
    await run(code, "quick.jl");
    await play("joins");
    const starting = code.rows("Jobs", "quick.jl, Starting");
    await starting.nth(1).waitFor();

    const selected = starting.and(code.page.locator("[aria-selected=true]"));
    await code.until(selected.first(), () => starting.nth(1).click());
    await code.until(selected.nth(1), () => starting.first().click({ modifiers: ["Control"] }));
    await code.choose(starting.first(), "Stop Job");
    await code.page.locator(".monaco-dialog-box", { hasText: "Stop 2 jobs?" }).waitFor();
    await code.screenshot("jobs-stop-several");
    await code.until(code.rows("Jobs", "quick.jl, Stopping…").nth(1), () => code.page.getByRole("button", { name: "Stop 2 Jobs" }).click());
    await code.screenshot("jobs-stopping");
    await play("stops");
    await code.toast("2 jobs have stopped.").waitFor();
    assert.equal(await code.toast("Stopped by you").count(), 0, "one message of them both");

    await quietEnds(code);
    await run(code, "quick.jl");
    await play("waits");
    await code.rows("Jobs", "quick.jl, Waiting for a machine for 10 min").waitFor();
    await play("joins");
    await starting.first().waitFor();
    await nearItsLimit(code, "quick.jl");
    assert.equal(await code.toast("has been waiting").count(), 0, "this notice is turned off");
    await play("ends");
    await code.rows("Jobs", "quick.jl, Completed").waitFor();
    await code.openFile("waits.jl");
    await run(code, "waits.jl");
    await play("joins");
    await code.rows("Jobs", "waits.jl, Starting").waitFor();
    await nearItsLimit(code, "waits.jl");
    assert.equal(await code.toast("quick.jl finished").count(), 0, "and so is this one");
    await play("ends");
    await code.rows("Jobs", "waits.jl, Completed").waitFor();
  }));
