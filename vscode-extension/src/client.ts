/** The daemon's life: started without blocking the window, restarted silently a few times, stopped cleanly, one message when it cannot run. */
import { type ChildProcess, spawn } from "node:child_process";
import { homedir } from "node:os";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  WorkDoneProgress,
  type WorkDoneProgressBegin,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from "vscode-languageclient/node";
import { initializationOptions, readConfig } from "./config";
import { Problem, showError, Told } from "./errors";
import { type Launch, resolveLaunch } from "./launch";
import type { Notifications, Requests } from "./protocol";
import { RestartPolicy } from "./restarts";

/** `idle`: not asked to run (untrusted, or stopped by us). `failed`: it cannot run, and the user has been told. */
export type DaemonState = "idle" | "starting" | "running" | "failed";

/** What the daemon has something to say of. Julia's files by their names: they may be plain text, or of whichever TOML extension there is. */
const DOCUMENTS = [
  { scheme: "file", language: "julia" },
  ...["Project", "Manifest", "Manifest-v*", "Artifacts", "LocalPreferences"].map((name) => {
    return { scheme: "file", pattern: `**/{${name},Julia${name}}.toml` };
  }),
  { scheme: "file", pattern: "**/.juliabundleignore" },
];

export type WorkDone = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

type Register = (client: LanguageClient) => void;

/** A language client that logs its own troubles and leaves speaking to the user to `Daemon`. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Daemon implements vscode.Disposable {
  private readonly started = new vscode.EventEmitter<void>();
  private readonly stateChanged = new vscode.EventEmitter<DaemonState>();
  private readonly handlers: Register[] = [];
  private readonly restarts = new RestartPolicy();
  private client: LanguageClient | undefined;
  private running: Promise<LanguageClient> | undefined;
  private current: DaemonState = "idle";

  /** Fires after every start, the first and those after a crash: time to ask everything anew. */
  readonly onDidStart = this.started.event;
  readonly onDidChangeState = this.stateChanged.event;

  constructor(
    private readonly extension: vscode.Extension<unknown>,
    private readonly output: vscode.LogOutputChannel,
    private readonly middleware: Middleware,
  ) {}

  get state(): DaemonState {
    return this.current;
  }

  /** Starts the daemon unless it runs. Rejects with `Told`: the user knows why it cannot. */
  async start(): Promise<void> {
    if (this.current === "failed") this.restarts.reset();
    await this.ensureRunning();
  }

  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    const client = await running?.catch(() => undefined);
    this.client = undefined;
    await client?.stop().catch((error: unknown) => {
      this.output.warn(String(error));
    });
    this.settle();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.restarts.reset();
    await this.ensureRunning();
  }

  /** One request; starts the daemon when it does not run. */
  async request<M extends keyof Requests>(method: M, params: Requests[M][0], token?: vscode.CancellationToken): Promise<Requests[M][1]> {
    const client = await this.ensureRunning();
    return token === undefined ? client.sendRequest(method, params) : client.sendRequest(method, params, token);
  }

  /** Reports on `token` go to `handler` until disposed. */
  onProgress(token: string, handler: (value: WorkDone) => void): vscode.Disposable {
    return this.client?.onProgress(WorkDoneProgress.type, token, handler) ?? new vscode.Disposable(() => undefined);
  }

  /** `handler` hears every notification of `method`, over restarts too. To be called before the first start. */
  onNotification<M extends keyof Notifications>(method: M, handler: (params: Notifications[M]) => void): void {
    this.handlers.push((client) => client.onNotification(method, handler));
  }

  dispose(): void {
    this.started.dispose();
    this.stateChanged.dispose();
  }

  /** After a stop: idle, unless a new start has begun meanwhile. */
  private settle(): void {
    if (this.running === undefined) this.setState("idle");
  }

  private ensureRunning(): Promise<LanguageClient> {
    this.running ??= this.launch().catch((error: unknown) => this.giveUp(error));
    return this.running;
  }

  private async launch(): Promise<LanguageClient> {
    if (!vscode.workspace.isTrusted) {
      throw new Problem(vscode.l10n.t("Nothing runs in a workspace that is not trusted."), {
        title: vscode.l10n.t("Manage Workspace Trust"),
        command: "workbench.trust.manage",
      });
    }
    this.setState("starting");
    const launch = await resolveLaunch(readConfig(), this.extension.extensionPath);
    const client = this.createClient(launch);
    this.client = client;
    for (const register of this.handlers) register(client);
    await client.start().catch((error: unknown) => {
      this.output.warn(String(error));
    });
    // A daemon that ends while it starts may also leave a start that succeeded with nobody there.
    if (!client.isRunning()) return this.retry();
    this.greet(client);
    this.setState("running");
    this.started.fire();
    return client;
  }

  private createClient(launch: Launch): LanguageClient {
    const options: LanguageClientOptions = {
      documentSelector: DOCUMENTS,
      middleware: this.middleware,
      initializationOptions: initializationOptions(readConfig()),
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          this.onClosed(client);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
    const client: LanguageClient = new QuietClient("juliahub", "JuliaHub", () => this.spawn(launch), options);
    return client;
  }

  private spawn({ command, args }: Launch): Promise<ChildProcess> {
    this.output.info(`starting ${[command, ...args].join(" ")}`);
    // Not the workspace as working directory: nothing in it may shadow a module of the daemon's.
    const child = spawn(command, args, { cwd: homedir(), windowsHide: true });
    return new Promise((resolve, reject) => {
      child.once("spawn", () => {
        resolve(child);
      });
      child.once("error", reject);
    });
  }

  /** The connection broke. While starting, `launch` hears of it too, by its own failure. */
  private onClosed(client: LanguageClient): void {
    if (this.client !== client || this.current !== "running") return;
    this.running = this.retry().catch((error: unknown) => this.giveUp(error));
    this.running.catch(() => undefined);
  }

  private async retry(): Promise<LanguageClient> {
    this.client = undefined;
    if (this.restarts.mayRestart(Date.now())) return this.launch();
    throw new Problem(
      vscode.l10n.t("JuliaHub's helper program keeps ending, so it was not started again. Jobs that run already go on without it."),
      { title: vscode.l10n.t("Show Log"), command: "juliahub.showOutput" },
    );
  }

  private giveUp(error: unknown): never {
    if (error instanceof Told) throw error;
    this.running = undefined;
    this.setState("failed");
    void showError(error, this.output);
    throw new Told();
  }

  /** The extension and the daemon come in one package; a daemon of the developer's own may be of another version. */
  private greet(client: LanguageClient): void {
    const theirs = client.initializeResult?.serverInfo?.version;
    const ours = (this.extension.packageJSON as { readonly version: string }).version;
    if (theirs === ours) return;
    this.output.warn(`extension ${ours} with daemon ${theirs ?? "of unknown version"}`);
    if (theirs === undefined || minor(theirs) === minor(ours)) return;
    void vscode.window.showWarningMessage(
      vscode.l10n.t("JuliaHub's extension is version {0} and its helper program {1}. Use the same for both.", ours, theirs),
    );
  }

  private setState(state: DaemonState): void {
    this.current = state;
    void vscode.commands.executeCommand("setContext", "juliahub.state", state);
    this.stateChanged.fire(state);
  }
}

function minor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

