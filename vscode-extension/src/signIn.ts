/** Signing in: a person approves in a browser, here or on another device, while a notification counts down. The token stays with the daemon. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { Daemon, WorkDone } from "./client";
import { type ApprovalWantedParams, methods, type Server } from "./protocol";
import type { ServersModel } from "./servers";
import { plain } from "./text";

/** How often the countdown is written anew: each time takes the focus off its links, and screen readers say all of it again. */
const STEP_MS = 10_000;

interface Attempt {
  readonly server: string;
  readonly report: (message: string) => void;
  approval?: ApprovalWantedParams;
  /** Whether a browser has the page, as far as VS Code knows. */
  opened?: boolean;
  waiting: string;
  written: number;
}

export class SignIn implements vscode.Disposable {
  private readonly attempts = new Map<string, Attempt>();

  constructor(
    private readonly daemon: Daemon,
    private readonly servers: ServersModel,
    private readonly output: vscode.LogOutputChannel,
  ) {
    daemon.onNotification(methods.approvalWanted, (approval) => {
      this.open(approval).catch((error: unknown) => {
        output.error(String(error));
      });
    });
  }

  /** Signs in to `server`, an id, host or URL; the profile that is current then. Rejects when the user cancels or the server refuses. */
  async to(server: string): Promise<Server | undefined> {
    const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Signing in to {0}", plain(server)), cancellable: true };
    await vscode.window.withProgress(options, (progress, cancel) => {
      const attempt: Attempt = {
        server,
        report: (message) => {
          progress.report({ message });
        },
        waiting: "",
        written: 0,
      };
      return this.attempt(attempt, cancel);
    });
    return this.servers.current;
  }

  /** Removes the token from this computer, and says what that leaves elsewhere. */
  async out(server: Server): Promise<void> {
    const { servers } = await this.daemon.request(methods.signOut, { server: server.id });
    this.servers.update(servers);
    void tellWhatIsLeft(server);
  }

  /** The code of the sign-in that waits, to be pasted on its page. */
  async copyCode(): Promise<void> {
    await copy(this.waiting()?.approval?.code);
  }

  /** The address of its page, for a browser elsewhere. */
  async copyLink(): Promise<void> {
    await copy(this.waiting()?.approval?.url);
  }

  async openPage(): Promise<void> {
    const approval = this.waiting()?.approval;
    if (approval !== undefined) await this.open(approval);
  }

  dispose(): void {
    this.attempts.clear();
  }

  private async attempt(attempt: Attempt, cancel: vscode.CancellationToken): Promise<void> {
    await this.daemon.start();
    const token = randomUUID();
    const listening = this.daemon.onProgress(token, (value) => {
      this.progressed(attempt, value);
    });
    this.attempts.set(token, attempt);
    this.tellContext();
    try {
      const params = { server: attempt.server, showsApproval: true, workDoneToken: token };
      this.servers.update((await this.daemon.request(methods.signIn, params, cancel)).servers);
    } catch (error) {
      throw cancel.isCancellationRequested ? new vscode.CancellationError() : error;
    } finally {
      listening.dispose();
      this.attempts.delete(token);
      this.tellContext();
    }
  }

  /** Opens the page. Where that is not possible, the notification says so and has the address. */
  private async open(approval: ApprovalWantedParams): Promise<void> {
    const attempt = this.attempts.get(String(approval.workDoneToken));
    if (attempt === undefined) return;
    attempt.approval = approval;
    this.write(attempt);
    this.output.info(`sign-in to ${approval.server}: waiting for an approval`);
    attempt.opened = await vscode.env.openExternal(vscode.Uri.parse(approval.url, true)).then(undefined, () => false);
    this.write(attempt);
  }

  private progressed(attempt: Attempt, value: WorkDone): void {
    if (value.kind === "end" || value.message === undefined) return;
    attempt.waiting = value.message;
    if (Date.now() - attempt.written >= STEP_MS) this.write(attempt);
  }

  private write(attempt: Attempt): void {
    attempt.written = Date.now();
    attempt.report(wordsOf(attempt));
  }

  /** The one that began last. */
  private waiting(): Attempt | undefined {
    return [...this.attempts.values()].reverse().find(({ approval }) => approval !== undefined);
  }

  private tellContext(): void {
    void vscode.commands.executeCommand("setContext", "juliahub.signingIn", this.attempts.size > 0);
  }
}

/** What the notification says. Only the links are ours to make: nothing of a server's may become one. */
function wordsOf({ approval, opened, waiting }: Attempt): string {
  if (approval === undefined) return plain(waiting);
  const { code, url } = approval;
  const where = opened === false ? vscode.l10n.t("No browser opened. Open {0} on any device", plain(url)) : plain(waiting);
  const what = code === undefined ? "" : vscode.l10n.t("The code is {0}", plain(code));
  const links = [
    ...(code === undefined ? [] : [`[${vscode.l10n.t("Copy Code")}](command:juliahub.copySignInCode)`]),
    `[${vscode.l10n.t("Copy Link")}](command:juliahub.copySignInLink)`,
    `[${vscode.l10n.t("Open Page Again")}](command:juliahub.openSignInPage)`,
  ];
  return [where, ...(opened === false ? [plain(waiting)] : []), what, links.join(" · ")].filter((part) => part !== "").join(". ");
}

async function tellWhatIsLeft({ name, url, tokenExpires }: Server): Promise<void> {
  const until = tokenExpires === undefined ? "" : new Date(tokenExpires).toLocaleString(vscode.env.language, { dateStyle: "medium", timeStyle: "short" });
  const left =
    until === ""
      ? vscode.l10n.t("Other programs that copied the token keep it until it lapses; revoke it on the server's account page.")
      : vscode.l10n.t("Other programs that copied the token keep it until {0}; revoke it on the server's account page.", until);
  const page = vscode.l10n.t("Open {0}", name);
  const said = vscode.l10n.t("You are signed out of {0}: its token is gone from this computer. {1}", plain(name), left);
  const chosen = await vscode.window.showInformationMessage(said, ...(url === undefined ? [] : [page]));
  if (chosen === page && url !== undefined) await vscode.env.openExternal(vscode.Uri.parse(url, true));
}

async function copy(text: string | undefined): Promise<void> {
  if (text === undefined) return;
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("Copied")}`, 3000);
}
