import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { daemons, until } from "./support/daemon.mjs";
import { inWorkbench, openBoth } from "./support/session.mjs";

const SAVED = path.join(process.env.HOST_FOLDER, "juliahub-results");

/** The page in the editor tab that is shown, two frames deep; the Run pane is a page as well, of a view. */
function page(code) {
  return code.page.frameLocator('iframe.webview.ready:visible:not([src*="purpose=webviewView"])').frameLocator("iframe");
}

async function run(code, script) {
  await code.openFile(script);
  await code.command("JuliaHub: Run This File");
  await code.toast(`${script} finished in`).waitFor();
  await code.command("Notifications: Clear All Notifications");
}

async function showResults(code, script) {
  await code.command("JuliaHub: Show Results");
  await code.pick(script);
  await code.page.locator(`.tab.active[aria-label*="${script} results"]`).waitFor();
  await page(code).getByRole("heading", { name: script, exact: true }).waitFor();
}

/** The process id of this host's hub, known by its folder for data. */
function hub() {
  const table = execFileSync("ps", ["-ww", "-eo", "pid=,args="], { encoding: "utf8" });
  const line = table.split("\n").find((process_) => process_.includes("localhub.embedded") && process_.includes(process.env.HOST_RUN));
  assert.ok(line !== undefined, "the hub is running");
  return Number(line.trim().split(" ", 1)[0]);
}

/** The download of the large file as it grows. */
function part() {
  const [job] = existsSync(SAVED) ? readdirSync(SAVED).filter((name) => existsSync(path.join(SAVED, name, "large.bin.part"))) : [];
  return job === undefined ? undefined : path.join(SAVED, job, "large.bin.part");
}

test("a summary, a figure and a table in place; fetched with a click", () =>
  inWorkbench("results", async (code) => {
    await run(code, "wide.jl");
    await showResults(code, "wide.jl");
    await page(code).getByRole("rowheader", { name: "steps" }).waitFor();
    await page(code).getByRole("img", { name: "Preview of out/loss.svg" }).or(page(code).getByRole("img", { name: "Preview of loss.svg" })).waitFor();
    await page(code).getByRole("columnheader", { name: "epoch" }).waitFor();
    assert.equal(await page(code).locator("body").evaluate(() => window.hacked), undefined);
    await code.screenshot("results-summary");
    await page(code).getByRole("button", { name: "Download all" }).click();
    await page(code).getByRole("img", { name: /Downloaded, checked and unpacked: 2 files/ }).waitFor();
    const [job] = readdirSync(SAVED);
    const files = readdirSync(path.join(SAVED, job), { recursive: true }).map(String);
    assert.ok(files.some((name) => name.endsWith("loss.svg")) && files.some((name) => name.endsWith("loss.csv")), files.join(", "));
    await code.screenshot("results-downloaded");
    await Promise.all([code.page.waitForEvent("domcontentloaded"), code.command("Developer: Reload Window")]);
    await page(code).getByRole("img", { name: /Downloaded, checked and unpacked: 2 files/ }).waitFor();
  }));

test("a large file is paused and goes on; goes on by itself when the helper program dies", () =>
  inWorkbench("results-large", async (code) => {
    await run(code, "narrow.jl");
    await showResults(code, "narrow.jl");
    const stopped = hub();
    await page(code).getByRole("button", { name: "Download large.bin" }).click();
    await until(code, "the download has begun", () => part() !== undefined && statSync(part()).size > 0);
    process.kill(stopped, "SIGSTOP"); // so that the download is still under way when the button is pressed
    try {
      await page(code).getByRole("progressbar").waitFor();
      await code.screenshot("results-progress");
      await page(code).getByRole("button", { name: "Pause the download of large.bin" }).click();
    } finally {
      process.kill(stopped, "SIGCONT");
    }
    await page(code).getByText("Paused at").waitFor();
    const kept = statSync(part()).size;
    assert.ok(kept > 0 && kept < 300_000_000, String(kept));
    await code.screenshot("results-paused");
    await page(code).getByRole("button", { name: "Resume the download of large.bin" }).click();
    await page(code).getByRole("img", { name: "Downloaded, its SHA-256 is the server's" }).waitFor();
    assert.equal(part(), undefined);
    const [job] = readdirSync(SAVED).filter((name) => existsSync(path.join(SAVED, name, "large.bin")));
    rmSync(path.join(SAVED, job, "large.bin"));
    await page(code).getByRole("button", { name: "Refresh" }).click();
    await page(code).getByRole("button", { name: "Download large.bin" }).click();
    await until(code, "the download has begun again", () => part() !== undefined && statSync(part()).size > 0);
    process.kill(stopped, "SIGSTOP"); // so that the download is still under way when the helper program dies
    try {
      for (const pid of daemons()) process.kill(pid, "SIGKILL");
    } finally {
      process.kill(stopped, "SIGCONT");
    }
    await page(code).getByRole("img", { name: "Downloaded, its SHA-256 is the server's" }).waitFor();
    assert.equal(await code.page.locator(".notification-toast").count(), 0);
  }));

test("two jobs side by side: sorted, only what differs, saved as CSV", () =>
  inWorkbench("results-compare", async (code) => {
    await openBoth(code, "wide.jl");
    await code.row("wide.jl").waitFor();
    await code.command("JuliaHub: Compare Jobs");
    for (const script of ["narrow.jl", "wide.jl"]) await code.answer(script).click(); // a mark: the question stays
    await code.page.keyboard.press("Enter");
    await page(code).getByRole("heading", { name: "2 jobs side by side", exact: true }).waitFor();
    const names = page(code).locator("thead th .job .link");
    assert.deepEqual(await names.allTextContents(), ["narrow.jl", "wide.jl"]);
    await page(code).getByRole("img", { name: "from 2 to 0.1 over 20 values" }).waitFor();
    await code.screenshot("compare");
    await page(code).getByTitle("Sort the jobs by loss").click();
    assert.deepEqual(await names.allTextContents(), ["wide.jl", "narrow.jl"]);
    await page(code).getByLabel("Only differences").check();
    await page(code).getByText("shared", { exact: true }).waitFor({ state: "detached" });
    await code.screenshot("compare-sorted");
    await page(code).getByRole("button", { name: "Export as CSV…" }).click();
    await code.page.locator(".quick-input-widget input[type=text]").waitFor();
    await code.page.keyboard.press("Enter");
    await code.toast("comparison.csv").waitFor();
    const text = readFileSync(path.join(process.env.HOST_FOLDER, "comparison.csv"), "utf8");
    assert.match(text, /^Section,Name,narrow\.jl \(jr-\w+\),wide\.jl \(jr-\w+\)\r\n/);
    assert.match(text, /\r\nResults,loss,0\.5,0\.25\r\n/);
    assert.match(text, /\r\nResults,note,'=1\+1,'=1\+1\r\n/);
  }));
