/** The form for a job: what could be chosen, what the choices come to, and choices that were kept. */
import type { Action, Problem } from "./common";
import type { Environment, EnvironmentChoice } from "./environments";
import type { SubmitParams } from "./jobs";
import type { Server } from "./servers";

/**
 * A form for `script`, filled with `choices`; absent: those of a `configuration` (of the workspace folder `folder`), of a `job` of
 * `server` that was submitted from here, else those that the script ran with last, else the defaults. With a `configuration`, `choices` go
 * before its own. What means something only on the server that choices name does not go along to another `server` that is named beside
 * them.
 *
 * `bundle`: also plan what would go along, which takes longer; without it the last plan's figures are told, if any.
 */
export interface FormParams {
  script?: string;
  choices?: SubmitParams;
  configuration?: string;
  folder?: string;
  server?: string;
  job?: string;
  bundle?: boolean;
}

/** The environment that the script runs in, why, and the others it could have. */
export interface FormEnvironment {
  environment?: Environment;
  reason: string;
  choices: EnvironmentChoice[];
}

/** What goes along. `leftOut` counts files and folders that stay home; `problems` of severity error keep it here. */
export interface FormBundle {
  directory: string;
  name: string;
  fileCount: number;
  totalSize: number;
  leftOut: number;
  problems: Problem[];
}

/** A machine type, `memory` in bytes. `label`: as `4 vCPU · 16 GB`; `priceLabel`: as `$0.17 an hour`, absent where nothing is paid. */
export interface FormNode {
  nodeClass: string;
  label: string;
  vcpus: number;
  memory: number;
  gpu: boolean;
  price: number;
  priceLabel?: string;
}

/** An image that a job can run in. `mismatch`: a sentence that says why it does not fit the manifest. */
export interface FormImage {
  key: string;
  name: string;
  product: string;
  isDefault: boolean;
  juliaVersion?: string;
  mismatch?: string;
}

/**
 * What will start. `summary`: as `1 master + 7 workers on 2 nodes`; `capacity`: as `8 vCPU, 32 GB`.
 *
 * On `nodes` machines of class `nodeClass`; `vcpus` and `memory` (bytes) are those of all of them. `workersPerNode` has one number for
 * each node, the master not among them, at most 64 of them. `priceLabel`: as `$0.34 an hour`, `limitLabel`: as `at most $0.34`; both
 * absent where nothing is paid. `hours`: when it is stopped.
 */
export interface FormDesign {
  summary: string;
  capacity: string;
  nodeClass: string;
  nodes: number;
  processes: number;
  workersPerNode: number[];
  vcpus: number;
  memory: number;
  pricePerHour: number;
  priceAtMost?: number;
  priceLabel?: string;
  limitLabel?: string;
  hours?: number;
}

/** Something to say beside a field: `field` is a key of `SubmitParams`. */
export interface FieldProblem {
  field: string;
  severity: "error" | "warning" | "information";
  message: string;
  actions?: Action[];
}

/**
 * A form that is already right. `choices` are those in effect, complete enough to submit as they are.
 *
 * `origin`: where they come from. `nodes` and `images` are the server's, the last known ones while it is offline. `image`: the name of the
 * one that the job will run in, where the server does not choose. `ready`: it can be submitted; `obstacle` says why not. `commandLine`:
 * the same for a terminal; absent for a selection that is not whole lines of the script as it stands on the disk.
 */
export interface Form {
  choices: SubmitParams;
  origin: "defaults" | "remembered" | "configuration" | "job" | "given";
  server: Server;
  environment: FormEnvironment;
  nodes: FormNode[];
  images: FormImage[];
  fields: FieldProblem[];
  ready: boolean;
  commandLine?: string;
  bundle?: FormBundle;
  design?: FormDesign;
  image?: string;
  obstacle?: string;
  offlineSince?: number;
}

/**
 * Choices under a name in a workspace folder's `.vscode/juliahub.toml`. `line` counts from 0.
 *
 * `problem`: why it cannot be used as it stands.
 */
export interface Configuration {
  name: string;
  folder: string;
  uri: string;
  line: number;
  choices: SubmitParams;
  problem?: string;
}

/** No parameters: the workspace's folders are known. */
export type ConfigurationsParams = Record<string, never>;

/** By folder, in the order of their files. */
export interface ConfigurationsResult {
  configurations: Configuration[];
}

/** Keep `choices` as `name` in the workspace folder `folder`, else the script's, in place of one of that name. */
export interface SaveConfigurationParams {
  name: string;
  choices: SubmitParams;
  folder?: string;
}

/** The file that was edited (through `workspace/applyEdit`, so undo works), which wants saving, and where in it. */
export interface SaveConfigurationResult {
  uri: string;
  line: number;
}

/** All configurations as they are now. */
export interface ConfigurationsChangedParams {
  configurations: Configuration[];
}
