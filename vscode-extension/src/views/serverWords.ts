/** What there is to say of a server, to eyes and to ears. */
import * as vscode from "vscode";
import type { Server } from "../protocol";
import { life, since } from "../text";

/** In a few words, which fit beside a name; nothing for one that is simply there. */
export function stateOf(server: Server): string {
  if (server.state === "offline") return server.offlineSince === undefined ? vscode.l10n.t("offline") : sinceWhen(server.offlineSince);
  if (server.kind === "thisComputer") return "";
  if (server.state !== "signedIn") return vscode.l10n.t("signed out");
  return [server.account ?? vscode.l10n.t("signed in"), tokenOf(server)].filter((part) => part !== "").join(" · ");
}

/** The same as a sentence's part, for screen readers. */
export function spokenState(server: Server): string {
  if (server.state === "offline") return offline(server.offlineSince);
  if (server.state === "stopped") return vscode.l10n.t("ready, starts with the first job");
  if (server.state === "signedOut") return vscode.l10n.t("signed out");
  if (server.kind === "thisComputer") return vscode.l10n.t("running");
  const who = server.account === undefined ? vscode.l10n.t("signed in") : vscode.l10n.t("signed in as {0}", server.account);
  return [who, tokenOf(server)].filter((part) => part !== "").join(", ");
}

export function offline(time: number | undefined): string {
  if (time === undefined) return vscode.l10n.t("offline, showing the last known");
  return vscode.l10n.t("offline since {0}, showing the last known", since(time, Date.now()));
}

function sinceWhen(time: number): string {
  return vscode.l10n.t("offline since {0}", since(time, Date.now()));
}

function tokenOf({ tokenExpires }: Server): string {
  const left = tokenExpires === undefined ? "" : life(tokenExpires - Date.now());
  return left === "" ? "" : vscode.l10n.t("token {0}", left);
}
