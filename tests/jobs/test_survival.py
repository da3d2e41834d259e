"""What happens to a job when the programs around it end, or the disk is full."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from localhub.engines.local import LocalEngine

from .conftest import MakeJob
from .driver import Job, is_running, wait_until

pytestmark = [
    pytest.mark.julia,
    pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals"),
]

SERVER_ON_PATH = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "server")}
WITH_CHILD = 'p = run(`sleep 1000`, wait = false); println("child ", getpid(p)); println("ready"); sleep(1000)'


def test_a_killed_runner_is_noticed_and_cleaned_up_after(make_job: MakeJob) -> None:
    job = make_job(WITH_CHILD, nodes=2).start().says("ready")
    runner = job.runner
    os.kill(runner.pid, signal.SIGKILL)
    ended = job.end()
    assert (ended.status, ended.stored) == ("Failed", False)
    assert job.log[-1]["message"] == ended.reason
    assert "ready" in job.messages
    assert not any(is_running(process.pid) for process in runner.processes)
    assert not is_running(child_of(job))


def test_another_localhub_finds_the_job_and_settles_it_alike(make_job: MakeJob) -> None:
    job = make_job('println("ready"); sleep(1000)').start().says("ready")
    job.engine = LocalEngine()
    assert job.observe().exit is None
    os.kill(job.runner.pid, signal.SIGKILL)
    job.engine = LocalEngine()
    assert job.end().status == "Failed"


def test_a_line_that_was_being_written_is_not_a_record(make_job: MakeJob) -> None:
    job = make_job('println("ready"); sleep(1000)').start().says("ready")
    os.kill(job.runner.pid, signal.SIGKILL)
    with (job.dir / "log.jsonl").open("ab") as log:
        log.write(b'{"message": "half')
    ended = job.end()
    assert [record["message"] for record in job.log][-2:] == ["ready", ended.reason]


def test_the_job_outlives_whoever_started_it(make_job: MakeJob) -> None:
    job = make_job('println("ready"); readline(open("go")); println("gone on")')
    os.mkfifo(job.dir / "work" / "go")
    starter = f"""
import json, pathlib
from localhub.engines.local import LocalEngine
from localhub.engines.protocol import JobSpec
spec = JobSpec.from_json(json.loads({json.dumps(job.spec.to_json())!r}))
LocalEngine().start(pathlib.Path({str(job.dir)!r}), spec)
"""
    subprocess.run([sys.executable, "-c", starter], check=True, env=SERVER_ON_PATH)
    job.says("ready")
    (job.dir / "work" / "go").write_text("now\n")
    assert job.end().status == "Completed"
    assert job.messages == ["ready", "gone on"]


def test_starting_twice_runs_once(make_job: MakeJob) -> None:
    job = make_job('println("ran")').start().start()
    assert job.end().status == "Completed"
    job.start()
    assert job.messages == ["ran"]


@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
def test_what_a_terminal_sends_does_not_end_a_job(make_job: MakeJob, name: str) -> None:
    job = make_job('println("ready"); readline(open("go")); println("gone on")')
    os.mkfifo(job.dir / "work" / "go")
    job.start().says("ready")
    os.kill(job.runner.pid, getattr(signal, name))
    (job.dir / "work" / "go").write_text("now\n")
    assert job.end().status == "Completed"
    assert "gone on" in job.messages


def test_a_runner_that_is_asked_to_end_says_why(make_job: MakeJob) -> None:
    job = make_job('println("ready"); sleep(1000)').start().says("ready")
    os.kill(job.runner.pid, signal.SIGTERM)
    ended = job.end()
    assert ended.reason == "The job was stopped because the computer asked its runner to end."
    assert not is_running(job.runner.processes[0].pid)


def test_the_limit_can_be_moved(make_job: MakeJob) -> None:
    job = make_job('println("ready"); readline(open("go"))')
    os.mkfifo(job.dir / "work" / "go")
    job.start(deadline=time.time() + 1000).says("ready")
    job.engine.set_deadline(job.dir, time.time() + 5000)
    (job.dir / "work" / "go").write_text("now\n")
    assert job.end().status == "Completed"
    job.engine.stop(job.dir)
    assert job.end().status == "Completed"


def test_a_job_whose_directory_is_removed_ends(make_job: MakeJob) -> None:
    job = make_job('println("ready"); sleep(1000)').start().says("ready")
    runner = job.runner
    wait_until(lambda: removed(job.dir), "the directory to be gone: the runner may be writing into it")
    wait_until(lambda: not any(is_running(pid) for pid in (runner.pid, runner.processes[0].pid)), "the runner's end")


def child_of(job: Job) -> int:
    return next(int(message.split()[1]) for message in job.messages if message.startswith("child "))


def removed(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    if not sys.platform.startswith("linux") or os.getuid() != 0 or mount is None:
        pytest.skip("mounting a small file system needs root on Linux")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=False)
    if made.returncode != 0:
        pytest.skip("this computer does not let us mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_holds_the_job_up_until_there_is_room(julia: list[str], small_disk: Path) -> None:
    filler = small_disk / "filler"
    job = Job(small_disk / "job", julia, 'println("ready"); for i in 1:10_000; println(i); end')
    filler.write_bytes(bytes(1_000_000))
    job.start()
    wait_until(lambda: shutil.disk_usage(small_disk).free < 16_384, "the disk to fill")
    assert job.observe().exit is None
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    assert job.end().status == "Completed"
    assert job.messages == ["ready", *map(str, range(1, 10_001))]


def test_a_disk_that_stays_full_ends_the_job_and_the_reason_is_told(julia: list[str], small_disk: Path) -> None:
    job = Job(small_disk / "job", julia, 'println("ready"); while true; println("x"^1000); end')
    (job.dir / "spec.json").write_text(json.dumps(job.spec.to_json()))
    impatient = f"""
from localhub.engines import runner
runner.FULL_DISK_PATIENCE_SECONDS = 1.0
runner.main([{str(job.dir)!r}])
"""
    subprocess.run([sys.executable, "-c", impatient], check=True, start_new_session=True, env=SERVER_ON_PATH)
    ended = job.end()
    assert ended.status == "Failed"
    assert ended.reason == "The job was stopped because its log could not be written: No space left on device."
    assert job.log[-1]["message"] == ended.reason
    assert not psutil.pid_exists(job.runner.processes[0].pid)
