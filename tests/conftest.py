"""Which tests run in one process, one after the other: those of a file; and all that drive an editor or package one,
each of which takes most of a small machine for a minute.
"""

import pytest
from xdist.scheduler import LoadFileScheduling

EDITORS = ("tests/editor/", "tests/package/", "tests/webview/")


class OneEditorAtATime(LoadFileScheduling):  # type: ignore[misc]  # xdist says nothing of its types
    """Files whole, and the editors' files as one."""

    def _split_scope(self, nodeid: str) -> str:
        return "editor" if nodeid.startswith(EDITORS) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneEditorAtATime:
    """What `--dist` asks for, but for the editors."""
    return OneEditorAtATime(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The editors begin first: all of them take longer than most of the rest."""
    items.sort(key=lambda item: not item.nodeid.startswith(EDITORS))
