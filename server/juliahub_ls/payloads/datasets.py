"""Datasets and projects."""

from typing import Any

from juliahub_ls.payloads.common import present, uri
from juliahub_ls.services.datasets import Downloaded
from juliahub_wire import datasets as wire
from juliahub_wire.logs import to_unix_ms
from juliahub_wire.projects import Project


def dataset(value: wire.Dataset) -> dict[str, Any]:
    """A `Dataset`, its newest version first."""
    payload = {
        "id": value.id,
        "name": value.name,
        "owner": value.owner.username,
        "type": value.type,
        "description": value.description,
        "tags": value.tags,
        "size": value.size,
        "versions": [_version(each) for each in sorted(value.versions, key=lambda each: -each.version)],
        "visibility": value.visibility,
        "modified": to_unix_ms(value.lastModified),
        "writable": value.project.is_writable if value.project else None,
    }
    return present(payload)


def downloaded_dataset(value: wire.Dataset, saved: Downloaded) -> dict[str, Any]:
    """A `DownloadDatasetResult`."""
    return {"dataset": value.id, "version": saved.version, "uri": uri(saved.path), "size": saved.size}


def uploaded_dataset(value: wire.Dataset, version: int | None) -> dict[str, Any]:
    """An `UploadDatasetResult`."""
    return present({"dataset": value.id, "version": version})


def project(value: Project) -> dict[str, Any]:
    """A `Project`."""
    payload = {
        "id": value.id,
        "name": value.name,
        "owner": value.owner.username,
        "description": value.description or "",
        "tags": value.tags,
        "archived": value.is_archived,
        "visibility": value.visibility,
        "created": to_unix_ms(value.created_at),
    }
    return present(payload)


def _version(value: wire.DatasetVersion) -> dict[str, Any]:
    payload = {
        "version": value.version,
        "size": value.size,
        "date": to_unix_ms(value.date),
        "uploader": value.uploader.username if value.uploader else None,
        "project": value.project,
    }
    return present(payload)
