import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("nothing starts before the workspace is trusted", () =>
  inWorkbench("untrusted", async (code) => {
    await code.page.getByRole("button", { name: "No, I don't trust the authors" }).click();
    await code.openFile("main.jl");
    await code.openView("JuliaHub");
    await code.page.getByText("nothing runs and nothing is uploaded").first().waitFor();
    assert.equal(await code.page.locator(".statusbar-item", { hasText: "⬢" }).count(), 0);
    await code.webview("nothing runs and nothing is uploaded");
    await code.screenshot("12-untrusted");
    await code.page.locator(".codelens-decoration a", { hasText: "Run on JuliaHub" }).click();
    await code.toast("Nothing runs in a workspace that is not trusted.").waitFor();
    assert.equal(await code.page.locator(".statusbar-item", { hasText: "⬢" }).count(), 0);
    await code.page.locator(".pane-body").getByRole("button", { name: "Manage Workspace Trust" }).first().click();
    await code.page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
    await code.status("⬢ This computer").waitFor();
    await code.form.getByRole("button", { name: "Start job" }).waitFor();
  }));
