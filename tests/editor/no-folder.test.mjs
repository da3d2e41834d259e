import test from "node:test";
import path from "node:path";
import { inWorkbench } from "./support/session.mjs";

test("a script outside every folder runs", () =>
  inWorkbench("no-folder", async (code) => {
    await code.openPath(path.join(process.env.HOST_RUN, "home", "lone.jl"));
    await code.status("⬢ This computer").waitFor();
    await code.command("JuliaHub: Run This File");
    await code.shows("lone.jl log", "all alone");
    await code.toast("lone.jl finished in").waitFor();
    await code.screenshot("08-no-folder");
  }));
