import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

const THEMES = { dark: "Dark Modern", "high-contrast": "Dark High Contrast", light: "Light Modern" };

test("after installing: the daemon runs, the views say what to do, a tour leads on", () =>
  inWorkbench("first-run", async (code) => {
    await code.openView("JuliaHub");
    await code.status("⬢ This computer").waitFor();
    await code.page.getByText("no Julia project in this folder").waitFor();
    await code.page.getByText("Open a Julia script to see which files go along").waitFor();
    assert.equal(await code.page.locator(".notification-toast").count(), 0);
    await code.screenshot("welcome-no-project");
    await code.openFile("alone.jl");
    await code.page.frameLocator("iframe.webview.ready:visible").frameLocator("iframe").getByRole("button", { name: "Start job" }).waitFor();
    const tour = code.page.locator(".pane-body").getByText("Take the tour", { exact: true }).first();
    await code.until(step(code, "Open a Julia script").locator(".complete"), () => tour.click()); // a script was open before the tour was
    await code.until(step(code, "Run it").and(code.page.locator(".expanded")), () => step(code, "Run it").click());
    for (const [name, theme] of Object.entries(THEMES)) {
      await code.page.locator('.tab.active[aria-label*="Walkthrough"]').click(); // the keyboard is the window's again
      await code.theme(theme);
      await code.screenshot(`walkthrough-${name}`);
    }
  }));

test("in a German window the views, the script's lens and the palette speak German", () =>
  inWorkbench(
    "german",
    async (code) => {
      await code.openView("JuliaHub");
      await code.page.getByText("kein Julia-Projekt in diesem Ordner").waitFor();
      await code.openTab("alone.jl");
      await code.page.locator(".codelens-decoration", { hasText: "Auf JuliaHub ausführen" }).waitFor();
      await code.page.frameLocator("iframe.webview.ready:visible").frameLocator("iframe").getByRole("button", { name: "Job starten" }).waitFor();
      await code.until(code.answer("JuliaHub: Anmelden"), () => code.type("F1", ">JuliaHub: "));
      await code.screenshot("german");
    },
    { language: "de" },
  ));

/** A step of the tour by its whole title. */
function step(code, title) {
  return code.page.locator(".getting-started-step", { has: code.page.getByText(title, { exact: true }) });
}
