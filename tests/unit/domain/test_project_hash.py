"""The hash that ties a manifest to its project, as each generation of Julia's package manager writes it."""

import hashlib
from pathlib import Path

import pytest

from juliahub_ls.domain.environments.manifest import parse_manifest, read_manifest
from juliahub_ls.domain.environments.project import Project, parse_project, read_project
from juliahub_ls.domain.environments.project_hash import Currency, currency, project_hashes

A, B, C, P = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abcf")
PACKAGE = parse_project(
    f"""
    name = "Mine"
    uuid = "{P}"
    [deps]
    B = "{B}"
    A = "{A}"
    [weakdeps]
    B = "{B}"
    [compat]
    julia = "1.6"
    A = "0.2.3, 1"
    """
)
OLD_COMPAT = "A=[0.2.3{dash}0.2, 1]\njulia=1.6.0{dash}1\n"


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def manifest_by(version: str, project_hash: str, entries: str = "") -> str:
    return f'julia_version = "{version}"\nmanifest_format = "2.0"\nproject_hash = "{project_hash}"\n{entries}'


@pytest.mark.parametrize(
    ("generation", "text"),
    [
        ("1.7", f"A={A}\nB={B}\n" + OLD_COMPAT.format(dash="-")),
        ("1.9", f"A={A}\n" + OLD_COMPAT.format(dash="-")),
        ("1.11", f"A={A}\n" + OLD_COMPAT.format(dash=" - ")),
        ("1.12", f"A={A}\nMine={P}\n\nB={B}\n\nA=[0.2.3 - 0.2, 1]\nB=*\nMine=*\n"),
    ],
)
def test_what_each_generation_hashes(generation: str, text: str) -> None:
    assert sha1(text) in project_hashes([PACKAGE])
    assert currency(parse_manifest(manifest_by(f"{generation}.3", sha1(text))), [PACKAGE]) is Currency.CURRENT


def test_a_workspace_is_hashed_as_one() -> None:
    root = parse_project(f'[deps]\nA = "{A}"\n[compat]\nA = "1.2"\n[workspace]\nprojects = ["test"]\n')
    member = parse_project(f'[deps]\nA = "{A}"\nC = "{C}"\n[compat]\nA = "1.3 - 2"\n')
    text = f"A={A}\nC={C}\n\n\nA=1.3 - 1\nC=*\n"
    assert sha1(text) in project_hashes([root, member])
    assert sha1(text) in project_hashes([member, root])
    assert sha1(text) not in project_hashes([root])


def test_julia_1_13_frees_a_standard_library_from_a_range_that_leaves_it_out() -> None:
    project = parse_project(f'[deps]\nA = "{A}"\n[compat]\nA = "1.10"\n')
    entry = f'[[deps.A]]\nuuid = "{A}"\nversion = "1.9.0"\n'
    freed = sha1(f"A={A}\n\n\nA=*\n")
    assert currency(parse_manifest(manifest_by("1.13.0", freed, entry)), [project]) is Currency.CURRENT
    assert currency(parse_manifest(manifest_by("1.13.0", freed)), [project]) is Currency.STALE


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.6.7", Currency.UNKNOWN),
        ("1.7.0", Currency.STALE),
        ("1.10.5", Currency.STALE),
        ("1.11.2", Currency.STALE),
        ("1.12.6", Currency.STALE),
        ("1.13.1", Currency.STALE),
        ("1.13.0-rc1", Currency.UNKNOWN),
        ("1.14.0", Currency.UNKNOWN),
        ("2.0.0", Currency.UNKNOWN),
        ("nonsense", Currency.UNKNOWN),
    ],
)
def test_stale_is_said_only_of_what_is_known_to_the_character(version: str, expected: Currency) -> None:
    assert currency(parse_manifest(manifest_by(version, "0" * 40)), [PACKAGE]) is expected


@pytest.mark.parametrize(
    "project",
    [
        parse_project('[compat]\nA = "what?"\n'),
        parse_project(f'name = "Own"\nuuid = "{P}"\n[deps]\nOwn = "{A}"\n'),
    ],
    ids=["compat that is none", "a name that means two packages"],
)
def test_nothing_is_said_of_a_project_that_pkg_could_not_read_or_reads_by_chance(project: Project) -> None:
    assert project_hashes([project]) == set()
    assert currency(parse_manifest(manifest_by("1.12.0", "0" * 40)), [project]) is Currency.UNKNOWN


def test_without_a_recorded_hash_nothing_is_known() -> None:
    assert (
        currency(parse_manifest('julia_version = "1.12.0"\nmanifest_format = "2.0"\n'), [PACKAGE]) is Currency.UNKNOWN
    )
    assert currency(parse_manifest(""), [PACKAGE]) is Currency.UNKNOWN


REALLY_STALE = {
    # resolved before `ClimaCalibrate` got its [compat]
    "CliMA_ClimaAtmos.jl/calibration/experiments/sphere_held_suarez_rhoe_equilmoist/Manifest.toml",
    # resolved before ADRIAIndicators became a dependency
    "open-AIMS_ADRIA.jl/ADRIA/Manifest-v1.10.toml",
}


def test_every_real_hash_is_reproduced_but_those_of_projects_that_changed_since(corpus: Path) -> None:
    found: dict[str, Currency] = {}
    for file in sorted(corpus.rglob("*Manifest*.toml")):
        project = read_project(file.parent / "Project.toml")
        found[file.relative_to(corpus).as_posix()] = currency(read_manifest(file), [project])
    assert len(found) == 13
    assert {name for name, state in found.items() if state is not Currency.CURRENT} == REALLY_STALE
    assert {found[name] for name in REALLY_STALE} == {Currency.STALE}


def test_the_older_hash_of_a_project_before_its_change(corpus: Path) -> None:
    """Without the line that was added later, the hash is the recorded one: it is stale for no other reason."""
    file = corpus / min(REALLY_STALE)
    text = (file.parent / "Project.toml").read_text("utf-8")
    before = parse_project(
        "".join(line for line in text.splitlines(True) if not line.startswith('ClimaCalibrate = "='))
    )
    assert currency(read_manifest(file), [before]) is Currency.CURRENT
