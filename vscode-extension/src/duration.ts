/** Times as people type them. Pure. */
import type { Server } from "./protocol";

const PATTERN = /^(?:(?<clock>\d+:[0-5]\d)|(?<number>\d+(?:[.,]\d+)?)\s*(?<unit>h|hours?|min|minutes?|m)?)$/i;

/** `90 min`, `1:30`, `1.5 h` and `2` (hours) in hours; undefined for anything else, for nothing, and for parts of an hour without `split`. */
export function hoursIn(text: string, split: boolean): number | undefined {
  const groups = PATTERN.exec(text.trim())?.groups;
  if (groups === undefined) return undefined;
  const hours = groups["clock"] === undefined ? numbered(groups["number"] ?? "", groups["unit"] ?? "h") : clocked(groups["clock"]);
  return hours > 0 && (split || Number.isInteger(hours)) ? hours : undefined;
}

/** This computer counts any time, JuliaHub whole hours. */
export function maySplitHours(server: Server | undefined): boolean {
  return server?.kind === "thisComputer";
}

function clocked(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours + minutes / 60;
}

function numbered(text: string, unit: string): number {
  const value = Number(text.replace(",", "."));
  return unit.toLowerCase().startsWith("h") ? value : value / 60;
}
