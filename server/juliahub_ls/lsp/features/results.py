"""Results: the summary, and the files."""

from pathlib import Path
from typing import Any

from juliahub_ls.encoding import encode
from juliahub_ls.lsp.protocol.jobs import JobParams
from juliahub_ls.lsp.protocol.results import DownloadResultsParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.services.results import download_results
from juliahub_wire.jobs import FileType


async def results(session: Session, params: JobParams) -> dict[str, Any]:
    """Summary and result files."""
    view = await session.services.jobs.get(params.get("server"), params["job"])
    found = [encode(file) for file in view.files if file.type == FileType.RESULT.value]
    answer: dict[str, Any] = {"outputs": view.outputs, "files": found}
    if view.summary is not None:
        answer["summary"] = encode(view.summary)
    return answer


async def download(session: Session, params: DownloadResultsParams) -> dict[str, Any]:
    """Save the result files."""
    services = session.services
    view = await services.jobs.get(params.get("server"), params["job"])
    client = await services.connections.client(view.server)
    asked = params.get("directory")
    directory = path_of(asked) if asked else _default_directory(session) / view.id
    with session.progress(params.get("workDoneToken"), f"Downloading the results of {view.name}") as progress:
        saved = await download_results(client, view, directory, progress)
    files = [
        {"uri": file.path.absolute().as_uri(), "name": file.name, "size": file.size, "verified": file.verified}
        for file in saved
    ]
    return {"directory": directory.absolute().as_uri(), "files": files}


def _default_directory(session: Session) -> Path:
    folders = session.folders()
    return (folders[0] if folders else Path.home()) / session.settings.download_directory


HANDLERS = {"juliahub/results": results, "juliahub/downloadResults": download}
