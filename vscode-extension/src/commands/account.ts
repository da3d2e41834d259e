/** Where scripts run, and as whom. */
import * as vscode from "vscode";
import { withProgress } from "../progress";
import { methods, type Server } from "../protocol";
import type { CommandFactory, Services } from "../services";
import { stateOf } from "../views/serversTree";

export const selectServer: CommandFactory = (services) => async (argument) => {
  const server = isServer(argument) ? argument.id : await pickServer(services);
  if (server === undefined) return;
  const { servers } = await services.daemon.request(methods.selectServer, { server });
  services.servers.update(servers);
  const chosen = services.servers.current;
  if (chosen?.kind === "hub" && chosen.state === "signedOut") await signInTo(services, chosen.id);
  else await services.jobs.refresh();
};

export const signIn: CommandFactory = (services) => async (argument) => {
  const server = await serverFor(services, argument, ({ kind, state }) => kind === "hub" && state !== "signedIn");
  if (server !== undefined) await signInTo(services, server);
};

export const signOut: CommandFactory = (services) => async (argument) => {
  const server = await serverFor(services, argument, ({ kind, state }) => kind === "hub" && state === "signedIn");
  if (server === undefined) return;
  services.servers.update((await services.daemon.request(methods.signOut, { server })).servers);
};

async function signInTo({ daemon, servers, jobs }: Services, server: string): Promise<void> {
  const title = vscode.l10n.t("Signing in to {0}: approve it in the browser", server);
  const result = await withProgress(daemon, title, (workDoneToken, cancel) => daemon.request(methods.signIn, { server, workDoneToken }, cancel));
  servers.update(result.servers);
  await jobs.refresh();
}

/** The server a command was called on, the one that `fits` alone, or the user's choice. */
async function serverFor(services: Services, argument: unknown, fits: (server: Server) => boolean): Promise<string | undefined> {
  if (isServer(argument)) return argument.id;
  if (hasServer(argument)) return argument.server;
  await services.daemon.start();
  const fitting = services.servers.all.filter(fits);
  const current = fitting.find((server) => server.current);
  return current?.id ?? pickServer(services, fits);
}

async function pickServer(services: Services, fits: (server: Server) => boolean = () => true): Promise<string | undefined> {
  await services.daemon.start();
  const other = { label: `$(add) ${vscode.l10n.t("Another server…")}`, description: vscode.l10n.t("such as juliahub.com"), id: undefined };
  const known = services.servers.all.filter(fits).map((server) => ({
    label: `${server.current ? "$(circle-large-filled)" : "$(circle-large-outline)"} ${server.name}`,
    description: stateOf(server),
    id: server.id,
  }));
  const chosen = await vscode.window.showQuickPick([...known, other], { placeHolder: vscode.l10n.t("Where shall Julia scripts run?") });
  return chosen === other ? askForHost() : chosen?.id;
}

function askForHost(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    prompt: vscode.l10n.t("Host name or address of the server"),
    placeHolder: "juliahub.com",
    validateInput: (value) => (value.trim() === "" ? vscode.l10n.t("Give a host name, such as juliahub.com") : undefined),
  });
}

function isServer(value: unknown): value is Server {
  return typeof value === "object" && value !== null && "id" in value && "kind" in value;
}

/** How the daemon's buttons name a server. */
function hasServer(value: unknown): value is { readonly server: string } {
  return typeof value === "object" && value !== null && "server" in value && typeof value.server === "string";
}
