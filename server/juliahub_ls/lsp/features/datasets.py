"""Datasets and projects: listed, a version downloaded, a version added."""

from typing import Any

from juliahub_ls import payloads
from juliahub_ls.lsp.protocol.datasets import (
    DatasetsParams,
    DownloadDatasetParams,
    ProjectsParams,
    UploadDatasetParams,
)
from juliahub_ls.lsp.session import Session
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.services.datasets import Datasets
from juliahub_ls.services.projects import list_projects


async def datasets(session: Session, params: DatasetsParams) -> dict[str, Any]:
    """All that are visible, or those of a project."""
    found = await (await _datasets(session, params.get("server"))).list(params.get("project"))
    return {"datasets": [payloads.dataset(each) for each in found]}


async def download(session: Session, params: DownloadDatasetParams) -> dict[str, Any]:
    """Save a version as a file."""
    known = await _datasets(session, params.get("server"))
    with session.progress(params.get("workDoneToken"), f"Downloading {params['dataset']}") as progress:
        dataset = await known.find(params["dataset"])
        saved = await known.download(dataset, params.get("version"), path_of(params["file"]), progress)
    return payloads.downloaded_dataset(dataset, saved)


async def upload(session: Session, params: UploadDatasetParams) -> dict[str, Any]:
    """Add a file as a version."""
    known = await _datasets(session, params.get("server"))
    with session.progress(params.get("workDoneToken"), f"Uploading to {params['dataset']}") as progress:
        dataset = await known.find(params["dataset"])
        version = await known.upload(dataset, path_of(params["file"]), progress)
    return payloads.uploaded_dataset(dataset, version)


async def projects(session: Session, params: ProjectsParams) -> dict[str, Any]:
    """All that are visible."""
    found = await list_projects(await session.services.connections.client(params.get("server")))
    return {"projects": [payloads.project(each) for each in found]}


async def _datasets(session: Session, server: str | None) -> Datasets:
    connections = session.services.connections
    return Datasets(await connections.client(server), connections.http)


HANDLERS = {
    "juliahub/datasets": datasets,
    "juliahub/downloadDataset": download,
    "juliahub/uploadDataset": upload,
    "juliahub/projects": projects,
}
