"""Which bundle a script needs, and what keeps it from being written."""

import asyncio
import hashlib
import os
import sys
import threading
from pathlib import Path

import pytest

from juliahub_ls import errors
from juliahub_ls.services import bundling
from juliahub_ls.services.bundling import Bundling, refuse_unreadable
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.job_source import Send
from juliahub_ls.services.progress import Silent


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "Project.toml").write_text('name = "P"\n')
    (folder / "src" / "main.jl").write_text("println(1)\n")
    return folder


@pytest.fixture
def made(tmp_path: Path) -> Bundling:
    return Bundling(tmp_path / "cache", Environments(tmp_path / "config"))


class Reports:
    """Remembers what was said, and does something the first time that something is."""

    def __init__(self, then: "object" = None) -> None:
        self.said: list[tuple[str, float | None]] = []
        self._then = then

    def report(self, message: str, fraction: "float | None" = None) -> None:
        self.said.append((message, fraction))
        if callable(self._then):
            then, self._then = self._then, None
            then()


async def test_a_script_in_its_project(made: Bundling, project: Path) -> None:
    source = await made.source(project / "src" / "main.jl", None)
    assert (source.directory, str(source.script_in_bundle)) == (project, "src/main.jl")
    assert str(project / "Project.toml") in source.reason


async def test_a_folder_that_was_asked_for(made: Bundling, project: Path) -> None:
    source = await made.source(project / "src" / "main.jl", project / "src")
    assert (source.directory, str(source.script_in_bundle)) == (project / "src", "main.jl")
    assert source.reason == "the folder that was asked for"


async def test_an_environment_elsewhere_goes_along_as_text(made: Bundling, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "Project.toml").write_text("[deps]\n")
    script = project / "src" / "main.jl"
    Environments(tmp_path / "config").choose(script, other)
    source = await made.source(script, None)
    assert (source.send, source.directory, source.project_text) == (Send.ENVIRONMENT, None, "[deps]\n")
    assert "you chose" in source.reason


async def test_an_unchanged_plan_is_the_same_object(made: Bundling, project: Path) -> None:
    first = await made.plan(project)
    assert await made.plan(project) is first
    assert await made.plan(project, gitignore=True) is not first
    (project / "src" / "main.jl").write_text("println(12)\n")
    assert await made.plan(project) is not first


@pytest.mark.parametrize(
    ("script", "directory", "expected", "words"),
    [
        ("src/gone.jl", None, errors.ScriptNotFound, "no file"),
        ("src", None, errors.ScriptNotFound, "no file"),
        ("Project.toml", None, errors.NotJulia, "not a Julia file"),
        ("src/main.jl", "other", errors.ScriptOutsideBundle, "outside the bundle folder"),
    ],
)
async def test_scripts_that_cannot_be_run(
    made: Bundling, project: Path, script: str, directory: "str | None", expected: "type[Exception]", words: str
) -> None:
    with pytest.raises(expected, match=words):
        await made.source(project / script, project / directory if directory else None)


@pytest.mark.parametrize("file", ["Project.toml", "Manifest.toml"])
async def test_toml_that_does_not_parse_has_a_place(made: Bundling, project: Path, file: str) -> None:
    (project / file).write_text('name = "P"\nversion = [1,\n  = 3\n')
    source = await made.source(project / "src" / "main.jl", None)
    assert source.environment is not None, "it can be shown all the same"
    with pytest.raises(errors.EnvironmentUnreadable, match=r"Nothing was submitted\.") as caught:
        refuse_unreadable(source.environment.problems)
    data = caught.value.data
    assert (data["path"], data["line"]) == (str(project / file), 3)
    assert data["column"] >= 1
    assert "line 3" in str(caught.value)


async def test_the_archive_is_the_same_each_time(made: Bundling, project: Path, tmp_path: Path) -> None:
    reports = Reports()
    first = await made.prepare(await made.plan(project), reports)
    second = await made.prepare(await made.plan(project), Silent())
    assert first.sha256 == second.sha256
    assert first.path.parent == tmp_path / "cache" / "bundles"
    assert hashlib.sha256(first.path.read_bytes()).hexdigest() == first.sha256
    assert first.size == first.path.stat().st_size
    assert reports.said[-1] == ("Bundling 2 of 2 files", 1.0)
    assert first.plan.file_count == 2


@pytest.mark.parametrize("name", ["bundle.tar", "bundle", "b.c"])
async def test_the_archive_is_the_file_that_was_named(made: Bundling, project: Path, tmp_path: Path, name: str) -> None:
    output = tmp_path / "out" / name
    written = await made.write(await made.plan(project), output, Silent())
    assert written.path == output
    assert hashlib.sha256(output.read_bytes()).hexdigest() == written.sha256
    assert list(output.parent.iterdir()) == [output]


async def test_a_file_that_changes_meanwhile(made: Bundling, project: Path, tmp_path: Path) -> None:
    plan = await made.plan(project)
    (project / "src" / "main.jl").write_text("println(2) # longer than before\n")
    output = tmp_path / "out.tar"
    with pytest.raises(errors.FileChangedWhileBundling, match=r"src.main\.jl changed"):
        await made.write(plan, output, Silent())
    (project / "src" / "main.jl").unlink()
    with pytest.raises(errors.FileChangedWhileBundling):
        await made.write(plan, output, Silent())
    assert not output.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
async def test_a_full_disk(made: Bundling, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = await made.plan(project)

    def full(*_arguments: object, **_options: object) -> object:
        with Path("/dev/full").open("wb", buffering=0) as device:
            device.write(b"x")
        raise AssertionError("unreachable")

    monkeypatch.setattr(bundling, "write_bundle", full)
    with pytest.raises(errors.DiskFull, match=r"is full\. Nothing was submitted\."):
        await made.write(plan, tmp_path / "out.tar", Silent())


@pytest.mark.skipif(sys.platform == "win32", reason="modes are not rights there")
async def test_a_folder_that_cannot_be_written(made: Bundling, project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.FileUnreadable):
        await made.write(await made.plan(project), tmp_path / "file" / "out.tar", Silent())


async def test_a_cancelled_bundle_leaves_nothing(made: Bundling, project: Path, tmp_path: Path) -> None:
    (project / "big").write_bytes(os.urandom(64 << 20))
    plan = await made.plan(project)
    loop, held, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def hold() -> None:
        loop.call_soon_threadsafe(held.set)
        go_on.wait(20)

    output = tmp_path / "out" / "bundle.tar"
    work = asyncio.create_task(made.write(plan, output, Reports(hold)))
    await asyncio.wait_for(held.wait(), 20)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    go_on.set()
    await asyncio.wait_for(_until_empty(output.parent), 20)


async def _until_empty(folder: Path) -> None:
    while list(folder.iterdir()):  # noqa: ASYNC110, ASYNC240 - a look at one folder
        await asyncio.sleep(0.01)
