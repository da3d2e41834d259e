"""`scan` and `bundle`: shapes, the list of files, the archive, secrets."""

import hashlib
import tarfile
from pathlib import Path

import pytest

from juliahub_ls.lsp.protocol.bundles import BundlePlan, WriteBundleResult
from juliahub_ls.lsp.protocol.environments import EnvironmentsResult
from tests.support.cli import Cli
from tests.support.payload_shapes import assert_shape


@pytest.fixture
def project(cli: Cli) -> Path:
    """A project with a data folder that stays home, a secret, and a development package outside."""
    folder = cli.folder / "Pi"
    (folder / "data").mkdir(parents=True)
    (folder / "main.jl").write_text("println(1)\n")
    (folder / "data" / "raw.bin").write_bytes(bytes(2000))
    (folder / ".env").write_text("TOKEN=1\n")
    (folder / ".juliabundleignore").write_text("# not needed\ndata/\n")
    uuid = "11111111-2222-3333-4444-555555555555"
    (folder / "Project.toml").write_text(f'name = "Pi"\n[deps]\nTools = "{uuid}"\n')
    (folder / "Manifest.toml").write_text(
        f'julia_version = "1.10.4"\nmanifest_format = "2.0"\n[[deps.Tools]]\npath = "../Tools"\nuuid = "{uuid}"\n'
    )
    tools = cli.folder / "Tools"
    (tools / "src").mkdir(parents=True)
    (tools / "Project.toml").write_text(f'name = "Tools"\nuuid = "{uuid}"\nversion = "0.1.0"\n')
    (tools / "src" / "Tools.jl").write_text("module Tools end\n")
    return folder


def test_scan_finds_environments(cli: Cli, project: Path) -> None:
    ran = cli.run("scan", "--json")
    assert ran.code == 0
    assert_shape(EnvironmentsResult, ran.document)
    assert [found["name"] for found in ran.document["environments"]] == ["Pi", "Tools"]
    first = cli.run("scan").stdout.splitlines()[0]
    assert first.split() == ["Pi", "Julia", "1.10.4", "1", "dependency", "Pi"]


def test_scan_of_nothing_says_so(cli: Cli) -> None:
    (cli.folder / "empty").mkdir()
    ran = cli.run("scan", "empty")
    assert ran.code == 0
    assert ran.stdout.startswith("No Julia environment below")


def test_a_preview_writes_nothing_but_its_cache(cli: Cli, project: Path) -> None:
    before = outside_the_cache(cli)
    ran = cli.run("bundle", project, "--json")
    assert ran.code == 0
    assert_shape(BundlePlan, ran.document)
    paths = {file["path"] for file in ran.document["files"]}
    assert {"main.jl", "Project.toml", "Manifest.toml", ".bundle/dev/Tools/src/Tools.jl"} <= paths
    left_out = {item["path"]: item for item in ran.document["leftOut"]}
    rule = left_out["data"]["rule"]
    assert (rule["uri"], rule["line"]) == ((project / ".juliabundleignore").as_uri(), 2)
    assert rule["text"] == "data/"
    assert left_out[".env"]["reason"] == "looks like a secret"
    assert outside_the_cache(cli) == before


def outside_the_cache(cli: Cli) -> list[Path]:
    """What there is of this user but what was found in files that have lain there for a while."""
    return sorted(path for path in cli.folder.rglob("*") if path.relative_to(cli.folder).parts[0] != "cache")


def test_the_words_of_a_preview(cli: Cli, project: Path) -> None:
    told = cli.run("bundle", project).stdout
    assert "Tools          a development package, from ../Tools" in told
    assert ".env   looks like a secret" in told
    assert "data/  .juliabundleignore:2" in told
    assert told.rstrip().splitlines()[-1] == "Nothing was written; `-o FILE` writes the archive."


def test_the_list_has_every_file_and_its_rule(cli: Cli, project: Path) -> None:
    (project / "data" / "keep.csv").write_text("1\n")
    (project / ".juliabundleignore").write_text("# not needed\ndata/*.bin\n!main.jl\n")
    lines = cli.run("bundle", project, "--list").stdout.splitlines()
    goes, stays = ([line.split() for line in lines if line.startswith(sign)] for sign in "+-")
    plan = cli.run("bundle", project, "--json").document
    assert len(goes) == plan["fileCount"]
    assert [words[3:] for words in stays if words[3] == "data/raw.bin"] == [
        ["data/raw.bin", ".juliabundleignore:2", "data/*.bin"]
    ]
    assert [words[4:] for words in goes if words[3] == "main.jl"] == [[".juliabundleignore:3", "!main.jl"]]
    totals = [line.split() for line in lines[: lines.index("")]]
    assert ["2", "B", "1", "file", "data/"] in totals
    assert [words[4] for words in totals][:2] == [".bundle/", ".bundle/dev/"], "the heaviest first"


def test_rules_are_edited_and_told(cli: Cli, project: Path) -> None:
    rules = project / ".juliabundleignore"
    ran = cli.run("bundle", project, "--exclude", "main.jl", "--include", "Pi/.env")
    assert ran.stdout.splitlines()[:2] == ["Pi/.juliabundleignore:3  + main.jl", "Pi/.juliabundleignore:4  + !.env"]
    assert rules.read_text() == "# not needed\ndata/\nmain.jl\n!.env\n"
    plan = cli.run("bundle", project, "--json").document
    assert {".env"} == {file["path"] for file in plan["files"]} & {".env", "main.jl"}
    again = cli.run("bundle", project, "--exclude", "main.jl", "--include", "data")
    assert "main.jl stays home already" in again.stdout
    assert "Pi/.juliabundleignore:2  - data/" in again.stdout
    before = rules.read_text()
    wrong = cli.run("bundle", project, "--exclude", "data", "--exclude", "gone", "--json")
    assert (wrong.code, wrong.error["code"]) == (2, "invalid-params")
    assert rules.read_text() == before, "all paths are looked at before the first rule is written"


def test_what_git_ignores_stays_home_when_asked(cli: Cli, project: Path) -> None:
    (project / ".gitignore").write_text("main.jl\n")
    sent = [
        "main.jl" in {file["path"] for file in cli.run("bundle", project, *options, "--json").document["files"]}
        for options in ([], ["--gitignore"])
    ]
    assert sent == [True, False]


def test_the_archive_is_what_was_told(cli: Cli, project: Path) -> None:
    ran = cli.run("bundle", project, "-o", "pi.tar", "--allow", ".env", "--json")
    assert ran.code == 0
    assert_shape(WriteBundleResult, ran.document)
    archive = cli.folder / "pi.tar"
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == ran.document["sha256"]
    assert archive.stat().st_size == ran.document["size"]
    with tarfile.open(archive) as tar:
        names = {member.name for member in tar}
    assert "Pi/.env" in names
    assert "Pi/data/raw.bin" not in names
    told = cli.run("bundle", project, "-o", "pi.tar")
    assert f"Written to {archive}" in told.stdout
