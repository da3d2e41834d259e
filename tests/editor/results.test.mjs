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
  await code.clearNotifications();
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

/** How much of the large file is there while it is downloaded; undefined before and after. */
function part() {
  const jobs = existsSync(SAVED) ? readdirSync(SAVED) : [];
  const sizes = jobs.map((job) => statSync(path.join(SAVED, job, "large.bin.part"), { throwIfNoEntry: false })?.size);
  return sizes.find((size) => size !== undefined);
}

/** Begins the download, and has the hub of this process id hold still as soon as something is there: so it stays under way. */
async function beginDownload(code, pid) {
  const held = until("the download has begun", () => part() > 0, 2).then(() => process.kill(pid, "SIGSTOP"));
  const button = page(code).getByRole("button", { name: "Download large.bin" });
  await Promise.all([held, code.until(page(code).getByRole("progressbar"), () => button.click())]);
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
    const downloaded = page(code).getByRole("img", { name: /Downloaded, checked and unpacked: 2 files/ });
    await code.until(downloaded, () => page(code).getByRole("button", { name: "Download all" }).click());
    const [job] = readdirSync(SAVED);
    const files = readdirSync(path.join(SAVED, job), { recursive: true }).map(String);
    assert.ok(files.some((name) => name.endsWith("loss.svg")) && files.some((name) => name.endsWith("loss.csv")), files.join(", "));
    await code.screenshot("results-downloaded");
    await code.reload();
    await downloaded.waitFor();
  }));

test("a large file is paused and goes on; goes on by itself when the helper program dies", () =>
  inWorkbench("results-large", async (code) => {
    await run(code, "narrow.jl");
    await showResults(code, "narrow.jl");
    const stopped = hub();
    try {
      await beginDownload(code, stopped);
      await code.screenshot("results-progress");
      const pause = page(code).getByRole("button", { name: "Pause the download of large.bin" });
      await code.again(() => pause.click(), (timeout) => pause.waitFor({ state: "detached", timeout }));
    } finally {
      process.kill(stopped, "SIGCONT");
    }
    await page(code).getByText("Paused at").waitFor();
    const kept = part();
    assert.ok(kept > 0 && kept < 300_000_000, String(kept));
    await code.screenshot("results-paused");
    const downloaded = page(code).getByRole("img", { name: "Downloaded, its SHA-256 is the server's" });
    await code.until(downloaded, () => page(code).getByRole("button", { name: "Resume the download of large.bin" }).click());
    assert.equal(part(), undefined);
    const [job] = readdirSync(SAVED).filter((name) => existsSync(path.join(SAVED, name, "large.bin")));
    rmSync(path.join(SAVED, job, "large.bin"));
    await code.until(page(code).getByRole("button", { name: "Download large.bin" }), () => page(code).getByRole("button", { name: "Refresh" }).click());
    try {
      await beginDownload(code, stopped);
      for (const pid of daemons()) process.kill(pid, "SIGKILL");
    } finally {
      process.kill(stopped, "SIGCONT");
    }
    await downloaded.waitFor();
    assert.equal(await code.page.locator(".notification-toast").count(), 0);
  }));

test("two jobs side by side: sorted, only what differs, saved as CSV", () =>
  inWorkbench("results-compare", async (code) => {
    await openBoth(code, "wide.jl");
    await code.row("wide.jl").waitFor();
    await code.command("JuliaHub: Compare Jobs");
    for (const script of ["narrow.jl", "wide.jl"]) { // a mark: the question stays
      const mark = (isSet) => code.answer(script).locator(`[role=checkbox][aria-checked=${isSet}]`);
      await code.until(mark(true), () => mark(false).click());
    }
    await code.accept();
    await page(code).getByRole("heading", { name: "2 jobs side by side", exact: true }).waitFor();
    const names = page(code).locator("thead th .job .link");
    assert.deepEqual(await names.allTextContents(), ["narrow.jl", "wide.jl"]);
    await page(code).getByRole("img", { name: "from 2 to 0.1 over 20 values" }).waitFor();
    await code.screenshot("compare");
    await page(code).getByTitle("Sort the jobs by loss").click();
    assert.deepEqual(await names.allTextContents(), ["wide.jl", "narrow.jl"]);
    const shared = page(code).getByText("shared", { exact: true });
    await code.again(() => page(code).getByLabel("Only differences").check(), (timeout) => shared.waitFor({ state: "detached", timeout }));
    await code.screenshot("compare-sorted");
    await code.until(code.input, () => page(code).getByRole("button", { name: "Export as CSV…" }).click());
    await code.accept();
    await code.toast("comparison.csv").waitFor();
    const text = readFileSync(path.join(process.env.HOST_FOLDER, "comparison.csv"), "utf8");
    assert.match(text, /^Section,Name,narrow\.jl \(jr-\w+\),wide\.jl \(jr-\w+\)\r\n/);
    assert.match(text, /\r\nResults,loss,0\.5,0\.25\r\n/);
    assert.match(text, /\r\nResults,note,'=1\+1,'=1\+1\r\n/);
  }));
