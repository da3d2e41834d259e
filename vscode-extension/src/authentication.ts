/** VS Code's Accounts menu: one account for each server that is signed in to. No token ever leaves the daemon by this way. */
import * as vscode from "vscode";
import { type Account, accountsOf, changesOf } from "./accounts";
import type { Server } from "./protocol";
import type { Services } from "./services";

/** What VS Code 1.93 and later say: the account that is meant. */
interface Options {
  readonly account?: vscode.AuthenticationSessionAccountInformation;
}

const ID = "juliahub";
/** What others get in the place of a token. */
const NO_TOKEN = "The token stays with JuliaHub's helper program.";

export class Authentication implements vscode.AuthenticationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  private readonly registrations: vscode.Disposable;
  private known: readonly Account[] = [];

  readonly onDidChangeSessions = this.changed.event;

  constructor(private readonly services: Services) {
    this.registrations = vscode.Disposable.from(
      vscode.authentication.registerAuthenticationProvider(ID, "JuliaHub", this, { supportsMultipleAccounts: true }),
      services.servers.onDidChange(() => {
        this.compare();
      }),
    );
  }

  /** Sessions have no scopes: a server gives whole accounts. */
  getSessions(_scopes?: readonly string[], options?: Options): Promise<vscode.AuthenticationSession[]> {
    const asked = options?.account?.id;
    return Promise.resolve(this.known.filter(({ server }) => asked === undefined || server === asked).map(sessionOf));
  }

  /** Signs in to the account's server, or to one of the user's choice. */
  async createSession(_scopes: readonly string[], options?: Options): Promise<vscode.AuthenticationSession> {
    const server = options?.account?.id ?? (await this.services.pickServer(isSignedOut));
    if (server === undefined) throw new vscode.CancellationError();
    const current = await this.services.signIn.to(server);
    const account = this.known.find((candidate) => candidate.server === current?.id);
    if (account === undefined) throw new Error(vscode.l10n.t("You are not signed in to {0}. Sign in and try again.", server));
    return sessionOf(account);
  }

  async removeSession(id: string): Promise<void> {
    const server = this.services.servers.all.find((candidate) => candidate.id === this.known.find((account) => account.id === id)?.server);
    if (server !== undefined) await this.services.signIn.out(server);
  }

  dispose(): void {
    this.registrations.dispose();
    this.changed.dispose();
  }

  private compare(): void {
    const now = accountsOf(this.services.servers.all);
    const { added, removed } = changesOf(this.known, now);
    this.known = now;
    if (added.length > 0 || removed.length > 0) this.changed.fire({ added: added.map(sessionOf), removed: removed.map(sessionOf), changed: [] });
  }
}

function sessionOf({ id, server, label }: Account): vscode.AuthenticationSession {
  return { id, accessToken: NO_TOKEN, account: { id: server, label }, scopes: [] };
}

function isSignedOut({ kind, state }: Server): boolean {
  return kind === "hub" && state === "signedOut";
}
