import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { inWorkbench, openBoth } from "./support/session.mjs";

test("a job by keyboard, once more, a part of it; its details", () =>
  inWorkbench("jobs-again", async (code) => {
    await openBoth(code, "quick.jl");
    const lens = code.page.locator(".codelens-decoration", { hasText: "Run on JuliaHub" });
    set({ "juliahub.notifications.ended": false, "[julia]": { "juliahub.codeLens": false } });
    await lens.waitFor({ state: "detached" });
    await code.focusEditor("quick.jl");
    await code.page.keyboard.press("Control+Alt+J");
    await code.row("quick.jl").locator(".codicon-pass").waitFor();

    await code.menu(code.rows("Jobs", "quick.jl").first(), "Run Again");
    await code.screenshot("jobs-menu");
    await code.closeMenu();
    set({});
    await lens.waitFor();
    await code.choose(code.rows("Jobs", "quick.jl").first(), "Run Again");
    await code.rows("Jobs", "quick.jl").nth(1).waitFor();
    await code.toast("quick.jl finished in").waitFor();
    assert.equal(await code.page.locator(".notification-toast", { hasText: "finished in" }).count(), 1, "nothing told of the first");

    await code.focusEditor("quick.jl");
    await code.page.keyboard.press("Control+Home");
    await code.page.keyboard.press("Shift+End");
    await code.page.keyboard.press("Control+Alt+J");
    await code.row("quick.jl (selection)").locator(".codicon-pass").waitFor();
    await code.shows("quick.jl (selection) log", "quick");

    const command = await code.copied("juliahub submit", () => code.choose(code.rows("Jobs", "quick.jl").nth(1), "Copy as CLI Command"));
    assert.match(command, /quick\.jl/);
    const [newest, older] = [code.rows("Jobs", "quick.jl").first(), code.rows("Jobs", "quick.jl").nth(1)];
    const selected = code.rows("Jobs", "quick.jl").locator("xpath=self::*[@aria-selected='true']");
    await code.until(selected.first(), () => older.click());
    await code.until(selected.nth(1), () => newest.click({ modifiers: ["Control"] }));
    await code.menu(code.rows("Jobs", "quick.jl").first(), "Compare Jobs…");
    const again = code.page.getByRole("menuitem", { name: "Run Again", exact: true });
    assert.equal(await again.count(), 0, "of several jobs only what is about several is offered");
    await code.screenshot("jobs-menu-several");
    await code.closeMenu();

    await code.command("JuliaHub: Show Job Details");
    await code.pick("quick.jl (selection)");
    await code.page.locator('.tab.active[aria-label*="Preview quick.jl (selection)"]').waitFor();
    const page = code.page.frameLocator("iframe.webview.ready:visible").last().frameLocator("iframe");
    await page.getByRole("cell", { name: "this-computer" }).waitFor();
    await code.screenshot("jobs-details");
  }));

test("more time, the status bar, a filter that outlives a reload, stop", () =>
  inWorkbench("jobs-filter", async (code) => {
    await openBoth(code, "waits.jl");
    await code.command("JuliaHub: Run This File");
    await code.shows("waits.jl log", "waiting");
    await code.command("JuliaHub: Extend Job");
    await code.pick("waits.jl");
    await code.pick("15 minutes");
    await code.row("/ 1:15 h").waitFor();
    await code.until(code.answer("waits.jl"), () => code.status("left").click());
    await code.screenshot("jobs-status-pick");
    await code.page.keyboard.press("Escape");

    await code.command("JuliaHub: Filter Jobs");
    await code.input.fill("quick");
    await code.rows("Jobs", "waits.jl").waitFor({ state: "detached" });
    await code.screenshot("jobs-filter");
    await code.accept();
    await code.page.getByText("Only: “quick”").waitFor();
    await code.reload();
    await code.rows("Jobs", "quick.jl").first().waitFor();
    assert.equal(await code.rows("Jobs", "waits.jl").count(), 0);
    await code.command("JuliaHub: Show All Jobs");
    const waits = code.rows("Jobs", "waits.jl").first();
    await waits.waitFor();

    await code.until(code.rows("Jobs", "waits.jl, Stop").first(), async () => {
      await waits.hover();
      await waits.getByRole("button", { name: "Stop Job" }).click();
    });
    await code.toast("waits.jl — Stopped").waitFor();
    await waits.locator(".codicon-circle-slash").waitFor();
    assert.match(await waits.getAttribute("aria-label"), /^waits\.jl, Stopped/);
    for (const theme of ["Light Modern", "Dark High Contrast", "Dark Modern"]) {
      await code.theme(theme);
      await code.screenshot(`jobs-${theme.toLowerCase().replaceAll(" ", "-")}`);
    }
  }));

/** The folder's settings, which VS Code reads anew. */
function set(settings) {
  const folder = path.join(process.env.HOST_FOLDER, ".vscode");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "settings.json"), JSON.stringify(settings));
}
