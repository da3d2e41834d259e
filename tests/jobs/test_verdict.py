"""How ends are put into words."""

import pytest

from localhub.engines.verdict import duration, how_ended, judge, told


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 s"), (29.6, "30 s"), (59, "1 min"), (60, "1 min"), (1200, "20 min"), (3600, "1 h"), (5400, "1 h 30 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("exit_code", "text"),
    [
        (3, "ended with exit code 3"),
        (-9, "was killed (SIGKILL), most likely out of memory"),
        (-11, "crashed (SIGSEGV)"),
        (-15, "was ended by SIGTERM"),
        (-4000, "was ended by signal 4000"),
        (0xC0000005, "ended with exit code 3221225477"),
    ],
)
def test_exit_codes(exit_code: int, text: str) -> None:
    assert how_ended(exit_code) == text


def test_what_julia_said_comes_before_the_exit_code() -> None:
    assert judge(1, "UndefVarError: x not defined (a.jl:3)").reason == "UndefVarError: x not defined (a.jl:3)"
    assert judge(0, None) == ("Completed", None, "Error", True)


def test_system_errors_are_told_without_their_number() -> None:
    assert told(FileNotFoundError(2, "No such file", "/opt/julia")) == "No such file: /opt/julia"
    assert told(OSError("just text")) == "just text"
