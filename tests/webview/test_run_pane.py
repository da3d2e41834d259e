"""The page of the RUN pane, alone."""

import pytest

from tests.webview.conftest import Play

pytestmark = [pytest.mark.editor, pytest.mark.timeout(300)]


def test_run_pane(play: Play) -> None:
    """The form, what is typed into it, what is wrong with it; every theme, a narrow pane, 200 %, the keyboard alone."""
    play("run")
