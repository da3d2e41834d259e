import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { until } from "./support/daemon.mjs";
import { inWorkbench } from "./support/session.mjs";

test("a start that hangs is ended by hand; an older helper program is told once; signed out, the jobs offer to sign in", () =>
  inWorkbench("another-daemon", async (code) => {
    await code.openView("JuliaHub");
    await code.status("⬢ JuliaHub").waitFor();
    await until(code, "the helper program was started", () => existsSync(path.join(process.env.HOST_RUN, "home", "hangs")));
    await code.command("JuliaHub: Restart");
    const warning = code.toast("is older than JuliaHub's extension");
    await warning.waitFor();
    assert.match(await warning.innerText(), /The helper program \(0\.0\.9\) is older than JuliaHub's extension \(\d+\.\d+\.\d+\)\. Update the program/);
    await code.page.getByText("You are signed out of the server where scripts run.").waitFor();
    await code.screenshot("welcome-signed-out");
    await warning.getByRole("button", { name: "Open Settings" }).click();
    await code.page.locator(".settings-editor").waitFor();
    await code.command("JuliaHub: Restart");
    await code.status("⬢ 127.0.0.1").waitFor();
    assert.equal(await code.page.locator(".notification-toast").count(), 0);
  }));
