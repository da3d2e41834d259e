"""The life cycle and the values of a job."""

import pytest

from localhub.domain import job
from localhub.domain.refusals import byte_text


@pytest.mark.parametrize(
    ("status", "successor", "allowed"),
    [
        ("Submitted", "Running", True),
        ("Submitted", "Failed", True),  # its bundle cannot be unpacked
        ("Submitted", "Completed", True),  # it ended before anyone looked
        ("Running", "Stopped", True),
        ("Running", "Submitted", False),
        ("Completed", "Failed", False),
        ("Stopped", "Running", False),
        ("Failed", "Failed", False),
    ],
)
def test_a_job_only_goes_forward(status: str, successor: str, allowed: bool) -> None:
    assert job.may_become(status, successor) is allowed


def test_reserved_args_are_no_environment_variables() -> None:
    args = {"jobname": "a", "jr_uuid": "b", "jr_submission": "c", "N": "1"}
    assert job.environment(args, None) == {"N": "1"}


def test_the_users_package_server_wins_over_the_hubs() -> None:
    assert job.environment({}, "https://pkg.example")["JULIA_PKG_SERVER"] == "https://pkg.example"
    assert job.environment({"JULIA_PKG_SERVER": "x"}, "https://pkg.example")["JULIA_PKG_SERVER"] == "x"


def test_outputs_are_cut_at_a_thousand_characters() -> None:
    assert job.outputs_of("ä" * 1001) == "ä" * 1000


def test_deadlines_count_from_the_start() -> None:
    assert job.deadline(1000.0, 0.5) == 2800.0
    assert job.deadline(1000.0, None) is None


def test_timestamps_have_milliseconds_and_an_offset() -> None:
    assert job.timestamp(1678867010.9744) == "2023-03-15T07:56:50.974+00:00"
    assert job.timestamp(None) is None


@pytest.mark.parametrize(
    ("count", "text"),
    [(999, "999 bytes"), (1000, "1.0 kB"), (2_300_000, "2.3 MB"), (2**31, "2.1 GB"), (5 * 10**12, "5000.0 GB")],
)
def test_sizes_are_decimal(count: int, text: str) -> None:
    assert byte_text(count) == text
