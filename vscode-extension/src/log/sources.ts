/** The files of this computer that a job's stack frames mean. */
import { access, readdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import type { JobRef } from "../jobs";
import { methods } from "../protocol";
import type { Services } from "../services";
import { candidates, type Layout } from "./frames";

/** Files of the workspace that are looked through for one of the same name, where nothing else fits. */
const MOST_FOUND = 20;
const BUILT = "**/{node_modules,.git,juliahub-results}/**";

/** The files that `file`, a path of the computer that ran the job, may be, the likeliest first; empty when none is here. */
export async function localFiles(services: Services, ref: JobRef, file: string): Promise<string[]> {
  const layout = await layoutOf(services, ref);
  const known = await present(candidates(file, layout));
  const [best] = known;
  if (best !== undefined) return isCertain(best, file, layout) ? [best] : known;
  const name = file.split(/[\\/]/).at(-1) ?? file;
  const found = await vscode.workspace.findFiles(`**/${name.replace(/[[\]{}*?]/g, "?")}`, BUILT, MOST_FOUND);
  return found.map(({ fsPath }) => fsPath).sort((a, b) => commonEnd(b, file) - commonEnd(a, file));
}

/** A file whose path ends as the frame's does, folder and all, is no guess. */
function isCertain(found: string, file: string, { script }: Layout): boolean {
  return found === script || commonEnd(found, file) > 1 || file.split(/[\\/]/).filter((part) => part !== ".").length <= 2;
}

async function layoutOf(services: Services, ref: JobRef): Promise<Layout> {
  const { daemon, jobs } = services;
  const { script: uri } = await jobs.fetch(ref);
  const script = uri === undefined ? undefined : vscode.Uri.parse(uri).fsPath;
  const environment = uri === undefined ? undefined : (await daemon.request(methods.environmentFor, { script: uri })).environment;
  const packages = new Map<string, string>();
  if (environment !== undefined) {
    const details = await daemon.request(methods.environment, { directory: environment.directory });
    for (const { name, source } of details.packages) if (source !== undefined) packages.set(name, fileOf(source));
  }
  const bundle = environment === undefined ? script && path.dirname(script) : fileOf(environment.workspaceRoot ?? environment.directory);
  return { script, bundle, home: homedir(), packages, depots: depots(), julias: await julias() };
}

/** The daemon names folders as URIs. */
function fileOf(place: string): string {
  return /^[a-z][a-z\d+.-]+:/i.test(place) ? vscode.Uri.parse(place).fsPath : place;
}

/** Julia's own rule: `JULIA_DEPOT_PATH`, where an empty part stands for the default, else `~/.julia`. */
function depots(): string[] {
  const usual = path.join(homedir(), ".julia");
  const given = process.env["JULIA_DEPOT_PATH"];
  return given === undefined ? [usual] : given.split(path.delimiter).map((part) => (part === "" ? usual : part));
}

/** `share/julia` of every Julia here: the Julia extension's, the PATH's, juliaup's. */
async function julias(): Promise<string[]> {
  const configured = vscode.workspace.getConfiguration("julia").get<string>("executablePath");
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const programs = [...(configured === undefined || configured === "" ? [] : [configured]), ...folders.map((folder) => path.join(folder, executable("julia")))];
  const real = await Promise.all(programs.map((program) => realpath(program).catch(() => undefined)));
  const roots = real.filter((program) => program !== undefined).map((program) => path.dirname(path.dirname(program)));
  const shares = [...roots, ...(await juliaups())].map((root) => path.join(root, "share", "julia"));
  return present([...new Set(shares)]);
}

async function juliaups(): Promise<string[]> {
  const folder = path.join(homedir(), ".julia", "juliaup");
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith("julia-")).map((name) => path.join(folder, name));
}

async function present(files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(files.map((file) => access(file).then(() => true, () => false)));
  return files.filter((_file, at) => found[at]);
}

/** How many parts two paths end in alike. */
function commonEnd(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split(/[\\/]/).filter((part) => part !== ".").reverse());
  let count = 0;
  while (count < (a?.length ?? 0) && a?.[count] === b?.[count]) count += 1;
  return count;
}

function executable(name: string): string {
  return process.platform === "win32" ? `${name}.exe` : name;
}
