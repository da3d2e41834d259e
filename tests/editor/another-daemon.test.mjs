import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { daemonRuns, until } from "./support/daemon.mjs";
import { inWorkbench } from "./support/session.mjs";

const STARTS = path.join(process.env.HOST_RUN, "home", "starts");

/** How often the helper program was started. */
function starts() {
  return existsSync(STARTS) ? readFileSync(STARTS, "utf8").length : 0;
}

test("a start that hangs is ended by hand; an older helper program is told once; signed out, the jobs offer to sign in", () =>
  inWorkbench("another-daemon", async (code) => {
    await code.openView("JuliaHub");
    await code.status("⬢ JuliaHub").waitFor();
    await until("the helper program was started", () => starts() === 1);
    await code.command("JuliaHub: Restart");
    const warning = code.toast("is older than JuliaHub's extension");
    await warning.waitFor();
    assert.match(await warning.innerText(), /The helper program \(0\.0\.9\) is older than JuliaHub's extension \(\d+\.\d+\.\d+\)\. Update the program/);
    await code.page.getByText("You are signed out of the server where scripts run.").waitFor();
    await code.screenshot("welcome-signed-out");
    await code.until(code.page.locator(".settings-editor"), () => warning.getByRole("button", { name: "Open Settings" }).click());
    await code.command("JuliaHub: Restart");
    await until("the helper program was started once more", () => starts() === 3);
    await daemonRuns(code);
    assert.equal(await code.page.locator(".notification-toast").count(), 0);
  }));
