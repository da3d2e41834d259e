"""Exactly the parts that JuliaHub.jl would send, for every row of its tables (protocol §5.2–§5.6)."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from juliahub_ls import errors
from juliahub_ls.domain.jobs.application import AppRequest
from juliahub_ls.domain.jobs.cluster_design import ClusterRequest
from juliahub_ls.domain.jobs.exposed_port import ExposedPort
from juliahub_ls.domain.jobs.image_choice import ImageRequest
from juliahub_ls.domain.jobs.job_args import SUBMISSION_KEY
from juliahub_ls.secret import Secret
from juliahub_ls.services.job_source import Send
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.submission import Submitter
from juliahub_ls.services.submit_request import SubmitRequest
from tests.support.scripted_http import ScriptedServer
from tests.unit.services.test_catalogue import LEGACY, OWN, PACKAGES, REGISTRIES, UUID, app, image
from tests.unit.services.test_hub_client import DEFAULTS, GROUPS, NODES, SUBMIT, UPLOAD
from tests.unit.services.test_submission import Hub, project, submitter  # noqa: F401 - fixtures

SPECS = [
    ["p3", True, 8.0, 61.0, 4.5, "", "", "V100", 0, 0, 1],
    ["m6", False, 4.0, 16.0, 0.34, "", "", "16", 0, 0, 2],
    ["m6", False, 2.0, 8.0, 0.17, "", "", "8", 0, 0, 3],
]
APPS = [
    app("standard-batch", "base"),
    app("standard-interactive", "base", "distributed-interactive"),
    app("juliasim-batch", "sim"),
    {"name": "Pluto", "appType": "pluto", "appArgs": []},
]
GROUP = {
    "base": [
        image("Stable", "base-cpu", "stable-cpu"),
        image("Stable", "base-gpu", "stable-gpu"),
        image("Dev", "option-cpu", "dev-cpu", image_tag="v10.6.1", image_sha="sha256:" + "0" * 64),
    ],
    "sim": [image("Sim", "base-cpu", "sim-cpu")],
}
MANIFEST = 'julia_version = "1.10.4"\nmanifest_format = "2.0"\n'
ID = "0F8FAD5B-D9CB-469F-A165-70867728950E"
ALWAYS = {
    "elastic": "false",
    "isthreaded": "true",
    "sysimage_build": "nothing",
    "limit_type": "time",
    "limit_value": "1",
    "effective_time_limit": "1",
    "est_cost": "0",
    "node_class": "m6",
    "cpu": "2",
    "nworkers": "0",
}
BATCH = ALWAYS | {"customcode": "true", "usercode": "println(1)\n"}
IMAGE = {"product_name": "standard-batch", "image": "stable-cpu"}
GPU = {"node_class": "p3", "cpu": "8", "image": "stable-gpu"}
ME = {"port": 8080, "authentication": True, "authorization": "me"}
ANYONE = ME | {"authorization": "anyone"}
INTERACTIVE = {"product_name": "standard-interactive"}
PASSWORD = "Correct1Horse"
Parts = dict[str, Any]


@pytest.fixture
def hub(server: ScriptedServer) -> Hub:
    hub = Hub(server)
    server.on(NODES, {"success": True, "message": "", "node_specs": SPECS})
    server.on(DEFAULTS, {"defaultApps": APPS, "defaultUserAppArgs": []})
    server.on(GROUPS, {"image_groups": GROUP})
    server.on(PACKAGES, [{"name": "MyApp", "uuid": UUID, "registrymap": [{"id": "1", "status": True}]}])
    server.on(OWN, [{"name": "Mine", "repourl": "https://git.example/mine.git"}])
    server.on(REGISTRIES, {"success": True, "registries": [{"id": 1, "name": "General", "uuid": UUID}]})
    return hub


async def sent(submitter: Submitter, hub: Hub, request: SubmitRequest) -> tuple[Parts, Parts]:  # noqa: F811
    """The parts of one submission, without `args`, and those; JSON of `appArgs` read."""
    await submitter.submit(request, Silent())
    (form,) = hub.forms
    parts: Parts = dict(form)
    args = json.loads(parts.pop("args"))
    assert args.pop(SUBMISSION_KEY)
    if "appArgs" in parts:
        parts["appArgs"] = json.loads(parts["appArgs"])
    return parts, args


def cluster(**asked: Any) -> Parts:
    return {"cluster": ClusterRequest(**asked)}


def port(access: str = "me", password: "Secret | None" = None, name: "str | None" = None, **more: Any) -> Parts:
    return {"port": ExposedPort(8080, access, password, name)} | more


SCRIPTS: dict[str, tuple[Parts, Parts]] = {
    "nothing but the script": ({}, {}),
    # §5.3
    "nnodes": (cluster(nodes=3), {"nworkers": "2"}),
    "a minimum of nodes": (cluster(nodes=8, min_nodes=2), {"nworkers": "7", "min_workers_required": "1"}),
    "a minimum of one node": (cluster(nodes=2, min_nodes=1), {"nworkers": "1", "min_workers_required": "0"}),
    "elastic": (cluster(nodes=8, elastic=True), {"nworkers": "7", "elastic": "true"}),
    "one process per vCPU": (
        cluster(nodes=2, processes_per_node=4),
        {"nworkers": "1", "cpu": "4", "isthreaded": "false"},
    ),
    "as many processes as vCPUs": (
        cluster(nodes=2, process_per_vcpu=True, vcpus=3),
        {"nworkers": "1", "cpu": "4", "isthreaded": "false"},
    ),
    "what a sum buys": (cluster(cost_limit=0.6), {"limit_value": "3", "effective_time_limit": "3"}),
    "hours": (cluster(time_limit=24), {"limit_value": "24", "effective_time_limit": "24"}),
    "hours are rounded up": (cluster(time_limit=1.01), {"limit_value": "2", "effective_time_limit": "2"}),
    "minutes are an hour": (cluster(time_limit=0.1), {}),
    "unlimited": (
        cluster(time_limit=0),
        {"limit_type": "unlimited", "limit_value": None, "effective_time_limit": None},
    ),
    "a node class": (cluster(node="m6", vcpus=3), {"cpu": "4"}),
    "more vCPUs than without a GPU": (cluster(vcpus=8), GPU),
    # §4.3, §4.5
    "a GPU": (cluster(gpu=True), GPU),
    "an image by name": (
        {"image": ImageRequest(name="Dev")},
        {"image": "dev-cpu", "image_tag": "v10.6.1"},
    ),
    "another product": (
        {"image": ImageRequest(product="juliasim-batch")},
        {"product_name": "juliasim-batch", "image": "sim-cpu"},
    ),
    # §5.5
    "a port for me": (port(), INTERACTIVE | {"appArgs": ME}),
    "a port for anyone": (port("anyone"), INTERACTIVE | {"appArgs": ANYONE}),
    "a port with a password": (
        port("password", Secret(PASSWORD)),
        INTERACTIVE | {"appArgs": ANYONE | {"password": PASSWORD}},
    ),
    "a port for all the world": (port("public"), INTERACTIVE | {"appArgs": ANYONE | {"authentication": False}}),
    "a port under a name": (port(name="my-app"), INTERACTIVE | {"appArgs": ME, "dns_prefix": "my-app"}),
    "a port of an image keeps key and tag": (
        port(image=ImageRequest(name="Dev")),
        INTERACTIVE | {"appArgs": ME, "image": "dev-cpu", "image_tag": "v10.6.1"},
    ),
    # §5.2
    "a project": ({"project": ID}, {"projectid": ID.lower()}),
    "a project and a manifest": ({"send": Send.ENVIRONMENT}, {"projecttoml": 'name = "P"\n', "manifesttoml": MANIFEST}),
    "a system image": (
        {"send": Send.ENVIRONMENT, "sysimage": True},
        {
            "projecttoml": 'name = "P"\n',
            "manifesttoml": MANIFEST,
            "sysimage_build": "true",
            "sysimage_manifest_sha": hashlib.sha256(MANIFEST.encode()).hexdigest(),
        },
    ),
}


@pytest.mark.parametrize("case", SCRIPTS)
async def test_a_scripts_parts(submitter: Submitter, hub: Hub, project: Path, case: str) -> None:  # noqa: F811
    options, differs = SCRIPTS[case]
    (project / "Manifest.toml").write_text(MANIFEST)
    request = SubmitRequest(project / "main.jl", **{"send": Send.SCRIPT} | options)
    parts, args = await sent(submitter, hub, request)
    assert parts == {name: value for name, value in (BATCH | IMAGE | differs).items() if value is not None}
    assert args == {"jobname": "main.jl"}


async def test_without_images_the_server_chooses(
    submitter: Submitter,  # noqa: F811
    hub: Hub,
    server: ScriptedServer,
    project: Path,  # noqa: F811
) -> None:
    server.on(GROUPS, {"image_groups": {}})
    parts, _ = await sent(submitter, hub, SubmitRequest(project / "main.jl", send=Send.SCRIPT))
    assert parts == BATCH


@pytest.mark.parametrize("apps", [APPS[:1], [*APPS, app("other", "base", "distributed-interactive")]])
async def test_a_port_without_an_interactive_product(
    submitter: Submitter,  # noqa: F811
    hub: Hub,
    server: ScriptedServer,
    project: Path,  # noqa: F811
    apps: Any,
) -> None:
    server.on(DEFAULTS, {"defaultApps": apps, "defaultUserAppArgs": []})
    asked = SubmitRequest(project / "main.jl", send=Send.SCRIPT, **port(image=ImageRequest(name="Stable")))
    with pytest.raises(errors.SettingInvalid, match="Stable of standard-batch does not support exposing a port"):
        await submitter.submit(asked, Silent())
    parts, _ = await sent(submitter, hub, SubmitRequest(project / "main.jl", send=Send.SCRIPT, **port()))
    assert parts == BATCH | INTERACTIVE | {"appArgs": ME}, "nobody asked for that image, so it gives way"


async def test_a_legacy_server(
    submitter: Submitter,  # noqa: F811
    hub: Hub,
    server: ScriptedServer,
    project: Path,  # noqa: F811
) -> None:
    choices = [{"value": "", "text": "Julia"}, {"value": "big", "text": "Big"}]
    option = {"attrid": "sysimg", "attrchoices": choices}
    server.on(GROUPS, Response(status_code=404))
    server.on(LEGACY, {"success": True, "image_options": {"batchjob": [option]}})
    parts, _ = await sent(submitter, hub, SubmitRequest(project / "main.jl", send=Send.SCRIPT))
    assert parts == BATCH | {"product_name": "standard-batch", "image": "julia"}
    hub.forms.clear()
    asked = SubmitRequest(project / "main.jl", send=Send.SCRIPT, image=ImageRequest(name="Big", product="@legacy"))
    parts, _ = await sent(submitter, hub, asked)
    assert parts == BATCH | {"product_name": "@legacy", "image": "big"}


async def test_a_bundle_with_a_system_image(submitter: Submitter, hub: Hub, project: Path) -> None:  # noqa: F811
    (project / "Manifest.toml").write_text(MANIFEST)
    done = await submitter.submit(SubmitRequest(project / "main.jl", sysimage=True), Silent())
    (form,) = hub.forms
    assert done.bundle is not None
    assert form["sysimage_build"] == "true"
    assert form["sysimage_manifest_sha"] == done.bundle.plan.manifest_sha256
    assert form["appbundle"] == "__APPBUNDLE_EXTERNAL_UPLOAD__"
    assert set(json.loads(form["appbundle_upload_info"])) == {"file_type", "file_name", "hash", "hash_alg", "file_size"}
    assert not {"projecttoml", "manifesttoml", "appType", "appArgs", "projectid", "dns_prefix"} & set(form)


async def test_a_system_image_without_a_manifest(
    submitter: Submitter,  # noqa: F811
    hub: Hub,
    server: ScriptedServer,
    project: Path,  # noqa: F811
) -> None:
    with pytest.raises(errors.EnvironmentNotReady, match="built from a manifest, and none goes along"):
        await submitter.submit(SubmitRequest(project / "main.jl", sysimage=True), Silent())
    assert (hub.forms, UPLOAD in server.seen) == ([], False)


APP = ALWAYS | {"customcode": "false", "appType": "userapp"}
PACKAGE = APP | {"package_name": "MyApp", "registry_name": "General"}
USER = APP | {"package_name": "Mine"}
PACKAGE_ARGS = {"jobname": "MyApp", "jr_uuid": UUID}
USER_ARGS = {"jobname": "Mine", "jr_uuid": "https://git.example/mine.git"}
PLUTO = ALWAYS | {"customcode": "false", "appType": "pluto", "appArgs": {"authentication": True, "authorization": "me"}}
APPLICATIONS: dict[str, tuple[AppRequest, Parts, Parts, Parts]] = {
    "a package": (AppRequest("MyApp"), {}, PACKAGE, PACKAGE_ARGS),
    "a package by its UUID": (AppRequest(UUID), {}, PACKAGE, PACKAGE_ARGS),
    "a branch": (AppRequest("MyApp", branch="HEAD"), {}, PACKAGE | {"branch_name": "HEAD"}, PACKAGE_ARGS),
    "a revision": (AppRequest("MyApp", revision="v1.2"), {}, PACKAGE | {"git_revision": "v1.2"}, PACKAGE_ARGS),
    "a system image": (AppRequest("MyApp"), {"sysimage": True}, PACKAGE | {"sysimage_build": "true"}, PACKAGE_ARGS),
    "a port": (
        AppRequest("MyApp"),
        port(),
        PACKAGE | {"product_name": "package-interactive", "appArgs": ME},
        PACKAGE_ARGS,
    ),
    "a port of an image": (
        AppRequest("MyApp"),
        port(image=ImageRequest(name="Stable")),
        PACKAGE | {"product_name": "package-interactive", "image": "stable-cpu", "appArgs": ME},
        PACKAGE_ARGS,
    ),
    "an image": (AppRequest("MyApp"), {"image": ImageRequest(name="Stable")}, PACKAGE | IMAGE, PACKAGE_ARGS),
    "one's own": (AppRequest("Mine"), {}, USER, USER_ARGS),
    "one's own by its repository": (
        AppRequest(repository="https://git.example/mine"),
        {"name": "run 1", "env": {"N": "1"}},
        USER,
        USER_ARGS | {"jobname": "run 1", "N": "1"},
    ),
    "the server's": (AppRequest("Pluto"), {}, PLUTO, {"jobname": "Pluto", "jr_uuid": "pluto"}),
    "variables win over what belongs to it": (
        AppRequest("Pluto"),
        {"env": {"jobname": "mine", "jr_uuid": "x"}},
        PLUTO,
        {"jobname": "mine", "jr_uuid": "x"},
    ),
}


@pytest.mark.parametrize("case", APPLICATIONS)
async def test_an_applications_parts(submitter: Submitter, hub: Hub, case: str) -> None:  # noqa: F811
    asked, options, expected, wanted = APPLICATIONS[case]
    parts, args = await sent(submitter, hub, SubmitRequest(app=asked, **options))
    assert (parts, args) == (expected, wanted)


@pytest.mark.parametrize(
    ("asked", "options", "words"),
    [
        (AppRequest("Nope"), {}, "no application Nope. It has MyApp of registry General, Mine from https://git.exam"),
        (AppRequest(repository="https://git/x"), {}, "no application from https://git/x. It has Mine from"),
        (AppRequest("Standard-Batch"), {}, "no application Standard-Batch"),
        (AppRequest("Pluto"), port(), "it cannot expose another port"),
        (AppRequest("Pluto"), {"sysimage": True}, "no system image can be built for it"),
        (AppRequest("Pluto", branch="main"), {}, "no branches or revisions"),
    ],
)
async def test_an_application_that_cannot_be_run_so(
    submitter: Submitter,  # noqa: F811
    hub: Hub,
    asked: AppRequest,
    options: Parts,
    words: str,
) -> None:
    with pytest.raises(errors.SettingInvalid, match=words) as caught:
        await submitter.submit(SubmitRequest(app=asked, **options), Silent())
    assert str(caught.value).endswith("Nothing was submitted.")
    verdict = await submitter.preflight(SubmitRequest(app=asked, **options), Silent())
    assert (verdict.ready, hub.forms) == (False, [])


async def test_two_applications_of_one_name(submitter: Submitter, hub: Hub, server: ScriptedServer) -> None:  # noqa: F811
    server.on(OWN, [{"name": "MyApp", "repourl": "https://git.example/my.git"}])
    with pytest.raises(errors.SettingInvalid, match="The server has several: MyApp of registry General, MyApp from"):
        await submitter.submit(SubmitRequest(app=AppRequest("MyApp")), Silent())
    parts, _ = await sent(submitter, hub, SubmitRequest(app=AppRequest(UUID)))
    assert parts == PACKAGE


async def test_a_script_asks_nothing_more_than_it_needs(
    submitter: Submitter,  # noqa: F811
    hub: Hub,
    server: ScriptedServer,
    project: Path,  # noqa: F811
) -> None:
    await sent(submitter, hub, SubmitRequest(project / "main.jl", send=Send.SCRIPT))
    assert sorted(server.seen) == sorted([NODES, GROUPS, DEFAULTS, SUBMIT])
