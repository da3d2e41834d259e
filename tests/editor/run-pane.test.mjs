import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("a job as its user wants it", () =>
  inWorkbench("run-pane", async (code) => {
    await code.openFile("main.jl");
    await code.openView("JuliaHub");
    const pane = code.page.frameLocator("iframe.webview.ready:visible").frameLocator("iframe");
    await pane.getByRole("button", { name: "Open main.jl" }).waitFor();
    await pane.getByText(/\d+ files?, /).waitFor();
    await comesTo(pane, "1 process on 1 node");
    await code.screenshot("40-run-pane");
    await inSight(code, pane);

    await filesChosen(code, pane);
    await distributed(code, pane);
    await wrongValue(code, pane);
    await reloaded(code, pane);
    await saved(code, pane);
    await started(code, pane);
    await again(code, pane);
    await unsubmitted(code, pane);
  }));

/** The form down to what it comes to, then room for jobs: nobody has to scroll or drag for the first one. */
async function inSight(code, pane) {
  await code.tried(async () => {
    const drawing = await pane.locator(".drawing").first().boundingBox();
    const start = await pane.getByRole("button", { name: "Start job" }).boundingBox();
    assert.ok(drawing.y + drawing.height <= start.y, `what it comes to ends at ${drawing.y + drawing.height}, above the button at ${start.y}`);
    const { height } = await code.page.locator('.pane:has(> .pane-header[aria-label*="Jobs"]) .pane-body').boundingBox();
    assert.ok(height >= 5 * 22, `the jobs have ${height} pixels, enough for five rows`);
  });
}

/** A manifest from elsewhere: the Bundle view shows what would go along with it, and without it again. */
async function filesChosen(code, pane) {
  const none = pane.getByText("no manifest", { exact: true });
  await code.until(none, () => pane.locator(".environment:not([open]) summary").click());
  const manifest = code.rows("Bundle", "Manifest.toml");
  assert.equal(await manifest.count(), 0);
  await code.until(code.answer("Project.toml"), () => pane.getByRole("button", { name: "Choose another manifest…" }).click());
  await code.screenshot("45-run-pane-dialog");
  await code.input.fill(process.env.PINNED);
  await code.pick("Manifest.toml");
  await pane.getByRole("button", { name: "Manifest: pinned/Manifest.toml" }).waitFor();
  await manifest.waitFor();
  await code.screenshot("46-run-pane-files");
  await code.until(none, () => pane.getByRole("button", { name: "Manifest: As Julia finds it" }).click());
  await manifest.waitFor({ state: "detached" });
  await code.tried(async () => {
    await pane.getByRole("combobox", { name: "Filled" }).selectOption("Start over");
    await filled(pane, "With the defaults");
  });
  await code.until(pane.locator(".environment:not([open])"), () => pane.locator(".environment[open] summary").click());
}

/** What follows from a choice is there at once. */
async function distributed(code, pane) {
  const perNode = pane.getByLabel("Per node", { exact: true });
  await code.until(perNode, () => pane.getByRole("radio", { name: "distributed" }).click());
  await code.until(pane.getByText(/1 master \+ \d+ workers? on 2 nodes/).first(), () => perNode.selectOption("one per vCPU"));
  await code.screenshot("41-run-pane-distributed");
}

/** Said beside the field while it is typed, and by the button; the field keeps its caret. */
async function wrongValue(code, pane) {
  const limit = pane.getByRole("textbox", { name: "Limit, in hours" });
  await limit.fill("");
  await limit.pressSequentially("-2");
  await pane.locator(".remark.error").first().waitFor();
  assert.equal(await pane.getByRole("button", { name: "Start job" }).getAttribute("aria-disabled"), "true");
  await code.screenshot("42-run-pane-wrong");
  await limit.press("Home");
  await limit.press("Delete");
  await pane.locator(".remark.error").first().waitFor({ state: "detached" });
  assert.equal(await limit.inputValue(), "2");
}

/** Nothing that was chosen is lost with the window. */
async function reloaded(code, pane) {
  await code.reload();
  await pane.getByText(/1 master \+ \d+ workers? on 2 nodes/).first().waitFor();
  assert.equal(await pane.getByRole("textbox", { name: "Limit, in hours" }).inputValue(), "2");
  await filled(pane, "With the defaults, changed");
  await code.screenshot("43-run-pane-reloaded");
}

/** In the workspace's file, under a name. */
async function saved(code, pane) {
  await code.until(code.input, () => pane.getByRole("button", { name: "Save as a configuration" }).click());
  await code.reply("Save as a configuration", "two hours");
  await code.toast("Saved as “two hours”").waitFor();
  const file = readFileSync(path.join(process.env.HOST_FOLDER, ".vscode", "juliahub.toml"), "utf8");
  assert.match(file, /two hours/);
  assert.match(file, /time-limit = 2/);
  await filled(pane, "two hours");
}

async function started(code, pane) {
  await code.until(code.rows("Jobs", "main.jl").first(), () => pane.getByRole("button", { name: "Start job" }).click());
  await code.shows("main.jl log", "workers: ");
  await code.toast("main.jl finished in").waitFor();
  await filled(pane, "As it ran last");
  await code.screenshot("44-run-pane-started");
}

/** With what the job ran with, whatever the form held. */
async function again(code, pane) {
  await code.until(pane.getByText("1 process on 1 node").first(), () => pane.getByRole("radio", { name: "one", exact: true }).click());
  await code.command("JuliaHub: Run Again With Changes…");
  await code.pick("main.jl");
  await pane.getByText(/1 master \+ \d+ workers? on 2 nodes/).first().waitFor();
  await filled(pane, "As that job ran");
  assert.equal(await pane.getByRole("textbox", { name: "Limit, in hours" }).inputValue(), "2");
}

/** What stands in the form holds for every gesture that runs the script. */
async function unsubmitted(code, pane) {
  await code.until(pane.getByText("1 process on 1 node").first(), () => pane.getByRole("radio", { name: "one", exact: true }).click());
  await code.command("JuliaHub: Run This File");
  await code.rows("Jobs", "main.jl").nth(1).waitFor();
  await filled(pane, "As it ran last");
  await comesTo(pane, "1 process on 1 node");
}

/** Waits until the form says in these very words what it comes to. */
function comesTo(pane, words) {
  return pane.locator(".drawing .summary", { hasText: new RegExp(`^${words}$`) }).waitFor();
}

/** Waits until it is filled with that, by these very words. */
function filled(pane, words) {
  return pane.locator("select[aria-label=Filled] option:checked", { hasText: new RegExp(`^${words}$`) }).waitFor({ state: "attached" });
}
