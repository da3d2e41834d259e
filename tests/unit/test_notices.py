"""What is said of jobs unasked, and when: with a clock that the test turns."""

from pathlib import Path
from typing import Any

import pytest

from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.jobs.notice import end_of, next_moment, notice_of
from juliahub_ls.services.awaited import KEPT, Awaited
from juliahub_ls.services.notices import NoticeSchedule

MINUTE = 60_000
HOUR = 60 * MINUTE


def running(limit: float | None = 1.0, job: str = "jr-1") -> JobView:
    """A job that began at 0."""
    deadline = None if limit is None else round(limit * HOUR)
    return JobView("hub", job, "pi", "Running", "Running", False, False, submitted=0, started=0, deadline=deadline)


def waiting() -> JobView:
    return JobView("hub", "jr-1", "pi", "Submitted", "Waiting for a machine", False, False, submitted=0)


def ended(status: str = "Completed", label: str = "Completed 1:12", **more: Any) -> JobView:
    succeeded = status == "Completed"
    return JobView("hub", "jr-1", "pi", status, label, True, succeeded, submitted=0, started=0, ended=72_000, **more)


def said(schedule: NoticeSchedule, until: int) -> list[tuple[int, str]]:
    """Turns the clock from moment to moment; what was said when, in minutes."""
    told = []
    while (moment := schedule.next()) is not None and moment <= until:
        told += [(moment // MINUTE, notice.message) for notice in schedule.due(moment)]
    return told


def test_before_its_limit_a_job_is_spoken_of_four_times() -> None:
    schedule = NoticeSchedule()
    schedule.take(running(), 0)
    told = said(schedule, HOUR)
    assert [minute for minute, _ in told] == [30, 50, 55, 59]
    assert told[0][1] == "pi reaches its time limit in 30 minutes and is stopped then."
    assert told[-1][1] == "pi reaches its time limit in 1 minute and is stopped then."
    assert schedule.next() is None


@pytest.mark.parametrize(("limit", "minutes"), [(0.25, [5, 10, 14]), (1 / 60, []), (None, [])])
def test_only_moments_still_ahead_count(limit: float | None, minutes: list[int]) -> None:
    schedule = NoticeSchedule()
    schedule.take(running(limit), 0)
    assert [minute for minute, _ in said(schedule, HOUR)] == minutes


def test_a_job_that_is_met_late_is_spoken_of_from_then_on() -> None:
    schedule = NoticeSchedule()
    schedule.take(running(), 52 * MINUTE)
    assert [minute for minute, _ in said(schedule, HOUR)] == [55, 59]


def test_a_computer_that_slept_says_it_once_and_as_it_is_now() -> None:
    schedule = NoticeSchedule()
    schedule.take(running(), 0)
    assert [notice.minutes_left for notice in schedule.due(56 * MINUTE)] == [4]
    assert schedule.next() == 59 * MINUTE
    assert schedule.due(2 * HOUR) == []
    assert schedule.next() is None


def test_after_an_extension_it_is_said_again() -> None:
    schedule = NoticeSchedule()
    schedule.take(running(), 0)
    said(schedule, 50 * MINUTE)
    schedule.take(running(1.25), 51 * MINUTE)
    assert [minute for minute, _ in said(schedule, 2 * HOUR)] == [65, 70, 74]


def test_a_long_wait_is_told_at_ever_longer_intervals() -> None:
    schedule = NoticeSchedule()
    schedule.take(waiting(), 0)
    told = said(schedule, 3 * HOUR)
    assert [minute for minute, _ in told] == [10, 20, 40, 80, 160]
    assert told[0][1] == "pi has been waiting for a machine for 10 minutes."
    assert told[-1][1] == "pi has been waiting for a machine for 2 hours."


def test_a_job_that_started_or_ended_waits_no_more() -> None:
    schedule = NoticeSchedule()
    schedule.take(waiting(), 0)
    schedule.take(running(None), 1)
    assert schedule.next() is None
    schedule.take(running(job="jr-2"), 1)
    schedule.take(waiting(), 1)
    schedule.take(ended(), 2)
    assert schedule.next() == 30 * MINUTE


def test_two_jobs_have_each_their_own_moments() -> None:
    schedule = NoticeSchedule()
    schedule.take(running(), 0)
    schedule.take(running(job="jr-2"), 0)
    assert [notice.job.id for notice in schedule.due(30 * MINUTE)] == ["jr-1", "jr-2"]


def test_nothing_is_said_of_what_is_over() -> None:
    assert next_moment(ended(), 0) is None
    assert notice_of(ended(), 0) is None


def test_the_end_in_a_sentence() -> None:
    told = {
        end_of(ended(summary={"table": [1], "π": 3.14159265, "n": 5})).message,
        end_of(ended(outputs="all well\nand more")).message,
        end_of(ended(summary={"table": [1]})).message,
        end_of(ended("Failed", "Failed after 0:03: UndefVarError: x\nStacktrace:")).message,
    }
    assert told == {
        "pi finished in 1:12 — π = 3.14159",
        "pi finished in 1:12 — all well",
        "pi finished in 1:12",
        "pi — Failed after 0:03: UndefVarError: x",
    }


def test_an_awaited_job_is_remembered_by_its_workspace_alone(tmp_path: Path) -> None:
    Awaited(tmp_path, [Path("/a"), Path("/b")]).add(("hub", "jr-1"))
    assert not Awaited(tmp_path, [Path("/a")]).take(("hub", "jr-1"))
    again = Awaited(tmp_path, [Path("/b"), Path("/a")])
    assert again.take(("hub", "jr-1"))
    assert not again.take(("hub", "jr-1"))


def test_the_oldest_awaited_jobs_are_forgotten(tmp_path: Path) -> None:
    awaited = Awaited(tmp_path, [])
    for number in range(KEPT + 1):
        awaited.add(("hub", f"jr-{number}"))
    assert not awaited.take(("hub", "jr-0"))
    assert awaited.take(("hub", "jr-1"))


def test_a_broken_memory_is_an_empty_one(tmp_path: Path) -> None:
    awaited = Awaited(tmp_path, [])
    awaited.add(("hub", "jr-1"))
    (file,) = tmp_path.iterdir()
    file.write_text("{broken")
    assert not awaited.take(("hub", "jr-1"))
