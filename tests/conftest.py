"""Which tests run in one process, one after the other: those of a file; and all that drive an editor, of which one
takes most of a small machine. They begin at once, as they take longest.
"""

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

# How fast a machine is, and how busy, is no property of what is tested.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

EDITORS = "tests/editor/"


class OneEditorAtATime(LoadFileScheduling):  # type: ignore[misc]  # xdist says nothing of its types
    """Files whole, and the editors' files as one."""

    def _split_scope(self, nodeid: str) -> str:
        return EDITORS if nodeid.startswith(EDITORS) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneEditorAtATime:
    """What `--dist` asks for, but for the editors."""
    return OneEditorAtATime(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The editors first."""
    items.sort(key=lambda item: not item.nodeid.startswith(EDITORS))
