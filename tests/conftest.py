"""The order in which the files of tests run."""

import pytest

SPREAD = 0.6
"""Editors are spread over this much of the run: none is left for its end, when the other processes are done."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that drive an editor, which are long and heavy, are spread among the others, so that few run at once."""
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    heavy = [tests for tests in files.values() if tests[0].get_closest_marker("editor")]
    order = [tests for tests in files.values() if not tests[0].get_closest_marker("editor")]
    step = int(len(order) * SPREAD / max(1, len(heavy)))
    for number, tests in enumerate(heavy):
        order.insert(number * (step + 1), tests)
    items[:] = [item for tests in order for item in tests]
