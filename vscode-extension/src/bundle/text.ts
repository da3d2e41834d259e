/** What the preview of a bundle says of files, rules and places. Pure. */
import * as path from "node:path";
import type { BundleEntry, Problem, Rule } from "../protocol";
import { bytes, joined } from "../text";

/** `.juliabundleignore:3`, with its folder where that is not the bundle's own. Both are paths with `/`. */
export function ruleLabel(rule: Rule, directory: string): string {
  const file = decoded(rule.uri);
  const relative = path.posix.relative(decoded(directory), file);
  return `${relative.startsWith("..") ? path.posix.basename(file) : relative}:${rule.line}`;
}

/** The words beside a name: where it comes from and its size for what goes in, the rule or the reason for what stays home. */
export function descriptionOf(entry: BundleEntry, directory: string): string {
  const size = entry.size === undefined ? "" : bytes(entry.size);
  if (entry.included) return joined(entry.origin ?? "", size);
  return joined(entry.rule === undefined ? (entry.reason ?? "") : ruleLabel(entry.rule, directory), size);
}

/** Held back by us, not by a rule of the user's: what looks like a secret. */
export function isHeldBack(entry: BundleEntry): boolean {
  return !entry.included && entry.canChange && entry.rule === undefined;
}

/** The first sentence and the rest, for places that show a title and a line below it. */
export function sentences(message: string): readonly [string, string] {
  const end = /[.!?](?= \S)/.exec(message)?.index;
  return end === undefined ? [message, ""] : [message.slice(0, end + 1), message.slice(end + 2)];
}

/** Errors, then warnings, then the rest, each in the order given. */
export function worstFirst(problems: readonly Problem[]): Problem[] {
  const rank = { error: 0, warning: 1, information: 2 } as const;
  return [...problems].sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** A phrase of the daemon's at the start of a line. */
export function capitalized(phrase: string): string {
  return phrase.slice(0, 1).toUpperCase() + phrase.slice(1);
}

/** `1.10` of `1.10.4`, as people name a Julia. */
export function minorVersion(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/** Buttons of problems, each title once, at most `limit`. */
export function buttons<A extends { readonly title: string }>(actions: readonly A[], limit: number): A[] {
  const first = new Map<string, A>();
  for (const action of actions) if (!first.has(action.title)) first.set(action.title, action);
  return [...first.values()].slice(0, limit);
}

function decoded(uri: string): string {
  return decodeURIComponent(new URL(uri).pathname).replace(/(?<=.)\/$/, "");
}
