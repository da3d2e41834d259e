import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench, openBoth } from "./support/session.mjs";

test("a script, its log, its results", () =>
  inWorkbench("main-job", async (code) => {
    await openBoth(code, "main.jl");
    await code.status("⬢ This computer").waitFor();
    await code.page.getByText("No jobs yet.").waitFor();
    await code.screenshot("01-ready");

    await code.command("JuliaHub: Run This File");
    // It runs for some seconds: what is there as long as it does is looked for at once.
    await Promise.all([code.status("1 running").waitFor(), code.row("main.jl").waitFor(), code.shows("main.jl log", "Throwing darts")]);
    await code.screenshot("02-running");

    const ended = code.toast("main.jl finished in");
    await ended.waitFor();
    assert.match(await ended.innerText(), /finished in \d+:\d\d — pi = 3\.1/);
    const row = code.row("main.jl");
    await code.page.locator('.pane-body .monaco-list-row[aria-label*="Completed"]').waitFor();
    await row.locator(".codicon-pass").waitFor();
    await code.shows("main.jl log", "end of the log");
    await code.screenshot("03-completed");

    await code.again(() => ended.getByRole("button", { name: "Results" }).click(), (timeout) => code.webview("darts_per_second", timeout));
    await code.screenshot("04-results");
    await code.command("JuliaHub: Download Results");
    await code.pick("main.jl");
    await code.toast("saved in juliahub-results").waitFor();
    await code.screenshot("05-downloaded");
  }));

test("the lens over the first line, the button in the title and the menus run it, too", () =>
  inWorkbench("run-buttons", async (code) => {
    await openBoth(code, "main.jl");
    await code.row("main.jl").waitFor();
    const known = await code.rows("Jobs", "main.jl").count();
    const lens = code.page.locator(".codelens-decoration a", { hasText: "Run on JuliaHub" });
    await code.until(code.rows("Jobs", "main.jl").nth(known), () => lens.click());
    await code.until(code.rows("Jobs", "main.jl").nth(known + 1), () => code.page.locator('.editor-actions [aria-label*="Run"]').first().click());
    await code.toast("main.jl finished in").waitFor();
    await code.focusEditor("main.jl");
    await code.page.keyboard.press("Control+Home");
    await code.page.keyboard.press("Shift+End");
    await code.menu(code.editor("main.jl").locator(".view-line", { hasText: "Estimates" }).first(), "Run Selection on JuliaHub");
    await code.closeMenu();
    await code.openView("Explorer");
    const file = code.page.locator('.explorer-folders-view .monaco-list-row[aria-label^="figures.jl"]');
    await code.menu(file, "Run on JuliaHub");
    await code.screenshot("run-explorer");
    await code.choose(file, "Run on JuliaHub");
    await code.openView("JuliaHub");
    await code.rows("Jobs", "figures.jl").waitFor();
  }));
