"""The embedded hub as a process: started on demand, found, stopped, lost (real processes, the real command line)."""

import json
import os
import socket
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
import tomli
import trustme

from juliahub_wire.hub_state import HubState, read_state
from tests.support.hub import RunningHub, free_port, localhub, running_hub, start_hub, stop_hub, wait_for
from tests.support.served_hub import served, write_certificate

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A home for one hub, which is stopped in the end."""
    yield tmp_path
    stop_hub(tmp_path)


def state_of(folder: Path) -> HubState:
    state = read_state(folder / "state")
    assert state is not None
    return state


def test_starting_twice_finds_the_same_hub(folder: Path) -> None:
    first, second = start_hub(folder), start_hub(folder)
    assert (first.pid, first.url) == (second.pid, second.url)
    with first.client() as client:
        assert client.get("/api/v1").status_code == 200


def test_many_starters_at_once_end_with_one_hub(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        hubs = list(pool.map(lambda _: start_hub(folder), range(4)))
    assert len({hub.pid for hub in hubs}) == 1
    serving = [process for process in psutil.process_iter() if str(folder) in " ".join(command_line(process))]
    assert [process.pid for process in serving] == [hubs[0].pid]


def command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_the_hub_outlives_who_started_it_and_has_no_terminal(folder: Path) -> None:
    hub = psutil.Process(start_hub(folder).pid)
    assert hub.ppid() != os.getpid()
    if sys.platform != "win32":
        assert os.getsid(hub.pid) == hub.pid


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_what_it_writes_is_the_users_alone(folder: Path) -> None:
    start_hub(folder)
    keys = list((folder / "data" / "keys").iterdir())
    assert len(keys) == 2
    for secret in (folder / "state" / "hub.json", folder / "state" / "auth.toml", *keys):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600, secret
    for private in ("state", "data", "data/blobs", "data/jobs", "data/keys", "data/logs"):
        assert stat.S_IMODE((folder / private).stat().st_mode) == 0o700, private


def test_auth_toml_is_complete_and_its_refresh_works(folder: Path) -> None:
    table = start_hub(folder).auth()
    assert {"access_token", "id_token", "refresh_token", "refresh_url", "expires_in", "user_name", "user_email"} < set(
        table
    )
    assert type(table["expires"]) is type(table["expires_at"]) is int
    renewed = httpx.get(
        table["refresh_url"], headers={"Authorization": f"Bearer {table['refresh_token']}"}, trust_env=False
    )
    assert tomli.loads(renewed.text)["user_name"] == table["user_name"]


def test_no_secret_reaches_the_log(folder: Path) -> None:
    hub = start_hub(folder)
    with hub.client() as client:
        client.get("/api/v1")
        client.get("/jobs/appbundle_upload_url?file_size=1&hash=" + "a" * 64)
        client.get("/nothing/like/this")
    stop_hub(folder)
    written = "".join(path.read_text() for path in (folder / "data" / "logs").iterdir())
    assert hub.auth()["access_token"] not in written
    assert "signature=" not in written


def test_stopping_and_status(folder: Path) -> None:
    hub = start_hub(folder)
    options = ("--json", "--state", str(folder / "state"))
    shown = json.loads(localhub("status", *options).stdout)
    assert (shown["running"], shown["pid"], shown["live_jobs"]) == (True, hub.pid, 0)
    stopped = localhub("stop", *options)
    assert (stopped.returncode, json.loads(stopped.stdout)["running"]) == (0, False)
    assert not psutil.pid_exists(hub.pid) or psutil.Process(hub.pid).status() == psutil.STATUS_ZOMBIE
    assert read_state(folder / "state") is None
    for command in ("status", "stop", "code"):
        assert localhub(command, *options).returncode == 3, command


def test_a_hub_keeps_its_port_over_a_restart(folder: Path) -> None:
    first = start_hub(folder)
    localhub("stop", "--state", str(folder / "state"))
    assert start_hub(folder).url == first.url


def test_a_port_that_was_taken_since_is_let_go(folder: Path) -> None:
    first = start_hub(folder)
    localhub("stop", "--state", str(folder / "state"))
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", httpx.URL(first.url).port or 0))
        other.listen()
        assert start_hub(folder).url != first.url


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_sigterm_is_an_orderly_end(folder: Path) -> None:
    start_hub(folder).terminate()
    assert read_state(folder / "state") is None
    assert "left" in (folder / "data" / "logs" / "hub.log").read_text()


def test_the_state_file_of_a_killed_hub_is_replaced(folder: Path) -> None:
    first = start_hub(folder)
    first.kill()
    assert read_state(folder / "state") is not None
    assert localhub("status", "--state", str(folder / "state")).returncode == 3
    second = start_hub(folder)
    assert second.pid != first.pid
    with second.client() as client:
        assert client.get("/api/v1").status_code == 200


@pytest.mark.parametrize("content", ["", "{", "[]", '{"url": 1}', "\x00\xff"])
def test_a_state_file_that_is_none_is_replaced(folder: Path, content: str) -> None:
    (folder / "state").mkdir()
    (folder / "state" / "hub.json").write_text(content)
    hub = start_hub(folder)
    assert HubState.model_validate_json((folder / "state" / "hub.json").read_bytes()).pid == hub.pid


def test_a_state_file_with_a_pid_that_is_another_programs_now_is_replaced(folder: Path) -> None:
    """Ours, say; and where it says the hub listens, a stranger does: it must not be sent a token."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        stranger.settimeout(0.2)
        state = HubState(
            url=f"http://127.0.0.1:{stranger.getsockname()[1]}",
            pid=os.getpid(),
            create_time=1.0,
            version="0",
            data_dir="x",
        )
        (folder / "state").mkdir()
        (folder / "state" / "hub.json").write_text(state.model_dump_json())
        assert start_hub(folder).url != state.url
        with pytest.raises(TimeoutError):
            stranger.accept()


def test_an_idle_hub_leaves_and_takes_its_state_file_along(folder: Path) -> None:
    hub = start_hub(folder, "--idle", "1")
    wait_for(lambda: not (folder / "state" / "hub.json").exists(), "the idle hub to leave")
    wait_for(lambda: not psutil.pid_exists(hub.pid), "its process to end")


def test_a_hub_with_an_open_stream_is_not_idle(folder: Path) -> None:
    from websockets.sync.client import connect

    from tests.support.submissions import job, submit

    hub = start_hub(folder, "--idle", "1")
    with hub.client() as client:
        jobname = submit(client, usercode="sleep(1000)", limit_type="unlimited", limit_value=None)
        url = f"{hub.url.replace('http', 'ws', 1)}/ws/stream_logs?jobname={jobname}&offset=0"
        with connect(url, additional_headers={"Authorization": f"Bearer {hub.token}"}, proxy=None) as stream:
            client.get(f"/juliaruncloud/kill_job?jobname={jobname}")
            wait_for(lambda: job(client, jobname)["status"] in ("Stopped", "Failed"), "the job to end")
            assert any("bottom" in str(frame) for frame in stream)
    wait_for(lambda: not (folder / "state" / "hub.json").exists(), "the idle hub to leave")


def test_a_data_folder_that_cannot_be_used_is_said(folder: Path) -> None:
    (folder / "data").write_text("a file")
    done = localhub("start", "--json", "--state", str(folder / "state"), "--data", str(folder / "data"))
    assert done.returncode == 1
    assert str(folder / "data") in json.loads(done.stdout)["error"]


def test_one_data_folder_has_one_hub(folder: Path) -> None:
    start_hub(folder)
    done = localhub("start", "--state", str(folder / "other state"), "--data", str(folder / "data"))
    assert done.returncode == 1
    assert "Another localhub serves" in done.stderr


def test_serving_with_tls(tmp_path: Path) -> None:
    port = free_port()
    tls = write_certificate(trustme.CA(), tmp_path, "localhost", "127.0.0.1")
    with served("--port", str(port), "--data", str(tmp_path / "data"), *tls, printed=tmp_path / "printed"):
        state = wait_for(lambda: read_state(tmp_path / "data" / "state"), "the hub to serve")
        assert state.url == f"https://127.0.0.1:{port}"
        hub = RunningHub(f"https://localhost:{port}", tmp_path / "data" / "state", tmp_path / "data", state.pid)
        import ssl

        context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        with httpx.Client(verify=context, trust_env=False) as client:
            answer = client.get(f"{hub.url}/api/v1", headers={"Authorization": f"Bearer {hub.token}"})
            assert answer.status_code == 200
            info = client.get(
                f"{hub.url}/jobs/appbundle_upload_url?file_size=1&hash={'a' * 64}",
                headers={"Authorization": f"Bearer {hub.token}"},
            ).json()
            assert info["message"]["upload_url"].startswith(f"https://localhost:{port}/")
        for command in ("status", "stop"):
            done = localhub(command, "--state", str(tmp_path / "data" / "state"))
            assert done.returncode == 0, done.stderr
        assert not list((tmp_path / "data" / "state").glob("*.pem"))


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = localhub("serve", "--port", port, "--data", str(tmp_path / "data"))
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1, port {port}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--host", "0.0.0.0"], "--tls-cert"),
        (["--tls-cert", __file__], "go together"),
        (["--name", "no name"], "--name"),
        (["--name", "hub.example.org", "--public-url", "https://hub.example.org"], "not both"),
        (["--public-url", "http://hub.example.org"], "https://hub"),
        (["--public-url", "https://hub.example.org/prefix"], "https://hub"),
        (["--public-url", "https://hub.example.org:x"], "https://hub"),
        (["--port", "0"], "--port"),
    ],
)
def test_options_that_cannot_be_safe_are_refused(tmp_path: Path, options: list[str], sentence: str) -> None:
    done = localhub("serve", *options, "--data", str(tmp_path / "data"), env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert done.returncode == 2
    assert sentence in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_hub_behind_a_proxy_answers_to_its_public_name(tmp_path: Path) -> None:
    port = free_port()
    where = ("--port", str(port), "--data", str(tmp_path / "data"))
    with served(*where, "--public-url", "https://hub.example.org", printed=tmp_path / "printed"):
        state = wait_for(lambda: read_state(tmp_path / "data" / "state"), "the hub to serve")
        assert state.url == "https://hub.example.org"
        statuses = [
            httpx.get(
                f"http://127.0.0.1:{port}/auth/configuration", headers={"Host": host}, trust_env=False
            ).status_code
            for host in ("hub.example.org", "hub.example.org:443", f"127.0.0.1:{port}", "other.example.org")
        ]
        assert statuses == [200, 200, 200, 403]


def test_a_sign_in_code_comes_from_the_command_line(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        response = httpx.post(f"{hub.url}/auth/challenge", content="c" * 32, trust_env=False).text
        code = localhub("code", "--state", str(hub.state_dir)).stdout.strip()
        page = httpx.post(f"{hub.url}/auth/response?{response}", data={"code": code}, trust_env=False)
        assert page.status_code == 200
