"""Results of both generations (protocol §7.5)."""

import tarfile
from pathlib import Path

import pytest

from localhub.engines.protocol import ExitState

from .conftest import MakeJob
from .driver import Job

pytestmark = pytest.mark.julia

UPLOAD = 'const UP = ENV["JULIAHUB_RESULTS_UPLOAD_DIR"]; '


def files_of(ended: ExitState) -> dict[str, str]:
    """Name and text of each file in the result's tar."""
    assert ended.result_file is not None
    with tarfile.open(ended.result_file) as archive:
        members = [member for member in archive if member.isfile()]
        return {member.name: archive.extractfile(member).read().decode() for member in members}  # type: ignore[union-attr]


def summary_of(job: Job) -> str:
    return (job.dir / "summary").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "code",
    [
        'ENV["RESULTS"] = "{\\"π\\": 3}"',
        'write(ENV["JULIAHUB_RESULTS_SUMMARY_FILE"], "{\\"π\\": 3}")',
        'write(ENV["JULIAHUB_RESULTS_SUMMARY_FILE"], "{\\"π\\": 3}"); ENV["RESULTS"] = "older"',
        'ENV["RESULTS"] = "{\\"π\\": 3}"; exit(0)',
        'ENV["RESULTS"] = "{\\"π\\": 3}"; exit(2)',
        'ENV["RESULTS"] = "{\\"π\\": 3}"; error("later")',
    ],
)
def test_a_summary_is_kept_however_the_job_ends(make_job: MakeJob, code: str) -> None:
    job = make_job(code)
    assert job.run().stored
    assert summary_of(job) == '{"π": 3}'


@pytest.mark.parametrize("target", ['ENV["RESULTS"] = ', 'write(ENV["JULIAHUB_RESULTS_SUMMARY_FILE"], '])
def test_a_long_summary_is_cut_and_the_log_says_so(make_job: MakeJob, target: str) -> None:
    job = make_job(target + '"π"^1234' + (")" if "write" in target else ""))
    job.run()
    assert summary_of(job) == "π" * 1000
    warning = job.log[-1]
    assert warning["message"] == "The results summary has 1234 characters; the first 1000 of them were kept."
    assert warning["metadata"]["level"] == "Warn"


def test_a_summary_that_just_fits_is_kept_whole(make_job: MakeJob) -> None:
    job = make_job('ENV["RESULTS"] = "x"^1000')
    job.run()
    assert summary_of(job) == "x" * 1000
    assert not any("characters" in record["message"] for record in job.log)


@pytest.mark.parametrize(
    ("code", "name", "text"),
    [
        ('write("out.csv", "1"); ENV["RESULTS_FILE"] = "out.csv"', "out.csv", "1"),
        ('write("out.csv", "1"); ENV["RESULTS_FILE"] = abspath("out.csv"); cd(tempdir())', "out.csv", "1"),
        (UPLOAD + 'write(joinpath(UP, "plot.svg"), "2")', "plot.svg", "2"),
        (UPLOAD + 'f = joinpath(UP, "plot.svg"); write(f, "2"); ENV["RESULTS_FILE"] = f', "plot.svg", "2"),
        (UPLOAD + 'write(joinpath(UP, "plot.svg"), "2"); ENV["RESULTS_FILE"] = UP', "plot.svg", "2"),
        ('write("out.csv", "1"); ENV["RESULTS_FILE"] = "out.csv"; error("later")', "out.csv", "1"),
    ],
)
def test_one_file_stays_a_file(make_job: MakeJob, code: str, name: str, text: str) -> None:
    ended = make_job(code).run()
    assert ended.result_file is not None
    assert Path(ended.result_file).name == name
    assert Path(ended.result_file).read_text() == text


def test_a_file_outside_the_job_is_copied_into_it(make_job: MakeJob, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    job = make_job(f'write({str(outside)!r}, "x"); ENV["RESULTS_FILE"] = {str(outside)!r}'.replace("'", '"'))
    ended = job.run()
    assert ended.result_file == str(job.dir / "output" / "outside.txt")
    assert Path(ended.result_file).read_text() == "x"


@pytest.mark.parametrize(
    ("code", "tar", "files"),
    [
        (
            'mkpath("out/sub"); write("out/a", "1"); write("out/sub/b", "2"); ENV["RESULTS_FILE"] = "out"',
            "out.tar",
            {"a": "1", "sub/b": "2"},
        ),
        (
            UPLOAD + 'write(joinpath(UP, "a"), "1"); mkpath(joinpath(UP, "s")); write(joinpath(UP, "s", "b"), "2")',
            "results.tar",
            {"a": "1", "s/b": "2"},
        ),
        (
            UPLOAD + 'write(joinpath(UP, "a"), "1"); write("b", "2"); ENV["RESULTS_FILE"] = "b"',
            "results.tar",
            {"a": "1", "b": "2"},
        ),
    ],
)
def test_several_files_become_one_tar(make_job: MakeJob, code: str, tar: str, files: dict[str, str]) -> None:
    ended = make_job(code).run()
    assert ended.result_file is not None
    assert Path(ended.result_file).name == tar
    assert files_of(ended) == files


def test_results_over_the_limit_are_refused_and_the_log_says_so(make_job: MakeJob) -> None:
    code = UPLOAD + 'open(io -> truncate(io, 6_000_000_000), joinpath(UP, "big"), "w")'
    job = make_job(code)
    ended = job.run()
    assert ended.status == "Completed"
    assert ended.result_file is None
    message = "The results were not stored: they are 6.00 GB, and at most 5.37 GB can be kept."
    assert job.log[-1]["message"] == message
    (job.dir / "results" / "big").unlink()


def test_a_results_file_that_is_not_there_is_told(make_job: MakeJob) -> None:
    job = make_job('ENV["RESULTS_FILE"] = "nowhere.csv"')
    ended = job.run()
    assert (ended.status, ended.result_file) == ("Completed", None)
    assert "nowhere.csv does not exist" in job.log[-1]["message"]
