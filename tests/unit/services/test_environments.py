"""Environments as a user deals with them: chosen, remembered, shown in full, mended by Julia."""

import asyncio
import json
import shutil
import sys
from pathlib import Path

import psutil
import pytest

from juliahub_ls import errors
from juliahub_ls.domain.bundles.dependencies import Origin
from juliahub_ls.domain.environments.script_environment import Reason
from juliahub_ls.domain.problem import Mending, Problem
from juliahub_ls.domain.toml.text import read_text
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.julia import find_julia, run_pkg
from juliahub_ls.services.progress import Silent

RANDOM = 'Random = "9a3f8284-a2c9-5f02-9a11-845980a1fd5c"'
REGISTRY = """
name = "Ours"
uuid = "00000000-0000-4000-8000-000000000000"
repo = "https://example.invalid/Ours.git"
[packages]
"""
UNKNOWN = "aaaaaaaa-0000-4000-8000-000000000000"


class Lines:
    """Keeps what was reported; `first` is set at the first line."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.first = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def report(self, message: str, fraction: "float | None" = None) -> None:
        self.said.append(message)
        self._loop.call_soon_threadsafe(self.first.set)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a script in a project, another project, and a depot with a registry and a shared environment."""
    files = {
        "home/p/Project.toml": f"[deps]\n{RANDOM}\n",
        "home/p/src/main.jl": "using Revise\nprintln(1)\n",
        "home/other/Project.toml": "",
        "home/loose.jl": "println(1)\n",
        "home/empty/x": "",
        "depot/registries/Ours/Registry.toml": REGISTRY,
        "depot/environments/v1.11/Project.toml": f'[deps]\nRevise = "{UNKNOWN}"\n',
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setenv("JULIA_DEPOT_PATH", str(tmp_path / "depot"))
    monkeypatch.delenv("JULIA_LOAD_PATH", raising=False)
    return tmp_path / "home"


@pytest.fixture
def environments(tmp_path: Path) -> Environments:
    return Environments(tmp_path / "config")


def test_a_scripts_environment_comes_loaded_with_reason_and_choices(environments: Environments, home: Path) -> None:
    found = environments.for_script(home / "p/src/main.jl")
    assert found.loaded is not None
    assert list(found.loaded.project.deps) == ["Random"]
    assert found.reason is Reason.NEAREST
    assert [choice.environment.directory.name for choice in found.choices] == ["v1.11"]
    assert [(problem.code, problem.data["packages"]) for problem in found.problems] == [
        ("load-path-not-sent", ["Revise"])
    ]
    loose = environments.for_script(home / "loose.jl")
    assert (loose.reason, loose.problems) == (Reason.SHARED, ())


def test_a_choice_is_remembered(environments: Environments, home: Path, tmp_path: Path) -> None:
    script = home / "p/src/main.jl"
    environments.choose(script, home / "other")
    for again in (environments, Environments(tmp_path / "config")):
        found = again.for_script(script)
        assert found.environment is not None
        assert (found.environment.directory, found.reason) == (home / "other", Reason.CHOSEN)
    assert environments.for_script(home / "loose.jl").reason is Reason.SHARED
    environments.choose(script, None)
    assert Environments(tmp_path / "config").for_script(script).reason is Reason.NEAREST


def test_two_windows_keep_each_others_choices(home: Path, tmp_path: Path) -> None:
    one, two = Environments(tmp_path / "config"), Environments(tmp_path / "config")
    one.choose(home / "p/src/main.jl", home / "other")
    two.choose(home / "loose.jl", home / "other")
    for window in (one, two):
        assert window.for_script(home / "p/src/main.jl").reason is Reason.CHOSEN
        assert window.for_script(home / "loose.jl").reason is Reason.CHOSEN


@pytest.mark.parametrize("content", ["", "[", "[]", '{"scripts": []}', '{"scripts": {"x": 5}}', "\x00"])
def test_a_damaged_file_of_choices_is_passed_over(home: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "environments.json").write_text(content)
    made = Environments(tmp_path / "config")
    assert made.for_script(home / "p/src/main.jl").reason is Reason.NEAREST
    made.choose(home / "loose.jl", home / "other")
    assert made.for_script(home / "loose.jl").reason is Reason.CHOSEN


def test_only_so_many_choices_are_kept(environments: Environments, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "config" / "environments.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"scripts": {f"/{number}.jl": "/x" for number in range(5000)}}))
    environments.choose(home / "loose.jl", home / "other")
    kept = json.loads(file.read_text())["scripts"]
    assert len(kept) == 1000
    assert environments.for_script(home / "loose.jl").reason is Reason.CHOSEN


def test_the_editors_active_environment(environments: Environments, home: Path) -> None:
    environments.set_active(home / "other")
    assert environments.for_script(home / "p/src/main.jl").reason is Reason.ACTIVE
    environments.choose(home / "p/src/main.jl", home / "p")
    assert environments.for_script(home / "p/src/main.jl").reason is Reason.CHOSEN
    environments.set_active(None)
    assert environments.for_script(home / "loose.jl").reason is Reason.SHARED


def test_what_is_no_environment_and_no_script(environments: Environments, home: Path) -> None:
    with pytest.raises(errors.NoEnvironment, match=r"no Project\.toml"):
        environments.choose(home / "loose.jl", home / "empty")
    with pytest.raises(errors.NoEnvironment):
        environments.details(home / "gone")
    with pytest.raises(errors.ScriptNotFound):
        environments.for_script(home / "gone.jl")
    with pytest.raises(errors.NotJulia):
        environments.for_script(home / "p/Project.toml")


def test_all_that_is_known(environments: Environments, home: Path, tmp_path: Path) -> None:
    details = environments.details(home / "p")
    assert [(package.name, package.origin) for package in details.packages] == [("Random", Origin.UNRESOLVED)]
    assert details.artifacts == []
    assert details.load_path == [tmp_path / "depot/environments/v1.11"]
    assert environments.details(tmp_path / "depot/environments/v1.11").load_path == []


def test_open_documents_count_before_the_disk(environments: Environments, home: Path) -> None:
    def read(path: Path) -> "tuple[str, Problem | None]":
        return (f'[deps]\nTyped = "{UNKNOWN}"\n', None) if path == home / "p/Project.toml" else read_text(path)

    assert [package.name for package in environments.details(home / "p", read).packages] == ["Typed"]
    loaded = environments.for_script(home / "p/src/main.jl", read).loaded
    assert loaded is not None
    assert list(loaded.project.deps) == ["Typed"]


@pytest.mark.julia
async def test_julia_resolves(environments: Environments, home: Path) -> None:
    if shutil.which("julia") is None:
        pytest.skip("no Julia on this computer")
    lines = Lines()
    await environments.mend(home / "p", Mending.RESOLVE, lines)
    details = environments.details(home / "p")
    assert {package.name: package.origin for package in details.packages}["Random"] is Origin.STDLIB
    assert any("Manifest.toml" in line for line in lines.said)


@pytest.mark.julia
async def test_julia_says_why_it_could_not(environments: Environments, home: Path) -> None:
    if shutil.which("julia") is None:
        pytest.skip("no Julia on this computer")
    (home / "p/Project.toml").write_text(f'[deps]\nNowhere = "{UNKNOWN}"\n')
    with pytest.raises(errors.MendFailed) as caught:
        await environments.mend(home / "p", Mending.RESOLVE, Silent())
    assert "Nowhere" in caught.value.data["reason"]
    assert "Stacktrace" not in str(caught.value)
    assert "ERROR" not in str(caught.value)


async def test_without_julia(environments: Environments, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    with pytest.raises(errors.JuliaMissing, match="Install it"):
        await environments.mend(home / "p", Mending.RESOLVE, Silent())
    with pytest.raises(errors.NoEnvironment):
        await environments.mend(home / "empty", Mending.RESOLVE, Silent())


async def test_cancelling_ends_all_that_was_started(tmp_path: Path) -> None:
    child = "import time; time.sleep(600)"
    code = (
        f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {child!r}]).pid, flush=True); {child}"
    )
    lines = Lines()
    work = asyncio.create_task(run_pkg([sys.executable, "-c", code], tmp_path, Mending.RESOLVE, lines))
    await asyncio.wait_for(lines.first.wait(), 20)
    started = psutil.Process(int(lines.said[0]))
    family = [started, *started.parents()[:1]]
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    _, alive = psutil.wait_procs(family, timeout=20)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


async def test_the_last_lines_are_told_when_there_is_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('50 %\\r100 %\\nkilled by the system'); sys.exit(3)"]
    lines = Lines()
    with pytest.raises(errors.MendFailed, match="killed by the system"):
        await run_pkg(command, tmp_path, Mending.RESOLVE, lines)
    assert lines.said == ["50 %", "100 %", "killed by the system"]
    with pytest.raises(errors.MendFailed, match="code 3"):
        await run_pkg([sys.executable, "-c", "import sys; sys.exit(3)"], tmp_path, Mending.RESOLVE, Silent())
    with pytest.raises(errors.MendFailed):
        await run_pkg([str(tmp_path / "gone")], tmp_path, Mending.RESOLVE, Silent())


@pytest.mark.parametrize(
    ("version", "channel"), [((1, 10), "+1.10"), ((1, 11), "+release"), ((1, 9), None), (None, None)]
)
def test_juliaup_starts_the_julia_of_the_manifest(
    tmp_path: Path, version: "tuple[int, int] | None", channel: "str | None"
) -> None:
    environ = with_juliaup(tmp_path)
    julia = str(tmp_path / "bin" / NAMES[0])
    assert find_julia(version, environ) == [julia, *([channel] if channel else [])]
    (tmp_path / "bin" / NAMES[1]).unlink()
    assert find_julia(version, environ) == [julia], "a Julia that is no launcher knows no channels"


NAMES = ("julia.exe", "juliaup.exe") if sys.platform == "win32" else ("julia", "juliaup")


def with_juliaup(folder: Path) -> "dict[str, str]":
    for name in NAMES:
        file = folder / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("")
        file.chmod(0o755)
    channels = {"1.10": {"Version": "1.10.9+0.x64"}, "release": {"Version": "1.11.4+0.x64"}, "odd": {}}
    state = folder / "up" / "juliaup" / "juliaup.json"
    state.parent.mkdir(parents=True)
    state.write_text(json.dumps({"InstalledChannels": channels}))
    return {"PATH": str(folder / "bin"), "JULIAUP_DEPOT_PATH": str(folder / "up")}
