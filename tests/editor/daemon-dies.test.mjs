import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

/** Process ids of this host's daemon, known by the folder that the extension is installed in. */
function daemons() {
  const table = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  const ours = table.split("\n").filter((line) => line.includes(process.env.HOST_RUN) && line.includes("launch.py"));
  return ours.map((line) => Number(line.trim().split(" ", 1)[0]));
}

async function newDaemon(code, former) {
  for (;;) {
    const [pid] = daemons().filter((candidate) => !former.includes(candidate));
    if (pid !== undefined) return pid;
    await code.page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

test("a daemon that dies is started again, silently at first", () =>
  inWorkbench("daemon-dies", async (code) => {
    await code.openFile("main.jl");
    await code.status("⬢ This computer").waitFor();
    const seen = [];
    for (let death = 0; death < 4; death += 1) {
      const pid = await newDaemon(code, seen);
      await code.status("⬢ This computer").waitFor();
      assert.equal(await code.page.locator(".notification-toast").count(), 0);
      seen.push(pid);
      process.kill(pid, "SIGKILL");
    }
    await code.toast("was not started again").waitFor();
    await code.openView("JuliaHub");
    await code.page.getByText("helper program is not running").first().waitFor();
    await code.screenshot("10-daemon-gone");
    await code.page.locator(".pane-body").getByRole("button", { name: "Start It" }).click();
    await code.status("⬢ This computer").waitFor();
    assert.equal(daemons().length, 1);
  }));
