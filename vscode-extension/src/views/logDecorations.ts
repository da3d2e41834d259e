/** Colours in a log's left margin, marks for warnings and errors in its scroll bar, and following its end. */
import * as vscode from "vscode";
import { LOG_SCHEME } from "../log/address";
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
/** Lines around the visible ones that are coloured too, so that scrolling shows no bare line. */
const MARGIN_LINES = 200;

export class LogDecorations implements vscode.Disposable {
  private readonly types = new Map<Level, vscode.TextEditorDecorationType>(LEVELS.map((level) => [level, marginOf(level)]));
  private readonly status = vscode.window.createStatusBarItem("juliahub.follow", vscode.StatusBarAlignment.Right, 90);
  private readonly registrations: vscode.Disposable;

  constructor(private readonly logs: LogDocuments) {
    this.status.name = vscode.l10n.t("JuliaHub: following the log");
    this.status.command = "juliahub.followLog";
    this.registrations = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === LOG_SCHEME) this.onGrown(document);
      }),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.onScrolled(textEditor);
      }),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const editor of editors) this.draw(editor);
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.showStatus();
      }),
    );
    for (const editor of vscode.window.visibleTextEditors) this.draw(editor);
  }

  /** Begins or ends following in the active log. */
  toggle(): void {
    const editor = vscode.window.activeTextEditor;
    const session = editor === undefined ? undefined : this.sessionOf(editor);
    if (editor === undefined || session === undefined) return;
    session.follow.on = !session.follow.on;
    if (session.follow.on) revealEnd(editor);
    this.showStatus();
  }

  dispose(): void {
    this.registrations.dispose();
    this.status.dispose();
    for (const type of this.types.values()) type.dispose();
  }

  private onGrown(document: vscode.TextDocument): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document !== document) continue;
      if (this.sessionOf(editor)?.follow.on === true) revealEnd(editor);
      this.draw(editor);
    }
  }

  private onScrolled(editor: vscode.TextEditor): void {
    const session = this.sessionOf(editor);
    const bottom = editor.visibleRanges.at(-1)?.end.line;
    if (session === undefined || bottom === undefined) return;
    session.follow.seen(bottom, editor.document.lineCount);
    this.draw(editor);
    this.showStatus();
  }

  /** Only what is in sight is decorated: a whole window at every change would cost more than the text. */
  private draw(editor: vscode.TextEditor): void {
    const session = this.sessionOf(editor);
    if (session === undefined) return;
    const ranges = new Map<Level, vscode.Range[]>(LEVELS.map((level) => [level, []]));
    for (const line of linesAround(editor)) {
      const level = session.window.rowAt(line)?.level;
      if (level !== undefined) ranges.get(level)?.push(new vscode.Range(line, 0, line, 0));
    }
    for (const [level, type] of this.types) editor.setDecorations(type, ranges.get(level) ?? []);
  }

  private showStatus(): void {
    const editor = vscode.window.activeTextEditor;
    const session = editor === undefined ? undefined : this.sessionOf(editor);
    if (session === undefined) {
      this.status.hide();
      return;
    }
    this.status.text = session.follow.on ? `⏸ ${vscode.l10n.t("following")}` : `▶ ${vscode.l10n.t("follow")}`;
    this.status.tooltip = session.follow.on
      ? vscode.l10n.t("The log scrolls with its end. Scroll up or click to stop.")
      : vscode.l10n.t("Click, or go to the end, to scroll with the log.");
    this.status.show();
  }

  private sessionOf(editor: vscode.TextEditor): LogSession | undefined {
    return this.logs.session(editor.document.uri);
  }
}

/** Errors and warnings have broader bars too, and say so in words: colour alone tells nobody who cannot see it. */
function marginOf(level: Level): vscode.TextEditorDecorationType {
  const { light, dark, width } = BARS[level];
  const ruler = width > 3 ? { overviewRulerLane: vscode.OverviewRulerLane.Right } : {};
  return vscode.window.createTextEditorDecorationType({
    ...ruler,
    isWholeLine: true,
    gutterIconSize: "100% 100%",
    light: { gutterIconPath: bar(light, width), ...(width > 3 ? { overviewRulerColor: light } : {}) },
    dark: { gutterIconPath: bar(dark, width), ...(width > 3 ? { overviewRulerColor: dark } : {}) },
  });
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

function revealEnd(editor: vscode.TextEditor): void {
  const last = editor.document.lineCount - 1;
  editor.revealRange(new vscode.Range(last, 0, last, 0));
}
