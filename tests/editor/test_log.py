"""Logs as a person reads them in real VS Code: long ones, broken ones, ones with colours, errors and numbers."""

import json
from pathlib import Path

import pytest

from tests.editor.host import Host

pytestmark = [pytest.mark.editor, pytest.mark.julia, pytest.mark.timeout(900)]

TRAIN = r"""
using Distributed
println("\e[1;32mgreen and bold\e[0m and plain, \e[38;5;208morange\e[0m, \e[4munderlined\e[0m, \e[7;34minverse\e[0m")
println("10 %\r100 % done")
@warn "careful, the learning rate is high" rate = 0.3
for epoch in 1:40
    @info "training" epoch loss = 2exp(-epoch / 10) + 0.1sin(epoch) accuracy = 1 - exp(-epoch / 8)
end
for worker in workers()
    remotecall_fetch(worker) do
        foreach(step -> println("step ", step, " of worker ", myid()), 1:4)
    end
end
println("see (util.jl:2)")
@debug "not shown"
include("model.jl")
fails(3)
"""

WORKERS = """
[configurations.workers]
script = "train.jl"
nodes = 3
"""

MODEL = """function fails(x)
    error("no such luck with ", x)
end
"""

PRINTS = """
for i in 1:1_000_000
    println("line ", i, " of a long log")
    i == 500_000 && @error "half way"
end
"""

TICKS = """
for i in 1:60
    println("tick ", i)
    sleep(0.1)
    while i == 40 && !isfile(%s)
        sleep(0.1)
    end
end
"""
"""Ends after whoever watches has written the file."""


def test_a_log(host: Host, tmp_path: Path) -> None:
    """Colours, stack frames, folds, outline, filters, plot; of a job with two workers."""
    (tmp_path / "Project.toml").write_text('[deps]\nDistributed = "8ba89e20-285c-5b6f-9357-94700520ee1b"\n')
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode" / "juliahub.toml").write_text(WORKERS)
    for folder in ("model", "data"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "util.jl").write_text(f"# of {folder}\nnothing\n")
    (tmp_path / "train.jl").write_text(TRAIN.lstrip())
    (tmp_path / "model.jl").write_text(MODEL)
    host.play("log", tmp_path)
    saved = [json.loads(line) for line in (tmp_path / "matches.jsonl").read_text("utf-8").splitlines()]
    assert [line["keywords"]["epoch"] for line in saved] == [39, 40]


def test_a_large_log(host: Host, tmp_path: Path) -> None:
    """A million lines come while one watches; every one can be reached, found and saved. Frames are measured."""
    (tmp_path / "prints.jl").write_text(PRINTS.lstrip())
    host.play("large-log", tmp_path)
    saved = (tmp_path / "prints.jl.log").read_text(encoding="utf-8").splitlines()
    printed = [line.partition("│ ")[2] for line in saved if line.endswith("of a long log")]
    assert printed == [f"line {i} of a long log" for i in range(1, 1_000_001)]


def test_breaks(host: Host, tmp_path: Path) -> None:
    """The daemon is killed and the window reloaded while a job runs."""
    (tmp_path / "ticks.jl").write_text(TICKS % json.dumps(str(tmp_path / "go-on")))
    host.play("breaks", tmp_path)
