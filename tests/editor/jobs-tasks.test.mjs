import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench, openBoth } from "./support/session.mjs";

async function runTask(code, name) {
  await code.openTasks(name);
  await code.pick(name);
}

async function terminate(code, name) {
  await code.command("Tasks: Terminate Task");
  await code.pick(name);
}

/** Waits until a terminal shows `text`. */
async function prints(code, text) {
  await code.page.waitForFunction(
    (wanted) => [...document.querySelectorAll(".xterm-rows")].some((rows) => rows.textContent.replaceAll("\u00a0", " ").includes(wanted)),
    text,
  );
}

test("a task shows the log of its job, and ends as the job does", () =>
  inWorkbench("jobs-tasks", async (code) => {
    await openBoth(code, "quick.jl");
    await code.page.keyboard.press("Control+Home");
    await code.page.keyboard.press("Shift+End");
    await runTask(code, "Run selected");
    await prints(code, "quick");
    await prints(code, "── Completed");
    const newest = code.rows("Jobs", "quick.jl").first(); // those of the tests before are there, too
    await newest.locator(".codicon-pass").waitFor();
    assert.ok(!(await newest.innerText()).includes("answer"), "the second line was not selected");
    await code.screenshot("jobs-task-completed");

    await runTask(code, "Run fails");
    await prints(code, "── Failed");
    await prints(code, "exit code: 1");
    await code.screenshot("jobs-task-failed");
    await code.command("Problems: Focus on Problems View");
    await code.page.locator(".markers-panel .monaco-list-row", { hasText: "no such luck" }).waitFor();
    await code.screenshot("jobs-task-problem");
  }));

test("a job outlives the window that its task ran in; a task that is ended asks its job to stop", () =>
  inWorkbench("jobs-tasks-stop", async (code) => {
    await openBoth(code, "waits.jl");
    await runTask(code, "Run waits");
    await prints(code, "waiting");
    await code.reload();
    const running = code.rows("Jobs", "waits.jl").filter({ has: code.page.locator(".codicon-loading") });
    await running.first().waitFor();

    await runTask(code, "Run waits");
    await running.nth(1).waitFor();
    await prints(code, "waiting");
    await terminate(code, "Run waits");
    await code.toast("waits.jl — Stopped by you").waitFor();
    await running.nth(1).waitFor({ state: "detached" });
    assert.equal(await running.count(), 1, "the job of the former window goes on");
    await code.screenshot("jobs-task-stopped");
    await code.command("JuliaHub: Stop Job");
    await code.pick("waits.jl");
    await running.waitFor({ state: "detached" });
  }));

test("before its limit a job can have more time, where the notice is", () =>
  inWorkbench("jobs-notice", async (code) => {
    await openBoth(code, "waits.jl");
    await runTask(code, "Run briefly");
    const notice = code.toast("brief reaches its time limit in 1 minute and is stopped then.");
    await notice.waitFor();
    await code.screenshot("jobs-notice");
    await code.until(code.answer("15 minutes"), () => notice.getByRole("button", { name: "Extend" }).click());
    await code.pick("15 minutes");
    await code.rows("Jobs", "brief").filter({ hasText: "/ 16:12" }).waitFor();
    await terminate(code, "Run briefly");
    await code.toast("brief — Stopped").waitFor();
  }));
