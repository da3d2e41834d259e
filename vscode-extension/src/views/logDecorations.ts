/** A log's colours: its levels in the margin and the scroll bar, and what its text says of itself. Only what is in sight is decorated. */
import * as vscode from "vscode";
import type { Style } from "../log/ansi";
import type { LogDocuments } from "../log/documents";
import type { Level } from "../log/render";
import type { LogSession } from "../log/session";

const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];
const BARS: Readonly<Record<Level, { readonly light: string; readonly dark: string; readonly width: number }>> = {
  debug: { light: "#c8c8c8", dark: "#4a4a4a", width: 2 },
  info: { light: "#7aaee8", dark: "#3d6ea5", width: 2 },
  warn: { light: "#bf8803", dark: "#cca700", width: 4 },
  error: { light: "#e51400", dark: "#f14c4c", width: 6 },
};
const RULER: Readonly<Partial<Record<Level, string>>> = {
  warn: "editorOverviewRuler.warningForeground",
  error: "editorOverviewRuler.errorForeground",
};
/** Lines around the visible ones that are coloured too, so that scrolling shows no bare line. */
const MARGIN_LINES = 100;
/** Of a line, no more than this is coloured: what is further right nobody scrolls to. */
const WIDEST = 5_000;
/** Styles that are kept for lines that are out of sight now: a gradient in truecolor has one for every character. */
const MOST_STYLES = 100;

export class LogDecorations implements vscode.Disposable {
  private readonly levels = new Map<Level, vscode.TextEditorDecorationType>(LEVELS.map((level) => [level, marginOf(level)]));
  private readonly ruler = new Map<Level, vscode.TextEditorDecorationType>(LEVELS.flatMap((level) => rulerOf(level)));
  private readonly styles = new Map<string, vscode.TextEditorDecorationType>();
  private readonly registrations: vscode.Disposable;

  constructor(private readonly logs: LogDocuments) {
    this.registrations = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) this.drawAll(editor);
      }),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.draw(textEditor);
      }),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const editor of editors) this.drawAll(editor);
      }),
    );
    for (const editor of vscode.window.visibleTextEditors) this.drawAll(editor);
  }

  dispose(): void {
    this.registrations.dispose();
    for (const type of [...this.levels.values(), ...this.ruler.values(), ...this.styles.values()]) type.dispose();
  }

  /** The scroll bar shows the whole document: its marks change when the text does. */
  private drawAll(editor: vscode.TextEditor): void {
    const session = this.logs.of(editor);
    if (session === undefined) return;
    const ranges = new Map<Level, vscode.Range[]>([...this.ruler.keys()].map((level) => [level, []]));
    session.window.rows.forEach(({ level }, line) => {
      if (level !== undefined) ranges.get(level)?.push(new vscode.Range(line, 0, line, 0));
    });
    for (const [level, type] of this.ruler) editor.setDecorations(type, ranges.get(level) ?? []);
    this.draw(editor);
  }

  private draw(editor: vscode.TextEditor): void {
    const session = this.logs.of(editor);
    // Until the editor has read what was published last, a row is not the line that it will be.
    if (session === undefined || editor.document.lineCount !== session.window.rows.length + 1) return;
    const levels = new Map<Level, vscode.Range[]>(LEVELS.map((level) => [level, []]));
    const styled = new Map<string, { style: Style; ranges: vscode.Range[] }>();
    for (const line of linesAround(editor)) collect(session, line, levels, styled);
    for (const [level, type] of this.levels) editor.setDecorations(type, levels.get(level) ?? []);
    for (const [key, type] of this.styles) if (!styled.has(key)) this.put(editor, key, type);
    for (const [key, { style, ranges }] of styled) editor.setDecorations(this.typeOf(key, style), ranges);
  }

  private put(editor: vscode.TextEditor, key: string, type: vscode.TextEditorDecorationType): void {
    if (this.styles.size <= MOST_STYLES) {
      editor.setDecorations(type, []);
      return;
    }
    type.dispose();
    this.styles.delete(key);
  }

  private typeOf(key: string, style: Style): vscode.TextEditorDecorationType {
    let type = this.styles.get(key);
    if (type === undefined) this.styles.set(key, (type = vscode.window.createTextEditorDecorationType(renderingOf(style))));
    return type;
  }
}

function collect(
  { window }: LogSession,
  line: number,
  levels: ReadonlyMap<Level, vscode.Range[]>,
  styled: Map<string, { style: Style; ranges: vscode.Range[] }>,
): void {
  const row = window.rowAt(line);
  if (row?.level !== undefined) levels.get(row.level)?.push(new vscode.Range(line, 0, line, 0));
  for (const { start, end, style } of row?.spans ?? []) {
    if (start > WIDEST) break;
    const key = JSON.stringify(style);
    const known = styled.get(key) ?? { style, ranges: [] };
    known.ranges.push(new vscode.Range(line, start, line, Math.min(end, WIDEST)));
    styled.set(key, known);
  }
}

/** As a terminal draws it, in the theme's own colours. */
function renderingOf({ color, background, bold, dim, italic, underline, strike, inverse }: Style): vscode.DecorationRenderOptions {
  const front = inverse === true ? (background ?? "editor.background") : color;
  const back = inverse === true ? (color ?? "editor.foreground") : background;
  const lines = [...(underline === true ? ["underline"] : []), ...(strike === true ? ["line-through"] : [])];
  return {
    ...(front === undefined ? {} : { color: colorOf(front) }),
    ...(back === undefined ? {} : { backgroundColor: colorOf(back) }),
    ...(bold === true ? { fontWeight: "bold" } : {}),
    ...(italic === true ? { fontStyle: "italic" } : {}),
    ...(dim === true ? { opacity: "0.65" } : {}),
    ...(lines.length > 0 ? { textDecoration: lines.join(" ") } : {}),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  };
}

function colorOf(name: string): string | vscode.ThemeColor {
  return name.startsWith("#") ? name : new vscode.ThemeColor(name);
}

/** Errors and warnings have broader bars too, and say so in words: colour alone tells nobody who cannot see it. */
function marginOf(level: Level): vscode.TextEditorDecorationType {
  const { light, dark, width } = BARS[level];
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    gutterIconSize: "100% 100%",
    light: { gutterIconPath: bar(light, width) },
    dark: { gutterIconPath: bar(dark, width) },
  });
}

function rulerOf(level: Level): [Level, vscode.TextEditorDecorationType][] {
  const color = RULER[level];
  if (color === undefined) return [];
  const options = { overviewRulerColor: new vscode.ThemeColor(color), overviewRulerLane: vscode.OverviewRulerLane.Right };
  return [[level, vscode.window.createTextEditorDecorationType(options)]];
}

function bar(color: string, width: number): vscode.Uri {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" preserveAspectRatio="none"><rect x="5" width="${width}" height="16" fill="${color}"/></svg>`;
  return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`);
}

function* linesAround(editor: vscode.TextEditor): Generator<number> {
  for (const range of editor.visibleRanges) {
    const last = Math.min(editor.document.lineCount - 1, range.end.line + MARGIN_LINES);
    for (let line = Math.max(0, range.start.line - MARGIN_LINES); line <= last; line += 1) yield line;
  }
}
