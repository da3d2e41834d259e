"""Section 5: job submission."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx

from localhub.engines.protocol import JobSpec
from tests.support.scripted_hub import ScriptedHub
from tests.support.submissions import bundle, job, parts, refusal, submit, upload

from .support import rows


def spec_of(hub: ScriptedHub, client: httpx.Client, variables: dict[str, str] | None = None, **form: Any) -> JobSpec:
    """What the engine is told to run."""
    jobname = submit(client, variables, **form)
    hub.started(jobname).ends()
    return hub.engine.specs[jobname]


# 5.1 Call sequence


def test_5_1_accepted(client: httpx.Client) -> None:
    answer = client.post("/juliaruncloud/submit_job", files=parts()).json()
    assert (answer["success"], answer["message"]) == (True, "")
    assert re.fullmatch("jr-[a-z0-9]{10}", answer["jobname"])


def test_5_1_step_5_visible_at_once(client: httpx.Client) -> None:
    assert job(client, submit(client))["status"] == "Submitted"


def test_5_1_refused_inside_a_200(client: httpx.Client) -> None:
    assert refusal(client, node_class="no-such-class").startswith("The job was not submitted: ")


def test_5_1_auth(stranger: httpx.Client) -> None:
    assert stranger.post("/juliaruncloud/submit_job", files=parts()).status_code == 401


# 5.2 Form fields: what each does, or why this hub refuses it

DONE: list[tuple[str, dict[str, Any], Callable[[JobSpec], bool]]] = [
    ("appType absent", {}, lambda spec: spec.processes == 1),
    ("appType batchjob", {"appType": "batchjob"}, lambda spec: spec.processes == 1),
    ("args", {"args": '{"N": "1", "jobname": "pi"}'}, lambda spec: spec.env == {"N": "1"} and spec.alias == "pi"),
    ("projectid", {"projectid": "cd6c9ee3-d15f-414f-a762-7e1d3faed835"}, lambda spec: True),
    ("customcode", {"customcode": "true"}, lambda spec: True),
    ("usercode", {"usercode": "2"}, lambda spec: spec.code.endswith(".jl")),
    ("projecttoml", {"projecttoml": "[deps]\n"}, lambda spec: spec.project is not None),
    ("manifesttoml", {"manifesttoml": "# m\n"}, lambda spec: spec.project is not None),
    ("product_name", {"product_name": "standard-batch"}, lambda spec: True),
    ("image", {"image": "julia-1.9.0"}, lambda spec: spec.julia == ["/opt/julia-1.9.0"]),
    ("image absent", {}, lambda spec: spec.julia == ["/opt/julia-1.10.4"]),
    ("image_tag", {"image_tag": "v1"}, lambda spec: True),
    ("image_sha256", {"image_sha256": "sha256:" + "0" * 64}, lambda spec: True),
    ("sysimage_build nothing", {"sysimage_build": "nothing"}, lambda spec: True),
    ("sysimage_manifest_sha", {"sysimage_manifest_sha": "0" * 64}, lambda spec: True),
    ("node_class and cpu", {"node_class": "local-2", "cpu": "2"}, lambda spec: spec.threads == 2),
    ("nworkers", {"nworkers": "2"}, lambda spec: spec.nodes == 3),
    ("elastic false", {"elastic": "false"}, lambda spec: True),
    ("min_workers_required", {"nworkers": "2", "min_workers_required": "1"}, lambda spec: spec.nodes == 3),
    ("isthreaded", {"isthreaded": "false"}, lambda spec: spec.processes_per_node == 2),
    ("limit_type unlimited", {"limit_type": "unlimited", "limit_value": None}, lambda spec: True),
    ("effective_time_limit", {"effective_time_limit": "2"}, lambda spec: True),
    ("est_cost", {"est_cost": "0"}, lambda spec: True),
    ("further fields", {"from_the_web_ui": "x"}, lambda spec: True),
]
REFUSED = [
    ("appType pluto", {"appType": "pluto", "customcode": "false"}, "an application"),
    ("appType userapp", {"appType": "userapp", "customcode": "false", "usercode": None}, "an application"),
    ("appArgs with a port", {"appArgs": '{"port": 8080, "authentication": true}'}, "expose a network port"),
    ("customcode false", {"customcode": "false"}, "an application or a package's own script"),
    ("usercode absent", {"usercode": None}, "no code to run"),
    ("package_name", {"package_name": "Example", "registry_name": "General"}, "an application"),
    ("dns_prefix", {"dns_prefix": "mine"}, "expose a network port"),
    ("product_name interactive", {"product_name": "standard-interactive"}, "expose a network port"),
    ("product_name unknown", {"product_name": "juliasim-batch"}, "no product “juliasim-batch”"),
    ("image unknown", {"image": "julia-0.3"}, "julia-0.3 is not installed here"),
    ("sysimage_build", {"sysimage_build": "true"}, "a system image"),
    ("node_class unknown", {"node_class": "p3"}, "no node class “p3”"),
    ("cpu zero", {"cpu": "0"}, "the field cpu is wrong"),
    ("nworkers negative", {"nworkers": "-1"}, "the field nworkers is wrong"),
    ("elastic", {"elastic": "true"}, "an elastic pool"),
    ("min_workers_required too large", {"nworkers": "1", "min_workers_required": "1"}, "minimum number of nodes"),
    ("limit_type cost", {"limit_type": "cost"}, "a cost limit"),
    ("limit_value zero", {"limit_value": "0"}, "limit_value is wrong"),
    ("appbundle without its upload", {"appbundle": "x"}, "must be uploaded first"),
    ("args that are no object", {"args": "[]"}, "the field args is wrong"),
]


@rows("form, is_right", DONE)
def test_5_2_fields(
    hub: ScriptedHub, client: httpx.Client, form: dict[str, Any], is_right: Callable[[JobSpec], bool]
) -> None:
    assert is_right(spec_of(hub, client, **form))


@rows("form, sentence", REFUSED)
def test_5_2_fields_that_this_hub_cannot_serve(client: httpx.Client, form: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(client, **form)


def test_5_2_limit_value(hub: ScriptedHub, client: httpx.Client) -> None:
    details = job(client, submit(client, limit_value="3"))
    assert (details["limit_type"], details["limit_value"]) == ("time", 3)


# 5.3 Cluster design


@rows(
    "form, nodes, processes",
    [
        ("nnodes = n", {"nworkers": "2"}, 3, 3),
        ("nnodes = (min, max)", {"nworkers": "3", "min_workers_required": "1"}, 4, 4),
        ("process_per_node", {"nworkers": "1", "isthreaded": "true"}, 2, 2),
        ("a process a core", {"nworkers": "1", "isthreaded": "false"}, 2, 4),
    ],
)
def test_5_3_cluster(hub: ScriptedHub, client: httpx.Client, form: dict[str, str], nodes: int, processes: int) -> None:
    spec = spec_of(hub, client, **form)
    assert (spec.nodes, spec.processes) == (nodes, processes)


# 5.4 args, environment, alias


def test_5_4_the_server_echoes_args_and_alias(client: httpx.Client) -> None:
    details = job(client, submit(client, {"jobname": "pi", "N": "1000", "jr_uuid": "u"}))
    assert json.loads(details["inputs"]) == {"jobname": "pi", "N": "1000", "jr_uuid": "u"}
    assert details["jobname_alias"] == "pi"


# 5.6 Job types


@rows(
    "kind, is_served",
    [("script", "script", True), ("appbundle", "appbundle", True), ("package app", "package", False)],
)
def test_5_6_job_types(client: httpx.Client, kind: str, is_served: bool) -> None:
    form: dict[str, Any] = {"package_name": "Example", "appType": "userapp", "customcode": "false", "usercode": None}
    if kind != "package":
        form = upload(client, bundle({"main.jl": "1"})) if kind == "appbundle" else {}
    assert client.post("/juliaruncloud/submit_job", files=parts(**form)).json()["success"] is is_served
