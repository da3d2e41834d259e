/** How to start the daemon: the developer's command, or a Python of the user's with the libraries that the extension carries. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import { Problem } from "./errors";
import { type Candidate, candidates, findPython, type Interpreter, parseProbe, PROBE_PROGRAM, type Supported, versionRange } from "./python";
import type { Config } from "./settings";

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

/** What the VSIX says about the libraries in it. */
interface BundleManifest {
  readonly pythonMinors: Supported;
}

const PROBE_TIMEOUT_MS = 10_000;

/** Throws a `Problem` that says what is missing and what to do. */
export async function resolveLaunch(config: Config, extensionPath: string): Promise<Launch> {
  const [program, ...args] = config.daemonCommand;
  if (program !== undefined) return { command: program, args };
  const { pythonMinors } = await readManifest(path.join(extensionPath, "bundled", "manifest.json"));
  const choices = candidates(config.pythonPath, await selectedByPythonExtension(), process.platform);
  const result = await findPython(choices, pythonMinors, probe);
  if (!result.found) throw missingPython(config, result.unsuitable, pythonMinors);
  return { command: result.interpreter.executable, args: ["-I", path.join(extensionPath, "launch.py")] };
}

async function readManifest(file: string): Promise<BundleManifest> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as BundleManifest;
  } catch {
    throw new Problem(vscode.l10n.t("JuliaHub's helper program is missing from this installation. Install the extension again."));
  }
}

function probe({ command, args }: Candidate): Promise<Interpreter | undefined> {
  return new Promise((resolve) => {
    execFile(command, [...args, "-I", "-c", PROBE_PROGRAM], { timeout: PROBE_TIMEOUT_MS, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? parseProbe(stdout) : undefined);
    });
  });
}

/** The part of the Python extension's API that is used here. */
interface PythonEnvironments {
  readonly environments?: {
    getActiveEnvironmentPath(): { readonly id: string; readonly path: string };
    resolveEnvironment(environment: { readonly id: string; readonly path: string }): Promise<
      { readonly executable: { readonly uri?: vscode.Uri } } | undefined
    >;
  };
}

/** Only asked when that extension runs already: starting it for us would cost the user seconds. */
async function selectedByPythonExtension(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonEnvironments | undefined>("ms-python.python");
  const environments = extension?.isActive === true ? extension.exports?.environments : undefined;
  if (environments === undefined) return undefined;
  const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath());
  return environment?.executable.uri?.fsPath;
}

function missingPython(config: Config, unsuitable: readonly Interpreter[], supported: Supported): Problem {
  const range = versionRange(supported);
  const settings = { title: vscode.l10n.t("Open Settings"), command: "workbench.action.openSettings", arguments: ["juliahub.pythonPath"] };
  const seen = unsuitable.map(({ version, implementation, freeThreaded }) => `${implementation} ${version.join(".")}${freeThreaded ? "t" : ""}`);
  if (config.pythonPath !== "") {
    const what = seen.length === 0 ? vscode.l10n.t("does not start") : vscode.l10n.t("is {0}", seen.join(", "));
    return new Problem(
      vscode.l10n.t("JuliaHub needs Python {0}, and the one in the settings ({1}) {2}. Choose another one.", range, config.pythonPath, what),
      settings,
    );
  }
  const found = seen.length === 0 ? vscode.l10n.t("found none") : vscode.l10n.t("found only {0}", [...new Set(seen)].join(", "));
  return new Problem(vscode.l10n.t("JuliaHub needs Python {0} and {1}. Install it, or name one in the settings.", range, found), settings);
}
