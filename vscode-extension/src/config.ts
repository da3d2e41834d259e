/** The settings, decoded once. `package.json` documents each; defaults stand there. */
import * as vscode from "vscode";

export interface Config {
  /** A Python to use instead of looking for one; empty: look. */
  readonly pythonPath: string;
  /** A program that replaces the daemon that the extension carries; empty: ours. Machine scope, so no workspace can choose a program. */
  readonly daemonCommand: readonly string[];
  /** Id, host or URL of the server to use; empty: the daemon's choice. */
  readonly server: string;
  /** Where results are saved, relative to the workspace. */
  readonly downloadDirectory: string;
  /** What the Julia extension calls its package server; the daemon derives the current server from it. */
  readonly packageServer: string;
  /** Whether bundles honour `.gitignore` files, too. */
  readonly gitignore: boolean;
  /** How many files and folders a search for environments looks at, at most. */
  readonly scanLimit: number | undefined;
}

export function readConfig(): Config {
  const ours = vscode.workspace.getConfiguration("juliahub");
  return {
    pythonPath: ours.get("pythonPath", ""),
    daemonCommand: ours.get<string[]>("daemonCommand", []),
    server: ours.get("server", ""),
    downloadDirectory: ours.get("downloadDirectory", ""),
    packageServer: vscode.workspace.getConfiguration("julia").get("packageServer", ""),
    gitignore: ours.get("bundle.gitignore", false),
    scanLimit: ours.get<number>("scanLimit"),
  };
}

/** The daemon's initialization options: what is empty is left to its defaults. */
export function initializationOptions({ server, packageServer, downloadDirectory, gitignore, scanLimit }: Config): Record<string, unknown> {
  const options = { server, packageServer, downloadDirectory, gitignore, scanLimit };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== "" && value !== undefined));
}

const RESTARTING = [
  ...["pythonPath", "daemonCommand", "server", "downloadDirectory", "bundle.gitignore", "scanLimit"].map((name) => `juliahub.${name}`),
  "julia.packageServer",
];

/** Whether a change asks for another daemon: its program or its options differ. */
export function needsRestart(change: vscode.ConfigurationChangeEvent): boolean {
  return RESTARTING.some((setting) => change.affectsConfiguration(setting));
}
