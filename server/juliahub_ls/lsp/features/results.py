"""Results: the summary, the files, looking into them, and jobs compared."""

import asyncio
from pathlib import Path
from typing import Any

from juliahub_ls import payloads
from juliahub_ls.encoding import encode
from juliahub_ls.lsp.protocol.jobs import JobParams
from juliahub_ls.lsp.protocol.results import (
    CompareJobsParams,
    DownloadResultsParams,
    ExportComparisonParams,
    JobReference,
    PreviewFileParams,
)
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.services.comparing import Comparison, compare_jobs, save_comparison
from juliahub_ls.services.previews import preview
from juliahub_ls.services.results import download_results


async def results(session: Session, params: JobParams) -> dict[str, Any]:
    """Summary and result files, and what of them is on this computer."""
    view = await session.services.jobs.get(params.get("server"), params["job"])
    return await asyncio.to_thread(payloads.results, view, _default_directory(session) / view.id)


async def download(session: Session, params: DownloadResultsParams) -> dict[str, Any]:
    """Save result files."""
    services = session.services
    view = await services.jobs.get(params.get("server"), params["job"])
    client = await services.connections.client(view.server)
    asked = params.get("directory")
    directory = path_of(asked) if asked else _default_directory(session) / view.id
    with session.progress(params.get("workDoneToken"), f"Downloading the results of {view.name}") as progress:
        saved = await download_results(client, view, directory, progress, params.get("files"))
    return payloads.downloaded(directory, saved)


async def preview_file(session: Session, params: PreviewFileParams) -> dict[str, Any]:
    """Look into a file."""
    services = session.services
    view = await services.jobs.get(params.get("server"), params["job"])
    client = await services.connections.client(view.server)
    directory = _default_directory(session) / view.id
    shown: dict[str, Any] = encode(await preview(client, view, params["name"], params.get("member"), directory))
    return shown


async def compare(session: Session, params: CompareJobsParams) -> dict[str, Any]:
    """Jobs side by side."""
    return payloads.comparison(await _compared(session, params["jobs"]))


async def export(session: Session, params: ExportComparisonParams) -> dict[str, Any]:
    """Write a comparison as CSV."""
    comparison = await _compared(session, params["jobs"])
    file = path_of(params["file"])
    return {"uri": file.absolute().as_uri(), "lines": await save_comparison(comparison, file)}


async def _compared(session: Session, jobs: list[JobReference]) -> Comparison:
    keys = [(job.get("server"), job["job"]) for job in jobs]
    return await compare_jobs(session.services.jobs, session.services.submissions, keys)


def _default_directory(session: Session) -> Path:
    folders = session.folders()
    return (folders[0] if folders else Path.home()) / session.settings.download_directory


HANDLERS = {
    "juliahub/results": results,
    "juliahub/downloadResults": download,
    "juliahub/previewFile": preview_file,
    "juliahub/compareJobs": compare,
    "juliahub/exportComparison": export,
}
