"""Section 9: file download."""

import hashlib

import httpx
import pytest

from tests.support.hub import wait_for
from tests.support.scripted_hub import ScriptedHub
from tests.support.submissions import job, submit

from .support import rows

NAME = "Δ out 1%.csv"
CONTENT = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def finished(hub: ScriptedHub) -> str:
    with hub.client() as client:
        scripted = hub.started(submit(client, usercode="println(1)", projecttoml="[deps]\n"))
        result = scripted.folder / "results" / NAME
        result.write_bytes(CONTENT)
        scripted.ends(result_file=str(result))
        wait_for(lambda: job(client, scripted.jobname)["status"] == "Completed", "the job to end")
    return scripted.jobname


@rows(
    "kind, name, content",
    [
        ("input", "input", "code.jl", b"println(1)"),
        ("source", "source", "code.jl", b"println(1)"),
        ("project", "project", "Project.toml", b"[deps]\n"),
        ("result, percent-encoded name", "result", "%CE%94%20out%201%25.csv", CONTENT),
    ],
)
def test_9_filetypes(client: httpx.Client, finished: str, kind: str, name: str, content: bytes) -> None:
    answer = client.get(f"/jobs/{finished}/files/{name}?filetype={kind}")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'


def test_9_a_part_for_who_resumes(client: httpx.Client, finished: str) -> None:
    path = f"/jobs/{finished}/files/%CE%94%20out%201%25.csv?filetype=result"
    answer = client.get(path, headers={"Range": "bytes=10000-"})
    assert (answer.status_code, answer.content) == (206, CONTENT[10000:])


@rows(
    "path, status",
    [
        ("unknown job", "/jobs/jr-unknown/files/code.jl?filetype=input", 403),
        ("unknown file", "/jobs/{job}/files/nothing?filetype=result", 404),
        ("known file of another type", "/jobs/{job}/files/code.jl?filetype=result", 404),
        ("an encoded way out", "/jobs/{job}/files/..%2F..%2Fhub.sqlite?filetype=result", 404),
        ("an encoded way out of the job", "/jobs/..%2F{job}/files/code.jl?filetype=input", 403),
    ],
)
def test_9_statuses(client: httpx.Client, finished: str, path: str, status: int) -> None:
    assert client.get(path.format(job=finished)).status_code == status


def test_9_needs_a_token(stranger: httpx.Client, finished: str) -> None:
    assert stranger.get(f"/jobs/{finished}/files/code.jl?filetype=input").status_code == 401
