"""How jobs end, and what is told about it."""

import os
import re
import time

import psutil
import pytest

from .conftest import MakeJob
from .driver import is_running, wait_until

pytestmark = pytest.mark.julia
posix_only = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals")

CHILDREN = """
run(`sh -c 'trap "" TERM; sleep 1000 & echo $! > child.pid; echo ready; wait'`)
"""


@pytest.mark.parametrize(
    ("code", "reason", "exit_code"),
    [
        ("exit(3)", r"The code ended with exit code 3\.", 3),
        ("f() = x + 1\nf()", r"UndefVarError: .?x.? not defined.* \(code.jl:1\)", 1),
        ('error("first\\nsecond")', r"first \(code.jl:1\)", 1),
        ("struct E <: Exception end\nBase.showerror(io::IO, ::E) = print(io, 1)\nthrow(E())", r"1 \(code.jl:3\)", 1),
        ("struct E <: Exception end\nBase.showerror(io::IO, ::E) = error()\nthrow(E())", r"E \(code.jl:3\)", 1),
        ("\nx = ", r"(syntax: incomplete|ParseError).*", 1),
        ("fetch(@async sqrt(-1))", r"DomainError with -1.*", 1),
        ("using NoSuchPackage", r"ArgumentError: Package NoSuchPackage not found in current path.*", 1),
        ('include(joinpath(pwd(), "other.jl"))', r".*open.*other\.jl.*", 1),
        ("throw(InterruptException())", r"InterruptException \(code.jl:1\)", 1),
    ],
)
def test_a_failure_is_told_in_one_sentence_and_last_in_the_log(
    make_job: MakeJob, code: str, reason: str, exit_code: int
) -> None:
    job = make_job(code)
    ended = job.run()
    assert (ended.status, ended.exit_code, ended.stored) == ("Failed", exit_code, True)
    assert re.fullmatch(reason, ended.reason or "")
    assert job.log[-1]["message"] == ended.reason
    assert job.log[-1]["metadata"]["level"] == "Error"


@pytest.mark.parametrize("code", ["1 + 1", "exit(0)"])
def test_success_needs_no_reason(make_job: MakeJob, code: str) -> None:
    job = make_job(code)
    ended = job.run()
    assert (ended.status, ended.reason, ended.exit_code) == ("Completed", None, 0)
    assert job.messages == []


def test_an_exception_is_shown_with_the_users_frames_only(make_job: MakeJob) -> None:
    job = make_job("g(x) = sqrt(x)\nf() = g(-1)\nf()")
    job.run()
    shown = next(record for record in job.log if "Stacktrace" in record["message"])
    assert shown["message"].startswith("DomainError with -1")
    assert f"{job.spec.code}:1" in shown["message"]
    assert "JuliaRunJob" not in shown["message"]
    assert "include" not in shown["message"]
    assert shown["metadata"]["filepath"] == job.spec.code


@posix_only
def test_a_julia_that_is_killed_is_told_as_most_likely_out_of_memory(make_job: MakeJob) -> None:
    job = make_job('println("ready"); sleep(1000)').start().says("ready")
    psutil.Process(job.runner.processes[0].pid).kill()
    ended = job.end()
    assert ended.status == "Failed"
    assert ended.reason == "The code was killed (SIGKILL), most likely out of memory."
    assert job.log[-1]["message"] == ended.reason


@posix_only
def test_a_crash_is_told(make_job: MakeJob) -> None:
    job = make_job("ccall(:abort, Cvoid, ())")
    assert job.run().reason == "The code crashed (SIGABRT)."


@posix_only
def test_stopping_ends_the_whole_process_tree(make_job: MakeJob) -> None:
    job = make_job(CHILDREN).start().says("ready")
    child = int((job.dir / "work" / "child.pid").read_text())
    job.engine.stop(job.dir)
    ended = job.end()
    assert (ended.status, ended.reason, ended.stored) == ("Stopped", "Stopped by the user.", True)
    assert not is_running(child)
    assert job.log[-1]["message"] == ended.reason
    assert job.log[-1]["metadata"]["level"] == "Info"


@posix_only
def test_background_processes_end_with_the_job(make_job: MakeJob) -> None:
    job = make_job("p = run(`sleep 1000`, wait = false); println(getpid(p))")
    assert job.run().status == "Completed"
    assert not is_running(int(job.messages[0]))


def test_the_time_limit_stops_the_job_and_keeps_no_results(make_job: MakeJob) -> None:
    code = 'write(joinpath(ENV["JULIAHUB_RESULTS_UPLOAD_DIR"], "f"), "x"); println("ready"); sleep(1000)'
    job = make_job(code).start().says("ready")
    job.engine.set_deadline(job.dir, time.time())
    ended = job.end()
    assert (ended.status, ended.stored, ended.result_file) == ("Stopped", False, None)
    assert ended.reason is not None
    assert ended.reason.startswith("Stopped: the job reached its time limit of")
    assert job.log[-1]["message"] == ended.reason
    assert job.log[-1]["metadata"]["level"] == "Warn"
    assert "ready" in job.messages


def test_a_limit_given_at_the_start_is_kept_without_localhub(make_job: MakeJob) -> None:
    job = make_job("sleep(1000)").start(deadline=time.time() + 1)
    wait_until((job.dir / "exit.json").exists, "the end")
    assert job.end().status == "Stopped"


def test_a_job_that_ignores_its_end_is_killed(make_job: MakeJob) -> None:
    spin = (
        "ccall(:jl_gc_enable, Cint, (Cint,), 0)\nfunction spin() x = 0.0; while true; x = sin(x + 1); end; end\nspin()"
    )
    job = make_job('println("ready")\n' + spin).start().says("ready")
    job.engine.stop(job.dir)
    assert job.end().status == "Stopped"
    assert not is_running(job.runner.processes[0].pid)


def test_a_julia_that_cannot_be_started_is_told(make_job: MakeJob) -> None:
    job = make_job("1", julia=["/no/such/julia"])
    ended = job.run()
    assert ended.status == "Failed"
    assert ended.reason is not None
    assert ended.reason == "The job could not be run: No such file or directory: /no/such/julia."
    assert job.log[-1]["message"] == ended.reason
