import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("nothing starts before the workspace is trusted", () =>
  inWorkbench("untrusted", async (code) => {
    const no = code.page.getByRole("button", { name: "No, I don't trust the authors" });
    await code.again(() => no.click(), (timeout) => no.waitFor({ state: "hidden", timeout }));
    await code.openFile("main.jl");
    await code.openView("JuliaHub");
    await code.page.getByText("nothing runs and nothing is uploaded").first().waitFor();
    assert.equal(await code.page.locator(".statusbar-item", { hasText: "⬢" }).count(), 0);
    await code.webview("nothing runs and nothing is uploaded");
    await code.screenshot("12-untrusted");
    const lens = code.page.locator(".codelens-decoration a", { hasText: "Run on JuliaHub" });
    await code.until(code.toast("Nothing runs in a workspace that is not trusted."), () => lens.click());
    assert.equal(await code.page.locator(".statusbar-item", { hasText: "⬢" }).count(), 0);
    const trust = code.page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true });
    await code.until(trust, () => code.page.locator(".pane-body").getByRole("button", { name: "Manage Workspace Trust" }).first().click());
    await code.until(code.status("⬢ This computer"), () => trust.click());
    await code.form.getByRole("button", { name: "Start job" }).waitFor();
  }));
