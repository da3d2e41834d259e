"""A job in the user's words, and what its log tells of it."""

from typing import Any

import pytest

from juliahub_ls.domain.jobs.job_view import duration, summary_of, view_job
from juliahub_ls.domain.logs.line import LogFacts, learn, line_of, severity
from juliahub_wire.jobs import Job
from juliahub_wire.logs import LogRecord, record_of

SUBMITTED, STARTED, ENDED = (f"2023-03-15T07:56:{second}.000+00:00" for second in ("00", "02", "44"))


def job(status: str, **fields: Any) -> Job:
    return Job.model_validate(
        {
            "jobname": "jr-1",
            "status": status,
            "outputs": "",
            "inputs": None,
            "submittimestamp": SUBMITTED,
            "starttimestamp": STARTED,
            "endtimestamp": ENDED if status in ("Completed", "Failed", "Stopped") else None,
        }
        | fields
    )


@pytest.mark.parametrize(
    ("status", "facts", "stopping", "label"),
    [
        ("SubmitInitialized", LogFacts(), False, "Waiting for a machine"),
        ("Pending", LogFacts(), False, "Waiting for a machine"),
        ("Submitted", LogFacts(), False, "Waiting for a machine"),
        ("Submitted", LogFacts(), True, "Stopping…"),
        ("Hibernating", LogFacts(), False, "Waiting for a machine"),  # an unknown state is not done
        ("Running", LogFacts(), False, "Running"),
        ("Running", LogFacts(phase="environment"), False, "Preparing the environment"),
        ("Running", LogFacts(phase="environment", progress=0.5), False, "Preparing the environment"),
        ("Running", LogFacts(phase="cluster"), False, "Starting the workers"),
        ("Running", LogFacts(phase="cluster", workers_expected=8), False, "Starting, 0 of 8 workers"),
        ("Running", LogFacts(phase="cluster", workers_joined=3, workers_expected=8), False, "Starting, 3 of 8 workers"),
        ("Running", LogFacts(phase="code"), False, "Running"),
        ("Running", LogFacts(phase="code", progress=0.37), False, "Running, 37%"),
        ("Running", LogFacts(phase="results", progress=1.0), False, "Collecting the results"),
        ("Running", LogFacts(phase="of tomorrow"), False, "Running"),
        ("Running", LogFacts(progress=0.5), True, "Stopping…"),
        ("Completed", LogFacts(progress=0.9), False, "Completed 0:42"),
        ("Completed", LogFacts(error="a warning of sorts"), False, "Completed 0:42"),
        ("Failed", LogFacts(error="UndefVarError: x"), False, "Failed after 0:42: UndefVarError: x"),
        ("Failed", LogFacts(error="of the code", reason="Out of memory"), False, "Failed after 0:42: Out of memory"),
        ("Failed", LogFacts(), False, "Failed after 0:42"),
        ("Stopped", LogFacts(reason="Stopped by the user"), False, "Stopped by you"),
        ("Stopped", LogFacts(), False, "Stopped after 0:42"),
    ],
)
def test_labels(status: str, facts: LogFacts, stopping: bool, label: str) -> None:
    view = view_job(job(status), "hub", facts, stopping=stopping)
    assert view.label == label
    assert view.done == (status in ("Completed", "Failed", "Stopped"))
    assert view.succeeded == (status == "Completed")


def test_labels_without_times() -> None:
    for status, label in [("Completed", "Completed"), ("Failed", "Failed"), ("Stopped", "Stopped")]:
        assert view_job(job(status, starttimestamp=None), "hub", LogFacts()).label == label


def test_what_only_a_running_job_has() -> None:
    facts = LogFacts(phase="code", progress=0.5, workers_joined=2, workers_expected=3)
    assert (view_job(job("Running"), "hub", facts).phase, view_job(job("Running"), "hub", facts).progress) == (
        "code",
        0.5,
    )
    done = view_job(job("Completed"), "hub", facts)
    assert (done.phase, done.progress, done.workers_joined) == (None, None, 2)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"jobname_alias": "pi"}, "pi"),
        ({"inputs": '{"jobname":"from args"}'}, "from args"),
        ({"jobname_alias": None}, "jr-1"),
        ({"jobname_alias": ""}, "jr-1"),
    ],
)
def test_names(fields: "dict[str, Any]", name: str) -> None:
    assert view_job(job("Running", **fields), "hub", LogFacts()).name == name


def test_inputs_are_the_users_own() -> None:
    inputs = '{"jobname":"pi","jr_uuid":"u","jr_submission":"s","N":"1000"}'
    assert view_job(job("Running", inputs=inputs), "hub", LogFacts()).inputs == {"N": "1000"}


def test_files_keep_their_hash_and_have_a_size() -> None:
    files = [{"name": "a.tar", "type": "result", "size": None, "hash": {"algorithm": None, "value": None}}]
    view = view_job(job("Completed", files=files), "hub", LogFacts())
    assert [(file.name, file.size, file.sha256) for file in view.files] == [("a.tar", 0, None)]


@pytest.mark.parametrize(
    ("outputs", "summary"),
    [
        ('{"pi": 3.14}', {"pi": 3.14}),
        ("{}", None),
        ("", None),
        ("3.14", None),
        ("[1]", None),
        ('{"a":', None),
        pytest.param("[" * 100_000, None, id="deep"),
    ],
)
def test_summaries(outputs: str, summary: object) -> None:
    assert summary_of(outputs) == summary


@pytest.mark.parametrize(("ms", "text"), [(0, "0:00"), (42_400, "0:42"), (3_723_000, "1:02:03"), (-5, "0:00")])
def test_durations(ms: int, text: str) -> None:
    assert duration(ms) == text


def record(message: str = "", level: str = "Info", **keywords: object) -> LogRecord:
    return record_of({"message": message, "eventId": "1", "keywords": keywords, "metadata": {"level": level}})


def runner(message: str, level: str = "Info") -> LogRecord:
    """A word of the runner itself."""
    return record_of({"message": message, "eventId": "1", "metadata": {"level": level, "group": "runner"}})


@pytest.mark.parametrize(
    ("records", "facts"),
    [
        ([record("hello")], LogFacts()),
        ([record(jrun_phase="cluster")], LogFacts(phase="cluster")),
        (
            [record(jrun_workers_joined=1, jrun_workers_expected=3), record(jrun_workers_joined=2)],
            LogFacts(workers_joined=2, workers_expected=3),
        ),
        ([record(jrun_workers_joined="many")], LogFacts()),
        ([record("fit", progress=0.25)], LogFacts(progress=0.25, progress_name="fit")),
        ([record(progress=0.25), record(progress="done")], LogFacts(progress=1.0)),
        ([record(progress=7)], LogFacts(progress=1.0)),
        ([record(progress=-1)], LogFacts(progress=0.0)),
        ([record(progress=float("nan"))], LogFacts()),
        ([record(progress=float("inf"))], LogFacts(progress=1.0)),
        ([record(progress=True)], LogFacts()),
        ([record("first\nsecond", "Error")], LogFacts(error="first")),
        ([record("one", "Error"), record("two", "Error")], LogFacts(error="two")),
        ([record("careful", "Warn")], LogFacts()),
        ([runner("Waiting."), runner("Stopped by the user.")], LogFacts(reason="Stopped by the user")),
        (
            [runner("UndefVarError: x\nat fit.jl", "Error")],
            LogFacts(reason="UndefVarError: x", error="UndefVarError: x"),
        ),
    ],
)
def test_what_a_log_tells(records: "list[LogRecord]", facts: LogFacts) -> None:
    learned = LogFacts()
    for one in records:
        learned = learn(learned, line_of(one))
    assert learned == facts


def test_a_line_is_a_record_as_people_read_it() -> None:
    line = line_of(
        record_of(
            {
                "message": "loss",
                "eventId": 12,
                "timestamp": 5,
                "keywords": {"jrun_worker_id": 3, "jrun_hostname": "h", "epoch": 2},
                "metadata": {"level": "Warn", "_module": "Main", "filepath": "fit.jl", "line": 17},
            }
        )
    )
    assert (line.id, line.worker, line.level, line.time) == (12, 3, "Warn", 5)
    assert (line.module, line.file, line.line, line.keywords) == ("Main", "fit.jl", 17, {"epoch": 2})


@pytest.mark.parametrize("keywords", [{"jrun_worker_id": None}, {"jrun_worker_id": "two"}, {"jrun_worker_id": [1]}])
def test_a_line_of_odd_parts(keywords: "dict[str, Any]") -> None:
    odd = {"message": 5, "eventId": "abc", "keywords": keywords, "metadata": {"level": 3, "line": "x", "_module": ""}}
    line = line_of(record_of(odd), 9)
    assert (line.id, line.worker, line.message, line.line, line.module, line.keywords) == (9, 1, "", None, None, None)


@pytest.mark.parametrize(("level", "number"), [("Info", 0), ("WARN", 1000), ("error", 2000), ("LogLevel(7)", 0)])
def test_severity(level: str, number: int) -> None:
    assert severity(level) == number
