import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("of two folders each script has its own environment and bundle", () =>
  inWorkbench("multi-root", async (code) => {
    await code.openView("JuliaHub");
    await code.status("⬢ This computer").waitFor();
    await code.page.getByText("Open a Julia script and run it").waitFor(); // the window knows its folders
    for (const [folder, other] of [["first", "second"], ["second", "first"]]) {
      await code.openFile(`${folder}.jl`);
      await code.status(folder === "first" ? "First" : "Second").waitFor();
      await code.rows("Bundle", `only-${folder}.txt, `).waitFor();
      await code.rows("Bundle", `only-${other}.txt, `).waitFor({ state: "detached" });
    }
    await code.screenshot("multi-root");
  }));
