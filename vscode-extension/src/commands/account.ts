/** Where scripts run, and as whom. */
import * as vscode from "vscode";
import { hasAccount } from "../accounts";
import { methods, type Server } from "../protocol";
import type { ServersModel } from "../servers";
import type { CommandFactory, Services } from "../services";
import { stateOf } from "../views/serverWords";

type Fits = (server: Server) => boolean;

export const selectServer: CommandFactory = (services) => async (argument) => {
  const server = hasServer(argument) ? argument.server : await services.pickServer();
  if (server === undefined) return;
  const { servers } = await services.daemon.request(methods.selectServer, { server });
  services.servers.update(servers);
  const chosen = services.servers.current;
  if (chosen?.kind === "hub" && chosen.state === "signedOut") await services.signIn.to(chosen.id);
  else await services.jobs.refresh();
};

export const signIn: CommandFactory = (services) => async (argument) => {
  const server = await serverFor(services, argument, ({ kind, state }) => kind === "hub" && state === "signedOut");
  if (server !== undefined) await services.signIn.to(server);
};

export const signOut: CommandFactory = (services) => async (argument) => {
  const id = await serverFor(services, argument, hasAccount);
  const server = services.servers.all.find((candidate) => candidate.id === id);
  if (server !== undefined) await services.signIn.out(server);
};

export const copySignInCode: CommandFactory = (services) => () => services.signIn.copyCode();

export const copySignInLink: CommandFactory = (services) => () => services.signIn.copyLink();

export const openSignInPage: CommandFactory = (services) => () => services.signIn.openPage();

/** The user's choice among the servers that fit, or another one; undefined when there was none. */
export async function pickServer(servers: ServersModel, fits: Fits = () => true): Promise<string | undefined> {
  const other = { label: `$(add) ${vscode.l10n.t("Another server…")}`, description: vscode.l10n.t("such as juliahub.com"), id: undefined };
  const known = servers.all.filter(fits).map((server) => ({
    label: `${server.current ? "$(circle-large-filled)" : "$(circle-large-outline)"} ${server.name}`,
    description: stateOf(server),
    id: server.id,
  }));
  const chosen = await vscode.window.showQuickPick([...known, other], { placeHolder: vscode.l10n.t("Where shall Julia scripts run?") });
  return chosen === other ? askForHost() : chosen?.id;
}

/** The server a command was called on, the current one if it `fits`, or the user's choice. */
async function serverFor(services: Services, argument: unknown, fits: Fits): Promise<string | undefined> {
  if (hasServer(argument)) return argument.server;
  await services.daemon.start();
  const current = services.servers.all.find((server) => server.current && fits(server));
  return current?.id ?? services.pickServer(fits);
}

/** A server that is not known yet; undefined when none was named. */
export function askForHost(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    prompt: vscode.l10n.t("Host name or address of the server"),
    placeHolder: "juliahub.com",
    validateInput: (value) => (value.trim() === "" ? vscode.l10n.t("Give a host name, such as juliahub.com") : undefined),
  });
}

/** How rows and the daemon's buttons name a server. */
function hasServer(value: unknown): value is { readonly server: string } {
  return typeof value === "object" && value !== null && "server" in value && typeof value.server === "string";
}
