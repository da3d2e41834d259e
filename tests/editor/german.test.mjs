import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("in a German window the extension speaks German", () =>
  inWorkbench("german", async (code) => {
    await code.openView("JuliaHub");
    await code.page.getByText("kein Julia-Projekt in diesem Ordner").waitFor();
    await code.page.keyboard.press("Control+P");
    await code.page.locator(".quick-input-widget input[type=text]").fill("alone.jl");
    await code.pick("alone.jl");
    await code.page.locator(".codelens-decoration", { hasText: "Auf JuliaHub ausführen" }).waitFor();
    await code.screenshot("german");
  }));
