"""`submit --config`, `check --config` and `configurations`: choices that a folder keeps under a name."""

from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.scripted_hub import ScriptedHub

TEXT = """\
[configurations.sweep]
script = "hello.jl"
nodes = 3
time-limit = 2

[configurations.sweep.env]
N = "10"
K = "a"

[configurations.bare]
threads = 2

[configurations.wrong]
nodes = 0
"""


@pytest.fixture
def kept(signed_in: Cli) -> Cli:
    """A folder with configurations."""
    file = signed_in.folder / ".vscode" / "juliahub.toml"
    file.parent.mkdir()
    file.write_text(TEXT)
    return signed_in


def test_a_configuration_is_submitted_and_options_go_before_it(kept: Cli, hub: ScriptedHub) -> None:
    ran = kept.run("submit", "--config", "sweep", "--nodes", "2", "--env", "N=20", "--json")
    assert ran.code == 0, ran.stderr
    job = ran.document["job"]
    spec = hub.engine.specs[job["id"]]
    assert (spec.nodes, job["inputs"], job["timeLimit"]) == (2, {"N": "20", "K": "a"}, 2)
    assert job["cluster"] == "2 nodes × 2 vCPU, 2 processes"
    shown = kept.run("job", job["id"], "--json").document["job"]
    assert (shown["canRunAgain"], Path(shown["script"]).name) == (True, "hello.jl")


def test_a_configuration_for_any_script(kept: Cli) -> None:
    assert kept.run("check", "hello.jl", "--config", "bare", "--json").document["ready"]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("none", "configuration-unknown", "There are sweep, bare, wrong."),
        ("wrong", "configuration-invalid", "The number of nodes must be at least 1, not 0."),
    ],
)
def test_one_that_cannot_be_used(kept: Cli, name: str, code: str, words: str) -> None:
    ran = kept.run("submit", "hello.jl", "--config", name, "--json")
    assert (ran.code, ran.error["code"]) == (2, code)
    assert words in ran.error["message"]


def test_no_file_with_configurations(signed_in: Cli) -> None:
    ran = signed_in.run("submit", "hello.jl", "--config", "sweep")
    assert ran.code == 2
    assert "There is no such file here or in a folder above." in ran.stderr
    assert "No configurations here" in signed_in.run("configurations").stdout


def test_the_list(kept: Cli) -> None:
    shown = kept.run("configurations").stdout
    assert "--nodes 3 --time-limit 2" in " ".join(shown.split())
    assert "must be at least 1" in " ".join(shown.split())
    listed = kept.run("configurations", "--json").document["configurations"]
    assert [(item["name"], item["line"], "problem" in item) for item in listed] == [
        ("sweep", 0, False),
        ("bare", 9, False),
        ("wrong", 12, True),
    ]


def test_a_cost_limit_where_nothing_is_paid(kept: Cli) -> None:
    ran = kept.run("submit", "hello.jl", "--cost-limit", "2", "--json")
    assert ran.error["code"] == "cluster-impossible"
    assert "Nothing is paid for these machines" in ran.error["message"]
    both = kept.run("submit", "hello.jl", "--cost-limit", "2", "--time-limit", "1")
    assert "two ways to end a job" in both.stderr
