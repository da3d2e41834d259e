"""Every method and payload of ours, once: described in `docs/protocol.md`, mirrored by
`vscode-extension/src/protocol/`, compared by a test.

Field names are the wire's own (camelCase), so a payload is plain JSON and nothing converts it. Times are Unix
milliseconds, sizes bytes, durations seconds, files URIs unless a field says `path`.
"""

from juliahub_ls.lsp.protocol.bundles import (
    BundleFolder,
    BundleFolderParams,
    BundleParams,
    BundlePlan,
    SetBundleRuleParams,
    SetBundleRuleResult,
    WriteBundleParams,
    WriteBundleResult,
)
from juliahub_ls.lsp.protocol.common import EmptyResult
from juliahub_ls.lsp.protocol.datasets import (
    DatasetsParams,
    DatasetsResult,
    DownloadDatasetParams,
    DownloadDatasetResult,
    ProjectsParams,
    ProjectsResult,
    UploadDatasetParams,
    UploadDatasetResult,
)
from juliahub_ls.lsp.protocol.environments import (
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
)
from juliahub_ls.lsp.protocol.forms import (
    ConfigurationsChangedParams,
    ConfigurationsParams,
    ConfigurationsResult,
    Form,
    FormParams,
    SaveConfigurationParams,
    SaveConfigurationResult,
)
from juliahub_ls.lsp.protocol.jobs import (
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
)
from juliahub_ls.lsp.protocol.logs import (
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
)
from juliahub_ls.lsp.protocol.results import (
    CompareJobsParams,
    CompareJobsResult,
    DownloadResultsParams,
    DownloadResultsResult,
    ExportComparisonParams,
    ExportComparisonResult,
    PreviewFileParams,
    PreviewFileResult,
    ResultsResult,
)
from juliahub_ls.lsp.protocol.servers import (
    ApprovalWantedParams,
    ImagesResult,
    NodesResult,
    ServerParams,
    ServersChangedParams,
    ServersParams,
    ServersResult,
    SignInParams,
)

REQUESTS: dict[str, tuple[type, type]] = {
    "juliahub/environments": (EnvironmentsParams, EnvironmentsResult),
    "juliahub/environment": (EnvironmentParams, EnvironmentDetails),
    "juliahub/environmentFor": (ScriptParams, EnvironmentForResult),
    "juliahub/chooseEnvironment": (ChooseEnvironmentParams, EnvironmentForResult),
    "juliahub/setActiveEnvironment": (SetActiveEnvironmentParams, EmptyResult),
    "juliahub/mendEnvironment": (MendEnvironmentParams, EnvironmentDetails),
    "juliahub/bundlePlan": (BundleParams, BundlePlan),
    "juliahub/bundleFolder": (BundleFolderParams, BundleFolder),
    "juliahub/setBundleRule": (SetBundleRuleParams, SetBundleRuleResult),
    "juliahub/writeBundle": (WriteBundleParams, WriteBundleResult),
    "juliahub/servers": (ServersParams, ServersResult),
    "juliahub/selectServer": (ServerParams, ServersResult),
    "juliahub/signIn": (SignInParams, ServersResult),
    "juliahub/signOut": (ServerParams, ServersResult),
    "juliahub/nodes": (ServerParams, NodesResult),
    "juliahub/images": (ServerParams, ImagesResult),
    "juliahub/form": (FormParams, Form),
    "juliahub/configurations": (ConfigurationsParams, ConfigurationsResult),
    "juliahub/saveConfiguration": (SaveConfigurationParams, SaveConfigurationResult),
    "juliahub/preflight": (SubmitParams, PreflightResult),
    "juliahub/submit": (SubmitParams, SubmitResult),
    "juliahub/jobs": (JobsParams, JobsResult),
    "juliahub/job": (JobParams, JobResult),
    "juliahub/submission": (JobParams, SubmissionResult),
    "juliahub/stopJob": (StopJobParams, JobResult),
    "juliahub/extendJob": (ExtendJobParams, JobResult),
    "juliahub/openLog": (OpenLogParams, OpenLogResult),
    "juliahub/closeLog": (CloseLogParams, EmptyResult),
    "juliahub/readLog": (ReadLogParams, ReadLogResult),
    "juliahub/logSummary": (LogSummaryParams, LogSummaryResult),
    "juliahub/logSeries": (LogSeriesParams, LogSeriesResult),
    "juliahub/completeFilter": (CompleteFilterParams, CompleteFilterResult),
    "juliahub/saveLog": (SaveLogParams, SaveLogResult),
    "juliahub/results": (JobParams, ResultsResult),
    "juliahub/downloadResults": (DownloadResultsParams, DownloadResultsResult),
    "juliahub/previewFile": (PreviewFileParams, PreviewFileResult),
    "juliahub/compareJobs": (CompareJobsParams, CompareJobsResult),
    "juliahub/exportComparison": (ExportComparisonParams, ExportComparisonResult),
    "juliahub/datasets": (DatasetsParams, DatasetsResult),
    "juliahub/downloadDataset": (DownloadDatasetParams, DownloadDatasetResult),
    "juliahub/uploadDataset": (UploadDatasetParams, UploadDatasetResult),
    "juliahub/projects": (ProjectsParams, ProjectsResult),
}
"""Requests from the client: method → (params, result).

The same names are `workspace/executeCommand` commands with the params as the one argument.
"""

NOTIFICATIONS: dict[str, type] = {
    "juliahub/environmentsChanged": EnvironmentsChangedParams,
    "juliahub/configurationsChanged": ConfigurationsChangedParams,
    "juliahub/jobsChanged": JobsChangedParams,
    "juliahub/jobNotice": JobNoticeParams,
    "juliahub/serversChanged": ServersChangedParams,
    "juliahub/approvalWanted": ApprovalWantedParams,
    "juliahub/logLines": LogLinesParams,
    "juliahub/logState": LogStateParams,
}
"""Notifications to the client: method → params."""
