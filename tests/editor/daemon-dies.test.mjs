import assert from "node:assert/strict";
import test from "node:test";
import { daemonRuns, daemons, newDaemon } from "./support/daemon.mjs";
import { inWorkbench } from "./support/session.mjs";

test("a daemon that dies is started again, silently at first", () =>
  inWorkbench("daemon-dies", async (code) => {
    const seen = daemons(); // of a window before, which may still end
    await code.openFile("main.jl");
    await code.status("⬢ This computer").waitFor();
    for (let death = 0; death < 4; death += 1) {
      const pid = await newDaemon(seen);
      await daemonRuns(code);
      assert.equal(await code.page.locator(".notification-toast").count(), 0);
      seen.push(pid);
      process.kill(pid, "SIGKILL");
    }
    const message = code.toast("was not started again");
    await message.waitFor();
    await message.getByRole("button", { name: "Show Log" }).waitFor();
    await code.openView("JuliaHub");
    await code.webview("helper program is not running");
    await code.screenshot("10-daemon-gone");
    await code.until(code.toast("nothing has been sent"), () => message.getByRole("button", { name: "Report" }).click());
    await code.shows("What happened", "Jobs for JuliaHub");
    await code.screenshot("report");
    await code.until(code.status("⬢ This computer"), () => code.status("⬢ JuliaHub").click());
    await newDaemon(seen);
    assert.equal(daemons().length, 1);
  }));
