"""Distributed jobs: workers that the code finds already there."""

import os
import stat
from pathlib import Path

import psutil
import pytest

from .conftest import MakeJob
from .driver import is_running, wait_until

pytestmark = pytest.mark.julia
posix_only = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals or scripts")

TWO_BY_TWO = {"nodes": 2, "processes_per_node": 2}


def test_workers_are_there_and_speak_for_themselves(make_job: MakeJob) -> None:
    job = make_job(
        """
        using Distributed
        println("workers ", workers(), " of ", nprocs())
        @everywhere square(x) = (println("printed by ", myid()); @info "told" by=myid(); x^2)
        println(pmap(square, 1:8))
        foreach(w -> remotecall_wait(square, w, w), workers())
        """,
        **TWO_BY_TWO,
    )
    assert job.run().status == "Completed", job.log
    assert "workers [2, 3, 4] of 4" in job.messages
    assert str([x**2 for x in range(1, 9)]) in job.messages
    told = [record["keywords"] for record in job.log if record["message"] == "told"]
    assert {keywords["by"] for keywords in told} == {2, 3, 4}
    assert all(keywords["jrun_worker_id"] == keywords["by"] for keywords in told)
    printed = [record for record in job.log if record["message"].startswith("printed by ")]
    assert all(record["message"] == f"printed by {record['keywords']['jrun_worker_id']}" for record in printed)
    assert len({record["keywords"]["jrun_process_id"] for record in printed}) == 3


def test_the_log_says_how_the_cluster_forms(make_job: MakeJob) -> None:
    job = make_job("println(nworkers())", processes_per_node=2)
    job.run()
    keywords = [record["keywords"] for record in job.log]
    assert [each["jrun_phase"] for each in keywords if "jrun_phase" in each] == ["cluster", "code", "results"]
    joined = [each["jrun_workers_joined"] for each in keywords if "jrun_workers_joined" in each]
    assert joined == [0, 1]
    assert job.messages == ["1"]


def test_workers_listen_on_loopback_only_and_no_secret_is_on_a_command_line(make_job: MakeJob) -> None:
    job = make_job('println("ready"); sleep(1000)', env={"TOKEN": "s3cret"}, **TWO_BY_TWO).start().says("ready")
    processes = [psutil.Process(each.pid) for each in job.runner.processes]
    assert len(processes) == 4
    for process in processes:
        assert "s3cret" not in " ".join(process.cmdline())
        listening = [each for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
        assert {each.laddr.ip for each in listening} <= {"127.0.0.1"}
    assert all(len(each.cmdline()) == len(processes[1].cmdline()) for each in processes[1:])
    environment = processes[1].environ()
    assert environment["JRUN_COOKIE"] not in (job.dir / "log.jsonl").read_text()
    assert not any(environment["JRUN_COOKIE"] in " ".join(process.cmdline()) for process in processes)


@pytest.mark.parametrize("victim", [0, 1], ids=["master", "worker"])
@posix_only
def test_a_killed_process_is_told(make_job: MakeJob, victim: int) -> None:
    job = make_job('println("ready"); sleep(3)', nodes=2).start().says("ready")
    processes = job.runner.processes
    psutil.Process(processes[victim].pid).kill()
    ended = job.end()
    assert not any(is_running(process.pid) for process in processes)
    if victim == 0:
        assert ended.reason == "The code was killed (SIGKILL), most likely out of memory."
    else:
        assert any("Worker process 2 was killed (SIGKILL)" in record["message"] for record in job.log)


@posix_only
def test_a_worker_that_cannot_start_fails_the_job(make_job: MakeJob, julia: list[str], tmp_path: Path) -> None:
    wrapper = tmp_path / "julia"
    wrapper.write_text(f'#!/bin/sh\n[ "$JRUN_ROLE" = worker ] && echo "no licence" && exit 7\nexec {julia[0]} "$@"\n')
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    job = make_job("1", nodes=2, julia=[str(wrapper)])
    ended = job.run()
    assert ended.reason == "A worker process ended with exit code 7 before it had joined the others."
    assert "no licence" in job.messages


def test_an_exception_on_a_worker_is_told_by_its_cause(make_job: MakeJob) -> None:
    job = make_job('using Distributed\npmap(x -> error("bad ", x), 1:1)', nodes=2)
    ended = job.run()
    assert ended.reason is not None
    assert ended.reason.startswith("bad 1")
    assert any("On worker 2" in message for message in job.messages)


@posix_only
def test_stopping_a_distributed_job_leaves_no_process(make_job: MakeJob) -> None:
    job = make_job('println("ready"); sleep(1000)', **TWO_BY_TWO).start().says("ready")
    processes = job.runner.processes
    job.engine.stop(job.dir)
    assert job.end().status == "Stopped"
    wait_until(lambda: not any(is_running(process.pid) for process in processes), "the processes' end")
