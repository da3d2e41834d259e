import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

test("in a German window the extension speaks German", () =>
  inWorkbench(
    "german",
    async (code) => {
      await code.openView("JuliaHub");
      await code.page.getByText("kein Julia-Projekt in diesem Ordner").waitFor();
      await code.page.locator(`.pane-header[aria-label^="Aufträge"]`).first().waitFor();
      await code.openFile("alone.jl");
      await code.screenshot("german");
    },
    { locale: "de" },
  ));
