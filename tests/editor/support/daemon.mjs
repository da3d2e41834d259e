/** The daemons of the host under test, as the operating system sees them. */
import { execFileSync } from "node:child_process";

/** Process ids, known by the folder that the extension is installed in. */
export function daemons() {
  const table = execFileSync("ps", ["-ww", "-eo", "pid=,args="], { encoding: "utf8" }); // -ww: whole lines, whatever the terminal
  const ours = table.split("\n").filter((line) => line.includes(process.env.HOST_RUN) && line.includes("launch.py"));
  return ours.map((line) => Number(line.trim().split(" ", 1)[0]));
}

/** The process id of a daemon that is none of the `former`, as soon as there is one. */
export function newDaemon(code, former = []) {
  return until(code, "a daemon of this host runs", () => daemons().find((candidate) => !former.includes(candidate)));
}

/** What `look` finds, as soon as it finds something; an error when there is nothing in a minute. Looks at each frame that is drawn. */
export async function until(code, what, look) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const found = look();
    if (found) return found;
    await code.page.evaluate(() => new Promise(requestAnimationFrame));
  }
  throw new Error(`It was waited in vain until ${what}.`);
}
