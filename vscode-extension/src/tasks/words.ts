/** A job in a terminal: its lines, its states, how it ended. Pure. */
import type { Job, LogLine } from "../protocol";

/** What a shell says of a program that was interrupted. */
const INTERRUPTED = 130;
const CODES = { red: 31, yellow: 33, cyan: 36, grey: 90 } as const;

export type Colour = keyof typeof CODES;

/** A record as Julia's own logger writes it; colours and moving cursors of its own are the terminal's business. */
export function terminalText(line: LogLine): string {
  const level = line.level.toLowerCase();
  const worker = line.worker > 1 ? coloured("cyan", `[${line.worker}] `) : "";
  const word = level === "error" ? coloured("red", "Error: ") : level.startsWith("warn") ? coloured("yellow", "Warning: ") : "";
  const keywords = Object.entries(line.keywords ?? {}).map(([key, value]) => `${key} = ${typeof value === "string" ? value : JSON.stringify(value)}`);
  const after = keywords.length === 0 ? "" : coloured("grey", `   ${keywords.join("  ")}`);
  return rows(`${worker}${word}${line.message}${after}`);
}

/** A line of our own between the job's: `── Waiting for a machine ──`. */
export function stateText(text: string, colour: Colour = "grey"): string {
  return rows(coloured(colour, `── ${text} ──`));
}

export function exitCodeOf({ succeeded, status }: Job): number {
  if (succeeded) return 0;
  return status === "Stopped" ? INTERRUPTED : 1;
}

/** `/home/ada/fit.jl:17: error: UndefVarError: x`, which the problem matcher `$julia` reads. */
export function problemText(file: string, line: number, message: string): string {
  return rows(`${file}:${line}: error: ${message}`);
}

/** Every line from the terminal's left edge. */
function rows(text: string): string {
  return `${text.replace(/\r?\n/g, "\r\n")}\r\n`;
}

function coloured(colour: Colour, text: string): string {
  return `\x1b[${CODES[colour]}m${text}\x1b[0m`;
}
