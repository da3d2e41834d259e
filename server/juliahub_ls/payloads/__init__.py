"""From domain values to the payloads of `docs/protocol.md`, for the editor and for `--json` alike."""

from juliahub_ls.payloads.bundles import bundle_folder, bundle_plan
from juliahub_ls.payloads.common import problem, range_
from juliahub_ls.payloads.datasets import dataset, downloaded_dataset, project, uploaded_dataset
from juliahub_ls.payloads.environments import environment, environment_choice, environment_details, environment_for
from juliahub_ls.payloads.jobs import job, notice, preflight, submission
from juliahub_ls.payloads.logs import log_line, log_series, log_summary, shown_lines
from juliahub_ls.payloads.results import comparison, downloaded, results
from juliahub_ls.payloads.servers import image, node, server, servers

__all__ = [
    "bundle_folder",
    "bundle_plan",
    "comparison",
    "dataset",
    "downloaded",
    "downloaded_dataset",
    "environment",
    "environment_choice",
    "environment_details",
    "environment_for",
    "image",
    "job",
    "log_line",
    "log_series",
    "log_summary",
    "node",
    "notice",
    "preflight",
    "problem",
    "project",
    "range_",
    "results",
    "server",
    "servers",
    "shown_lines",
    "submission",
    "uploaded_dataset",
]
