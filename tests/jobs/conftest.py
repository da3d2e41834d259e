"""Real jobs with real Julia."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localhub.engines.julia_versions import find_julias

from .driver import Job

MakeJob = Callable[..., Job]


@pytest.fixture(scope="session")
def julia() -> list[str]:
    found = find_julias()
    if not found:
        pytest.skip("no Julia on this computer")
    return list(found[0].command)


@pytest.fixture
def make_job(julia: list[str], tmp_path: Path) -> Iterator[MakeJob]:
    """Makes jobs that are not yet started; ends them after the test."""
    made: list[Job] = []

    def make(code: str, **options: Any) -> Job:
        made.append(Job(tmp_path / f"job{len(made)}", **{"julia": julia, "code": code, **options}))
        return made[-1]

    yield make
    for job in made:
        job.clean_up()
