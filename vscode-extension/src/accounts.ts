/** The accounts behind the servers' states. Pure. */
import type { Server } from "./protocol";

export interface Account {
  readonly id: string;
  /** The server's id. */
  readonly server: string;
  /** `ada · juliahub.com`; the server alone where it does not say who. */
  readonly label: string;
}

/** One for each server that is signed in to, reachable or not. This computer needs none. */
export function accountsOf(servers: readonly Server[]): Account[] {
  return servers.filter(hasAccount).map(({ id, name, account }) => {
    return { id: `${id} ${account ?? ""}`, server: id, label: account === undefined ? name : `${account} · ${name}` };
  });
}

/** Whether there is a token of an account here that can be removed. */
export function hasAccount({ kind, state }: Server): boolean {
  return kind === "hub" && (state === "signedIn" || state === "offline");
}

export function changesOf(before: readonly Account[], now: readonly Account[]): { readonly added: Account[]; readonly removed: Account[] } {
  const lacks = (accounts: readonly Account[], id: string): boolean => accounts.every((account) => account.id !== id);
  return { added: now.filter(({ id }) => lacks(before, id)), removed: before.filter(({ id }) => lacks(now, id)) };
}

/** Servers whose jobs want asking for: new, back, signed in to, or with another account than before. At the start all are asked anyway. */
export function freshOf(before: readonly Server[], now: readonly Server[]): Server[] {
  return now.filter((server) => {
    const former = before.find(({ id }) => id === server.id);
    const differs = former?.state !== "signedIn" || former.account !== server.account;
    return before.length > 0 && server.state === "signedIn" && differs;
  });
}
