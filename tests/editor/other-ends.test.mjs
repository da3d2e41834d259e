import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { inWorkbench, openBoth } from "./support/session.mjs";

test("a job fails: the reason is in the notification, the pane and the log", () =>
  inWorkbench("fails", async (code) => {
    await openBoth(code, "fails.jl");
    await code.command("JuliaHub: Run This File");
    const ended = code.toast("fails.jl — Failed");
    await ended.waitFor();
    assert.match(await ended.innerText(), /no such luck/);
    await code.row("no such luck").locator(".codicon-error").waitFor();
    await code.shows("fails.jl log", "Error: no such luck");
    await code.screenshot("06-failed");
  }));

test("a job is stopped; what was not saved is saved before a run", () =>
  inWorkbench("stopped", async (code) => {
    await openBoth(code, "waits.jl");
    await code.focusEditor("waits.jl");
    await code.page.keyboard.press("Control+Home");
    await code.page.keyboard.type("# an edit");
    await code.page.keyboard.press("Enter");
    await code.command("JuliaHub: Run This File");
    await code.shows("waits.jl log", "waiting");
    assert.match(readFileSync(path.join(process.env.HOST_FOLDER, "waits.jl"), "utf8"), /^# an edit\n/);
    await code.command("JuliaHub: Stop Job");
    await code.pick("waits.jl");
    await code.toast("waits.jl — Stopped").waitFor();
    await code.row("waits.jl").locator(".codicon-circle-slash").waitFor();
    await code.screenshot("07-stopped");
  }));
