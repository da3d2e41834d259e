/** Places in Julia code that a log names, and where they may be on this computer. Pure. */

/** `start` to `end` of a row names line `line` of `file`, a path of the computer that ran it. */
export interface Frame {
  readonly start: number;
  readonly end: number;
  readonly file: string;
  readonly line: number;
}

/** Where this computer has what a job took along. All are absolute folders or files of this computer. */
export interface Layout {
  /** The script, and the folder that went along as the bundle. */
  readonly script?: string | undefined;
  readonly bundle?: string | undefined;
  readonly home: string;
  /** A package's name → its folder, for those of the environment that lie on this computer. */
  readonly packages: ReadonlyMap<string, string>;
  readonly depots: readonly string[];
  /** `share/julia` of each Julia that is installed. */
  readonly julias: readonly string[];
}

// `@ Module path:line`, `@ path:line`, `f(x) at path:line`, `in expression starting at path:line`, `(path:line)`.
const FRAME = /(?:@ (?:[\p{L}_][\p{L}\p{N}_!]*(?:\.[\p{L}_][\p{L}\p{N}_!]*)* )?|\bat |\()((?:[A-Za-z]:[\\/]|~|\.{0,2}[\\/])?[^\s:"<>|*?][^:"<>|*?]*?\.jl|(?:[A-Za-z]:[\\/]|~|[\\/])[^:"<>|*?]*?\.jl):(\d+)/gu;

/** What a script is called where it is sent without a folder. */
const SCRIPT_ALONE = "code.jl";

/** What of a row is a place in code. */
export function framesIn(text: string): Frame[] {
  if (!text.includes(".jl:")) return [];
  return [...text.matchAll(FRAME)].map((match) => {
    const [whole, file = "", line = "1"] = match;
    const end = match.index + whole.length;
    return { start: end - file.length - 1 - line.length, end, file, line: Number(line) };
  });
}

/**
 * Where `file` may be on this computer, the likeliest first. Whether it is there is another's to say: a path of the node's is known by
 * what the bundle put where, of which the last parts of the path tell.
 */
export function candidates(file: string, layout: Layout): string[] {
  const parts = file.replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== ".");
  return [...new Set([...developed(parts, layout), ...ofDepots(parts, layout), ...ofJulia(file, parts, layout), ...ofBundle(parts, layout), ...asIs(file, layout)])];
}

/** `.bundle/dev/Name/…`: a development package lies in the bundle, here in its own folder. */
function* developed(parts: readonly string[], { packages }: Layout): Generator<string> {
  const at = indexOf(parts, ".bundle", "dev");
  const folder = packages.get(parts[at + 2] ?? "");
  if (at >= 0 && folder !== undefined) yield join(folder, parts.slice(at + 3));
}

/** `…/packages/Name/slug/…`: a depot here has the same slug for the same version. Else the environment's own of that name. */
function* ofDepots(parts: readonly string[], { depots, packages }: Layout): Generator<string> {
  const at = parts.lastIndexOf("packages");
  if (at < 0 || parts.length < at + 4) return;
  for (const depot of depots) yield join(depot, parts.slice(at));
  const folder = packages.get(parts[at + 1] ?? "");
  if (folder !== undefined) yield join(folder, parts.slice(at + 3));
}

/** `./error.jl` is of Base, `…/stdlib/v1.10/Name/…` of the standard library. */
function* ofJulia(file: string, parts: readonly string[], { julias }: Layout): Generator<string> {
  const at = parts.lastIndexOf("stdlib");
  for (const share of julias) {
    if (/^\.[\\/]/.test(file)) yield join(share, ["base", ...parts]);
    else if (at >= 0 && parts.length > at + 3) yield join(share, parts.slice(at));
  }
}

/** The longest end of the path that may be in the bundle first: its folder's own name in the path tells where that begins. */
function* ofBundle(parts: readonly string[], { bundle, script }: Layout): Generator<string> {
  const last = parts.at(-1);
  if (script !== undefined && last === SCRIPT_ALONE) yield script;
  if (bundle !== undefined && !parts.includes("packages") && !parts.includes("stdlib")) {
    const name = bundle.replaceAll("\\", "/").split("/").filter((part) => part !== "").at(-1) ?? "";
    const at = parts.lastIndexOf(name, parts.length - 2);
    for (let from = at < 0 ? Math.max(0, parts.length - 6) : at + 1; from < parts.length; from += 1) yield join(bundle, parts.slice(from));
  }
  if (script !== undefined && last === script.replaceAll("\\", "/").split("/").at(-1)) yield script;
}

function* asIs(file: string, { home }: Layout): Generator<string> {
  if (/^~[\\/]/.test(file)) yield join(home, file.slice(2).split(/[\\/]/));
  else if (/^(?:[\\/]|[A-Za-z]:[\\/])/.test(file)) yield file;
}

function indexOf(parts: readonly string[], first: string, second: string): number {
  return parts.findIndex((part, at) => part === first && parts[at + 1] === second);
}

/** With the separators that the folder has. */
function join(folder: string, parts: readonly string[]): string {
  const separator = folder.includes("\\") ? "\\" : "/";
  return [folder.replace(/[\\/]+$/, ""), ...parts].join(separator);
}
