/** The script that the views are about, and the environment it would run in. It follows the active editor; other files leave it as it is. */
import * as vscode from "vscode";
import type { Daemon } from "./client";
import { type EnvironmentForResult, methods } from "./protocol";

export interface KnownScript {
  readonly uri: vscode.Uri;
  readonly found: EnvironmentForResult;
}

export class ActiveScript implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly registrations: vscode.Disposable;
  private wanted: vscode.Uri | undefined;
  private known: KnownScript | undefined;
  private asked = 0;

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly output: vscode.LogOutputChannel,
  ) {
    daemon.onNotification(methods.environmentsChanged, () => {
      this.refresh();
    });
    this.registrations = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        this.follow(editor?.document);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (document === vscode.window.activeTextEditor?.document) this.follow(document);
      }),
      daemon.onDidStart(() => {
        this.refresh();
      }),
    );
    this.follow(vscode.window.activeTextEditor?.document);
  }

  /** The script that was active last and what the daemon said of it. One that has just become active takes its place with the answer. */
  get current(): KnownScript | undefined {
    return this.known;
  }

  /** Whether there is one, answered or not. */
  get isKnown(): boolean {
    return this.wanted !== undefined;
  }

  /** Asks the daemon again. */
  refresh(): void {
    this.ask().catch((error: unknown) => {
      this.output.warn(`environment of the script: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  /** An answer that came with another request. */
  update(uri: vscode.Uri, found: EnvironmentForResult): void {
    if (uri.toString() !== this.wanted?.toString()) return;
    this.asked += 1;
    this.known = { uri, found };
    this.changed.fire();
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }

  private follow(document: vscode.TextDocument | undefined): void {
    if (document?.languageId !== "julia" || document.uri.scheme !== "file" || document.uri.toString() === this.wanted?.toString()) return;
    this.wanted = document.uri;
    this.refresh();
  }

  private async ask(): Promise<void> {
    const uri = this.wanted;
    if (uri === undefined || this.daemon.state !== "running") return;
    const asked = (this.asked += 1);
    const found = await this.daemon.request(methods.environmentFor, { script: uri.toString() });
    if (asked === this.asked) this.update(uri, found);
  }
}
