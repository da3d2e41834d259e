import test from "node:test";
import { newDaemon } from "./support/daemon.mjs";
import { inWorkbench, openBoth } from "./support/session.mjs";

test("a job outlives the daemon and the window, its log misses nothing", () =>
  inWorkbench("breaks", async (code) => {
    await openBoth(code, "ticks.jl");
    await code.focusEditor("ticks.jl");
    await code.command("JuliaHub: Run This File");
    await code.shows("ticks.jl log", "tick 3");
    process.kill(await newDaemon(code), "SIGKILL");
    await code.shows("ticks.jl log", "nothing missing");
    await code.screenshot("13-resumed");

    await Promise.all([code.page.waitForEvent("domcontentloaded"), code.command("Developer: Reload Window")]);
    await code.shows("ticks.jl log", "tick 3");
    await code.toast("ticks.jl finished in").waitFor();
    await code.shows("ticks.jl log", "tick 60");
    await code.shows("ticks.jl log", "end of the log");
    await code.row("ticks.jl").locator(".codicon-pass").waitFor();
  }));
