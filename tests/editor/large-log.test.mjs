import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

/** A frame that takes longer is a window that hangs. */
const FROZEN_MS = 2_000;

test("a hundred thousand lines", () =>
  inWorkbench("large-log", async (code) => {
    await code.openFile("prints.jl");
    await code.status("⬢ This computer").waitFor();
    await code.page.evaluate(watchFrames);
    await code.command("JuliaHub: Run This File");
    await code.shows("prints.jl log", "line 100000 of a long log");
    await code.toast("prints.jl finished in").waitFor();
    const longest = await code.page.evaluate(() => window.longestFrame);
    console.log(`longest frame: ${Math.round(longest)} ms`);
    assert.ok(longest < FROZEN_MS, `the window hung for ${longest} ms`);

    await code.focusEditor("prints.jl log");
    await code.status("⏸ following").waitFor();
    await code.page.keyboard.press("Control+Home");
    await code.shows("prints.jl log", "earlier lines: save the whole log");
    await code.status("▶ follow").waitFor();
    const link = code.page.locator(".detected-link", { hasText: "earlier" });
    await link.waitFor();
    await code.screenshot("09-large-log");

    await link.click({ modifiers: ["Control"] });
    await code.page.locator(".quick-input-widget input[type=text]").waitFor();
    await code.page.keyboard.press("Enter");
    await code.toast("The log of prints.jl is saved").waitFor();
  }));

function watchFrames() {
  window.longestFrame = 0;
  let last = performance.now();
  const frame = (now) => {
    window.longestFrame = Math.max(window.longestFrame, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
