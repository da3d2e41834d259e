/**
 * Every method and payload of ours, as `server/juliahub_ls/lsp/protocol/` types them and `docs/protocol.md` describes them; a test
 * compares the three. Field names are the wire's own. Times are Unix milliseconds, sizes bytes, durations seconds, files URIs unless a
 * field says `path`.
 */
import type {
  BundleFolder,
  BundleFolderParams,
  BundleParams,
  BundlePlan,
  SetBundleRuleParams,
  SetBundleRuleResult,
  WriteBundleParams,
  WriteBundleResult,
} from "./bundles";
import type { EmptyResult } from "./common";
import type {
  DatasetsParams,
  DatasetsResult,
  DownloadDatasetParams,
  DownloadDatasetResult,
  ProjectsParams,
  ProjectsResult,
  UploadDatasetParams,
  UploadDatasetResult,
} from "./datasets";
import type {
  ChooseEnvironmentParams,
  EnvironmentDetails,
  EnvironmentForResult,
  EnvironmentParams,
  EnvironmentsChangedParams,
  EnvironmentsParams,
  EnvironmentsResult,
  MendEnvironmentParams,
  ScriptParams,
  SetActiveEnvironmentParams,
} from "./environments";
import type {
  ConfigurationsChangedParams,
  ConfigurationsParams,
  ConfigurationsResult,
  Form,
  FormParams,
  SaveConfigurationParams,
  SaveConfigurationResult,
} from "./forms";
import type {
  ExtendJobParams,
  JobNoticeParams,
  JobParams,
  JobResult,
  JobsChangedParams,
  JobsParams,
  JobsResult,
  PreflightResult,
  StopJobParams,
  SubmissionResult,
  SubmitParams,
  SubmitResult,
} from "./jobs";
import type {
  CloseLogParams,
  CompleteFilterParams,
  CompleteFilterResult,
  LogLinesParams,
  LogSeriesParams,
  LogSeriesResult,
  LogStateParams,
  LogSummaryParams,
  LogSummaryResult,
  OpenLogParams,
  OpenLogResult,
  ReadLogParams,
  ReadLogResult,
  SaveLogParams,
  SaveLogResult,
} from "./logs";
import type {
  CompareJobsParams,
  CompareJobsResult,
  DownloadResultsParams,
  DownloadResultsResult,
  ExportComparisonParams,
  ExportComparisonResult,
  PreviewFileParams,
  PreviewFileResult,
  ResultsResult,
} from "./results";
import type {
  ApprovalWantedParams,
  ImagesResult,
  NodesResult,
  ServerParams,
  ServersChangedParams,
  ServersParams,
  ServersResult,
  SignInParams,
} from "./servers";

export type * from "./bundles";
export type * from "./common";
export type * from "./datasets";
export type * from "./environments";
export type * from "./forms";
export type * from "./jobs";
export type * from "./logs";
export type * from "./results";
export type * from "./servers";

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
  "juliahub/form": [FormParams, Form];
  "juliahub/configurations": [ConfigurationsParams, ConfigurationsResult];
  "juliahub/saveConfiguration": [SaveConfigurationParams, SaveConfigurationResult];
  "juliahub/preflight": [SubmitParams, PreflightResult];
  "juliahub/submit": [SubmitParams, SubmitResult];
  "juliahub/jobs": [JobsParams, JobsResult];
  "juliahub/job": [JobParams, JobResult];
  "juliahub/submission": [JobParams, SubmissionResult];
  "juliahub/stopJob": [StopJobParams, JobResult];
  "juliahub/extendJob": [ExtendJobParams, JobResult];
  "juliahub/openLog": [OpenLogParams, OpenLogResult];
  "juliahub/closeLog": [CloseLogParams, EmptyResult];
  "juliahub/readLog": [ReadLogParams, ReadLogResult];
  "juliahub/logSummary": [LogSummaryParams, LogSummaryResult];
  "juliahub/logSeries": [LogSeriesParams, LogSeriesResult];
  "juliahub/completeFilter": [CompleteFilterParams, CompleteFilterResult];
  "juliahub/saveLog": [SaveLogParams, SaveLogResult];
  "juliahub/results": [JobParams, ResultsResult];
  "juliahub/downloadResults": [DownloadResultsParams, DownloadResultsResult];
  "juliahub/previewFile": [PreviewFileParams, PreviewFileResult];
  "juliahub/compareJobs": [CompareJobsParams, CompareJobsResult];
  "juliahub/exportComparison": [ExportComparisonParams, ExportComparisonResult];
  "juliahub/datasets": [DatasetsParams, DatasetsResult];
  "juliahub/downloadDataset": [DownloadDatasetParams, DownloadDatasetResult];
  "juliahub/uploadDataset": [UploadDatasetParams, UploadDatasetResult];
  "juliahub/projects": [ProjectsParams, ProjectsResult];
}

/** Notifications from the daemon: method → params. */
export interface Notifications {
  "juliahub/environmentsChanged": EnvironmentsChangedParams;
  "juliahub/configurationsChanged": ConfigurationsChangedParams;
  "juliahub/jobsChanged": JobsChangedParams;
  "juliahub/jobNotice": JobNoticeParams;
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
  form: "juliahub/form",
  configurations: "juliahub/configurations",
  saveConfiguration: "juliahub/saveConfiguration",
  preflight: "juliahub/preflight",
  submit: "juliahub/submit",
  jobs: "juliahub/jobs",
  job: "juliahub/job",
  submission: "juliahub/submission",
  stopJob: "juliahub/stopJob",
  extendJob: "juliahub/extendJob",
  openLog: "juliahub/openLog",
  closeLog: "juliahub/closeLog",
  readLog: "juliahub/readLog",
  logSummary: "juliahub/logSummary",
  logSeries: "juliahub/logSeries",
  completeFilter: "juliahub/completeFilter",
  saveLog: "juliahub/saveLog",
  results: "juliahub/results",
  downloadResults: "juliahub/downloadResults",
  previewFile: "juliahub/previewFile",
  compareJobs: "juliahub/compareJobs",
  exportComparison: "juliahub/exportComparison",
  datasets: "juliahub/datasets",
  downloadDataset: "juliahub/downloadDataset",
  uploadDataset: "juliahub/uploadDataset",
  projects: "juliahub/projects",
  environmentsChanged: "juliahub/environmentsChanged",
  configurationsChanged: "juliahub/configurationsChanged",
  jobsChanged: "juliahub/jobsChanged",
  jobNotice: "juliahub/jobNotice",
  serversChanged: "juliahub/serversChanged",
  approvalWanted: "juliahub/approvalWanted",
  logLines: "juliahub/logLines",
  logState: "juliahub/logState",
} as const satisfies Record<string, keyof Requests | keyof Notifications>;
