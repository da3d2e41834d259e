import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("older jobs are folded away, and there with a click", () =>
  inWorkbench("jobs-older", async (code) => {
    await code.openView("JuliaHub");
    // A tree draws only the rows that there is room for.
    for (const view of ["Run", "Bundle", "Servers"]) await code.fold(view);
    const older = code.rows("Jobs", "Older");
    await older.waitFor();
    const shown = await code.rows("Jobs", "quick.jl").count();
    await older.locator(".monaco-tl-twistie").click();
    await code.rows("Jobs", "quick.jl").nth(shown).waitFor();
    await code.screenshot("jobs-older");
    assert.ok((await code.rows("Jobs", "quick.jl").count()) > shown);
  }));
