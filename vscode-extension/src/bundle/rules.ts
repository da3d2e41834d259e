/** Leaving out and letting in: the daemon edits the ignore file, here it is saved, and can be taken back step by step. */
import * as path from "node:path";
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { Problem } from "../errors";
import { methods, type SetBundleRuleParams } from "../protocol";
import type { EditJournal } from "./journal";

interface Step {
  readonly uri: vscode.Uri;
  /** Undefined: there was no such file. */
  readonly before: string | undefined;
  readonly after: string;
  readonly title: string;
}

export class BundleRules implements vscode.Disposable {
  private readonly steps: Step[] = [];
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly status = vscode.window.createStatusBarItem("juliahub.undo", vscode.StatusBarAlignment.Left, 8);

  /** An ignore file has been written. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly journal: EditJournal,
  ) {
    this.status.name = vscode.l10n.t("JuliaHub: undo the last change of the bundle");
    this.status.command = "juliahub.undoBundleRule";
  }

  async set(params: SetBundleRuleParams): Promise<void> {
    try {
      const { uri, changed } = await this.daemon.request(methods.setBundleRule, params);
      if (changed) await this.keep(vscode.Uri.parse(uri), titleOf(params));
    } finally {
      this.tell();
    }
  }

  /** Takes back the last step, unless its file has been edited since. */
  async undo(): Promise<void> {
    const step = this.steps.pop();
    if (step === undefined) return;
    try {
      await takeBack(step);
    } finally {
      this.tell();
    }
  }

  dispose(): void {
    this.changed.dispose();
    this.status.dispose();
  }

  private async keep(uri: vscode.Uri, title: string): Promise<void> {
    const before = this.journal.take(uri.toString());
    const document = await vscode.workspace.openTextDocument(uri);
    await save(document);
    if (before !== undefined) this.steps.push({ uri, before: before.text, after: document.getText(), title });
  }

  private tell(): void {
    const last = this.steps.at(-1);
    void vscode.commands.executeCommand("setContext", "juliahub.bundle.canUndo", last !== undefined);
    if (last === undefined) this.status.hide();
    else this.offer(last);
    this.changed.fire();
  }

  private offer({ title, uri }: Step): void {
    this.status.text = `$(discard) ${vscode.l10n.t("Undo: {0}", title)}`;
    this.status.tooltip = vscode.l10n.t("{0} is as it was again after a click.", vscode.workspace.asRelativePath(uri));
    this.status.accessibilityInformation = { label: vscode.l10n.t("Undo: {0}", title), role: "button" };
    this.status.show();
  }
}

function titleOf({ path: file, included }: SetBundleRuleParams): string {
  const name = path.posix.basename(file);
  return included ? vscode.l10n.t("let {0} in", name) : vscode.l10n.t("leave {0} out", name);
}

async function takeBack({ uri, before, after }: Step): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.getText() !== after) {
    throw new Problem(vscode.l10n.t("{0} has changed since, so nothing was undone. Edit it as you like.", vscode.workspace.asRelativePath(uri)), {
      title: vscode.l10n.t("Open"),
      command: "vscode.open",
      arguments: [uri],
    });
  }
  const edit = new vscode.WorkspaceEdit();
  if (before === undefined) edit.deleteFile(uri, { ignoreIfNotExists: true });
  else edit.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), before);
  await vscode.workspace.applyEdit(edit);
  if (before !== undefined) await save(document);
}

async function save(document: vscode.TextDocument): Promise<void> {
  if (await document.save()) return;
  throw new Problem(vscode.l10n.t("{0} could not be saved, so the bundle is as it was.", vscode.workspace.asRelativePath(document.uri)), {
    title: vscode.l10n.t("Open"),
    command: "vscode.open",
    arguments: [document.uri],
  });
}
