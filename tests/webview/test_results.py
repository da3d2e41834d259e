"""The pages of results and comparisons, alone."""

import pytest

from tests.webview.conftest import Play

pytestmark = [pytest.mark.editor, pytest.mark.timeout(300)]


def test_results(play: Play) -> None:
    """Summary, files, previews, downloads; hostile content; every theme, a narrow tab, 200 %."""
    play("results")


def test_comparison(play: Play) -> None:
    """Jobs side by side: only differences, sorted, added, removed; every theme, a narrow tab, 200 %."""
    play("compare")
