"""Long work: progress, cancelling that leaves nothing, and what is told unasked."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import Editor, RpcError, check_error_data

SPARSE_BYTES = 1 << 30


def progress(editor: Editor, token: str) -> "list[dict[str, Any]]":
    """The values of `$/progress` on that token."""
    return [params["value"] for params in editor.all("$/progress") if params["token"] == token]


def project(folders: Path) -> Path:
    return folders / "work" / "project"


def big(folders: Path) -> None:
    """A file that takes seconds to bundle, and no room."""
    with (project(folders) / "big.bin").open("wb") as file:
        file.truncate(SPARSE_BYTES)


def left(folder: Path) -> "list[str]":
    """Every file below the folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


async def test_progress_begins_reports_and_ends(editor: Editor, folders: Path) -> None:
    output = folders / "out" / "bundle.tar"
    params = {"directory": project(folders).as_uri(), "output": output.as_uri(), "workDoneToken": "t1"}
    await editor.request("juliahub/writeBundle", params)
    await editor.until(lambda: progress(editor, "t1")[-1]["kind"] == "end", "the end of the work")
    values = progress(editor, "t1")
    assert values[0]["kind"] == "begin"
    assert values[0]["title"] == "Bundling project"
    assert values[0]["cancellable"] is True
    reports = [value for value in values if value["kind"] == "report"]
    assert [value["kind"] for value in values].count("end") == 1
    assert all("Bundling" in report["message"] and 0 <= report["percentage"] <= 100 for report in reports)
    await editor.request("juliahub/writeBundle", params)  # the token may be used again


@pytest.mark.parametrize("way", ["$/cancelRequest", "window/workDoneProgress/cancel"])
async def test_a_cancelled_bundle_leaves_nothing(editor: Editor, folders: Path, way: str) -> None:
    big(folders)
    output = folders / "out" / "bundle.tar"
    params = {"directory": project(folders).as_uri(), "output": output.as_uri(), "workDoneToken": "t1"}
    identifier, answer = editor.begin("juliahub/writeBundle", params)
    await editor.until(lambda: len(progress(editor, "t1")) > 1, "the work to be under way")
    editor.notify(way, {"id": identifier} if way == "$/cancelRequest" else {"token": "t1"})
    with pytest.raises(RpcError) as caught:
        await answer
    assert caught.value.code == -32800
    if way != "$/cancelRequest":  # that one is answered by the framework, without data
        assert check_error_data(caught.value) == {"code": "cancelled"}
    await editor.until(lambda: progress(editor, "t1")[-1]["kind"] == "end", "the end of the work")
    assert await editor.shut_down() == 0
    assert left(folders / "out") == []


async def test_a_cancelled_submission_says_that_nothing_happened(signed_in: Editor, folders: Path) -> None:
    big(folders)
    before = len((await signed_in.request("juliahub/jobs", {"limit": 1000}))["jobs"])
    script = (project(folders) / "main.jl").as_uri()
    _, answer = signed_in.begin("juliahub/submit", {"script": script, "workDoneToken": "t1"})
    await signed_in.until(lambda: _bundling(signed_in), "the bundle to be under way")
    signed_in.notify("window/workDoneProgress/cancel", {"token": "t1"})
    with pytest.raises(RpcError) as caught:
        await answer
    assert (caught.value.code, check_error_data(caught.value)["code"]) == (-32800, "cancelled")
    assert caught.value.message == "The submission was cancelled. Nothing was submitted."
    assert len((await signed_in.request("juliahub/jobs", {"limit": 1000}))["jobs"]) == before
    await signed_in.shut_down()
    assert [name for name in left(folders / "cache") if name.endswith((".tar", ".part"))] == []


async def test_requests_are_answered_while_a_bundle_is_written(editor: Editor, folders: Path) -> None:
    big(folders)
    output = (folders / "out.tar").as_uri()
    params = {"directory": project(folders).as_uri(), "output": output, "workDoneToken": "t1"}
    _, answer = editor.begin("juliahub/writeBundle", params)
    await editor.until(lambda: len(progress(editor, "t1")) > 1, "the work to be under way")
    for _ in range(20):
        await editor.request("juliahub/servers")
    assert not answer.done()
    editor.notify("window/workDoneProgress/cancel", {"token": "t1"})
    with pytest.raises(RpcError):
        await answer


async def test_environments_are_told_when_they_change(editor: Editor, folders: Path) -> None:
    assert len((await editor.request("juliahub/environments"))["environments"]) == 1
    new = folders / "work" / "another"
    new.mkdir()
    (new / "Project.toml").write_text('name = "Another"\n')
    await editor.until(lambda: _names(editor) == ["Another", "Pi"], "the new environment")
    (new / "Project.toml").unlink()
    await editor.until(lambda: _names(editor) == ["Pi"], "its end")


async def test_other_folders_are_told(editor: Editor, folders: Path) -> None:
    await editor.request("juliahub/environments")
    more = folders / "more"
    more.mkdir()
    (more / "Project.toml").write_text('name = "More"\n')
    added = [{"uri": more.as_uri(), "name": "more"}]
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": []}})
    await editor.until(lambda: _names(editor) == ["More", "Pi"], "the new folder's environment")


async def test_the_cache_is_the_users_own(signed_in: Editor, folders: Path) -> None:
    await signed_in.request("juliahub/submit", {"script": (project(folders) / "main.jl").as_uri()})
    if os.name != "nt":
        assert (folders / "cache" / "bundles").stat().st_mode & 0o077 == 0


def _bundling(editor: Editor) -> bool:
    return any("Bundling" in value.get("message", "") for value in progress(editor, "t1"))


def _names(editor: Editor) -> "list[str]":
    told = editor.all("juliahub/environmentsChanged")
    return sorted(environment["name"] for environment in told[-1]["environments"]) if told else []
