"""What localhub cannot do yet the client asks for all the same, and the hub's own sentence reaches the user."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from juliahub_ls import errors
from juliahub_ls.config import Settings
from juliahub_ls.domain.jobs.application import AppRequest
from juliahub_ls.domain.jobs.cluster_design import ClusterRequest
from juliahub_ls.domain.jobs.exposed_port import ExposedPort
from juliahub_ls.secret import Secret
from juliahub_ls.services.bundling import Bundling
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.progress import Silent
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.submission import Submitter
from juliahub_ls.services.submit_request import SubmitRequest
from juliahub_ls.services.this_computer import ThisComputer
from juliahub_ls.services.token_store import TokenStore, auth_file
from juliahub_wire.auth import TokenTable
from tests.support.scripted_hub import ScriptedHub

NOT_YET = "This hub cannot do that yet; JuliaHub itself can."
PORT = f"The job was not submitted: it asks to expose a network port. {NOT_YET}"


@pytest.fixture
async def submitter(hub: ScriptedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Submitter]:
    """The client's own services, signed in to the hub."""
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    environ = {"JULIA_DEPOT_PATH": str(tmp_path / "depot")}
    TokenStore(auth_file(hub.url, environ, tmp_path)).write(TokenTable.model_validate(hub.table()))
    connections = Connections(Servers(tmp_path / "config", Settings(server=hub.url)), ThisComputer(tmp_path / "state"))
    yield Submitter(connections, Bundling(tmp_path / "cache", Environments(tmp_path / "config")))
    await connections.aclose()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A script with an environment whose manifest is empty."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Project.toml").write_text("[deps]\n")
    (folder / "Manifest.toml").write_text('manifest_format = "2.0"\n')
    (folder / "main.jl").write_text("println(1)\n")
    return folder / "main.jl"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"port": ExposedPort(8080)}, PORT),
        ({"port": ExposedPort(8080, "password", Secret("Correct1Horse"))}, PORT),
        (
            {"sysimage": True},
            f"The job was not submitted: it asks for a system image to be built. {NOT_YET}",
        ),
        (
            {"cluster": ClusterRequest(nodes=2, elastic=True)},
            "The job was not submitted: it asks for an elastic pool, and this hub starts all processes at once. Choose "
            "a fixed number of nodes.",
        ),
    ],
)
async def test_the_hubs_own_sentence(submitter: Submitter, script: Path, options: Any, sentence: str) -> None:
    with pytest.raises(errors.RefusedByServer) as caught:
        await submitter.submit(SubmitRequest(script, **options), Silent())
    assert str(caught.value) == sentence


async def test_an_application_that_the_hub_does_not_have(submitter: Submitter) -> None:
    with pytest.raises(errors.SettingInvalid, match=r"no application Pluto\. It has none for you\."):
        await submitter.submit(SubmitRequest(app=AppRequest("Pluto")), Silent())


async def test_a_gpu_that_the_hub_does_not_have(submitter: Submitter, script: Path) -> None:
    with pytest.raises(errors.ClusterImpossible, match="none has a GPU"):
        await submitter.submit(SubmitRequest(script, cluster=ClusterRequest(gpu=True)), Silent())
