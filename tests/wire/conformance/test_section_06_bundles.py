"""Section 6: appbundle upload."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.hub import wait_for
from tests.support.scripted_hub import ScriptedHub
from tests.support.submissions import bundle, job, refusal, submit, upload, upload_info, upload_url

from .support import rows

TAR = bundle({"main.jl": "1"}, top="wing")


# 6.4 Archive and upload


def test_6_4_the_upload_url_is_absolute(client: httpx.Client, hub: ScriptedHub) -> None:
    assert upload_url(client, upload_info(TAR)).startswith(hub.url)


def test_6_4_parameters_in_any_order(client: httpx.Client) -> None:
    assert upload_url(client, dict(reversed(upload_info(TAR).items())))


@rows(
    "change, status",
    [
        ("no hash", {"hash": ""}, 200),
        ("upper-case hash", {"hash": "AB" * 32}, 200),
        ("another algorithm", {"hash_alg": "md5"}, 200),
        ("size that is no number", {"file_size": "many"}, 400),
        ("size zero", {"file_size": 0}, 200),
        ("too large", {"file_size": 2**40}, 200),
    ],
)
def test_6_4_refused(client: httpx.Client, change: dict[str, Any], status: int) -> None:
    answer = client.get("/jobs/appbundle_upload_url", params={**upload_info(TAR), **change})
    assert (answer.status_code, answer.json()["success"]) == (status, False)


def test_6_4_put_answers_200_with_an_empty_body(client: httpx.Client) -> None:
    upload(client, TAR)


def test_6_4_put_of_other_bytes_is_refused(client: httpx.Client) -> None:
    url = upload_url(client, upload_info(TAR))
    for wrong in (TAR[:-1], TAR + b"x", b"\0" * len(TAR)):
        assert httpx.put(url, content=wrong, trust_env=False).status_code == 400


def test_6_4_put_needs_the_signature(client: httpx.Client) -> None:
    url = httpx.URL(upload_url(client, upload_info(TAR)))
    for name in ("user", "size", "expires", "signature"):
        changed = url.copy_set_param(name, "7")
        assert httpx.put(changed, content=TAR, trust_env=False).status_code == 403


def pax_tar() -> bytes:
    """A record for each directory, and a name that needs a pax header."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in ("wing", "wing/data"):
            directory = tarfile.TarInfo(name)
            directory.type = tarfile.DIRTYPE
            tar.addfile(directory)
        info = tarfile.TarInfo("wing/data/" + "δ" * 120)
        info.size = 1
        tar.addfile(info, io.BytesIO(b"1"))
    return buffer.getvalue()


@rows(
    "tar",
    [
        ("ustar, directories only where they are empty", lambda: TAR),
        ("pax header, a record for each directory", pax_tar),
    ],
)
def test_6_4_archives(hub: ScriptedHub, client: httpx.Client, tar: Callable[[], bytes]) -> None:
    content = tar()
    jobname = submit(client, **upload(client, content))
    scripted = hub.started(jobname)
    assert Path(hub.engine.specs[jobname].cwd).name == "wing"
    names = [(file["name"], file["type"]) for file in job(client, jobname)["files"]]
    assert ("appbundle.tar", "input") in names
    assert client.get(f"/jobs/{jobname}/files/appbundle.tar?filetype=input").content == content
    scripted.ends()


def test_6_4_the_submission_is_linked_by_hash_and_size(client: httpx.Client) -> None:
    form = upload(client, TAR)
    for wrong in ({"hash": hashlib.sha256(b"other").hexdigest()}, {"file_size": 1}):
        info = {**json.loads(form["appbundle_upload_info"]), **wrong}
        words = refusal(client, **{**form, "appbundle_upload_info": json.dumps(info)})
        assert "bundle has not been uploaded" in words


def test_6_4_anothers_bundle_is_not_mine_by_its_hash(client: httpx.Client, eve: httpx.Client) -> None:
    form = upload(client, bundle({"secret.jl": "1"}))
    assert "bundle has not been uploaded" in refusal(eve, **form)
    assert submit(client, **form).startswith("jr-")


# 6.5 Run-time layout


@pytest.mark.parametrize("top", ["wing", "flügel"])
def test_6_5_the_working_directory_is_the_bundles_top(hub: ScriptedHub, client: httpx.Client, top: str) -> None:
    jobname = submit(client, **upload(client, bundle({"main.jl": "1"}, top=top)))
    scripted = hub.started(jobname)
    cwd = Path(hub.engine.specs[jobname].cwd)
    assert (cwd.name, (cwd / "main.jl").read_text()) == (top, "1")
    scripted.ends()
    wait_for(lambda: job(client, jobname)["status"] == "Completed", "the job to end")
