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

/** At least one row; more for a message of several lines. A worker's rows begin with its number, the keywords follow the message. */
export function rowsOf(line: LogLine): Row[] {
  const prefix = line.worker > 1 ? `[${line.worker}] ` : "";
  const level = LEVELS[line.level.toLowerCase()] ?? "info";
  const messages = (WORDS[level] ?? "").concat(stripVTControlCharacters(line.message)).split(/\r\n|\r|\n/);
  const keywords = keywordText(line.keywords);
  const last = messages.length - 1;
  return messages.map((message, index) => ({
    text: prefix + (index === last && keywords !== "" ? `${message}   ${keywords}` : message),
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
    .map(([key, value]) => `${key} = ${scalar(value)}`)
    .join(", ");
}
