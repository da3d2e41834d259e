"""From a script to one job and never two; what is refused is refused before anything was sent (protocol §5, §6)."""

import asyncio
import json
import random
import string
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from juliahub_ls import errors
from juliahub_ls.config import Settings
from juliahub_ls.domain.jobs.cluster_design import ClusterRequest
from juliahub_ls.domain.jobs.image_choice import ImageRequest
from juliahub_ls.domain.jobs.job_args import SUBMISSION_KEY
from juliahub_ls.services import submission, transport
from juliahub_ls.services.bundling import Bundling
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.job_source import Send
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.submission import Submitted, Submitter
from juliahub_ls.services.submit_request import SubmitRequest
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_ls.services.token_store import TokenStore, auth_file
from juliahub_wire.auth import TokenTable
from juliahub_wire.jobs import encode_inputs
from tests.support.scripted_http import Cut, ScriptedServer
from tests.unit.services.test_hub_client import DEFAULTS, GROUPS, JOB, LIST, NODES, SUBMIT, UPLOAD

SPECS = [["m2", False, 2, 8, 0.1, "", "", "8", 0, 0, 1], ["m4", False, 4, 16, 0.2, "", "", "16", 0, 0, 2]]
BATCH = {"appType": "batchjob", "compute_type_name": "batch", "input_type_name": "userinput"}
APPS = [{"name": "B", "product_name": "standard-batch", "image_group": "base"} | BATCH]
IMAGES = [{"display_name": "Julia 1.10.4", "type": "base-cpu", "image_key_name": "j110", "image_tag": "t"}]
GITHUB = "ghp_" + "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=36))
"""Shaped like a GitHub token, and none."""


class Hub:
    """What a server knows of submissions: each that arrives makes a job, whatever then becomes of the answer."""

    def __init__(self, server: ScriptedServer, *answers: Any) -> None:
        self.forms: list[dict[str, str]] = []
        self.answers = list(answers)
        self.accepts = True
        server.on(NODES, {"success": True, "node_specs": SPECS})
        server.on(DEFAULTS, {"defaultApps": APPS, "defaultUserAppArgs": []})
        server.on(GROUPS, {"image_groups": {"base": IMAGES}})
        server.on(UPLOAD, {"success": True, "message": {"upload_url": f"{server.url}/signed"}})
        server.on("PUT /signed", Response())
        server.on(SUBMIT, self.submit)
        server.on(LIST, self.list)

    async def submit(self, request: Request) -> Response:
        async with request.form() as form:
            parts = {name: str(value) for name, value in form.items()}
        if self.accepts:
            self.forms.append(parts)
        answer = self.answers.pop(0) if self.answers else None
        return answer or JSONResponse({"success": True, "message": "", "jobname": f"jr-{len(self.forms)}"})

    async def list(self, _request: Request) -> Response:
        jobs = [
            JOB | {"jobname": f"jr-{number}", "inputs": encode_inputs(json.loads(form["args"]))}
            for number, form in enumerate(self.forms, 1)
        ]
        return JSONResponse(jobs[::-1])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "Project.toml").write_text('name = "P"\n')
    (folder / "main.jl").write_text("println(1)\n")
    (folder / "src" / "more.jl").write_text("println(2)\n")
    return folder


@pytest.fixture
async def submitter(
    server: ScriptedServer, tmp_path: Path, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> Submitter:
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    environ = {"JULIA_DEPOT_PATH": str(tmp_path / "depot")}
    TokenStore(auth_file(server.url, environ, tmp_path)).write(TokenTable(id_token="token-1"))
    servers = Servers(tmp_path / "config", Settings(server=server.url))
    connections = Connections(servers, ThisComputer(tmp_path / "state"), lambda: http)
    return Submitter(connections, Bundling(tmp_path / "cache", Environments(tmp_path / "config")))


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "LOOK_PAUSE_SECONDS", 0.0)


async def submit(submitter: Submitter, script: Path, **options: Any) -> Submitted:
    return await submitter.submit(SubmitRequest(script, **options), Silent())


async def test_a_bundle_job(submitter: Submitter, server: ScriptedServer, project: Path) -> None:
    hub = Hub(server)
    cluster = ClusterRequest(nodes=2, processes_per_node=2, threads=3, time_limit=1.5)
    done = await submit(submitter, project / "src" / "more.jl", name="pi", env={"N": "10"}, cluster=cluster)
    (form,) = hub.forms
    args = json.loads(form["args"])
    key = args.pop(SUBMISSION_KEY)
    assert key
    assert args == {"N": "10", "jobname": "pi", "JULIA_NUM_THREADS": "3"}
    assert '"src", "more.jl"' in form["usercode"]
    info = json.loads(form["appbundle_upload_info"])
    assert done.bundle is not None
    assert (info["hash"], info["file_size"]) == (done.bundle.sha256, done.bundle.size)
    assert server.bodies[server.seen.index("PUT /signed")] == done.bundle.path.read_bytes()
    fields = ("node_class", "cpu", "nworkers", "isthreaded", "limit_type", "limit_value", "product_name", "image")
    assert [form[field] for field in fields] == ["m2", "2", "1", "false", "time", "2", "standard-batch", "j110"]
    assert (form["image_tag"], "projecttoml" in form) == ("t", False)
    assert done.jobname == "jr-1"


async def test_a_script_job_sends_texts(submitter: Submitter, server: ScriptedServer, project: Path) -> None:
    hub = Hub(server)
    (project / "Manifest.toml").write_text('julia_version = "1.10.4"\nmanifest_format = "2.0"\n')
    done = await submit(submitter, project / "main.jl", send=Send.ENVIRONMENT, cluster=ClusterRequest(time_limit=0))
    (form,) = hub.forms
    assert (done.bundle, form["usercode"], form["projecttoml"]) == (None, "println(1)\n", 'name = "P"\n')
    assert form["manifesttoml"].startswith("julia_version")
    assert (form["limit_type"], "limit_value" in form, "appbundle" in form) == ("unlimited", False, False)
    assert UPLOAD not in server.seen


@pytest.mark.parametrize(
    ("send", "sent"),
    [
        (Send.ENVIRONMENT, ["projecttoml", "manifesttoml"]),
        (Send.PROJECT, ["projecttoml"]),
        (Send.SCRIPT, []),
    ],
)
async def test_what_goes_along_as_text(
    submitter: Submitter, server: ScriptedServer, project: Path, send: Send, sent: "list[str]"
) -> None:
    hub = Hub(server)
    (project / "Manifest.toml").write_text('julia_version = "1.10.4"\nmanifest_format = "2.0"\n')
    await submit(submitter, project / "main.jl", send=send)
    assert [part for part in ("projecttoml", "manifesttoml", "appbundle") if part in hub.forms[0]] == sent


IMAGES_OF_THREE = [
    {"display_name": f"Julia {version}", "type": kind, "image_key_name": version}
    for version, kind in (("1.10.4", "base-cpu"), ("1.11.1", "option-cpu"), ("1.12.0", "option-cpu"))
]


@pytest.mark.parametrize(
    ("manifests", "asked", "image", "taken"),
    [
        (["Manifest.toml"], None, "1.10.4", "Manifest.toml"),
        (["Manifest.toml", "Manifest-v1.11.toml"], None, "1.10.4", "Manifest.toml"),
        (["Manifest.toml", "Manifest-v1.11.toml"], "1.11", "1.11.1", "Manifest-v1.11.toml"),
        (["Manifest-v1.11.toml", "Manifest-v1.10.toml"], None, "1.11.1", "Manifest-v1.11.toml"),
        (["Manifest-v1.99.toml", "Manifest-v1.10.toml"], None, "1.10.4", "Manifest-v1.10.toml"),
        (["Manifest-v1.11.toml"], "1.12", "1.12.0", None),
    ],
)
async def test_the_manifest_of_the_jobs_julia(
    submitter: Submitter,
    server: ScriptedServer,
    project: Path,
    manifests: "list[str]",
    asked: "str | None",
    image: str,
    taken: "str | None",
) -> None:
    hub = Hub(server)
    server.on(GROUPS, {"image_groups": {"base": IMAGES_OF_THREE}})
    for name in manifests:
        version = name.removesuffix(".toml").partition("-v")[2] or "1.10"
        (project / name).write_text(f'julia_version = "{version}.0"\nmanifest_format = "2.0"\n')
    done = await submit(submitter, project / "main.jl", image=ImageRequest(asked))
    assert hub.forms[0]["image"] == image
    assert done.bundle is not None
    loaded = done.bundle.plan.environment
    assert loaded is not None
    assert (loaded.manifest_file.name if loaded.manifest_file else None) == taken
    assert [problem.code for problem in done.problems] == ([] if taken else ["manifest-for-other-julia"])


async def test_a_check_sends_nothing(submitter: Submitter, server: ScriptedServer, project: Path) -> None:
    Hub(server)
    script = project / "main.jl"
    verdict = await submitter.preflight(SubmitRequest(script), Silent())
    assert (verdict.ready, verdict.problems) == (True, ())
    assert verdict.plan is not None
    assert verdict.plan.file_count == 3
    script.write_text('include("gone.jl")')
    asked = SubmitRequest(script, image=ImageRequest("1.6"), cluster=ClusterRequest(nodes=0))
    verdict = await submitter.preflight(asked, Silent())
    assert [problem.code for problem in verdict.problems] == [
        "cluster-impossible",
        "julia-not-available",
        "include-missing",
    ]
    assert not verdict.ready
    assert all("Nothing was submitted" not in problem.message for problem in verdict.problems)
    assert UPLOAD not in server.seen
    assert SUBMIT not in server.seen


@pytest.mark.parametrize(
    ("code", "options", "expected", "words"),
    [
        ('include("gone.jl")', {}, errors.BundleRefused, "includes gone.jl, which does not exist"),
        ('include("src/more.jl")', {"send": Send.SCRIPT}, errors.EnvironmentNotReady, "only the text of main.jl"),
        (f'x = "{GITHUB}"', {"send": Send.SCRIPT}, errors.EnvironmentNotReady, "line 1 looks like a GitHub token"),
        (f'x = "{GITHUB}"', {}, errors.BundleRefused, "main.jl itself is left out of the bundle"),
    ],
)
async def test_code_that_would_fail_is_not_sent(
    submitter: Submitter, server: ScriptedServer, project: Path, code: str, options: Any, expected: Any, words: str
) -> None:
    hub = Hub(server)
    (project / "main.jl").write_text(code)
    with pytest.raises(expected, match=words) as caught:
        await submit(submitter, project / "main.jl", **options)
    assert GITHUB not in str(caught.value)
    assert hub.forms == []
    if GITHUB in code:
        await submit(submitter, project / "main.jl", allow=("main.jl",), **options)
        assert len(hub.forms) == 1


async def test_the_folder_asked_for_has_another_environment(
    submitter: Submitter, server: ScriptedServer, project: Path
) -> None:
    Hub(server)
    done = await submit(submitter, project / "src" / "more.jl", directory=project / "src")
    (problem,) = done.problems
    assert problem.code == "other-environment"
    assert "the job would have an empty one" in problem.message


async def test_a_lone_script(submitter: Submitter, server: ScriptedServer, tmp_path: Path) -> None:
    hub = Hub(server)
    script = tmp_path / "alone.jl"
    script.write_text("println(1)")
    await submit(submitter, script)
    assert hub.forms[0]["usercode"] == "println(1)"
    assert json.loads(hub.forms[0]["args"])["jobname"] == "alone.jl"


LOST = {
    "cut": lambda: Cut(b'{"succ', 100),
    "500": lambda: Response(status_code=500),
    "html": lambda: PlainTextResponse("<html>"),
    "null message": lambda: JSONResponse({"success": True, "message": None, "jobname": "jr-1"}),
}


@pytest.mark.parametrize("case", sorted(LOST))
async def test_a_lost_answer_is_looked_for(
    submitter: Submitter, server: ScriptedServer, project: Path, case: str
) -> None:
    hub = Hub(server, LOST[case]())
    done = await submit(submitter, project / "main.jl")
    assert done.jobname == "jr-1"
    assert len(hub.forms) == 1, "never twice"


@pytest.mark.parametrize("case", sorted(LOST))
async def test_a_submission_that_surely_failed_is_sent_again(
    submitter: Submitter, server: ScriptedServer, project: Path, case: str
) -> None:
    hub = Hub(server)

    async def first(_request: Request) -> Response:
        return LOST[case]()

    server.on(SUBMIT, first, hub.submit)
    assert (await submit(submitter, project / "main.jl")).jobname == "jr-1"
    assert len(hub.forms) == 1


async def test_a_server_that_keeps_failing_says_so(submitter: Submitter, server: ScriptedServer, project: Path) -> None:
    hub = Hub(server, *[Response(status_code=500)] * 5)
    hub.accepts = False
    with pytest.raises(errors.ServerFailed, match=r"Nothing was submitted\."):
        await submit(submitter, project / "main.jl")
    assert server.seen.count(SUBMIT) == 2


@pytest.mark.parametrize("status", [500, 401, 403, 404])
async def test_when_nobody_can_tell_the_user_is_told(
    submitter: Submitter, server: ScriptedServer, project: Path, status: int
) -> None:
    Hub(server, Cut(b"", 10))
    server.on(LIST, Response(status_code=status))
    with pytest.raises(errors.SubmissionUnknown, match="may or may not have started"):
        await submit(submitter, project / "main.jl")
    assert server.seen.count(SUBMIT) == 1


async def test_a_slow_server_is_not_asked_twice(
    submitter: Submitter, server: ScriptedServer, project: Path, http: httpx.AsyncClient
) -> None:
    hub = Hub(server)
    received, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> Response:
        received.set()
        await go_on.wait()
        return await hub.submit(request)

    server.on(SUBMIT, slow)
    http.timeout = httpx.Timeout(5, read=0.5)
    with pytest.raises(errors.SubmissionUnknown):
        await submit(submitter, project / "main.jl")
    go_on.set()
    assert received.is_set()
    assert server.seen.count(SUBMIT) == 1


async def test_a_refusal_is_the_servers_own_words(submitter: Submitter, server: ScriptedServer, project: Path) -> None:
    words = "You have reached the job rate limit of 2."
    Hub(server, JSONResponse({"success": False, "message": words}))
    with pytest.raises(errors.RefusedByServer) as caught:
        await submit(submitter, project / "main.jl")
    assert str(caught.value) == words
    assert server.seen.count(SUBMIT) == 1


@pytest.mark.parametrize(
    ("options", "expected", "words"),
    [
        ({"cluster": ClusterRequest(nodes=0)}, errors.ClusterImpossible, "at least 1, not 0. Nothing was submitted."),
        ({"cluster": ClusterRequest(processes_per_node=3)}, errors.ClusterImpossible, "has them with 2, 4"),
        ({"cluster": ClusterRequest(time_limit=-1)}, errors.TimeLimitInvalid, "-1 hours"),
        ({"cluster": ClusterRequest(time_limit=float("nan"))}, errors.TimeLimitInvalid, "nan"),
        ({"cluster": ClusterRequest(time_limit=float("inf"))}, errors.TimeLimitInvalid, "inf"),
        (
            {"image": ImageRequest("1.6")},
            errors.JuliaNotAvailable,
            "no Julia 1.6. It has Julia 1.10.4. Nothing was submitted.",
        ),
    ],
)
async def test_what_cannot_be_had_is_not_sent(
    submitter: Submitter, server: ScriptedServer, project: Path, options: Any, expected: Any, words: str
) -> None:
    Hub(server)
    with pytest.raises(expected, match=words):
        await submit(submitter, project / "main.jl", **options)
    assert UPLOAD not in server.seen
    assert SUBMIT not in server.seen


async def test_a_manifest_for_another_julia(submitter: Submitter, server: ScriptedServer, project: Path) -> None:
    hub = Hub(server)
    (project / "Manifest.toml").write_text('julia_version = "1.12.0"\nmanifest_format = "2.0"\n')
    with pytest.raises(errors.JuliaNotAvailable, match=r"made by Julia 1\.12.*Nothing was submitted\."):
        await submit(submitter, project / "main.jl")
    assert hub.forms == []
    done = await submit(submitter, project / "main.jl", image=ImageRequest("1.10"))
    assert "julia-version-mismatch" in [problem.code for problem in done.problems]


async def test_cancelled_before_it_was_sent(submitter: Submitter, server: ScriptedServer, project: Path) -> None:
    hub = Hub(server)
    asked = asyncio.Event()

    async def waits(_request: Request) -> Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    server.on(NODES, waits)
    work = asyncio.create_task(submit(submitter, project / "main.jl"))
    await asyncio.wait_for(asked.wait(), 20)
    work.cancel()
    with pytest.raises(errors.Cancelled, match=r"was cancelled\. Nothing was submitted\."):
        await work
    assert hub.forms == []


async def test_cancelled_while_it_is_sent(submitter: Submitter, server: ScriptedServer, project: Path) -> None:
    hub = Hub(server)
    received, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> Response:
        received.set()
        await go_on.wait()
        return await hub.submit(request)

    server.on(SUBMIT, slow)
    work = asyncio.create_task(submit(submitter, project / "main.jl"))
    await asyncio.wait_for(received.wait(), 20)
    work.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(errors.Cancelled, match="jr-1 had been submitted already and goes on"):
        await work
    assert len(hub.forms) == 1


async def test_a_server_that_is_down(
    tmp_path: Path, project: Path, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    servers = Servers(tmp_path / "config", Settings(server=f"http://127.0.0.1:{unused_port}"))
    async with transport.make_client() as http:
        connections = Connections(servers, ThisComputer(tmp_path / "state"), lambda: http)
        connections.tokens(servers.current).write(TokenTable(id_token="t"))
        with pytest.raises(errors.ServerUnreachable):
            await submit(
                Submitter(connections, Bundling(tmp_path / "cache", Environments(tmp_path / "config"))),
                project / "main.jl",
            )
