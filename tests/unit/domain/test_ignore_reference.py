"""Whole trees of ignore files against a second implementation, made from the protocol's sentences alone (§6.3)."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juliahub_ls.domain.bundles.glob_pattern import GlobError, escape_glob, glob_to_regex, only_match
from juliahub_ls.domain.bundles.ignore_rules import IGNORE_FILE, parse_ignore_rules
from juliahub_ls.domain.bundles.walk import walk_tree


def matches(pattern: str, text: str) -> bool:
    """A glob by definition, one character at a time."""
    if not pattern:
        return not text
    head, rest = pattern[0], pattern[1:]
    if head == "*":
        return matches(rest, text) or (bool(text) and matches(pattern, text[1:]))
    if head == "?":
        return bool(text) and matches(rest, text[1:])
    if head == "[":
        members = bracket(rest)
        if members is not None:
            negated, allowed, after = members
            return bool(text) and (text[0] in allowed) is not negated and matches(after, text[1:])
    if head == "\\" and rest:
        head, rest = rest[0], rest[1:]
    return text[:1] == head and matches(rest, text[1:])


CLASSES = {"digit": "0123456789", "alpha": "abcäxyzABC", "upper": "ABC", "space": " \t", "punct": "!-#*.[\\]/"}


def bracket(rest: str) -> tuple[bool, set[str], str] | None:
    """Negated, members, and what follows; None when it is never closed."""
    negated = rest.startswith("!")
    position = int(negated)
    allowed: set[str] = set()
    start = position
    while position < len(rest):
        if rest[position] == "]" and position > start:
            return negated, allowed, rest[position + 1 :]
        name = next((name for name in CLASSES if rest.startswith(f"[:{name}:]", position)), None)
        if name:
            allowed |= set(CLASSES[name])
            position += len(name) + 4
        elif rest[position + 1 : position + 2] == "-" and rest[position + 2 : position + 3] not in ("", "]"):
            allowed |= {chr(code) for code in range(ord(rest[position]), ord(rest[position + 2]) + 1)}
            position += 3
        elif rest[position + 1 : position + 2] == "-" and not rest[position + 2 : position + 3]:
            return None
        else:
            allowed.add(rest[position])
            position += 1
    return None


PIECES = st.sampled_from(
    ["a", "b", "ä", "A", "/", ".", "*", "?", "[", "]", "!", "-", "\\", "1", "[ab]", "[!a]", "[a-c]", "[[:digit:]]"]
)
GLOBS = st.lists(PIECES, max_size=6).map("".join)
TEXTS = st.text("abcäA1/.[]!-\\", max_size=6)


@given(GLOBS, TEXTS)
def test_patterns(pattern: str, text: str) -> None:
    try:
        compiled = glob_to_regex(pattern)
    except GlobError:
        return
    assert bool(compiled.fullmatch(text)) is matches(pattern, text)


@given(GLOBS, TEXTS)
def test_a_pattern_with_one_match_says_so(pattern: str, text: str) -> None:
    only = only_match(pattern)
    if only is not None:
        assert matches(pattern, only)
        assert matches(pattern, text) is (text == only)


@given(st.text("ab *?[]!#\\/-:=.\t\u00a0ä", min_size=1, max_size=8))
def test_an_escaped_path_is_a_literal_rule(path: str) -> None:
    for line in (escape_glob(path), f"!{escape_glob(path)}"):
        (parsed,) = parse_ignore_rules(f"# x\n{line}\n", Path(IGNORE_FILE)).compiled
        rule, pattern = parsed
        assert rule.literal
        assert rule.includes is line.startswith("!")
        assert pattern.fullmatch(path)


NAMES = st.sampled_from(["a", "b", "ab", ".c", "1", "ä"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
LINES = GLOBS | PATHS | st.builds("!{}".format, PATHS | GLOBS) | st.builds("{}/".format, PATHS) | st.just("# a")
RULES = st.lists(LINES, max_size=4).map("\n".join)


def consistent(files: frozenset[str]) -> list[str]:
    above = {"/".join(file.split("/")[:count]) for file in files for count in range(1, file.count("/") + 1)}
    return sorted(files - above)


def goes_in(path: str, rules: dict[str, str]) -> bool:
    """§6.3: nearest file only, path relative to it, last match wins, an excluded folder takes all below along."""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        current, is_directory = "/".join(parts[:count]), count < len(parts)
        nearest = next(folder for folder in folders_above(current) if folder in rules or not folder)
        relative = current[len(nearest) + 1 :] if nearest else current
        included = True
        for raw in rules.get(nearest, "").split("\n"):
            line = raw.strip()
            if line and not line.startswith("#"):
                pattern = line.removeprefix("!")
                if matches(pattern, relative) or (is_directory and matches(pattern, relative + "/")):
                    included = line.startswith("!")
        if not included:
            return False
    return True


def folders_above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts) - 1, -1, -1)]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reference")


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=80)
@given(
    st.frozensets(PATHS, min_size=1, max_size=10).map(consistent),
    st.dictionaries(st.sampled_from(["", "a", "b", "a/b"]), RULES, max_size=3),
)
def test_trees(room: Path, files: list[str], rules: dict[str, str]) -> None:
    shutil.rmtree(room)
    for file in files:
        (room / file).parent.mkdir(parents=True, exist_ok=True)
        (room / file).write_text("")
    there = {folder: text for folder, text in rules.items() if (room / folder).is_dir() or not folder}
    for folder, text in there.items():
        (room / folder).mkdir(exist_ok=True, parents=True)
        (room / folder / IGNORE_FILE).write_text(text, encoding="utf-8", newline="")
    found = {file.archive_path for file in walk_tree(room, "", None).files}
    assert {path for path in found if not path.endswith(IGNORE_FILE)} == {
        file for file in files if goes_in(file, there)
    }
