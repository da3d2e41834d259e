/** Environments: the workspace's, a script's, and what is in one. */
import type { Problem } from "./common";

/**
 * An entry of `[sources]`: where a dependency comes from. `directory` is the folder that `path` means here, `url` a repository's;
 * `exists`: the folder is there.
 */
export interface PackageSource {
  name: string;
  path?: string;
  directory?: string;
  exists?: boolean;
  url?: string;
  rev?: string;
  subdir?: string;
}

/**
 * A Julia environment. `juliaVersion` is the manifest's; `dependencies` counts direct ones. `manifestFile` may be the workspace root's:
 * `workspaceRoot` then is its folder, and `members` are the folders of a root's own members.
 */
export interface Environment {
  directory: string;
  name: string;
  projectFile?: string;
  manifestFile?: string;
  artifactsFile?: string;
  workspaceRoot?: string;
  members?: string[];
  juliaVersion?: string;
  dependencies: number;
  sources: PackageSource[];
  problems: Problem[];
}

/** No parameters: the workspace's folders are known. */
export type EnvironmentsParams = Record<string, never>;

/** `truncated`: the scan met its bound, `scanLimit` entries, and there may be more. */
export interface EnvironmentsResult {
  environments: Environment[];
  truncated: boolean;
  scanLimit: number;
}

/** The environment in a folder. */
export interface EnvironmentParams {
  directory: string;
}

/**
 * A dependency as it is resolved. `origin` says where it comes from and `placement`, in a phrase for the user, how the job will have it.
 * `source` is its folder on this computer, when it is there.
 */
export interface Dependency {
  name: string;
  uuid: string;
  section: "deps" | "weakdeps" | "extras" | "indirect";
  origin: "registry" | "stdlib" | "path" | "repository" | "unregistered" | "unresolved";
  placement: string;
  version?: string;
  registry?: string;
  pinned: boolean;
  source?: string;
  url?: string;
  rev?: string;
  subdir?: string;
}

/**
 * A variant of an artifact. `platform` is empty when it suits every machine; `placement`, in a phrase for the user, how a job on this
 * platform will have it; `directory` where it is installed or overridden here.
 */
export interface ArtifactVariant {
  name: string;
  hash: string;
  platform: Record<string, string>;
  lazy: boolean;
  overridden: boolean;
  placement: string;
  directory?: string;
}

/** All that is known of an environment. `loadPath`: stacked environments of this computer, which a job never has. */
export interface EnvironmentDetails {
  environment: Environment;
  packages: Dependency[];
  artifacts: ArtifactVariant[];
  loadPath: string[];
}

/** A script of the user's. */
export interface ScriptParams {
  script: string;
}

/**
 * Which environment a script runs in, and why in one sentence. `choices`: the others it could have, each with the phrase that says what it
 * is.
 */
export interface EnvironmentForResult {
  environment?: Environment;
  reason: string;
  choices: EnvironmentChoice[];
}

/** An environment that a script could run in. */
export interface EnvironmentChoice {
  directory: string;
  name: string;
  why: string;
}

/** Run `script` in the environment of `directory` from now on; absent: as found, without a choice. */
export interface ChooseEnvironmentParams {
  script: string;
  directory?: string;
}

/** The environment that the editor's Julia support has active; absent: none. */
export interface SetActiveEnvironmentParams {
  directory?: string;
}

/** Let Julia's package manager mend the environment of `directory`, as the user would: it writes the manifest. */
export interface MendEnvironmentParams {
  directory: string;
  how: "resolve" | "instantiate";
  workDoneToken?: string | number;
}

/** The workspace's environments as they are now. */
export interface EnvironmentsChangedParams {
  environments: Environment[];
}
