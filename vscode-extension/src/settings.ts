/** What the settings say, decoded. Pure: reading one comes in. `package.json` documents each; defaults stand there. */

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

/** A setting's value by its whole name. */
export type Read = <T>(name: string, otherwise: T) => T;

/** Those that decide about the daemon's program or its options: another daemon is started when one of them changes. */
export const RESTARTING = [
  ...["pythonPath", "daemonCommand", "server", "downloadDirectory", "bundle.gitignore", "scanLimit"].map((name) => `juliahub.${name}`),
  "julia.packageServer",
];

export function configFrom(read: Read): Config {
  return {
    pythonPath: read("juliahub.pythonPath", ""),
    daemonCommand: read<string[]>("juliahub.daemonCommand", []),
    server: read("juliahub.server", ""),
    downloadDirectory: read("juliahub.downloadDirectory", ""),
    packageServer: read("julia.packageServer", ""),
    gitignore: read("juliahub.bundle.gitignore", false),
    scanLimit: read<number | undefined>("juliahub.scanLimit", undefined),
  };
}

/** The daemon's initialization options: what is empty is left to its defaults. */
export function initializationOptions({ server, packageServer, downloadDirectory, gitignore, scanLimit }: Config): Record<string, unknown> {
  const options = { server, packageServer, downloadDirectory, gitignore, scanLimit };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== "" && value !== undefined));
}
