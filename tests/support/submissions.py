"""Submissions and bundles as JuliaHub.jl sends them (protocol §5.2, §6.4)."""

import hashlib
import io
import json
import tarfile
from typing import Any

import httpx

MINIMAL = {
    "args": "{}",
    "customcode": "true",
    "usercode": "println(1)",
    "node_class": "local-2",
    "cpu": "2",
    "nworkers": "0",
    "elastic": "false",
    "isthreaded": "true",
    "sysimage_build": "nothing",
    "limit_type": "time",
    "limit_value": "1",
    "effective_time_limit": "1",
    "est_cost": "0",
}


def parts(variables: dict[str, str] | None = None, **changes: str | None) -> list[tuple[str, Any]]:
    """The multipart parts of a script job, for httpx' `files`; a change to None leaves a part out."""
    form: dict[str, str | None] = {**MINIMAL, "args": json.dumps(variables or {}), **changes}
    return [(name, (None, value.encode())) for name, value in form.items() if value is not None]


def submit(client: httpx.Client, variables: dict[str, str] | None = None, **changes: str | None) -> str:
    """Submit; returns the job's name."""
    answer = client.post("/juliaruncloud/submit_job", files=parts(variables, **changes)).json()
    assert answer["success"] is True, answer
    return str(answer["jobname"])


def refusal(client: httpx.Client, variables: dict[str, str] | None = None, **changes: str | None) -> str:
    """Submit what must be refused; returns the sentence."""
    response = client.post("/juliaruncloud/submit_job", files=parts(variables, **changes))
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["success"] is False, answer
    return str(answer["message"])


def bundle(files: dict[str, str], top: str = "project") -> bytes:
    """A tar with these files below one top-level folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(f"{top}/{name}")
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def upload_info(tar: bytes) -> dict[str, Any]:
    """What announces this tar."""
    return {
        "file_type": "input",
        "file_name": "appbundle.tar",
        "file_size": len(tar),
        "hash": hashlib.sha256(tar).hexdigest(),
        "hash_alg": "sha2_256",
    }


def upload_url(client: httpx.Client, info: dict[str, Any]) -> str:
    """The address to put it to."""
    answer = client.get("/jobs/appbundle_upload_url", params=info).json()
    assert answer["success"] is True, answer
    return str(answer["message"]["upload_url"])


def upload(client: httpx.Client, tar: bytes) -> dict[str, str]:
    """Upload; returns the two form parts that name the bundle."""
    info = upload_info(tar)
    response = httpx.put(upload_url(client, info), content=tar, trust_env=False)
    assert (response.status_code, response.content) == (200, b""), response.text
    return {"appbundle": "__APPBUNDLE_EXTERNAL_UPLOAD__", "appbundle_upload_info": json.dumps(info)}


def job(client: httpx.Client, jobname: str) -> dict[str, Any]:
    """The job object."""
    (details,) = client.get(f"/api/rest/jobs/{jobname}").json()["details"]
    return dict(details)
