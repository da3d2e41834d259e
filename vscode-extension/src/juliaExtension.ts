/** Tells the daemon which environment the Julia extension has active. Without that extension nothing happens. */
import { homedir } from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import type { Daemon } from "./client";
import { methods } from "./protocol";

const EXTENSION = "julialang.language-julia";

/** The part of that extension's API that is used here. */
interface JuliaApi {
  getEnvironment?(): Promise<string>;
}

export class ActiveEnvironment implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly registrations: vscode.Disposable;
  private told: string | undefined;

  /** The daemon knows another one now. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly output: vscode.LogOutputChannel,
  ) {
    const look = (): void => {
      this.tell().catch((error: unknown) => {
        this.output.warn(`the Julia extension's environment: ${String(error)}`);
      });
    };
    // Its API has no event; whoever changes the environment does so in the window, and then goes on in an editor.
    this.registrations = vscode.Disposable.from(
      daemon.onDidStart(() => {
        this.told = undefined;
        look();
      }),
      vscode.extensions.onDidChange(look),
      vscode.window.onDidChangeActiveTextEditor(look),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) look();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("julia.environmentPath")) look();
      }),
    );
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }

  private async tell(): Promise<void> {
    if (this.daemon.state !== "running") return;
    const directory = await activeDirectory();
    if (directory === this.told) return;
    this.told = directory;
    await this.daemon.request(methods.setActiveEnvironment, directory === undefined ? {} : { directory });
    this.changed.fire();
  }
}

/** The folder as a URI: from the extension when it runs, else from its setting. */
async function activeDirectory(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<JuliaApi | undefined>(EXTENSION);
  if (extension === undefined) return undefined;
  const api = extension.isActive ? extension.exports : undefined;
  const given = api?.getEnvironment === undefined ? configured() : await api.getEnvironment().catch(() => configured());
  return given === "" ? undefined : vscode.Uri.file(absolute(given)).toString();
}

function configured(): string {
  return vscode.workspace.getConfiguration("julia").get<string | null>("environmentPath") ?? "";
}

/** As the Julia extension reads it: from the home folder after `~`, else from the first folder of the workspace. */
function absolute(given: string): string {
  const expanded = given.replace(/^~(?=$|[\\/])/, homedir());
  return path.resolve(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir(), expanded);
}
