import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("without a folder the views offer to open one", () =>
  inWorkbench("empty-window", async (code) => {
    await code.openView("JuliaHub");
    await code.page.getByText("Open the folder with your Julia code and run a script of it.").waitFor();
    await code.page.getByText("to see which files go along when it runs.").waitFor();
    await code.form.getByRole("button", { name: "Open a Julia Script" }).waitFor();
    await code.screenshot("welcome-no-folder");
    await code.until(code.input, () => code.page.locator(".pane-body").getByRole("button", { name: "Open Folder" }).first().click());
  }));
