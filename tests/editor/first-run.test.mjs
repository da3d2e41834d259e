import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

const THEMES = { light: "Default Light Modern", dark: "Default Dark Modern", "high-contrast": "Default High Contrast" };

test("after installing: the daemon runs, the views say what to do, a tour leads on", () =>
  inWorkbench("first-run", async (code) => {
    await code.openView("JuliaHub");
    await code.status("⬢ This computer").waitFor();
    await code.page.getByText("no Julia project in this folder").waitFor();
    await code.page.getByText("Open a Julia script to see which files go along").waitFor();
    assert.equal(await code.page.locator(".notification-toast").count(), 0);
    await code.screenshot("welcome-no-project");
    await code.openFile("alone.jl");
    await code.page.locator(".pane-body").getByText("Take the tour", { exact: true }).first().click();
    await code.page.locator(".getting-started-step", { hasText: "Open a Julia script" }).waitFor();
    for (const [name, theme] of Object.entries(THEMES)) {
      await code.command("Preferences: Color Theme");
      await code.pick(theme);
      await code.page.locator(`.monaco-workbench.${{ light: "vs", dark: "vs-dark", "high-contrast": "hc-black" }[name]}`).waitFor();
      await code.page.locator(".getting-started-step", { hasText: "Run it" }).click();
      await code.screenshot(`walkthrough-${name}`);
      await code.page.locator(".getting-started-step", { hasText: "Open a Julia script" }).click();
    }
  }));
