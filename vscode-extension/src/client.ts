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
import { readConfig } from "./config";
import { offer, Problem, showError, Told } from "./errors";
import { handshake } from "./handshake";
import { type Launch, resolveLaunch } from "./launch";
import type { Notifications, Requests } from "./protocol";
import { RestartPolicy } from "./restarts";
import { initializationOptions } from "./settings";

/** `idle`: not asked to run (untrusted, or stopped by us). `failed`: it cannot run, and the user has been told. */
export type DaemonState = "idle" | "starting" | "running" | "failed";

/** What the daemon has something to say of. Julia's files by their names: they may be plain text, or of whichever TOML extension there is. */
const DOCUMENTS = [
  { scheme: "file", language: "julia" },
  ...["Project", "Manifest", "Manifest-v*", "Artifacts", "LocalPreferences"].map((name) => {
    return { scheme: "file", pattern: `**/{${name},Julia${name}}.toml` };
  }),
  { scheme: "file", pattern: "**/.juliabundleignore" },
  { scheme: "file", pattern: "**/.vscode/juliahub.toml" },
];

const DAEMON_SETTING = { title: vscode.l10n.t("Open Settings"), command: "workbench.action.openSettings", arguments: ["juliahub.daemonCommand"] };
const UPDATES = { title: vscode.l10n.t("Look for Updates"), command: "workbench.extensions.action.checkForUpdates" };

export type WorkDone = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** A language client that logs its own troubles and leaves speaking to the user to `Daemon`. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Daemon implements vscode.Disposable {
  private readonly started = new vscode.EventEmitter<void>();
  private readonly stateChanged = new vscode.EventEmitter<DaemonState>();
  private readonly handlers = new Map<string, ((params: unknown) => void)[]>();
  private readonly restarts = new RestartPolicy();
  private client: LanguageClient | undefined;
  private running: Promise<LanguageClient> | undefined;
  private current: DaemonState = "idle";
  /** The process that has not answered yet. */
  private starting: ChildProcess | undefined;
  /** How often it was stopped: a start that began before that ends by itself. */
  private stops = 0;
  /** The daemon's version that the user has been warned of. */
  private warned: string | undefined;

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

  /** Of the daemon that runs. */
  get version(): string | undefined {
    return this.current === "running" ? this.client?.initializeResult?.serverInfo?.version : undefined;
  }

  /** Starts the daemon unless it runs. Rejects with `Told`: the user knows why it cannot. */
  async start(): Promise<void> {
    if (this.current === "failed") this.restarts.reset();
    await this.ensureRunning();
  }

  /** One that still starts is ended: it may hang, and would be waited for for ever. */
  async stop(): Promise<void> {
    const { running } = this;
    this.stops += 1;
    this.running = undefined;
    this.client = undefined;
    this.starting?.kill();
    this.starting = undefined;
    const client = await running?.catch(() => undefined);
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

  /** One request; starts the daemon when it does not run. One that has failed is only started by `start` and `restart`, which a person asked for. */
  async request<M extends keyof Requests>(method: M, params: Requests[M][0], token?: vscode.CancellationToken): Promise<Requests[M][1]> {
    if (this.current === "failed") {
      throw new Problem(vscode.l10n.t("JuliaHub's helper program is not running."), { title: vscode.l10n.t("Start It"), command: "juliahub.restart" });
    }
    const client = await this.ensureRunning();
    return token === undefined ? client.sendRequest(method, params) : client.sendRequest(method, params, token);
  }

  /** Reports on `token` go to `handler` until disposed. */
  onProgress(token: string, handler: (value: WorkDone) => void): vscode.Disposable {
    return this.client?.onProgress(WorkDoneProgress.type, token, handler) ?? new vscode.Disposable(() => undefined);
  }

  /** `handler` hears every notification of `method`, over restarts too. To be called before the first start. */
  onNotification<M extends keyof Notifications>(method: M, handler: (params: Notifications[M]) => void): void {
    const former = this.handlers.get(method) ?? [];
    this.handlers.set(method, [...former, handler as (params: unknown) => void]);
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
    const { stops } = this;
    const launch = await resolveLaunch(readConfig(), this.extension.extensionPath).finally(() => {
      this.unlessStopped(stops);
    });
    const client = this.createClient(launch, stops);
    this.client = client;
    for (const [method, handlers] of this.handlers) {
      client.onNotification(method, (params: unknown) => {
        for (const handler of handlers) handler(params);
      });
    }
    await client.start().catch((error: unknown) => {
      this.output.warn(String(error));
    });
    if (this.stops !== stops) await client.stop().catch(() => undefined);
    this.unlessStopped(stops);
    this.starting = undefined;
    // A daemon that ends while it starts may also leave a start that succeeded with nobody there.
    if (!client.isRunning()) return this.retry();
    await this.greet(client);
    this.setState("running");
    this.started.fire();
    return client;
  }

  /** Throws `Told` in a start that was stopped: nobody waits for it, nor for why it fails. */
  private unlessStopped(stops: number): void {
    if (this.stops !== stops) throw new Told();
  }

  private createClient(launch: Launch, stops: number): LanguageClient {
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
    const client: LanguageClient = new QuietClient("juliahub", "JuliaHub", () => this.spawn(launch, stops), options);
    return client;
  }

  private spawn({ command, args }: Launch, stops: number): Promise<ChildProcess> {
    this.unlessStopped(stops);
    this.output.info(`starting ${[command, ...args].join(" ")}`);
    // Not the workspace as working directory: nothing in it may shadow a module of the daemon's.
    const child = spawn(command, args, { cwd: homedir(), windowsHide: true });
    this.starting = child;
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
      { title: vscode.l10n.t("Report"), command: "juliahub.reportProblem" },
    );
  }

  private giveUp(error: unknown): never {
    if (error instanceof Told) throw error;
    this.running = undefined;
    this.setState(vscode.workspace.isTrusted ? "failed" : "idle");
    void showError(error, this.output);
    throw new Told();
  }

  /** Says once for all restarts when a daemon of the user's own choice does not go with this extension; what is no daemon at all is ended. */
  private async greet(client: LanguageClient): Promise<void> {
    const server = client.initializeResult?.serverInfo;
    const ours = (this.extension.packageJSON as { readonly version: string }).version;
    const verdict = handshake(ours, server);
    if (verdict === "stranger") {
      await client.stop().catch(() => undefined);
      throw new Problem(
        vscode.l10n.t("The program that the setting juliahub.daemonCommand starts is not JuliaHub's helper program. Name another one, or none."),
        DAEMON_SETTING,
      );
    }
    if (verdict === "fits" || this.warned === server?.version) return;
    this.warned = server?.version;
    const theirs = server?.version ?? vscode.l10n.t("version unknown");
    const problem =
      verdict === "older"
        ? new Problem(vscode.l10n.t("The helper program ({0}) is older than JuliaHub's extension ({1}). Update the program that the setting juliahub.daemonCommand names.", theirs, ours), DAEMON_SETTING)
        : new Problem(vscode.l10n.t("The helper program ({0}) is newer than JuliaHub's extension ({1}). Update the extension.", theirs, ours), UPDATES);
    void offer(problem.actions, (...titles) => vscode.window.showWarningMessage(problem.message, ...titles));
  }

  private setState(state: DaemonState): void {
    this.current = state;
    void vscode.commands.executeCommand("setContext", "juliahub.state", state);
    this.stateChanged.fire(state);
  }
}
