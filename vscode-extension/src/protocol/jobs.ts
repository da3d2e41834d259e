/** Submitting, and jobs. */
import type { Problem } from "./common";

/**
 * Run a script, or an application. Absent fields have their defaults: the current server, the script's environment as the bundle, one
 * process, one hour.
 *
 * `send` says what goes along: the bundle folder (the default where there is an environment), else the script's text with its project and
 * manifest (`environment`), with its project alone, for the server to resolve (`project`), or nothing but the text (`script`). `manifest`
 * and `artifacts`: files in the place of those that Julia would read; the bundle has them under the names of those. `code`: run this text,
 * a selection of the script's, in its place. `timeLimit` in hours; 0: none; JuliaHub rounds up to whole ones. `costLimit` in US dollars,
 * in its place: the hours that it buys.
 *
 * Machines: `processesPerNode`, or with `processPerVcpu` one for each vCPU; `minNodes` starts with fewer than `nodes`, `elastic` with what
 * there is; `node` names a class. Image: by `julia` version or by name (`image`), of the default product or of `product`. `port` is shown
 * to `portAccess`: the user (`me`, the default), `anyone` signed in, who knows `portPassword` (`password`), or `public`. `sysimage` wants
 * a manifest. `project`: a project's UUID. In place of `script`: `app`, a name, or `appRepo`, the URL of one's own application, from a
 * `branch` or at a `revision`.
 */
export interface SubmitParams {
  script?: string;
  code?: string;
  server?: string;
  directory?: string;
  manifest?: string;
  artifacts?: string;
  send?: "folder" | "environment" | "project" | "script";
  gitignore?: boolean;
  allow?: string[];
  name?: string;
  env?: Record<string, string>;
  nodes?: number;
  processesPerNode?: number;
  processPerVcpu?: boolean;
  threads?: number;
  vcpus?: number;
  memory?: number;
  gpu?: boolean;
  node?: string;
  minNodes?: number;
  elastic?: boolean;
  timeLimit?: number;
  costLimit?: number;
  julia?: string;
  image?: string;
  product?: string;
  port?: number;
  portAccess?: "me" | "anyone" | "password" | "public";
  portPassword?: string;
  portName?: string;
  sysimage?: boolean;
  project?: string;
  app?: string;
  appRepo?: string;
  branch?: string;
  revision?: string;
  workDoneToken?: string | number;
}

/**
 * Whether a submission would be accepted here, and what would go wrong with it, worst first. Nothing was sent.
 *
 * `bundleFiles` and `bundleSize` (of the content) when a folder would go along.
 */
export interface PreflightResult {
  ready: boolean;
  problems: Problem[];
  bundleFiles?: number;
  bundleSize?: number;
}

/** A file of a job. `sha256` in hex when the server knows it. */
export interface JobFile {
  name: string;
  type: string;
  size: number;
  sha256?: string;
}

/** A value that a job left, by its name; of a results text that is no JSON its first line, with no `text`. */
export interface ResultEntry {
  key: string;
  text: string;
}

/**
 * A job. `status` is the server's word, `label` what a user reads. `summary` is the results text as JSON when it is JSON; `results` are
 * its entries, each in a line, or the text's first line; `result` is the one that is most telling, as `π = 3.14159`.
 *
 * `progress` (0 to 1), `workersJoined`, `workersExpected`, `phase` and `reason` come from the log of jobs that are followed. `deadline`:
 * when its time limit stops it. `link`: where its exposed port is shown while it runs. What was submitted from here also has `script`,
 * `cluster` (in words), `pricePerHour` in US dollars for all its nodes, and `canRunAgain`.
 */
export interface Job {
  server: string;
  id: string;
  name: string;
  status: string;
  label: string;
  done: boolean;
  succeeded: boolean;
  submitted?: number;
  started?: number;
  ended?: number;
  timeLimit?: number;
  deadline?: number;
  link?: string;
  script?: string;
  cluster?: string;
  pricePerHour?: number;
  canRunAgain: boolean;
  phase?: string;
  progress?: number;
  workersJoined?: number;
  workersExpected?: number;
  reason?: string;
  inputs: Record<string, string>;
  outputs: string;
  summary?: Record<string, unknown>;
  result?: string;
  results: ResultEntry[];
  files: JobFile[];
}

/** The accepted job, and what went with it. */
export interface SubmitResult {
  job: Job;
  bundleSize?: number;
  bundleFiles?: number;
  bundleSha256?: string;
  problems: Problem[];
}

/** Jobs of one server, newest first. */
export interface JobsParams {
  server?: string;
  limit?: number;
}

/** `more`: the server has older ones; ask with a larger `limit`. `offlineSince`: it cannot be reached and these are the last known. */
export interface JobsResult {
  jobs: Job[];
  more: boolean;
  offlineSince?: number;
}

/** One job. */
export interface JobParams {
  server?: string;
  job: string;
}

/**
 * What was submitted from this computer: the choices, to run it again, and what they came to.
 *
 * `nodes` machines of `nodeClass` with `vcpus` and `memory` (GB) each, `processes` Julia processes in all; `pricePerHour` in US dollars
 * for all. `environment`: its name. The bundle's `bundleSize` is the archive's.
 */
export interface Submission {
  choices: SubmitParams;
  submitted: number;
  cluster: string;
  nodeClass: string;
  nodes: number;
  processes: number;
  vcpus: number;
  memory: number;
  gpu: boolean;
  pricePerHour: number;
  juliaVersion?: string;
  image?: string;
  environment?: string;
  bundleFiles?: number;
  bundleSize?: number;
  bundleSha256?: string;
}

/** Absent for a job that was submitted elsewhere. */
export interface SubmissionResult {
  submission?: Submission;
}

/** Ask for a job's end. `quiet`: who asks tells of the end, so that no `jobNotice` does. */
export interface StopJobParams {
  server?: string;
  job: string;
  quiet?: boolean;
}

/** Give a running job `hours` more. */
export interface ExtendJobParams {
  server?: string;
  job: string;
  hours: number;
}

/** The job as it is now. */
export interface JobResult {
  job: Job;
}

/** Jobs that are new or differ from what was sent before. */
export interface JobsChangedParams {
  jobs: Job[];
}

/**
 * Something about a job that a user wants to hear now: its limit comes near (`minutesLeft`), it waits unusually long for a machine, or it
 * has ended. `message` is a sentence for the user.
 */
export interface JobNoticeParams {
  job: Job;
  kind: "deadline" | "waiting" | "ended";
  message: string;
  minutesLeft?: number;
}
