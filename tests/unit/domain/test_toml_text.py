"""Reading TOML that may be broken: everything that can be understood is, with the place of what cannot."""

import os
from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.environments.artifacts import parse_artifacts
from juliahub_ls.domain.environments.manifest import parse_manifest
from juliahub_ls.domain.environments.project import parse_project
from juliahub_ls.domain.problem import Range
from juliahub_ls.domain.toml.text import parse_toml, read_text
from juliahub_ls.domain.toml.writer import write_toml


def test_a_broken_line_is_reported_with_its_place_and_the_rest_is_kept() -> None:
    document = parse_toml('name = "A"\nuuid = = 1\n[deps]\nB = "x"\n', Path("Project.toml"))
    assert document.table == {"name": "A", "deps": {"B": "x"}}
    (problem,) = document.problems
    assert problem.code == "toml-syntax"
    assert problem.range == Range(1, 7, 1, 10)
    assert "line 2, column 8" in problem.message


def test_several_broken_lines_are_all_reported() -> None:
    document = parse_toml('a = \nb = 1\nc = "\nd = 2\n')
    assert document.table == {"b": 1, "d": 2}
    assert [problem.range and problem.range.start_line for problem in document.problems] == [0, 2]


@pytest.mark.parametrize(
    "text",
    ["[" * 5000, "a = " + "[" * 5000, "a = " + "9" * 5000, '"""', "a.b = 1\na = 2", "\x00", "\ufeffa = 1", "a = '''\n"],
)
def test_nothing_raises(text: str) -> None:
    parse_toml(text)


@given(st.text(alphabet="[]{}=\"'abc.\n 0123#\\,-T:", max_size=200))
def test_no_reader_raises_on_any_text(text: str) -> None:
    parse_toml(text)
    parse_project(text)
    parse_manifest(text)
    parse_artifacts(text)


_scalars = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=8), st.floats(allow_nan=False))
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@given(st.dictionaries(st.text(max_size=5), _values, max_size=4))
def test_what_is_written_reads_back_the_same(table: dict[str, object]) -> None:
    assert tomli.loads(write_toml(table)) == table


@given(st.dictionaries(st.sampled_from(["name", "deps", "uuid", "manifest_format", "sources", "A"]), _values))
def test_no_reader_raises_on_any_shape(table: dict[str, object]) -> None:
    text = write_toml(table)
    parse_project(text)
    parse_manifest(text)
    parse_artifacts(text)


def test_files_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"a = '\xe9'")
    assert read_text(tmp_path / "latin.toml")[1].code == "file-not-utf8"  # type: ignore[union-attr]
    assert read_text(tmp_path / "absent.toml")[1].code == "file-unreadable"  # type: ignore[union-attr]
    assert read_text(tmp_path)[1].code == "file-unreadable"  # type: ignore[union-attr]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Project.toml")
    assert read_text(tmp_path / "Project.toml")[1].code == "file-unreadable"  # type: ignore[union-attr]
