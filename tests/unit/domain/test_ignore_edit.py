"""Buttons that include and exclude edit `.juliabundleignore` as a careful person would."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.ignore_edit import governing_file, set_rule
from juliahub_ls.domain.bundles.ignore_rules import parse_ignore_rules
from juliahub_ls.domain.bundles.walk import walk_tree

from .conftest import MakeTree

FILE = Path(".juliabundleignore")


@pytest.mark.parametrize(
    ("text", "path", "included", "expected"),
    [
        ("", "a.csv", False, "a.csv\n"),
        ("# mine\n*.log", "a.csv", False, "# mine\n*.log\na.csv\n"),
        ("# mine\r\n*.log\r\n", "a.csv", False, "# mine\r\n*.log\r\na.csv\r\n"),
        ("# mine\r\n*.log", "a.csv", False, "# mine\r\n*.log\r\na.csv\r\n"),
        ("\ufeffa.csv\n", "b.csv", False, "\ufeffa.csv\nb.csv\n"),
        ("\ufeffa.csv\n", "a.csv", True, "\ufeff"),
        ("data/\n", "data/", False, "data/\n"),
        ("", "data/", False, "data/\n"),
        ("data/\n", "data/", True, ""),
        ("# big\ndata/\nout/\n", "data/", True, "# big\nout/\n"),
        ("a\r\ndata", "data/", True, "a"),
        ("*.csv\n", "a.csv", True, "*.csv\n!a.csv\n"),
        ("*.csv\n!a.csv\n", "a.csv", False, "*.csv\n"),
        ("!a.csv\n", "a.csv", False, "a.csv\n"),
        ("*.csv\n!a.csv\n", "a.csv", True, "*.csv\n!a.csv\n"),
        ("", "config/.env", True, "!config/.env\n"),
        ("!config/.env\n", "config/.env", True, "!config/.env\n"),
        ("!config/*\n", "config/.env", True, "!config/*\n!config/.env\n"),
        ("data/\n", "data/keep.csv", True, "data/*\n!data/\n!data/keep.csv\n"),
        ("d*\n", "data/x/keep.csv", True, "d*\ndata/*\n!data/\n!data/x/\n!data/x/keep.csv\n"),
        ("data/*\n!data/\n!data/a\n", "data/b", True, "data/*\n!data/\n!data/a\n!data/b\n"),
        ("data/*\n!data/\n!data/a\n", "data/a", False, "data/*\n!data/\n"),
        ("data*\n*.log\n", "data/", True, "data*\n!data/\n!data/*\n*.log\n"),
        ("dat[a-c]\n", "data/", True, "dat[a-c]\n!data/\n"),
        ("data/\n", "data/sub/", True, "data/*\n!data/sub/\n!data/sub/*\n!data/\n"),
        ("", "a*b?[c]\\d", False, "a\\*b\\?\\[c]\\\\d\n"),
        ("", "#a", False, "\\#a\n"),
        ("", "!a", False, "\\!a\n"),
        ("x\n!*\n!\\!a\n", "!a", False, "x\n!*\n\\!a\n"),
        ("", " a ", False, "[ ]a[ ]\n"),
        ("[ ]a[ ]\n", " a ", True, ""),
        ("", "a\nb", False, "a[[:cntrl:]]b\n"),
    ],
)
def test_edits(text: str, path: str, included: bool, expected: str) -> None:
    assert set_rule(text, path, is_directory=path.endswith("/"), included=included) == expected


NAMES = st.sampled_from(["a", "b", "ab", "a.c", "*", "[a]", "#b", " a", "!", "a\\"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
PIECES = st.sampled_from(["a", "b", "/", "*", "?", ".c", "!", "[ab]", "\\*", "#", " "])
LINES = st.lists(PIECES, max_size=5).map("".join) | PATHS | PATHS.map("!{}".format) | PATHS.map("{}/".format)
TEXTS = st.lists(LINES, max_size=5).flatmap(
    lambda lines: st.sampled_from(["\n".join(lines), "\r\n".join([*lines, ""]), "# note\n" + "\n".join(lines)])
)


def walked(text: str, files: frozenset[str]) -> set[str]:
    """What a walk lets in: every folder above a file is judged before it."""
    rules = parse_ignore_rules(text, FILE)
    return {file for file in files if not any(judged(rules.decide, prefix, file) for prefix in prefixes(file))}


def judged(decide: object, prefix: str, file: str) -> bool:
    rule = decide(prefix, prefix != file)  # type: ignore[operator]
    return rule is not None and not rule.includes


def prefixes(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts) + 1))


def consistent(files: frozenset[str]) -> frozenset[str]:
    """Without files that would have to be folders, too."""
    folders = {prefix for file in files for prefix in prefixes(file) if prefix != file}
    return frozenset(files - folders)


@given(TEXTS, st.frozensets(PATHS, min_size=1, max_size=12).map(consistent), st.data())
def test_a_file_gets_the_fate_it_should_and_no_other_file_notices(
    text: str, files: frozenset[str], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted(files)))
    included = data.draw(st.booleans())
    after = set_rule(text, path, is_directory=False, included=included)
    assert walked(after, files) - {path} == walked(text, files) - {path}
    assert (path in walked(after, files)) is included
    again = set_rule(after, path, is_directory=False, included=included)  # to let in what goes in names it
    assert set_rule(again, path, is_directory=False, included=included) == again
    assert included or again == after
    assert [line for line in after.split("\n") if line.startswith("#")] == [
        line for line in text.split("\n") if line.startswith("#")
    ]


@given(TEXTS, st.frozensets(PATHS, min_size=1, max_size=12).map(consistent), st.data())
def test_a_folder_gets_the_fate_it_should_and_nothing_beside_it_notices(
    text: str, files: frozenset[str], data: st.DataObject
) -> None:
    folders = sorted({prefix for file in files for prefix in prefixes(file) if prefix != file}) or ["zz"]
    path = data.draw(st.sampled_from(folders))
    included = data.draw(st.booleans())
    after = set_rule(text, path, is_directory=True, included=included)
    below = {file for file in files if file.startswith(path + "/")}
    assert walked(after, files) - below == walked(text, files) - below
    rules = parse_ignore_rules(after, FILE)
    out = any(rule and not rule.includes for rule in (rules.decide(prefix, True) for prefix in prefixes(path)))
    assert out is not included
    if not included:
        assert not walked(after, files) & below
    else:
        assert walked(text, files) & below <= walked(after, files)


@given(TEXTS, PATHS, st.booleans())
def test_leaving_out_and_letting_in_again_leaves_no_trace(text: str, path: str, is_directory: bool) -> None:
    rules = parse_ignore_rules(text, FILE)
    if any(rules.decide(prefix, True) or rules.decide(prefix, False) for prefix in prefixes(path)):
        return
    out = set_rule(text, path, is_directory=is_directory, included=False)
    again = set_rule(out, path, is_directory=is_directory, included=True)
    assert again.rstrip("\r\n") == text.rstrip("\r\n")


def test_the_governing_file(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            ".juliabundleignore": "out/\n",
            "sub/.juliabundleignore": "",
            "sub/deep/a": "",
            "out/.juliabundleignore": "",
            "out/x": "",
        }
    )
    assert governing_file(top, "a") == (top / FILE, "a")
    assert governing_file(top, "sub/") == (top / FILE, "sub")
    assert governing_file(top, "sub/deep/a") == (top / "sub" / FILE, "deep/a")
    assert governing_file(top, "out/x") == (top / FILE, "out/x")
    assert governing_file(top / "sub/deep", "a") == (top / "sub/deep" / FILE, "a")
    assert governing_file(top, ".bundle/dev/A") == (top / FILE, ".bundle/dev/A")


def test_the_walk_does_what_the_button_said(make_tree: MakeTree) -> None:
    top = make_tree({".juliabundleignore": "data*\n", "data/a": "", "data/deep/b": "", "data/deep/c": "", "data2": ""})
    file, path = governing_file(top, "data/deep/b")
    file.write_text(set_rule(file.read_text(), path, is_directory=False, included=True))
    assert [found.archive_path for found in walk_tree(top, "", None).files] == [".juliabundleignore", "data/deep/b"]


def test_a_secret_is_let_in_by_name_alone(make_tree: MakeTree) -> None:
    top = make_tree({"config/.env": "", ".juliabundleignore": "!config/*\n"})
    assert [found.archive_path for found in walk_tree(top, "", None).files] == [".juliabundleignore"]
    file, path = governing_file(top, "config/.env")
    file.write_text(set_rule(file.read_text(), path, is_directory=False, included=True))
    assert "config/.env" in [found.archive_path for found in walk_tree(top, "", None).files]
