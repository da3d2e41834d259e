"""The RUN pane in real VS Code: choose, be told what is wrong, save, start, run again with changes."""

from pathlib import Path

import pytest

from tests.editor.host import Host

pytestmark = [pytest.mark.editor, pytest.mark.timeout(900)]


@pytest.mark.julia
def test_run_pane(
    host: Host, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is chosen shows at once what it comes to; the job runs so, and another can be begun from it."""
    (tmp_path / "Project.toml").write_text('[deps]\nDistributed = "8ba89e20-285c-5b6f-9357-94700520ee1b"\n')
    (tmp_path / "main.jl").write_text('using Distributed\nprintln("workers: ", nworkers())\n')
    pinned = tmp_path_factory.mktemp("elsewhere") / "pinned" / "Manifest.toml"
    pinned.parent.mkdir()
    pinned.write_text('julia_version = "1.10.0"\nmanifest_format = "2.0"\n\n[deps]\n')
    monkeypatch.setenv("PINNED", str(pinned))
    host.play("run-pane", tmp_path)
