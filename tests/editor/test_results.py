"""What a job left, as a person looks at it in real VS Code: previews, downloads that are paused, jobs side by side."""

from pathlib import Path

import pytest

from tests.editor.host import Host

pytestmark = [pytest.mark.editor, pytest.mark.timeout(900), pytest.mark.julia]

WIDE = r'''
for epoch in 1:20
    @info "step" epoch loss = 2 / epoch
end
folder = mkpath("out")
write(joinpath(folder, "loss.csv"), "epoch,loss\n" * join(("$i,$(2 / i)" for i in 1:300), "\n") * "\n")
curve = join(("$(40 + 3i),$(150 - 280 / (i + 1))" for i in 1:100), " ")
write(joinpath(folder, "loss.svg"), """
<svg xmlns="http://www.w3.org/2000/svg" width="360" height="180" viewBox="0 0 360 180" onload="window.hacked = true">
<path d="M40 10v140h300" stroke="black" fill="none"/>
<polyline points="$curve" fill="none" stroke="#4063d8" stroke-width="2"/>
<text x="180" y="172" font-size="12">epoch</text></svg>
""")
ENV["RESULTS_FILE"] = folder
ENV["RESULTS"] = """{
"loss": 0.25, "shared": 7, "note": "=1+1", "converged": true,
"fit": {"steps": 300, "method": "LBFGS", "bounds": {"low": -1.5, "high": 20}}
}"""
'''
NARROW = r'''
open(io -> truncate(io, 300_000_000), "large.bin", "w")
ENV["RESULTS_FILE"] = "large.bin"
ENV["RESULTS"] = """{
"loss": 0.5, "shared": 7, "note": "=1+1", "converged": false,
"fit": {"steps": 100, "method": "Adam"}
}"""
'''


def test_results(host: Host, tmp_path: Path) -> None:
    """Two jobs: one leaves a folder with a figure and a table, the other a large file."""
    (tmp_path / "wide.jl").write_text(WIDE.lstrip())
    (tmp_path / "narrow.jl").write_text(NARROW.lstrip())
    host.play("results", tmp_path)
