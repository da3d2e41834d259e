/** Where a log's editor looks: at its live end as long as one follows, at a record that was asked for; told in the status bar. */
import * as vscode from "vscode";
import { LOG_SCHEME } from "../log/address";
import type { LogDocuments } from "../log/documents";
import type { LogSession } from "../log/session";

/** Whether the active log is filtered, for key bindings and menus. */
const FILTERED = "juliahub.log.filtered";

export class LogFollowing implements vscode.Disposable {
  private readonly status = vscode.window.createStatusBarItem("juliahub.follow", vscode.StatusBarAlignment.Right, 90);
  /** Editors that have been looked at since they were opened. */
  private readonly opened = new WeakSet<vscode.TextEditor>();
  private readonly registrations: vscode.Disposable;

  constructor(private readonly logs: LogDocuments) {
    this.status.name = vscode.l10n.t("JuliaHub: following the log");
    this.status.command = "juliahub.followLog";
    this.registrations = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const { follow } = logs.session(document.uri) ?? {};
        for (const { range } of contentChanges) follow?.changed(range.start.line, range.end.line);
        if (document.uri.scheme === LOG_SCHEME) this.onChanged(document);
      }),
      logs.onDidPublishUnchanged((session) => {
        for (const editor of vscode.window.visibleTextEditors) if (logs.of(editor) === session) this.look(editor, session);
      }),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const editor of editors) this.onOpened(editor);
      }),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.onScrolled(textEditor);
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.showState();
      }),
    );
    this.showState();
  }

  /** Says anew whether the active log is followed and filtered. */
  showState(): void {
    const session = this.logs.of(vscode.window.activeTextEditor);
    void vscode.commands.executeCommand("setContext", FILTERED, session?.filter !== undefined);
    if (session === undefined) {
      this.status.hide();
      return;
    }
    const { on } = session.follow;
    this.status.text = on ? `$(debug-pause) ${vscode.l10n.t("following")}` : `$(fold-down) ${vscode.l10n.t("paused")}`;
    this.status.tooltip = on
      ? vscode.l10n.t("The log scrolls with its end. Scroll up or click to stop.")
      : vscode.l10n.t("Click, or press End in the log, to scroll with its end.");
    this.status.show();
  }

  dispose(): void {
    this.registrations.dispose();
    this.status.dispose();
  }

  /** A log whose document VS Code has kept since it was closed comes without a change, at its beginning. */
  private onOpened(editor: vscode.TextEditor): void {
    const session = this.logs.of(editor);
    if (session === undefined || this.opened.has(editor)) return;
    this.opened.add(editor);
    session.follow.opened();
    this.look(editor, session);
  }

  private onChanged(document: vscode.TextDocument): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const session = this.logs.of(editor);
      if (editor.document === document && session !== undefined) this.look(editor, session);
    }
    this.showState();
  }

  private look(editor: vscode.TextEditor, session: LogSession): void {
    const { reveal } = session;
    // Until the editor has read what was published last, a row is not the line that it will be. The end is the end all the same.
    const isRead = editor.document.lineCount === session.window.rows.length + 1;
    const line = reveal === undefined || !isRead ? undefined : session.window.lineOf(reveal.id);
    if (reveal !== undefined && line !== undefined) {
      session.reveal = undefined;
      const place = new vscode.Position(line, 0);
      if (reveal.at === "center") editor.selection = new vscode.Selection(place, place);
      const how = reveal.at === "center" ? vscode.TextEditorRevealType.InCenter : vscode.TextEditorRevealType.AtTop;
      editor.revealRange(new vscode.Range(place, place), how);
    } else if (session.follow.on) revealEnd(editor, session);
  }

  private onScrolled(editor: vscode.TextEditor): void {
    const session = this.logs.of(editor);
    const [top, bottom] = [editor.visibleRanges[0]?.start.line, editor.visibleRanges.at(-1)?.end.line];
    if (session === undefined || top === undefined || bottom === undefined) return;
    session.follow.seen(top, bottom, editor.document.lineCount, session.window.isLive);
    this.showState();
  }
}

function revealEnd(editor: vscode.TextEditor, { follow }: LogSession): void {
  const last = editor.document.lineCount - 1;
  follow.moving(editor.document.lineCount);
  editor.revealRange(new vscode.Range(last, 0, last, 0));
}
