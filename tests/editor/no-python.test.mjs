import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("without a Python there is one message, and a way to the setting", () =>
  inWorkbench("no-python", async (code) => {
    await code.openFile("main.jl");
    const message = code.toast("JuliaHub needs Python");
    await message.waitFor();
    assert.match(await message.innerText(), /JuliaHub needs Python 3\.10 to 3\.\d+, and the one in the settings \(\/nowhere\/python3\) does not start/);
    await code.openView("JuliaHub");
    await code.page.getByText("helper program is not running. Jobs that run already go on without it.").waitFor();
    await code.form.getByText("helper program is not running.").waitFor();
    await code.form.getByRole("button", { name: "Start It" }).waitFor();
    assert.equal(await code.page.locator(".notification-toast").count(), 1);
    await code.screenshot("11-no-python");
    await code.until(code.page.locator(".settings-editor"), () => message.getByRole("button", { name: "Open Settings" }).click());
  }));
