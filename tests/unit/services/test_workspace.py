"""The workspace's environments: found, watched by the operating system's own means, told once a change has settled."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from watchdog.observers.api import BaseObserver

from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.workspace import Workspace


class News:
    """What the workspace told, each time the names of its environments."""

    def __init__(self) -> None:
        self.told: list[list[str]] = []
        self._event = asyncio.Event()

    def __call__(self, found: "list[LoadedEnvironment]") -> None:
        self.told.append(names(found))
        self._event.set()

    async def until(self, expected: "list[str] | Callable[[list[str]], bool]") -> None:
        """Wait until that, or something of which it is true, was told last."""

        async def look() -> None:
            while not self.told or not _is(self.told[-1], expected):
                self._event.clear()
                await self._event.wait()

        await asyncio.wait_for(look(), 20)


def names(found: "list[LoadedEnvironment]") -> "list[str]":
    return sorted(f"{environment.name}:{len(environment.problems)}" for environment in found)


async def watch(workspace: Workspace, roots: "list[Path]") -> None:
    """Open these folders, as an editor does."""
    workspace.use(roots)
    await workspace.watch()


def project(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Project.toml").write_text(f'name = "{name}"\n')
    return folder


@pytest.fixture
def news() -> News:
    return News()


@pytest.fixture
async def watched(news: News) -> AsyncIterator[Workspace]:
    tasks = Tasks()
    made = Workspace(tasks, news)
    yield made
    await made.aclose()
    await tasks.aclose()


async def test_environments_are_found_in_all_folders(watched: Workspace, tmp_path: Path) -> None:
    roots = [project(tmp_path / "a", "A"), project(tmp_path / "b" / "deep", "B").parent]
    await watch(watched, roots)
    assert names(await watched.environments()) == ["A:0", "B:0"]
    assert watched.truncated is False


async def test_the_search_ends_at_its_bound_and_says_so(news: News, tmp_path: Path) -> None:
    project(tmp_path, "A")
    project(tmp_path / "b" / "deep", "B")
    bounded = Workspace(Tasks(), news, scan_limit=2)
    try:
        bounded.use([tmp_path])
        assert names(await bounded.environments()) == ["A:0"]
        assert (bounded.truncated, bounded.scan_limit) == (True, 2)
    finally:
        await bounded.aclose()


async def test_changes_are_noticed(watched: Workspace, news: News, tmp_path: Path) -> None:
    project(tmp_path, "A")
    await watch(watched, [tmp_path])
    await watched.environments()
    project(tmp_path / "new" / "deep", "B")
    await news.until(["A:0", "B:0"])
    (tmp_path / "Project.toml").write_text('name = "A2"\n')
    await news.until(["A2:0", "B:0"])
    (tmp_path / "Project.toml").write_text("name = [")
    await news.until(lambda told: any(not name.endswith(":0") for name in told))
    (tmp_path / "new" / "deep" / "Project.toml").unlink()
    await news.until(lambda told: len(told) == 1)
    assert names(await watched.environments()) == news.told[-1]


async def test_a_folder_that_is_moved_away(watched: Workspace, news: News, tmp_path: Path) -> None:
    project(tmp_path / "in" / "a", "A")
    project(tmp_path / "in" / "b", "B")
    await watch(watched, [tmp_path / "in"])
    await watched.environments()
    (tmp_path / "in" / "b").rename(tmp_path / "out")
    await news.until(["A:0"])


async def test_many_changes_are_one(watched: Workspace, news: News, tmp_path: Path) -> None:
    await watch(watched, [tmp_path])
    await watched.environments()
    for number in range(200):
        project(tmp_path / str(number), f"P{number}")
    await news.until(lambda told: len(told) == 200)
    assert len(news.told) < 20


async def test_other_files_are_no_news(watched: Workspace, news: News, tmp_path: Path) -> None:
    project(tmp_path, "A")
    await watch(watched, [tmp_path])
    await watched.environments()
    (tmp_path / "main.jl").write_text("1")
    (tmp_path / "Project.toml").read_text()
    project(tmp_path / "later", "B")  # what comes after it arrives alone
    await news.until(["A:0", "B:0"])
    assert news.told == [["A:0", "B:0"]]


async def test_a_folder_that_is_not_there_hinders_no_other(
    watched: Workspace, news: News, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "there").mkdir()
    with caplog.at_level(logging.WARNING):
        await watch(watched, [tmp_path / "gone", tmp_path / "there"])
    assert "gone cannot be watched" in caplog.text
    assert await watched.environments() == []
    project(tmp_path / "there", "A")
    await news.until(["A:0"])


async def test_other_folders_are_told(watched: Workspace, news: News, tmp_path: Path) -> None:
    await watch(watched, [project(tmp_path / "a", "A")])
    await watched.environments()
    await watch(watched, [project(tmp_path / "b", "B")])
    await news.until(["B:0"])


async def test_nothing_is_told_after_the_end(watched: Workspace, news: News, tmp_path: Path) -> None:
    await watch(watched, [tmp_path])
    await watched.environments()
    project(tmp_path, "A")
    await watched.aclose()
    assert not any(isinstance(thread, BaseObserver) for thread in threading.enumerate())
    assert news.told == []


def _is(told: "list[str]", expected: "list[str] | Callable[[list[str]], bool]") -> bool:
    return expected(told) if callable(expected) else told == expected
