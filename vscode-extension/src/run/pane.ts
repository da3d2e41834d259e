/** The RUN pane: the daemon's form for the script at hand, in a view of the JuliaHub container. */
import * as path from "node:path";
import * as vscode from "vscode";
import { askForHost } from "../commands/account";
import { describe, Problem, runAction, showError, Told } from "../errors";
import { type Configuration, type Form, type FormParams, methods, type Server, type SubmitParams } from "../protocol";
import type { Services } from "../services";
import { namesNothing } from "../submitter";
import { WebviewBridge, webviewHtml, webviewOptions } from "../webview";
import { Gestures } from "./gestures";
import type { About, FromPage, ToPage, View } from "./messages";
import { type Draft, type FormRequest, RunModel } from "./model";
import { runStrings } from "./strings";
import { failed, noScript, troubled, untrusted } from "./welcome";

const VIEW = "juliahub.run";
const DRAFTS = "juliahub.run.drafts";

type Parts = Pick<Services, "context" | "output" | "daemon" | "servers" | "signIn" | "script" | "rules" | "submitter">;

export class RunPane implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly model: RunModel;
  private readonly chosen = new vscode.EventEmitter<void>();
  /** What is chosen for a script may be something else than before. */
  readonly onDidChoose = this.chosen.event;
  private readonly registrations: vscode.Disposable;
  private readonly gestures: Gestures;
  private page: WebviewBridge<ToPage, FromPage> | undefined;
  private view: vscode.WebviewView | undefined;
  private configurations: readonly Configuration[] = [];
  private active: string | undefined;
  /** What the form is to be filled for as soon as somebody looks at it. */
  private wanted: FormRequest | undefined;
  private busy = false;
  /** What is wrong with a field that the page cannot read, in the form that was filled for the `filled`th time. */
  private unreadable: { readonly filled: number; readonly sentence: string } | undefined;
  /** The server that scripts ran on when it was last looked at. */
  private server: string | undefined;
  /** Why there is no form. */
  private trouble: string | undefined;

  constructor(private readonly parts: Parts) {
    const { daemon, servers, script, rules, context, output } = parts;
    this.model = new RunModel({
      ask: (params) => this.ask(params),
      isSeen: () => this.view?.visible === true,
      changed: () => {
        this.trouble = undefined;
        this.draw();
        this.chosen.fire();
      },
      failed: (error, asked) => {
        this.failed(error, asked);
      },
      later: (act, milliseconds) => {
        const timer = setTimeout(act, milliseconds);
        return {
          cancel: () => {
            clearTimeout(timer);
          },
        };
      },
      loadDrafts: () => context.workspaceState.get<Record<string, Draft>>(DRAFTS, {}),
      saveDrafts: (drafts) => void context.workspaceState.update(DRAFTS, drafts),
    });
    this.gestures = new Gestures(parts, this.model, () => this.configurations, (params) => this.ask(params));
    daemon.onNotification(methods.configurationsChanged, ({ configurations }) => {
      this.configurations = configurations;
      this.draw();
    });
    this.registrations = vscode.Disposable.from(
      vscode.window.registerWebviewViewProvider(VIEW, this),
      script.onDidChange(() => {
        this.follow();
      }),
      servers.onDidChange(() => {
        this.serversChanged();
      }),
      rules.onDidChange(() => {
        if (this.shown) this.model.refresh();
      }),
      daemon.onDidStart(() => {
        this.started().catch((error: unknown) => {
          output.warn(String(error));
        });
      }),
      daemon.onDidChangeState(() => {
        this.draw();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.draw();
      }),
      vscode.workspace.onDidSaveTextDocument(() => {
        if (this.shown) this.model.refresh();
      }),
    );
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { context } = this.parts;
    view.webview.options = webviewOptions(context.extensionUri);
    const page = new WebviewBridge<ToPage, FromPage>(view.webview);
    this.page = page;
    this.view = view;
    const heard = page.onMessage((message) => {
      this.heard(message).catch((error: unknown) => {
        void showError(error, this.parts.output);
      });
    });
    const turned = view.onDidChangeVisibility(() => {
      if (view.visible) this.look();
    });
    view.onDidDispose(() => {
      heard.dispose();
      turned.dispose();
      if (this.view !== view) return;
      this.page = undefined;
      this.view = undefined;
    });
    view.webview.html = webviewHtml(view.webview, context.extensionUri, "run", vscode.l10n.t("Run on JuliaHub"), runStrings());
  }

  /** Reveals the pane, filled for a script, or with what a job ran with or a configuration says. */
  async openForm(request: FormRequest = {}): Promise<void> {
    const wanted = this.about(request);
    this.wanted = undefined;
    const known = wanted.job === undefined && wanted.configuration === undefined && this.model.isAbout(wanted.script);
    if (!known || this.model.form === undefined) this.model.open(wanted);
    await vscode.commands.executeCommand(`${VIEW}.focus`);
  }

  /** What *Start job* would submit for this script, whether or not anybody looks at its form. Rejects while it holds what cannot be read. */
  async choicesFor(script: string): Promise<SubmitParams> {
    const { unreadable } = this;
    if (this.shown && this.model.isAbout(script) && unreadable?.filled === this.model.filled) {
      const name = path.posix.basename(vscode.Uri.parse(script).path);
      const show = { title: vscode.l10n.t("Show Form"), command: "juliahub.configure", arguments: [vscode.Uri.parse(script)] };
      throw new Problem(vscode.l10n.t("The form for {0} in the JuliaHub view has to be mended first: {1}", name, unreadable.sentence), show);
    }
    return (await this.ask(this.model.requestFor(script, this.shown))).choices;
  }

  dispose(): void {
    this.model.close();
    this.registrations.dispose();
    this.chosen.dispose();
  }

  /** With the script at hand, unless a job or the configuration says what runs. */
  private about(request: FormRequest): FormRequest {
    const { configuration, folder, job } = request;
    const own = this.configurations.find(({ name, folder: place }) => name === configuration && (folder ?? place) === place)?.choices;
    const script = request.script ?? this.wanted?.script ?? this.model.script;
    return job !== undefined || !namesNothing(own ?? {}) || script === undefined ? request : { ...request, script };
  }

  /** Where scripts run, unless a server is named or a configuration may name one. */
  private async ask(params: FormParams): Promise<Form> {
    const { daemon, servers } = this.parts;
    if (params.server !== undefined || params.configuration !== undefined) return daemon.request(methods.form, params);
    if (servers.current === undefined) await servers.refresh();
    return daemon.request(methods.form, { ...params, ...(servers.current === undefined ? {} : { server: servers.current.id }) });
  }

  private get shown(): boolean {
    return this.view?.visible === true && this.model.form !== undefined;
  }

  /** Another script is active, or the same one has another environment. */
  private follow(): void {
    const uri = this.parts.script.current?.uri.toString();
    if (uri === undefined) return;
    if (uri !== this.active) this.wanted = { script: uri };
    this.active = uri;
    if (this.view?.visible !== true) return;
    this.look();
    this.draw();
  }

  /** Where scripts run is one thing, chosen here, in the Servers view or the status bar. */
  private serversChanged(): void {
    const { current } = this.parts.servers;
    const before = this.server;
    this.server = current?.id;
    if (before !== undefined && current !== undefined && current.id !== before) this.model.followServer();
    else if (this.shown) this.model.refresh();
  }

  /** Nothing is asked for a form that nobody sees. */
  private look(): void {
    const { wanted } = this;
    this.wanted = undefined;
    if (wanted === undefined) this.model.refresh(true);
    else this.model.open(wanted);
  }

  private async started(): Promise<void> {
    if (this.view?.visible === true) this.look();
    this.configurations = (await this.parts.daemon.request(methods.configurations, {})).configurations;
    this.draw();
  }

  private async heard(message: FromPage): Promise<void> {
    switch (message.type) {
      case "ready":
        this.model.forgetPassword();
        this.unreadable = undefined;
        this.look();
        this.draw();
        break;
      case "edited":
        this.model.edited(message.choices, message.edit, message.filled);
        break;
      case "unreadable":
        this.unreadable = message.sentence === undefined ? undefined : { filled: message.filled, sentence: message.sentence };
        break;
      case "started":
        await this.start(message.choices);
        break;
      case "served":
        await this.serve(message.server);
        break;
      case "configured":
        this.model.open(this.about({ ...folderOf(message.folder), ...(message.configuration === undefined ? {} : { configuration: message.configuration }) }));
        break;
      case "mended":
        await this.mend(message.about, message.problem, message.action);
        break;
      case "asked":
        await (message.gesture === "addServer" ? this.serve(await askForHost()) : this.gestures.make(message.gesture));
        break;
    }
  }

  private async start(choices: SubmitParams): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.draw();
    const submitted = this.model.submitting(choices);
    try {
      if ((await this.parts.submitter.submit(choices)) !== undefined) submitted();
    } finally {
      this.busy = false;
      this.draw();
    }
  }

  /** Where scripts run. A server that knows nobody asks for a sign-in first; when that is declined, everything is as it was. */
  private async serve(chosen: string | undefined): Promise<void> {
    const { servers, signIn } = this.parts;
    const known = servers.all.find(({ id }) => id === chosen);
    try {
      if (chosen === undefined) return;
      const server = known === undefined || known.state === "signedOut" ? await signIn.to(chosen) : await this.select(known);
      if (server !== undefined) this.model.followServer();
    } finally {
      this.draw();
    }
  }

  private async select(server: Server): Promise<Server> {
    const { daemon, servers } = this.parts;
    if (!server.current) servers.update((await daemon.request(methods.selectServer, { server: server.id })).servers);
    return server;
  }

  private async mend(about: About, problem: number, action: number): Promise<void> {
    const { fields, environment, bundle } = this.model.form ?? {};
    const problems = { fields, environment: environment?.environment?.problems, bundle: bundle?.problems }[about];
    const chosen = problems?.[problem]?.actions?.[action];
    if (chosen === undefined) return;
    await runAction(chosen);
    this.model.refresh();
  }

  /** A form that is there stays; it is asked for again with the next change, or when the daemon is back. */
  private failed(error: unknown, asked: boolean): void {
    const { output } = this.parts;
    if (!(error instanceof Told)) output.warn(`form: ${error instanceof Error ? error.message : String(error)}`);
    if (this.model.form === undefined) this.trouble = error instanceof Told ? undefined : describe(error, output).message;
    else if (asked) void showError(error, output);
    this.draw();
  }

  private draw(): void {
    this.page?.post({ type: "show", view: this.current() });
  }

  private current(): View {
    const { daemon, script, servers } = this.parts;
    if (!vscode.workspace.isTrusted) return untrusted();
    if (daemon.state === "failed") return failed();
    const { form, source, filled, edit } = this.model;
    if (form === undefined) {
      if (this.trouble !== undefined) return troubled(this.trouble);
      return !script.isKnown && daemon.state === "running" ? noScript() : { kind: "waiting" };
    }
    const configurations = this.configurations.filter(({ problem }) => problem === undefined).map(({ name, folder }) => ({ name, folder }));
    return { kind: "form", script: named(form.choices), form, servers: servers.all, configurations, source, filled, edit, busy: this.busy };
  }
}

function named({ script, code, app, appRepo }: SubmitParams): { name: string; folder: string } {
  if (script === undefined) return { name: app ?? path.posix.basename(appRepo ?? ""), folder: "" };
  const uri = vscode.Uri.parse(script);
  const name = path.posix.basename(uri.path);
  return { name: code === undefined ? name : vscode.l10n.t("{0} (selection)", name), folder: path.posix.basename(path.posix.dirname(uri.path)) };
}

function folderOf(folder: string | undefined): FormRequest {
  return folder === undefined ? {} : { folder };
}
