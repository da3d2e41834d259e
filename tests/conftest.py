"""Which tests run in one process, one after the other: those of a file; and those that drive an editor or package one,
each of which takes most of a small machine for a minute.

Editors are driven in two groups. One begins at once, as it takes longest; the other comes last, when nearly all else is
done, so that there are never two editors beside the rest.
"""

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

# How fast a machine is, and how busy, is no property of what is tested.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

FIRST = tuple(f"tests/editor/test_{name}.py" for name in ("main_job", "jobs_view", "log", "first_run"))
LAST = ("tests/editor/", "tests/package/", "tests/webview/")


class FewEditorsAtATime(LoadFileScheduling):  # type: ignore[misc]  # xdist says nothing of its types
    """Files whole, and the editors' files as two."""

    def _split_scope(self, nodeid: str) -> str:
        return ("editors", str(super()._split_scope(nodeid)), "more editors")[turn(nodeid)]


def turn(nodeid: str) -> int:
    """0 for the editors that begin, 2 for those that come last, 1 for all else."""
    return 0 if nodeid.startswith(FIRST) else 2 if nodeid.startswith(LAST) else 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FewEditorsAtATime:
    """What `--dist` asks for, but for the editors."""
    return FewEditorsAtATime(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order of their turns."""
    items.sort(key=lambda item: turn(item.nodeid))
