/** A record of a log as rows of text. Pure. */
import type { LogLine } from "../protocol";
import { scalar } from "../text";
import { type Span, type Style, styledLines } from "./ansi";

export type Level = "debug" | "info" | "warn" | "error";

/** One line of the document. `source` is the record it belongs to; rows of our own, such as breaks, have none. */
export interface Row {
  readonly text: string;
  readonly level: Level | undefined;
  readonly spans: readonly Span[];
  readonly source?: LogLine;
  /** The first row of its record. */
  readonly isFirst?: boolean;
}

const LEVELS: Readonly<Record<string, Level>> = { debug: "debug", info: "info", warn: "warn", warning: "warn", error: "error" };

/** As Julia's own logger says it. */
const WORDS: Readonly<Partial<Record<Level, string>>> = { debug: "Debug: ", warn: "Warning: ", error: "Error: " };
const WORD_STYLES: Readonly<Partial<Record<Level, Style>>> = {
  debug: { color: "charts.blue" },
  warn: { color: "editorWarning.foreground", bold: true },
  error: { color: "editorError.foreground", bold: true },
};
const QUIET: Style = { color: "descriptionForeground" };
const NOTE: Style = { color: "descriptionForeground", italic: true };
/** Workers next to each other are told apart, as in plots; the number says which one it is. */
const WORKERS = ["charts.blue", "charts.orange", "charts.green", "charts.purple", "charts.red", "charts.yellow"];

/** They end a line for some editors, and none for Julia. */
const SEPARATORS = /[\u2028\u2029]/g;

/** One row for each line of the message; none for one that only moves a terminal's cursor. A worker's rows begin with its number, the keywords follow the message. */
export function rowsOf(line: LogLine): Row[] {
  const level = LEVELS[line.level.toLowerCase()] ?? "info";
  const lines = styledLines(line.message);
  const word = WORDS[level] ?? "";
  const prefix = line.worker > 1 ? `[${line.worker}] ` : "";
  const keywords = keywordText(line.keywords);
  return lines.map(({ text, spans }, index) => {
    const row = new RowText();
    row.add(prefix, { color: colorOfWorker(line.worker) });
    if (index === 0) row.add(word, WORD_STYLES[level] ?? {});
    row.addStyled(text.replace(SEPARATORS, " "), spans, line.isContext === true || level === "debug" ? QUIET : undefined);
    if (index === lines.length - 1 && keywords !== "") row.add(`   ${keywords}`, QUIET);
    return { text: row.text, level, spans: row.spans, source: line, isFirst: index === 0 };
  });
}

/** A row of our own between the job's. */
export function breakRow(text: string): Row {
  return note(`── ${text} ──`);
}

/** Where lines are left out by a filter. */
export function gapRow(): Row {
  return note("⋯");
}

function colorOfWorker(worker: number): string {
  return WORKERS[Math.max(0, worker - 1) % WORKERS.length] ?? "charts.blue";
}

function note(text: string): Row {
  return { text, level: undefined, spans: [{ start: 0, end: text.length, style: NOTE }] };
}

class RowText {
  text = "";
  readonly spans: Span[] = [];

  add(text: string, style: Style): void {
    if (text !== "") this.spans.push({ start: this.text.length, end: this.text.length + text.length, style });
    this.text += text;
  }

  /** Text with spans of its own, or in one style when it has none. */
  addStyled(text: string, spans: readonly Span[], style: Style | undefined): void {
    const offset = this.text.length;
    this.text += text;
    for (const span of spans) this.spans.push({ start: span.start + offset, end: span.end + offset, style: span.style });
    if (spans.length === 0 && style !== undefined && text !== "") this.spans.push({ start: offset, end: this.text.length, style });
  }
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
