/** The bundle of the active script as it would be submitted, folder by folder as the daemon tells it, asked anew when something changed. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { type BundleFolder, type BundleParams, methods } from "../protocol";
import type { RunPane } from "../run/pane";
import type { ActiveScript } from "../script";

/** Files come and go in crowds: a build, a checkout, a job's results. */
const CALM_MS = 500;

export class BundlePreview implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly registrations: vscode.Disposable;
  private watcher: vscode.Disposable | undefined;
  private timer: NodeJS.Timeout | undefined;
  private watched: string | undefined;
  /** What it is asked for with, as text. */
  private asked = "";

  /** What it holds may differ from what was told before. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly active: ActiveScript,
    private readonly form: Pick<RunPane, "model" | "onDidChoose">,
  ) {
    this.registrations = vscode.Disposable.from(
      active.onDidChange(() => {
        this.follow();
      }),
      form.onDidChoose(() => {
        if (JSON.stringify(this.params) !== this.asked) this.follow();
      }),
      daemon.onDidChangeState(() => {
        this.changed.fire();
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (this.directory !== undefined && uri.path.startsWith(`${this.directory.path}/`)) this.soon();
      }),
    );
    this.tellAbout();
  }

  /** What the daemon bundles; undefined when there is no script, or none with a folder. */
  get params(): BundleParams | undefined {
    const { current } = this.active;
    if (current === undefined) return undefined;
    const chosen = this.form.model.bundledWith(current.uri.toString());
    return chosen.directory === undefined && current.found.environment === undefined ? undefined : { script: current.uri.toString(), ...chosen };
  }

  /** The folder that is bundled. */
  get directory(): vscode.Uri | undefined {
    const directory = this.params?.directory ?? this.active.current?.found.environment?.directory;
    return directory === undefined ? undefined : vscode.Uri.parse(directory);
  }

  /** One folder of it, its top for an empty path; undefined when there is nothing to show now. */
  async folder(path: string): Promise<BundleFolder | undefined> {
    const { params } = this;
    if (params === undefined || this.daemon.state !== "running") return undefined;
    return this.daemon.request(methods.bundleFolder, { ...params, path });
  }

  /** Shows anew at once. */
  refresh(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.changed.fire();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watcher?.dispose();
    this.registrations.dispose();
    this.changed.dispose();
  }

  /** For the view's welcome texts and commands. */
  private tellAbout(): void {
    const about = this.active.current === undefined ? "nothing" : this.directory === undefined ? "script" : "folder";
    void vscode.commands.executeCommand("setContext", "juliahub.bundle.about", about);
  }

  private follow(): void {
    this.tellAbout();
    this.asked = JSON.stringify(this.params);
    const directory = this.directory?.toString();
    if (directory !== this.watched) {
      this.watched = directory;
      this.watcher?.dispose();
      this.watcher = this.directory === undefined ? undefined : this.watch(this.directory);
    }
    this.refresh();
  }

  private watch(directory: vscode.Uri): vscode.Disposable {
    // Outside the workspace only the folder itself: to watch a whole home folder would cost more than it tells.
    const inside = vscode.workspace.getWorkspaceFolder(directory) !== undefined;
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(directory, inside ? "**/*" : "*"));
    const seen = (uri: vscode.Uri): void => {
      if (!uri.path.includes("/.git/")) this.soon();
    };
    return vscode.Disposable.from(watcher, watcher.onDidChange(seen), watcher.onDidCreate(seen), watcher.onDidDelete(seen));
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.refresh();
    }, CALM_MS);
  }
}
