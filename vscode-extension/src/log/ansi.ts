/** Text as a terminal would show it in the end: colours become styled spans, a cursor that moves writes over what stood there. Pure. */

/** How a piece of text looks. `color` and `background` are a theme colour's name or `#rrggbb`. */
export interface Style {
  readonly color?: string;
  readonly background?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly inverse?: boolean;
}

/** `start` to `end` (UTF-16 code units) of a line has `style`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly style: Style;
}

export interface StyledLine {
  readonly text: string;
  readonly spans: readonly Span[];
}

const NAMES = ["Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White"];
const CUBE = [0, 95, 135, 175, 215, 255];
/** A cursor goes no further than this: a number in an escape sequence is no reason to fill memory. */
const WIDEST = 10_000;
const TALLEST = 1_000;
const PLAIN: Style = {};
const SPECIAL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/; // eslint-disable-line no-control-regex -- these are what is looked for
// What a terminal acts on: CSI, the strings OSC, DCS, PM and APC, two-character escapes, single controls, and the line's end.
const TOKENS =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*[0-~]?|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\n|\r\n/g;

/** The lines of `text`. None when it only moves a cursor or clears. */
export function styledLines(text: string): StyledLine[] {
  if (!SPECIAL.test(text)) return text.split("\n").map((line) => ({ text: line, spans: [] }));
  const screen = new Screen();
  let from = 0;
  for (const token of text.matchAll(TOKENS)) {
    screen.write(text.slice(from, token.index));
    screen.control(token[0], token[1] ?? "", token[2] ?? "");
    from = token.index + token[0].length;
  }
  screen.write(text.slice(from));
  return screen.lines();
}

interface Cell {
  readonly text: string;
  readonly style: Style;
}

class Screen {
  private readonly rows: Cell[][] = [[]];
  private row = 0;
  private column = 0;
  private style: Style = PLAIN;
  private written = false;

  write(text: string): void {
    const row = this.line();
    for (const character of text) {
      while (row.length < this.column) row.push({ text: " ", style: PLAIN });
      row[this.column] = { text: character, style: this.style };
      this.column += 1;
      this.written = true;
    }
  }

  control(token: string, parameters: string, final: string): void {
    if (final !== "") this.sequence(parameters, final);
    else if (token === "\n" || token === "\r\n") this.newLine();
    else if (token === "\r") this.column = 0;
    else if (token === "\b") this.column = Math.max(0, this.column - 1);
  }

  lines(): StyledLine[] {
    return this.written ? this.rows.map(styledLine) : [];
  }

  private sequence(parameters: string, final: string): void {
    const numbers = parameters.split(/[;:]/).map((part) => (part === "" ? 0 : Number(part)));
    const count = Math.max(1, numbers[0] ?? 1);
    switch (final) {
      case "m":
        this.style = restyled(this.style, numbers);
        return;
      case "A":
      case "F":
        this.moveTo(this.row - count, final === "F" ? 0 : this.column);
        return;
      case "B":
      case "E":
        this.moveTo(this.row + count, final === "E" ? 0 : this.column);
        return;
      case "C":
        this.moveTo(this.row, this.column + count);
        return;
      case "D":
        this.moveTo(this.row, this.column - count);
        return;
      case "G":
        this.moveTo(this.row, count - 1);
        return;
      case "K":
        this.eraseLine(numbers[0] ?? 0);
        return;
      case "J":
        this.eraseScreen(numbers[0] ?? 0);
    }
  }

  private newLine(): void {
    this.written = true;
    this.moveTo(this.row + 1, 0);
  }

  private moveTo(row: number, column: number): void {
    this.row = Math.max(0, Math.min(row, this.row + TALLEST));
    this.column = Math.min(WIDEST, Math.max(0, column));
    while (this.rows.length <= this.row) this.rows.push([]);
  }

  private eraseLine(how: number): void {
    const row = this.line();
    if (how === 0) row.length = Math.min(row.length, this.column);
    else if (how === 2) row.length = 0;
    else row.fill({ text: " ", style: PLAIN }, 0, this.column + 1);
  }

  private eraseScreen(how: number): void {
    this.eraseLine(how);
    if (how !== 1) this.rows.length = this.row + 1;
    if (how !== 0) for (const row of this.rows.slice(0, this.row)) row.length = 0;
  }

  private line(): Cell[] {
    return (this.rows[this.row] ??= []);
  }
}

function styledLine(cells: readonly Cell[]): StyledLine {
  let text = "";
  const spans: Span[] = [];
  for (const cell of cells) {
    const start = text.length;
    text += cell.text;
    const last = spans.at(-1);
    if (cell.style === PLAIN) continue;
    if (last?.end === start && last.style === cell.style) spans[spans.length - 1] = { ...last, end: text.length };
    else spans.push({ start, end: text.length, style: cell.style });
  }
  return { text, spans };
}

/** The style after the numbers of one SGR sequence. */
function restyled(style: Style, numbers: readonly number[]): Style {
  let result = style;
  for (let at = 0; at < numbers.length; at += 1) {
    const code = numbers[at] ?? 0;
    if (code === 38 || code === 48) {
      const [color, used] = extended(numbers.slice(at + 1));
      if (color !== undefined) result = code === 38 ? { ...result, color } : { ...result, background: color };
      at += used;
    } else result = simple(result, code);
  }
  return Object.keys(result).length === 0 ? PLAIN : result;
}

function simple(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  const on = ON[code];
  if (on !== undefined) return { ...style, ...on };
  const off = OFF[code];
  if (off !== undefined) return without(style, off);
  if (code >= 30 && code <= 37) return { ...style, color: named(code - 30) };
  if (code >= 40 && code <= 47) return { ...style, background: named(code - 40) };
  if (code >= 90 && code <= 97) return { ...style, color: named(code - 82) };
  if (code >= 100 && code <= 107) return { ...style, background: named(code - 92) };
  return style;
}

const ON: Readonly<Record<number, Style>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
};

const OFF: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
  39: ["color"],
  49: ["background"],
};

function without(style: Style, keys: readonly (keyof Style)[]): Style {
  return Object.fromEntries(Object.entries(style).filter(([key]) => !keys.includes(key as keyof Style)));
}

/** What follows 38 or 48: a colour, if it is one, and how many numbers told it. */
function extended(numbers: readonly number[]): [string | undefined, number] {
  const [kind, ...rest] = numbers;
  if (kind === 5) return [palette(rest[0] ?? 0), 2];
  if (kind === 2) return [hex(rest.slice(0, 3)), 4];
  return [undefined, 1];
}

/** Of the 256: 16 that the theme names, a cube of 6 × 6 × 6, 24 greys. */
function palette(index: number): string | undefined {
  if (index > 255) return undefined;
  if (index < 16) return named(index);
  if (index >= 232) return hex([8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)]);
  const at = index - 16;
  return hex([Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => CUBE[step] ?? 0));
}

function named(index: number): string {
  return `terminal.ansi${index < 8 ? "" : "Bright"}${NAMES[index % 8] ?? "White"}`;
}

function hex(parts: readonly number[]): string | undefined {
  if (parts.length < 3 || parts.some((part) => !(part <= 255))) return undefined;
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
