"""Which tests run in one process, one after the other: those of a file; and editors, of which few can run at once."""

from itertools import chain

import pytest

EDITORS = 2
"""Each takes most of a processor for a minute."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that drive an editor are dealt out to a few groups, which begin first; any other file is a group."""
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    heavy = [tests for tests in files.values() if tests[0].get_closest_marker("editor")]
    light = [(name, tests) for name, tests in files.items() if not tests[0].get_closest_marker("editor")]
    groups = [(f"editor {first}", list(chain.from_iterable(heavy[first::EDITORS]))) for first in range(EDITORS)]
    for name, tests in [*groups, *light]:
        for test in tests:
            test.add_marker(pytest.mark.xdist_group(name))
    items[:] = [test for _, tests in [*groups, *light] for test in tests]
