"""What was submitted is kept: bounded, shared by windows, across restarts, whatever stands in the file."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from juliahub_ls.domain.jobs.submission_record import SubmissionRecord, bounded, kept_choices
from juliahub_ls.services.submissions import Submissions

RECORD = SubmissionRecord(
    "hub", "jr-1", 1, {"script": "/a.jl"}, "1 node × 2 vCPU, 1 process", "m6", 1, 1, 2, 8, False, 0.1
)


def test_kept_for_a_later_session_and_seen_by_another_window(tmp_path: Path) -> None:
    one, other = Submissions(tmp_path), Submissions(tmp_path)
    assert other.find("hub", "jr-1") is None
    one.add(RECORD)
    assert other.find("hub", "jr-1") == RECORD
    other.add(replace(RECORD, job="jr-2", submitted=2, choices={"script": "/a.jl", "nodes": 3}))
    assert one.find("hub", "jr-2") is not None
    assert one.find("hub", "jr-1") == RECORD
    last = Submissions(tmp_path).last_of(Path("/b/../a.jl"))
    assert last is not None
    assert last.job == "jr-2"


def test_many_windows_at_once(tmp_path: Path) -> None:
    def add(number: int) -> None:
        Submissions(tmp_path).add(replace(RECORD, job=f"jr-{number}"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = Submissions(tmp_path)
    assert all(kept.find("hub", f"jr-{number}") for number in range(12))


@pytest.mark.parametrize(
    "content", ["", "not json", "[]", '{"submissions": 3}', '{"submissions": [{"job": 1}, null, "x"]}']
)
def test_a_file_that_somebody_else_wrote(tmp_path: Path, content: str) -> None:
    (tmp_path / "submissions.json").write_text(content)
    kept = Submissions(tmp_path)
    assert kept.find("hub", "jr-1") is None
    kept.add(RECORD)
    assert Submissions(tmp_path).find("hub", "jr-1") == RECORD


def test_what_is_no_choice_is_passed_over(tmp_path: Path) -> None:
    Submissions(tmp_path).add(replace(RECORD, choices={"script": "/a.jl", "nodes": 2}))
    file = tmp_path / "submissions.json"
    stored = json.loads(file.read_text())
    stored["submissions"][0]["choices"] |= {"nodes": "two", "surprise": 1, "portPassword": "x"}
    file.write_text(json.dumps(stored))
    found = Submissions(tmp_path).find("hub", "jr-1")
    assert found is not None
    assert found.choices == {"script": "/a.jl"}


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file")
    kept = Submissions(tmp_path / "config")
    kept.add(RECORD)
    assert kept.find("hub", RECORD.job) is None
    assert (tmp_path / "config").read_text() == "a file"


def test_the_bound_keeps_the_newest_of_each_script() -> None:
    many = [replace(RECORD, job=f"jr-{n}", submitted=n, choices={"script": f"/{n % 4}.jl"}) for n in range(10)]
    assert [record.job for record in bounded(many, 3, 5)] == ["jr-6", "jr-7", "jr-8", "jr-9"]
    assert [record.job for record in bounded(many, 3, 0)] == ["jr-7", "jr-8", "jr-9"]


def test_a_selection_is_for_once(tmp_path: Path) -> None:
    part = replace(RECORD, job="jr-2", submitted=2, choices={"script": "/a.jl", "code": "1 + 1"})
    too_long = replace(RECORD, job="jr-3", submitted=3, kept_back=["code"])
    kept = Submissions(tmp_path)
    for record in (RECORD, part, too_long):
        kept.add(record)
    assert kept.last_of(Path("/a.jl")) == RECORD
    assert kept.find("hub", "jr-2") == part
    assert bounded([RECORD, part, too_long], 1, 5) == [RECORD, too_long]


@pytest.mark.parametrize(
    ("choices", "kept", "back"),
    [
        ({"nodes": 2, "portPassword": "x"}, {"nodes": 2}, []),
        ({"port": 8080, "portAccess": "password"}, {"port": 8080, "portAccess": "password"}, ["portPassword"]),
        ({"env": {"N": "1", "MY_TOKEN": "x"}}, {"env": {"N": "1"}}, ["env"]),
        ({"env": {"AUTHOR": "ada"}}, {"env": {"AUTHOR": "ada"}}, []),
        ({"code": "f()"}, {"code": "f()"}, []),
        ({"code": "x" * 200_000}, {}, ["code"]),
    ],
)
def test_nothing_secret_is_written_down(choices: "dict[str, object]", kept: object, back: "list[str]") -> None:
    assert kept_choices(choices) == (kept, back)
