"""`.juliabundleignore` against the tables of the protocol (§6.3) and against a matcher made for the purpose."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.glob_pattern import GlobError, glob_to_regex
from juliahub_ls.domain.bundles.ignore_rules import parse_ignore_rules
from juliahub_ls.domain.bundles.walk import Tree, walk_tree

from .conftest import MakeTree

FILE = Path(".juliabundleignore")


def excluded(text: str, path: str) -> bool:
    """Whether a path (a folder's ends in `/`) is left out, judging it and each folder above it as the walk does."""
    rules = parse_ignore_rules(text, FILE)
    parts = path.rstrip("/").split("/")
    for count in range(1, len(parts) + 1):
        rule = rules.decide("/".join(parts[:count]), count < len(parts) or path.endswith("/"))
        if rule and not rule.includes:
            return True
    return False


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("foo.csv", "foo.csv", True),
        ("foo.csv", "dir1/foo.csv", False),
        ("*/foo.csv", "dir1/foo.csv", True),
        ("*/foo.csv", "a/b/foo.csv", True),
        ("*/foo.csv", "foo.csv", False),
        ("*.exe", "a.exe", True),
        ("*.exe", "a/b/c.exe", True),
        ("*.exe", ".exe", True),
        ("*.exe", "a/.hidden.exe", True),
        ("*.exe", "a.EXE", False),
        ("output-data/", "output-data/", True),
        ("output-data/", "output-data/x/y.csv", True),
        ("output-data/", "a/output-data/", False),
        ("output-data/", "output-data", False),
        ("output-data", "output-data/", True),
        ("/foo", "foo", False),
        ("**/foo", "a/foo", True),
        ("**/foo", "a/b/foo", True),
        ("**/foo", "foo", False),
        ("*\n!programs/\n!programs/*", "main.jl", True),
        ("*\n!programs/\n!programs/*", ".bundle/", True),
        ("*\n!programs/\n!programs/*", ".bundle/dev/A/src/A.jl", True),
        ("*\n!programs/\n!programs/*", "programs/", False),
        ("*\n!programs/\n!programs/*", "programs/a/b.jl", False),
        ("data/\n!data/keep.csv", "data/keep.csv", True),
        ("data/*\n!data/keep.csv", "data/keep.csv", True),  # `data/` matches: not entered
        ("data/*\n!data/keep.csv", "data/drop.csv", True),
        ("!a\na", "a", True),
        ("a\n!a", "a", False),
        ("", "a", False),
        ("# a\n\n   \n", "a", False),
        ("  a  ", "a", True),
        ("a\r\nb\r\n", "a", True),
        (r"\#a", "#a", True),
        (r"\!a", "!a", True),
        (r"!\!a", "!a", False),
        ("a b", "a b", True),
        ("a?c", "a/c", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("[ab].jl", "a.jl", True),
        ("[!ab].jl", "a.jl", False),
        ("[!ab].jl", "c.jl", True),
        ("[a-c]", "b", True),
        ("[a-c]", "d", False),
        ("[c-a]", "b", False),
        ("[]a]", "]", True),
        ("[!]a]", "b", True),
        ("[!]a]", "]", False),
        ("[a-]", "-", True),
        ("[-a]", "-", True),
        ("[[:digit:]x]", "7", True),
        ("[[:digit:]x]", "x", True),
        ("[[:digit:]x]", "y", False),
        ("[![:alpha:]]", "1", True),
        ("[[:alpha:]]", "é", True),
        ("[[:upper:]][[:lower:]]", "Ab", True),
        ("[[:space:]]", " ", True),
        ("[[=a=]]", "a", True),
        ("[[.-.]a]", "-", True),
        ("[a", "[a", True),
        ("[a", "a", False),
        (r"[\]", "\\", True),
        (r"\*", "*", True),
        (r"\*", "a", False),
        ("a\\", "a\\", True),
        ("[^a]", "^", True),
        ("[^a]", "b", False),
        ("a+b(c)|d.$", "a+b(c)|d.$", True),
        ("ä*", "äö/ü", True),
        ("***", "anything/at/all", True),
        ("a*b*c", "axbxbxc", True),
        ("a*b*c", "axcxb", False),
    ],
)
def test_rules(text: str, path: str, expected: bool) -> None:
    assert excluded(text, path) is expected


def test_every_rule_knows_its_line() -> None:
    rules = parse_ignore_rules("# head\n\n*.csv\n!keep.csv\n", FILE)
    rule = rules.decide("keep.csv", False)
    assert rule is not None
    assert (rule.line, rule.text, rule.includes, rule.file) == (4, "!keep.csv", True, FILE)
    assert str(rule) == ".juliabundleignore:4"
    assert rules.decide("main.jl", False) is None


@pytest.mark.parametrize("pattern", ["[[:nonsense:]]", "[[=ab=]]", "[a-[:digit:]]"])
def test_a_pattern_that_means_nothing_is_reported(pattern: str) -> None:
    with pytest.raises(GlobError):
        glob_to_regex(pattern)
    rules = parse_ignore_rules(f"x\n{pattern}\n", FILE)
    (problem,) = rules.problems
    assert problem.code == "invalid-ignore-rule"
    assert problem.range is not None
    assert problem.range.start_line == 1
    assert len(rules.compiled) == 1


def matches(pattern: str, text: str) -> bool:
    """Globs without classes, by definition."""
    if not pattern:
        return not text
    head, rest = pattern[0], pattern[1:]
    if head == "*":
        return any(matches(rest, text[start:]) for start in range(len(text) + 1))
    if head == "\\" and rest:
        head, rest = rest[0], rest[1:]
    elif head == "?":
        return bool(text) and matches(rest, text[1:])
    return text[:1] == head and matches(rest, text[1:])


@given(st.text("ab/.*?\\", max_size=8), st.text("ab/.*?\\", max_size=8))
def test_globs_match_as_defined(pattern: str, text: str) -> None:
    assert bool(glob_to_regex(pattern).fullmatch(text)) is matches(pattern, text)


@given(st.text(max_size=30))
def test_any_pattern_compiles_or_is_reported(pattern: str) -> None:
    parse_ignore_rules(pattern, FILE)


@given(st.text(string.printable, max_size=12))
def test_an_escaped_text_matches_itself_only(text: str) -> None:
    pattern = glob_to_regex("".join("\\" + character for character in text))
    assert pattern.fullmatch(text)
    assert not pattern.fullmatch(text + "x")


def test_many_stars_take_no_time() -> None:
    assert not glob_to_regex("*a" * 30 + "b").fullmatch("a" * 5000)


def paths(tree: Tree) -> set[str]:
    return {file.archive_path for file in tree.files} - {".juliabundleignore", "sub/.juliabundleignore"}


def test_only_the_nearest_ignore_file_counts(make_tree: MakeTree) -> None:
    top = make_tree(
        {
            ".juliabundleignore": "*.csv\n",
            "a.csv": "",
            "sub/.juliabundleignore": "*.txt\n",
            "sub/b.csv": "",
            "sub/b.txt": "",
            "sub/deep/c.csv": "",
            "sub/deep/c.txt": "",
            "other/d.csv": "",
            "other/d.txt": "",
        }
    )
    assert paths(walk_tree(top, "", None)) == {"sub/b.csv", "sub/deep/c.csv", "other/d.txt"}


def test_an_ignore_file_sees_paths_from_its_own_folder(make_tree: MakeTree) -> None:
    top = make_tree({"sub/.juliabundleignore": "out/\n", "sub/out/a": "", "sub/x/out/b": "", "out/c": ""})
    assert paths(walk_tree(top, "", None)) == {"sub/x/out/b", "out/c"}


def test_the_ignore_file_of_a_folder_does_not_judge_the_folder(make_tree: MakeTree) -> None:
    top = make_tree({"sub/.juliabundleignore": "*\n", "sub/a": ""})
    tree = walk_tree(top, "", None)
    assert tree.files == []
    assert tree.empty_directories == ["sub"]


def test_what_is_left_out_says_by_which_rule(make_tree: MakeTree) -> None:
    top = make_tree({".juliabundleignore": "# data stays\n*.csv\nout/\n", "a.csv": "12345", "out/b": ""})
    left = {item.path: item for item in walk_tree(top, "", None).left_out}
    assert left["a.csv"].rule is not None
    assert (left["a.csv"].rule.line, left["a.csv"].size, left["a.csv"].is_directory) == (2, 5, False)
    assert left["out"].rule is not None
    assert (left["out"].rule.text, left["out"].size, left["out"].is_directory) == ("out/", None, True)


def test_an_ignore_file_that_is_not_text_is_an_error(make_tree: MakeTree) -> None:
    top = make_tree({".juliabundleignore": b"\xff\xfe", "a": ""})
    assert [problem.code for problem in walk_tree(top, "", None).problems] == ["ignore-file-unreadable"]
