/** A log's folds, its outline over the whole of it, and the actions at the window's ends. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { LOG_SCHEME } from "../log/address";
import { type LogDocuments, PAGE_LINES } from "../log/documents";
import type { LogNavigation } from "../log/navigation";
import type { LogSession } from "../log/session";
import { outlineOf, type OutlineEntry, regionsOf } from "../log/structure";
import { type LogMark, methods } from "../protocol";

const KINDS: Readonly<Record<LogMark["kind"], vscode.SymbolKind>> = {
  stage: vscode.SymbolKind.Module,
  worker: vscode.SymbolKind.Object,
  warning: vscode.SymbolKind.Event,
  error: vscode.SymbolKind.Constant,
};

export class LogStructure implements vscode.DocumentSymbolProvider, vscode.FoldingRangeProvider, vscode.CodeLensProvider, vscode.Disposable {
  private readonly outlines = new WeakMap<LogSession, readonly OutlineEntry[]>();
  private readonly marks = new WeakMap<LogSession, { readonly newest: number; readonly marks: readonly LogMark[] }>();
  private readonly registrations: vscode.Disposable;

  constructor(
    private readonly daemon: Daemon,
    private readonly logs: LogDocuments,
    private readonly navigation: LogNavigation,
    private readonly output: vscode.LogOutputChannel,
  ) {
    const selector = { scheme: LOG_SCHEME };
    this.registrations = vscode.Disposable.from(
      vscode.languages.registerDocumentSymbolProvider(selector, this),
      vscode.languages.registerFoldingRangeProvider(selector, this),
      vscode.languages.registerCodeLensProvider(selector, this),
      vscode.window.onDidChangeTextEditorSelection((change) => {
        this.onSelected(change);
      }),
    );
  }

  async provideFoldingRanges(document: vscode.TextDocument, _context: vscode.FoldingContext, token: vscode.CancellationToken): Promise<vscode.FoldingRange[]> {
    const session = this.logs.session(document.uri);
    if (session === undefined) return [];
    const stages = (await this.marksOf(session, token)).filter(({ kind }) => kind === "stage").map(({ id }) => id);
    return regionsOf(session.window.rows, stages).map(({ start, end }) => new vscode.FoldingRange(start, end));
  }

  async provideDocumentSymbols(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.DocumentSymbol[]> {
    const session = this.logs.session(document.uri);
    if (session === undefined) return [];
    const marks = await this.marksOf(session, token);
    const { window } = session;
    const place = { lineOf: (id: number) => window.lineOf(id), first: window.first, lines: window.rows.length };
    const outline = outlineOf(marks, place, { before: session.earlierLine, after: session.laterLine });
    this.outlines.set(session, outline);
    return outline.map((entry) => symbolOf(entry, document));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const session = this.logs.session(document.uri);
    if (session === undefined) return [];
    const argument = document.uri.toString();
    const at = (line: number, title: string, command: string): vscode.CodeLens =>
      new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [argument] });
    // Under the header's lines: what stands over a document's first line is out of sight where Ctrl+Home ends.
    const below = (line: number, title: string, command: string): vscode.CodeLens => at(line + 1, title, command);
    const { earlierLine, laterLine, window, filter } = session;
    const page = (count: number): string => Math.min(count, PAGE_LINES).toLocaleString();
    return [
      ...(filter === undefined
        ? []
        : [below(0, vscode.l10n.t("$(clear-all) Show whole log"), "juliahub.clearLogFilter"), below(0, vscode.l10n.t("$(filter) Change filter"), "juliahub.filterLog")]),
      ...(earlierLine === undefined
        ? []
        : [
            below(earlierLine, vscode.l10n.t("$(arrow-up) Show {0} earlier lines", page(window.earlier ?? 0)), "juliahub.earlierLines"),
            below(earlierLine, vscode.l10n.t("$(error) First error"), "juliahub.firstError"),
          ]),
      ...(laterLine === undefined
        ? []
        : [
            at(laterLine, vscode.l10n.t("$(arrow-down) Show {0} later lines", page(window.later)), "juliahub.laterLines"),
            at(laterLine, vscode.l10n.t("$(fold-down) Go to the end"), "juliahub.endOfLog"),
          ]),
    ];
  }

  dispose(): void {
    this.registrations.dispose();
  }

  /** Of the whole log; asked for again only when it has grown. */
  private async marksOf(session: LogSession, token: vscode.CancellationToken): Promise<readonly LogMark[]> {
    const known = this.marks.get(session);
    const { newest } = session;
    if (known?.newest === newest || session.log === undefined || this.daemon.state !== "running") return known?.marks ?? [];
    const { marks } = await this.daemon.request(methods.logSummary, { ...session.ref }, token);
    this.marks.set(session, { newest, marks });
    return marks;
  }

  /**
   * An outline can only name places of the document, so what is outside the window stands in the lines that tell how much is, one column
   * apart. Going to one, which no key or click in the text does, moves the window.
   */
  private onSelected({ textEditor, selections, kind }: vscode.TextEditorSelectionChangeEvent): void {
    const session = this.logs.of(textEditor);
    const place = selections[0]?.active;
    if (session === undefined || place === undefined || kind !== vscode.TextEditorSelectionChangeKind.Command) return;
    if (place.line !== session.earlierLine && place.line !== session.laterLine) return;
    const entries = (this.outlines.get(session) ?? []).flatMap((entry) => [entry, ...entry.children]);
    const entry = entries.find(({ line, column }) => line === place.line && column === place.character);
    if (entry === undefined) return;
    this.navigation.toRecord(session, entry.mark.id).catch((error: unknown) => {
      this.output.warn(String(error));
    });
  }
}

function symbolOf({ mark, line, column, end, children }: OutlineEntry, document: vscode.TextDocument): vscode.DocumentSymbol {
  const begin = document.validatePosition(new vscode.Position(line, column));
  const whole = new vscode.Range(begin, document.lineAt(Math.min(Math.max(line, end), document.lineCount - 1)).range.end);
  const symbol = new vscode.DocumentSymbol(mark.text.trim() || "…", "", KINDS[mark.kind], whole, new vscode.Range(begin, begin));
  symbol.children = children.map((child) => symbolOf(child, document));
  return symbol;
}
