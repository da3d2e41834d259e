"""What `submit` is asked for arrives as it was meant, and what a hub says to it is shown as it is."""

import pytest

from tests.support.cli import Cli
from tests.support.scripted_hub import ScriptedHub

NOT_YET = "This hub cannot do that yet; JuliaHub itself can."
PASSWORD = "Correct1Horse"


def test_a_minimum_of_nodes_and_an_image_by_name(signed_in: Cli, hub: ScriptedHub) -> None:
    options = ["--nodes", "3", "--min-nodes", "2", "--image", "Julia 1.9.0", "--product", "standard-batch"]
    ran = signed_in.run("submit", "hello.jl", *options, "--time-limit", "0.2", "--env", "jobname=mine")
    assert ran.code == 0, ran.stderr
    assert "3 nodes × 1 process: 1 master + 2 workers, as soon as 2 nodes are there, at most 1 h" in ran.stdout
    jobname = ran.stdout.strip().splitlines()[-1].split()[2]
    spec = hub.engine.specs[jobname]
    assert (spec.nodes, list(spec.julia)) == (3, ["/opt/julia-1.9.0"])
    with hub.client() as direct:
        (job,) = direct.get(f"/api/rest/jobs/{jobname}").json()["details"]
    assert job["jobname_alias"] == "mine"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--port", "8080"], f"The job was not submitted: it asks to expose a network port. {NOT_YET}"),
        (
            ["--port", "8080", "--port-access", "password", "--port-name", "mine"],
            f"The job was not submitted: it asks to expose a network port. {NOT_YET}",
        ),
        (
            ["--nodes", "2", "--elastic"],
            "The job was not submitted: it asks for an elastic pool, and this hub starts all processes at once. Choose "
            "a fixed number of nodes.",
        ),
    ],
)
def test_a_hubs_own_sentence(signed_in: Cli, hub: ScriptedHub, options: list[str], sentence: str) -> None:
    user = Cli(signed_in.folder, {"JULIA_PKG_SERVER": hub.url, "JULIAHUB_PORT_PASSWORD": PASSWORD})
    ran = user.run("submit", "hello.jl", *options, "--json")
    assert (ran.error["code"], ran.error["message"]) == ("refused-by-server", sentence)
    assert PASSWORD not in ran.stdout + ran.stderr


def test_what_the_hub_does_not_have(signed_in: Cli) -> None:
    for options, words in (
        (["hello.jl", "--gpu"], "none has a GPU"),
        (["hello.jl", "--node", "m99"], "no node class m99"),
        (["hello.jl", "--image", "Sim"], "has no image Sim, but Julia 1.10.4, Julia 1.9.0"),
        (["hello.jl", "--sysimage"], "built from a manifest"),
        (["--app", "Pluto"], "no application Pluto"),
        (["--app-repo", "https://git.example/x"], "no application from https://git.example/x"),
    ):
        ran = signed_in.run("submit", *options, "--json")
        assert ran.code == 2
        assert words in ran.error["message"]
        assert "Nothing was submitted." in ran.error["message"]


def test_lines_of_a_script(signed_in: Cli, hub: ScriptedHub) -> None:
    (signed_in.folder / "several.jl").write_text("first()\nsecond()\nthird()\n")
    ran = signed_in.run("submit", "several.jl", "--lines", "2:3", "--json")
    assert ran.code == 0, ran.stderr
    (sent,) = hub.started(ran.document["job"]["id"]).folder.rglob("code.jl")
    text = sent.read_text()
    assert "second()" in text
    assert "first()" not in text
    for lines, words in (("3:9", "has 3 lines, and 3:9 are not among them"), ("x", "names no lines, such as 3:7")):
        ran = signed_in.run("submit", "several.jl", "--lines", lines)
        assert ran.code == 2
        assert words in ran.stderr
