/**
 * Every method and payload of ours, as `server/juliahub_ls/lsp/protocol/` types them and `docs/protocol.md` describes them; a test
 * compares the three. Field names are the wire's own. Times are Unix milliseconds, sizes bytes, durations seconds, files URIs unless a
 * field says `path`.
 */

/** A zero-based position, as in LSP. */
export interface Position {
  line: number;
  character: number;
}

/** A half-open range, as in LSP. */
export interface Range {
  start: Position;
  end: Position;
}

/**
 * Something to tell the user about an environment or a bundle. `code` is stable; `message` is a sentence;
 * `actions` mend it, the best first.
 */
export interface Problem {
  code: string;
  severity: "error" | "warning" | "information";
  message: string;
  uri?: string;
  range?: Range;
  actions?: Action[];
}

/**
 * An entry of `[sources]`: where a dependency comes from. `directory` is the folder that `path` means here, `url`
 * a repository's; `exists`: the folder is there.
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
 * A Julia environment. `juliaVersion` is the manifest's; `dependencies` counts direct ones. `manifestFile` may be
 * the workspace root's: `workspaceRoot` then is its folder, and `members` are the folders of a root's own members.
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
 * A dependency as it is resolved. `origin` says where it comes from and `placement`, in a phrase for the user, how
 * the job will have it. `source` is its folder on this computer, when it is there.
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
 * A variant of an artifact. `platform` is empty when it suits every machine; `placement`, in a phrase for the
 * user, how a job on this platform will have it; `directory` where it is installed or overridden here.
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

/** An environment that a script could run in. */
export interface EnvironmentChoice {
  directory: string;
  name: string;
  why: string;
}

/** A script of the user's. */
export interface ScriptParams {
  script: string;
}

/**
 * Which environment a script runs in, and why in one sentence. `choices`: the others it could have, each with the
 * phrase that says what it is.
 */
export interface EnvironmentForResult {
  environment?: Environment;
  reason: string;
  choices: EnvironmentChoice[];
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

/**
 * What to bundle: `directory`, else the folder of the script's environment. `allow` names files let in though they
 * look like secrets. `gitignore`: honour `.gitignore` files, too; absent: as the setting says. `julia`: the
 * version that will run the job; it chooses among versioned manifests.
 */
export interface BundleParams {
  script?: string;
  directory?: string;
  allow?: string[];
  gitignore?: boolean;
  julia?: string;
}

/** A line of an ignore file; `line` counts from 1. */
export interface Rule {
  uri: string;
  line: number;
  text: string;
}

/**
 * A file that goes in: `path` inside the bundle; `origin` and `why` for what comes from outside the folder. `rule`
 * is the one that put it in, when a rule spoke of it.
 */
export interface BundleFile {
  path: string;
  size: number;
  origin?: string;
  why?: string;
  rule?: Rule;
}

/** A file or folder that stays home, and the reason: a phrase, with the rule when one decided. */
export interface LeftOut {
  path: string;
  isDirectory: boolean;
  size?: number;
  reason: string;
  rule?: Rule;
}

/** What a bundle will hold, before anything is sent. `problems` of severity error keep it from being written. */
export interface BundlePlan {
  directory: string;
  name: string;
  fileCount: number;
  totalSize: number;
  files: BundleFile[];
  leftOut: LeftOut[];
  problems: Problem[];
}

/**
 * One folder of the preview: `path` inside the bundle, empty for its top. The other fields as in `BundleParams`.
 * Planned anew only when something has changed.
 */
export interface BundleFolderParams {
  script?: string;
  directory?: string;
  allow?: string[];
  gitignore?: boolean;
  julia?: string;
  path: string;
}

/**
 * A file or folder in the preview. A folder's `size` and `fileCount` are of all that goes in below it. `included`
 * false: it stays home, `reason` says why. `origin`, a phrase: it is not of the folder itself; `source` is where
 * it lies on this computer. `canChange`: `juliahub/setBundleRule` can turn it.
 */
export interface BundleEntry {
  path: string;
  name: string;
  isDirectory: boolean;
  included: boolean;
  size?: number;
  fileCount?: number;
  reason?: string;
  rule?: Rule;
  origin?: string;
  source?: string;
  canChange: boolean;
}

/** Folders first, by name. The totals and problems are the whole bundle's. */
export interface BundleFolder {
  directory: string;
  name: string;
  path: string;
  entries: BundleEntry[];
  fileCount: number;
  totalSize: number;
  limit: number;
  problems: Problem[];
}

/**
 * Leave `path` (inside the bundle of `directory`) out of it, or let it in, by a rule in the nearest
 * `.juliabundleignore`.
 */
export interface SetBundleRuleParams {
  directory: string;
  path: string;
  included: boolean;
}

/**
 * The ignore file that was edited (through `workspace/applyEdit`, so undo works), which wants saving, and whether
 * anything had to change.
 */
export interface SetBundleRuleResult {
  uri: string;
  changed: boolean;
}

/** Write the bundle to the file `output`. */
export interface WriteBundleParams {
  script?: string;
  directory?: string;
  allow?: string[];
  gitignore?: boolean;
  julia?: string;
  output: string;
  workDoneToken?: string | number;
}

/** The archive that was written. */
export interface WriteBundleResult {
  output: string;
  size: number;
  sha256: string;
  fileCount: number;
}

/**
 * A server profile. `id` names it in every other call. `state` is the last known; `tokenExpires` when signed in to
 * an account. `apiVersion`: what it speaks, once it has been asked. `offlineSince`: it cannot be reached; it is
 * looked for.
 */
export interface Server {
  id: string;
  name: string;
  url?: string;
  kind: "thisComputer" | "hub";
  state: "signedIn" | "signedOut" | "offline" | "stopped";
  account?: string;
  tokenExpires?: number;
  apiVersion?: string;
  offlineSince?: number;
  current: boolean;
}

/** No parameters. */
export type ServersParams = Record<string, never>;

/** All profiles, "This computer" first. */
export interface ServersResult {
  servers: Server[];
}

/** `server`: a profile's id, or a host name or URL of a new one; absent: the current one. */
export interface ServerParams {
  server?: string;
  workDoneToken?: string | number;
}

/**
 * Which server, as in `ServerParams`. `showsApproval`: the client shows `juliahub/approvalWanted` to the user; else
 * the daemon opens the page and says where to go.
 */
export interface SignInParams {
  server?: string;
  showsApproval?: boolean;
  workDoneToken?: string | number;
}

/**
 * A page to approve the sign-in on, in any browser, with the `code` that stands there or is asked for there.
 * `workDoneToken` is the request's.
 */
export interface ApprovalWantedParams {
  server: string;
  url: string;
  code?: string;
  workDoneToken?: string | number;
}

/** A machine type that the server offers; `price` in US dollars an hour. */
export interface Node {
  nodeClass: string;
  vcpus: number;
  memory: number;
  gpu: boolean;
  price: number;
  description: string;
}

/** Node specs, smallest first. `offlineSince`: the server is away, and these are the last known. */
export interface NodesResult {
  nodes: Node[];
  offlineSince?: number;
}

/** An image that a job can run in. `juliaVersion` when the name tells it. */
export interface Image {
  key: string;
  name: string;
  product: string;
  isDefault: boolean;
  juliaVersion?: string;
}

/** Images, the default first. `offlineSince` as for machines. */
export interface ImagesResult {
  images: Image[];
  offlineSince?: number;
}

/**
 * Run a script, or an application. Absent fields have their defaults: the current server, the script's environment as
 * the bundle, one process, one hour. `send` says what goes along: the bundle folder (the default where there is an environment),
 * else the script's text with its project and manifest (`environment`), with its project alone, for the server to
 * resolve (`project`), or nothing but the text (`script`). `timeLimit` in hours; 0: none; JuliaHub rounds up to whole
 * ones. Machines: `minNodes` starts with fewer than `nodes`, `elastic` with what there is; `node` names a class. Image:
 * by `julia` version or by name (`image`), of the default product or of `product`. `port` is shown to `portAccess`: the
 * user (`me`, the default), `anyone` signed in, who knows `portPassword` (`password`), or `public`. `sysimage` wants a
 * manifest. `project`: a project's UUID. In place of `script`: `app`, a name, or `appRepo`, the URL of one's own
 * application, from a `branch` or at a `revision`.
 */
export interface SubmitParams {
  script?: string;
  server?: string;
  directory?: string;
  send?: "folder" | "environment" | "project" | "script";
  gitignore?: boolean;
  allow?: string[];
  name?: string;
  env?: Record<string, string>;
  nodes?: number;
  processesPerNode?: number;
  threads?: number;
  vcpus?: number;
  memory?: number;
  gpu?: boolean;
  node?: string;
  minNodes?: number;
  elastic?: boolean;
  timeLimit?: number;
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

/**
 * A job. `status` is the server's word, `label` what a user reads. `summary` is the results text as JSON when it
 * is JSON. `progress` (0 to 1), `workersJoined`, `workersExpected`, `phase` and `reason` come from the log of
 * jobs that are followed.
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
  phase?: string;
  progress?: number;
  workersJoined?: number;
  workersExpected?: number;
  reason?: string;
  inputs: Record<string, string>;
  outputs: string;
  summary?: Record<string, unknown>;
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

/** `offlineSince`: the server cannot be reached and these are the last known. */
export interface JobsResult {
  jobs: Job[];
  offlineSince?: number;
}

/** One job. */
export interface JobParams {
  server?: string;
  job: string;
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

/**
 * Which lines to keep: all given conditions hold. `pattern` is a regular expression over the message, `level`
 * the least one.
 */
export interface LogFilter {
  pattern?: string;
  level?: "debug" | "info" | "warn" | "error";
  worker?: number;
}

/**
 * Follow a job's log from its first line. Lines come as `juliahub/logLines`, breaks and the end as
 * `juliahub/logState`.
 */
export interface OpenLogParams {
  server?: string;
  job: string;
  filter?: LogFilter;
}

/** `log` names the subscription. */
export interface OpenLogResult {
  log: string;
}

/** End a subscription. */
export interface CloseLogParams {
  log: string;
}

/** Nothing to say. */
export type EmptyResult = Record<string, never>;

/** One record. `id` counts from 1 without holes on servers that number lines. */
export interface LogLine {
  id: number;
  time?: number;
  message: string;
  level: string;
  worker: number;
  module?: string;
  file?: string;
  line?: number;
  keywords?: Record<string, unknown>;
}

/** Lines after the record `after` (0: from the first), at most `limit` that pass the filter. */
export interface ReadLogParams {
  server?: string;
  job: string;
  after?: number;
  limit?: number;
  filter?: LogFilter;
}

/** `complete`: the job has ended and this was the rest of its log. */
export interface ReadLogResult {
  lines: LogLine[];
  complete: boolean;
}

/** The summary and the files that the job left. */
export interface ResultsResult {
  outputs: string;
  summary?: Record<string, unknown>;
  files: JobFile[];
}

/** Fetch the result files into `directory`, else `juliahub-results/{job}` in the workspace. */
export interface DownloadResultsParams {
  server?: string;
  job: string;
  directory?: string;
  workDoneToken?: string | number;
}

/** A file on disk. `verified`: its SHA-256 is the server's. */
export interface DownloadedFile {
  uri: string;
  name: string;
  size: number;
  verified: boolean;
}

/** What was saved, archives unpacked. */
export interface DownloadResultsResult {
  directory: string;
  files: DownloadedFile[];
}

/** One version of a dataset; numbers count from 1. `project`: the UUID of the project it was added through. */
export interface DatasetVersion {
  version: number;
  size: number;
  date?: number;
  uploader?: string;
  project?: string;
}

/**
 * A dataset. `type` is the server's word: `Blob`, one file, or `BlobTree`, a folder. `size`: of all versions. `versions`: the newest
 * first. `writable`: whether the project that was asked for lets one add versions.
 */
export interface Dataset {
  id: string;
  name: string;
  owner: string;
  type: string;
  description: string;
  tags: string[];
  size: number;
  versions: DatasetVersion[];
  visibility?: string;
  modified?: number;
  writable?: boolean;
}

/** Datasets that the account can see; with `project`, a UUID, those of that project. */
export interface DatasetsParams {
  server?: string;
  project?: string;
}

/** By owner and name. */
export interface DatasetsResult {
  datasets: Dataset[];
}

/** One dataset. */
export interface DatasetResult {
  dataset: Dataset;
}

/** Save a version, else the latest, as the file `file`. `dataset`: its name, `owner/name` or UUID. */
export interface DownloadDatasetParams {
  server?: string;
  dataset: string;
  version?: number;
  file: string;
  workDoneToken?: string | number;
}

/** What was saved, and where. */
export interface DownloadDatasetResult {
  dataset: string;
  version: number;
  uri: string;
  size: number;
}

/** Add `file` as a new version of a dataset that exists. */
export interface UploadDatasetParams {
  server?: string;
  dataset: string;
  file: string;
  workDoneToken?: string | number;
}

/** The dataset's UUID, and the new version's number where the server tells it. */
export interface UploadDatasetResult {
  dataset: string;
  version?: number;
}

/** People, datasets and code under one name. `id` is its UUID. */
export interface Project {
  id: string;
  name: string;
  owner: string;
  description: string;
  tags: string[];
  archived: boolean;
  visibility?: string;
  created?: number;
}

/** Projects that the account can see. */
export interface ProjectsParams {
  server?: string;
}

/** By owner and name. */
export interface ProjectsResult {
  projects: Project[];
}

/** The workspace's environments as they are now. */
export interface EnvironmentsChangedParams {
  environments: Environment[];
}

/** Jobs that are new or differ from what was sent before. */
export interface JobsChangedParams {
  jobs: Job[];
}

/** All profiles, as in `juliahub/servers`. */
export interface ServersChangedParams {
  servers: Server[];
}

/** A batch of lines, in order. */
export interface LogLinesParams {
  log: string;
  lines: LogLine[];
}

/** `live`, `reconnecting`, `gap` (records `gapFrom` to `gapTo` cannot be had), `complete` (`last` is the last) or `failed` (`message` says why). */
export interface LogStateParams {
  log: string;
  state: "live" | "reconnecting" | "gap" | "complete" | "failed";
  last?: number;
  gapFrom?: number;
  gapTo?: number;
  message?: string;
}

/** A button: what it says and the command it runs. */
export interface Action {
  title: string;
  command: string;
  arguments?: unknown[];
}

/**
 * `data` of every failed request. A stable code, an optional button, and numbers or names for a client that
 * words it itself.
 */
export interface ErrorData {
  code: string;
  action?: Action;
  details?: Record<string, unknown>;
}

/** Requests: method → [params, result]. */
export interface Requests {
  "juliahub/environments": [EnvironmentsParams, EnvironmentsResult];
  "juliahub/environment": [EnvironmentParams, EnvironmentDetails];
  "juliahub/environmentFor": [ScriptParams, EnvironmentForResult];
  "juliahub/chooseEnvironment": [ChooseEnvironmentParams, EnvironmentForResult];
  "juliahub/setActiveEnvironment": [SetActiveEnvironmentParams, EmptyResult];
  "juliahub/mendEnvironment": [MendEnvironmentParams, EnvironmentDetails];
  "juliahub/bundlePlan": [BundleParams, BundlePlan];
  "juliahub/bundleFolder": [BundleFolderParams, BundleFolder];
  "juliahub/setBundleRule": [SetBundleRuleParams, SetBundleRuleResult];
  "juliahub/writeBundle": [WriteBundleParams, WriteBundleResult];
  "juliahub/servers": [ServersParams, ServersResult];
  "juliahub/selectServer": [ServerParams, ServersResult];
  "juliahub/signIn": [SignInParams, ServersResult];
  "juliahub/signOut": [ServerParams, ServersResult];
  "juliahub/nodes": [ServerParams, NodesResult];
  "juliahub/images": [ServerParams, ImagesResult];
  "juliahub/preflight": [SubmitParams, PreflightResult];
  "juliahub/submit": [SubmitParams, SubmitResult];
  "juliahub/jobs": [JobsParams, JobsResult];
  "juliahub/job": [JobParams, JobResult];
  "juliahub/stopJob": [JobParams, JobResult];
  "juliahub/extendJob": [ExtendJobParams, JobResult];
  "juliahub/openLog": [OpenLogParams, OpenLogResult];
  "juliahub/closeLog": [CloseLogParams, EmptyResult];
  "juliahub/readLog": [ReadLogParams, ReadLogResult];
  "juliahub/results": [JobParams, ResultsResult];
  "juliahub/downloadResults": [DownloadResultsParams, DownloadResultsResult];
  "juliahub/datasets": [DatasetsParams, DatasetsResult];
  "juliahub/downloadDataset": [DownloadDatasetParams, DownloadDatasetResult];
  "juliahub/uploadDataset": [UploadDatasetParams, UploadDatasetResult];
  "juliahub/projects": [ProjectsParams, ProjectsResult];
}

/** Notifications from the daemon: method → params. */
export interface Notifications {
  "juliahub/environmentsChanged": EnvironmentsChangedParams;
  "juliahub/jobsChanged": JobsChangedParams;
  "juliahub/serversChanged": ServersChangedParams;
  "juliahub/approvalWanted": ApprovalWantedParams;
  "juliahub/logLines": LogLinesParams;
  "juliahub/logState": LogStateParams;
}

/** The methods by name, so that a misspelt one does not compile. */
export const methods = {
  environments: "juliahub/environments",
  environment: "juliahub/environment",
  environmentFor: "juliahub/environmentFor",
  chooseEnvironment: "juliahub/chooseEnvironment",
  setActiveEnvironment: "juliahub/setActiveEnvironment",
  mendEnvironment: "juliahub/mendEnvironment",
  bundlePlan: "juliahub/bundlePlan",
  bundleFolder: "juliahub/bundleFolder",
  setBundleRule: "juliahub/setBundleRule",
  writeBundle: "juliahub/writeBundle",
  servers: "juliahub/servers",
  selectServer: "juliahub/selectServer",
  signIn: "juliahub/signIn",
  signOut: "juliahub/signOut",
  nodes: "juliahub/nodes",
  images: "juliahub/images",
  preflight: "juliahub/preflight",
  submit: "juliahub/submit",
  jobs: "juliahub/jobs",
  job: "juliahub/job",
  stopJob: "juliahub/stopJob",
  extendJob: "juliahub/extendJob",
  openLog: "juliahub/openLog",
  closeLog: "juliahub/closeLog",
  readLog: "juliahub/readLog",
  results: "juliahub/results",
  downloadResults: "juliahub/downloadResults",
  datasets: "juliahub/datasets",
  downloadDataset: "juliahub/downloadDataset",
  uploadDataset: "juliahub/uploadDataset",
  projects: "juliahub/projects",
  environmentsChanged: "juliahub/environmentsChanged",
  jobsChanged: "juliahub/jobsChanged",
  serversChanged: "juliahub/serversChanged",
  approvalWanted: "juliahub/approvalWanted",
  logLines: "juliahub/logLines",
  logState: "juliahub/logState",
} as const satisfies Record<string, keyof Requests | keyof Notifications>;
