import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("of two folders each script has its own environment, bundle, configurations and tasks", () =>
  inWorkbench("multi-root", async (code) => {
    await code.openView("JuliaHub");
    await code.status("⬢ This computer").waitFor();
    const knowsItsFolders = code.page.getByText("Open a Julia script and run it");
    // A busy VS Code may miss them in a workspace that it opens for the first time; the second time it has them from its cache.
    await knowsItsFolders.waitFor({ timeout: 20_000 }).catch(() => code.page.reload());
    await knowsItsFolders.waitFor();
    await code.screenshot("welcome-no-jobs");
    for (const [folder, other] of [["first", "second"], ["second", "first"]]) {
      await code.openFile(`${folder}.jl`);
      await code.status(folder === "first" ? "First" : "Second").waitFor();
      await code.rows("Bundle", `only-${folder}.txt, `).waitFor();
      await code.rows("Bundle", `only-${other}.txt, `).waitFor({ state: "detached" });
      await code.form.getByRole("button", { name: `Open ${folder}.jl` }).waitFor();
      await code.form.locator(".environment summary", { hasText: folder === "first" ? "First" : "Second" }).waitFor();
    }
    await code.screenshot("multi-root");
    await configurations(code);
    await tasks(code);
  }));

/** Both folders have one of this name; a new one goes into the script's folder. */
async function configurations(code) {
  const filled = code.form.getByRole("combobox", { name: "Filled" });
  await code.until(code.form.getByRole("button", { name: "Open quick.jl" }), () => filled.selectOption("quick · first"));
  await code.form.locator(".environment summary", { hasText: "First" }).waitFor();
  await code.until(code.form.locator(".environment summary", { hasText: "Second" }), () => filled.selectOption("quick · second"));
  await code.until(code.input, () => code.form.getByRole("button", { name: "Save as a configuration" }).click());
  await code.reply("Save as a configuration", "another");
  await code.toast("Saved as “another” in second").waitFor();
  assert.match(readFileSync(path.join(path.dirname(process.env.HOST_FOLDER), "second", ".vscode", "juliahub.toml"), "utf8"), /\[configurations.another\]\nscript = "quick.jl"/);
}

/** Paths in a task are those of its folder, whether it stands in tasks.json or is a configuration. */
async function tasks(code) {
  await code.openTasks("Run quick");
  await code.pick("Run quick", "first");
  await code.rows("Jobs", "quick.jl").filter({ hasText: "who = first" }).waitFor();
  await code.openTasks("juliahub");
  await code.pick("juliahub");
  await code.pick("juliahub: quick", "second");
  await code.rows("Jobs", "quick.jl").filter({ hasText: "who = second" }).waitFor();
  await code.command("JuliaHub: Run Configuration…");
  await code.pick("another", "second");
  await code.rows("Jobs", "quick.jl").filter({ hasText: "who = second" }).nth(1).waitFor();
  await code.screenshot("multi-root-jobs");
}
