/** A record of a log as rows of text. Pure. */
import { stripVTControlCharacters } from "node:util";
import type { LogLine } from "../protocol";
import { scalar } from "../text";

export type Level = "debug" | "info" | "warn" | "error";

/** One line of the document. `source` is the record it belongs to; rows of our own, such as breaks, have none. */
export interface Row {
  readonly text: string;
  readonly level: Level | undefined;
  readonly source?: LogLine;
}

const LEVELS: Readonly<Record<string, Level>> = { debug: "debug", info: "info", warn: "warn", warning: "warn", error: "error" };

/** As Julia's own logger says it. */
const WORDS: Readonly<Partial<Record<Level, string>>> = { warn: "Warning: ", error: "Error: " };

/** One row for each line of the message; none for one that only moves a terminal's cursor. A worker's rows begin with its number, the keywords follow the message. */
export function rowsOf(line: LogLine): Row[] {
  const prefix = line.worker > 1 ? `[${line.worker}] ` : "";
  const level = LEVELS[line.level.toLowerCase()] ?? "info";
  const message = stripVTControlCharacters(line.message);
  if (message === "" && line.message !== "") return [];
  const messages = `${WORDS[level] ?? ""}${message}`.split(/\r\n|\r|\n/);
  const keywords = keywordText(line.keywords);
  const last = messages.length - 1;
  return messages.map((text, index) => ({
    text: prefix + (index === last && keywords !== "" ? `${text}   ${keywords}` : text),
    level,
    source: line,
  }));
}

/** A row of our own between the job's. */
export function breakRow(text: string): Row {
  return { text: `── ${text} ──`, level: undefined };
}

function keywordText(keywords: Readonly<Record<string, unknown>> | undefined): string {
  return Object.entries(keywords ?? {})
    .map(([key, value]) => (isFraction(key, value) ? `${Math.floor(100 * value)} %` : `${key} = ${scalar(value)}`))
    .join(", ");
}

/** Progress as Julia's loggers report it: a fraction under this name. */
function isFraction(key: string, value: unknown): value is number {
  return key === "progress" && typeof value === "number" && value >= 0 && value <= 1;
}
