"""The page that plots a log's numbers, alone."""

import pytest

from tests.webview.conftest import Play

pytestmark = [pytest.mark.editor, pytest.mark.timeout(300)]


def test_plot(play: Play) -> None:
    """Lines per process, chosen keywords, the keyboard, a table; every theme, a narrow panel, 200 %."""
    play("plot")
