/** The daemons of the host under test, as the operating system sees them. */
import { execFileSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** Process ids, known by the folder that the extension is installed in. */
export function daemons() {
  const table = execFileSync("ps", ["-ww", "-eo", "pid=,args="], { encoding: "utf8" }); // -ww: whole lines, whatever the terminal
  const ours = table.split("\n").filter((line) => line.includes(process.env.HOST_RUN) && line.includes("launch.py"));
  return ours.map((line) => Number(line.trim().split(" ", 1)[0]));
}

/** The process id of a daemon that is none of the `former`, as soon as there is one. */
export function newDaemon(former = []) {
  return until("a daemon of this host runs", () => daemons().find((candidate) => !former.includes(candidate)));
}

/** Waits until the daemon runs: what is listed here is listed then. */
export async function daemonRuns(code) {
  await code.until(code.answer("This computer"), () => code.command("JuliaHub: Show Running Jobs"));
  await code.page.keyboard.press("Escape");
  await code.input.waitFor({ state: "hidden" });
}

/** What `look` finds, as soon as it finds something; an error when there is nothing in two minutes. Looks every `pace` milliseconds. */
export async function until(what, look, pace = 50) {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const found = look();
    if (found) return found;
    await setTimeout(pace);
  }
  throw new Error(`It was waited in vain until ${what}.`);
}
