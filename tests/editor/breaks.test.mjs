import { writeFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { daemons, newDaemon } from "./support/daemon.mjs";
import { inWorkbench, openBoth } from "./support/session.mjs";

test("a job outlives the daemon and the window, its log misses nothing", () =>
  inWorkbench("breaks", async (code) => {
    const former = daemons(); // of a window before, which may still end
    await openBoth(code, "ticks.jl");
    await code.focusEditor("ticks.jl");
    await code.command("JuliaHub: Run This File");
    await code.shows("ticks.jl log", "tick 3");
    process.kill(await newDaemon(former), "SIGKILL");
    await code.shows("ticks.jl log", "nothing missing");
    await code.screenshot("13-resumed");

    await code.reload();
    await code.shows("ticks.jl log", "tick 3");
    writeFileSync(path.join(process.env.HOST_FOLDER, "go-on"), "");
    await code.toast("ticks.jl finished in").waitFor();
    await code.shows("ticks.jl log", "tick 60");
    await code.shows("ticks.jl log", "end of the log");
    await code.row("ticks.jl").locator(".codicon-pass").waitFor();
  }));
