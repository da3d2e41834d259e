"""Forms against a server that is paid for, as JuliaHub is: prices, limits, images, applications."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from juliahub_ls.errors import SubmittedElsewhere
from juliahub_ls.services import last_known
from juliahub_ls.services.beginnings import Beginning, Beginnings
from juliahub_ls.services.bundling import Bundling
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.forms import Form, Forms
from juliahub_ls.services.last_known import LastKnown
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.submission import Submitter
from juliahub_ls.services.submissions import Submissions
from juliahub_ls.services.submit_request import SubmitRequest
from tests.support.scripted_http import ScriptedServer
from tests.unit.services.test_hub_client import NODES
from tests.unit.services.test_submission import Hub, project, submitter  # noqa: F401 - fixtures
from tests.unit.services.test_submitted_parts import SPECS, hub  # noqa: F401 - a fixture

MANIFEST = 'julia_version = "1.9.4"\nmanifest_format = "2.0"\n'


class Filled:
    """Makes forms for one script."""

    def __init__(self, forms: Forms, beginnings: Beginnings, submissions: Submissions, script: Path) -> None:
        self.forms = forms
        self.beginnings = beginnings
        self.submissions = submissions
        self.script = script

    async def form(self, *, plan: bool = False, **choices: Any) -> Form:
        return await self.forms.form(Beginning({"script": str(self.script), **choices}, "given"), plan=plan)


@pytest.fixture
def filled(submitter: Submitter, hub: Hub, project: Path, tmp_path: Path) -> Filled:  # noqa: F811
    connections = submitter._connections
    bundling = Bundling(tmp_path / "cache", Environments(tmp_path / "config"))
    submissions = Submissions(tmp_path / "config")
    forms = Forms(connections, LastKnown(connections), bundling)
    submitter._submissions = submissions
    beginnings = Beginnings(connections.servers, submissions)
    return Filled(forms, beginnings, submissions, project / "main.jl")


def beside(form: Form) -> "dict[str, str]":
    return {item.field: item.message for item in form.fields}


async def test_the_least_that_serves(filled: Filled) -> None:
    form = await filled.form()
    assert form.design is not None
    assert (form.design.node.node_class, form.design.node.vcores, form.design.price_at_most) == ("m6", 2, 0.17)
    assert [(spec.node_class, spec.vcores) for spec in form.nodes] == [("m6", 2), ("m6", 4), ("p3", 8)]
    assert [offer.image.name for offer in form.images] == ["Stable", "Dev"]
    assert form.obstacle is None


@pytest.mark.parametrize(
    ("choices", "hours"),
    [
        ({"costLimit": 0.34}, 2),
        ({"costLimit": 0.5}, 2),
        ({"costLimit": 0.17}, 1),
        ({"costLimit": 1.02, "nodes": 2}, 3),
        ({"timeLimit": 0.5}, 1),
    ],
)
async def test_what_a_sum_buys(filled: Filled, choices: "dict[str, Any]", hours: int) -> None:
    form = await filled.form(**choices)
    assert form.design is not None
    assert form.design.time_limit == hours
    assert "costLimit" not in choices or form.design.price_at_most <= choices["costLimit"] + 1e-6
    assert "costLimit" not in choices or "timeLimit" not in form.choices


async def test_a_sum_that_buys_too_little(filled: Filled) -> None:
    form = await filled.form(costLimit=0.1)
    assert beside(form) == {
        "costLimit": "$0.10 buys too little: an hour, the least that the server takes, costs $0.17. "
        "Allow more, or choose smaller or fewer machines."
    }
    assert form.obstacle == beside(form)["costLimit"]


async def test_only_images_for_the_node_and_a_manifest_of_another_julia(filled: Filled, hub: Hub) -> None:  # noqa: F811
    (filled.script.parent / "Manifest.toml").write_text(MANIFEST)
    assert [offer.image.name for offer in (await filled.form(gpu=True)).images] == ["Stable"]
    form = await filled.form(product="juliasim-batch")
    assert form.image is not None
    assert form.image.name == "Sim"


async def test_an_image_that_cannot_show_a_port(filled: Filled) -> None:
    form = await filled.form(port=8080, product="juliasim-batch")
    assert "does not support exposing a port" in beside(form)["port"]
    assert beside(await filled.form(port=8080)) == {}


async def test_applications(filled: Filled) -> None:
    forms = filled.forms
    assert (await forms.form(Beginning({"app": "MyApp"}, "given"))).obstacle is None
    unknown = await forms.form(Beginning({"app": "Other"}, "given"))
    assert "no application Other" in beside(unknown)["app"]
    branched = await forms.form(Beginning({"app": "Pluto", "branch": "main"}, "given"))
    assert "no branches" in beside(branched)["app"]


async def test_a_system_image_needs_a_manifest(filled: Filled) -> None:
    assert "built from a manifest" in beside(await filled.form(sysimage=True, plan=True))["sysimage"]


async def test_the_script_itself_left_out(filled: Filled) -> None:
    (filled.script.parent / ".juliabundleignore").write_text("main.jl\n")
    form = await filled.form(plan=True)
    assert "left out of the bundle" in beside(form)["script"]
    assert next(item for item in form.fields if item.field == "script").mends


async def test_what_is_known_is_not_asked_for_again(filled: Filled, server: ScriptedServer) -> None:
    first = await filled.form()
    server.on(NODES, Response(status_code=500))
    again = await filled.form(nodes=2)
    assert (again.nodes, again.obstacle) == (first.nodes, None)


async def test_a_server_that_goes_away_and_comes_back(
    filled: Filled, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await filled.form()
    for name in ("FRESH_SECONDS", "LOST_SECONDS"):
        monkeypatch.setattr(last_known, name, 0.0)
    server.on(NODES, Response(status_code=500))
    away = await until(filled, lambda form: form.offline_since is not None)
    assert (away.nodes, away.design) == (first.nodes, first.design)
    assert "is offline. Its machines are shown as last known." in (away.obstacle or "")
    server.on(NODES, {"success": True, "message": "", "node_specs": SPECS})
    assert (await until(filled, lambda form: form.offline_since is None)).obstacle is None


async def until(filled: Filled, condition: Callable[[Form], bool]) -> Form:
    """The first form that is so; what is asked for behind an answer shows in a later one."""
    deadline = asyncio.get_running_loop().time() + 20
    while not condition(form := await filled.form()):
        assert asyncio.get_running_loop().time() < deadline, "the form stays as it is"
        await asyncio.sleep(0.02)
    return form


async def test_a_server_in_trouble(filled: Filled, server: ScriptedServer) -> None:
    server.on(NODES, Response(status_code=500))
    form = await filled.form(threads=0)
    assert form.design is None
    assert "has a problem of its own" in (form.obstacle or "")
    assert set(beside(form)) == {"threads"}, "the rest is checked all the same"


async def test_what_another_server_has_is_not_remembered(filled: Filled, submitter: Submitter) -> None:  # noqa: F811
    request = SubmitRequest(filled.script, name="mine")
    await submitter.submit(request, Silent())
    begun = filled.beginnings.of_script(filled.script, None)
    assert (begun.origin, begun.choices["name"]) == ("remembered", "mine")
    record = filled.submissions.last_of(filled.script)
    assert record is not None
    record.choices["node"] = "m6"
    assert "node" in filled.beginnings.of_script(filled.script, None).choices
    elsewhere = filled.beginnings.of_script(filled.script, "hub.example")
    assert elsewhere.choices["name"] == "mine"
    assert elsewhere.choices["server"] == "hub.example"
    assert "node" not in elsewhere.choices
    with pytest.raises(SubmittedElsewhere):
        filled.beginnings.of_job("hub.example", record.job)
