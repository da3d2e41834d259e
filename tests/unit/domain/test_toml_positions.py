"""Where keys and values stand: the same keys that the parser sees, each exactly at its place."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli
import tomli_w
from hypothesis import example, given, settings
from hypothesis import strategies as st

from juliahub_ls.domain.problem import Range
from juliahub_ls.domain.toml.positions import Entry, Place, TomlPositions
from juliahub_ls.domain.toml.text import parse_toml

MIXED = """\
name = "𝄞é" # a comment
a.b = 1
"c d" = {x = 1, y.z = [1, {q = 2}]}

[deps]
Foo = "f"
'B.C' = "b"
text = \"\"\"
one
two\"\"\"

[[deps.List]]
path = "x"

[[deps.List]]
path = "𝄞", # not a value

[deps.List.deps]
"𝄞é" = "𝄞"
"""


def cut(text: str, range_: Range) -> str:
    """The characters of a range, counted as an editor counts them."""
    lines = [line.encode("utf-16-le") for line in text.removeprefix("\ufeff").split("\n")]
    start, end = 2 * range_.start_character, 2 * range_.end_character
    if range_.start_line == range_.end_line:
        return lines[range_.start_line][start:end].decode("utf-16-le")
    between = lines[range_.start_line + 1 : range_.end_line]
    whole = [lines[range_.start_line][start:], *between, lines[range_.end_line][:end]]
    return "\n".join(line.decode("utf-16-le") for line in whole)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("name",), "name", '"𝄞é"'),
        (("a",), "a", None),
        (("a", "b"), "b", "1"),
        (("c d",), '"c d"', "{x = 1, y.z = [1, {q = 2}]}"),
        (("c d", "y"), "y", None),
        (("c d", "y", "z", 1), None, "{q = 2}"),
        (("c d", "y", "z", 1, "q"), "q", "2"),
        (("deps",), "deps", None),
        (("deps", "B.C"), "'B.C'", '"b"'),
        (("deps", "text"), "text", '"""\none\ntwo"""'),
        (("deps", "List"), "List", None),
        (("deps", "List", 0, "path"), "path", '"x"'),
        (("deps", "List", 1, "path"), None, None),
        (("deps", "List", 1, "deps"), "deps", None),
        (("deps", "List", 1, "deps", "𝄞é"), '"𝄞é"', '"𝄞"'),
        (("nothing",), None, None),
        (("deps", "Foo", "more"), None, None),
    ],
)
def test_keys_and_values(path: tuple[str | int, ...], key: str | None, value: str | None) -> None:
    places = TomlPositions(MIXED)
    found = places.key(*path)
    assert (cut(MIXED, found) if found else None) == key
    found = places.value(*path)
    assert (cut(MIXED, found) if found else None) == value


@pytest.mark.parametrize(
    ("path", "range_"),
    [
        ((), None),
        (("deps",), Range(4, 1, 4, 5)),
        (("deps", "List"), Range(11, 2, 11, 11)),
        (("deps", "List", 1), Range(14, 2, 14, 11)),
        (("deps", "List", 1, "deps"), Range(17, 1, 17, 15)),
        (("c d",), Range(2, 0, 2, 5)),
        (("a",), Range(1, 0, 1, 1)),
    ],
)
def test_headers_without_their_brackets(path: tuple[str | int, ...], range_: Range | None) -> None:
    assert TomlPositions(MIXED).table(*path) == range_


def test_the_entries_of_a_table_in_order() -> None:
    places = TomlPositions(MIXED)
    assert [entry.name for entry in places.entries()] == ["name", "c d", "deps"]
    assert [entry.name for entry in places.entries("deps")] == ["Foo", "B.C", "text", "List", "List"]
    assert places.entries("c d")[0] == Entry("x", Range(2, 9, 2, 10), Range(2, 13, 2, 14))
    assert [entry.name for entry in places.entries("deps", "List", 1, "deps")] == ["𝄞é"]
    assert places.entries("name") == []


@pytest.mark.parametrize(
    ("line", "character", "place"),
    [
        (0, 2, Place(("name",), "key", Range(0, 0, 0, 4))),
        (0, 11, Place(("name",), "value", Range(0, 7, 0, 12))),
        (0, 20, None),
        (2, 27, Place(("c d", "y", "z", 1, "q"), "key", Range(2, 27, 2, 28))),
        (2, 23, Place(("c d", "y", "z", 0), "value", Range(2, 23, 2, 24))),
        (3, 0, None),
        (4, 3, Place(("deps",), "header", Range(4, 1, 4, 5))),
        (8, 1, Place(("deps", "text"), "value", Range(7, 7, 9, 6))),
        (14, 8, Place(("deps", "List", 1), "header", Range(14, 7, 14, 11))),
        (17, 8, Place(("deps", "List", 1), "header", Range(17, 6, 17, 10))),
        (18, 2, Place(("deps", "List", 1, "deps", "𝄞é"), "key", Range(18, 0, 18, 5))),
        (99, 0, None),
    ],
)
def test_what_stands_at_a_position(line: int, character: int, place: Place | None) -> None:
    assert TomlPositions(MIXED).at(line, character) == place


def test_nothing_is_loaded_before_the_first_question() -> None:
    code = (
        "import sys, juliahub_ls.__main__, juliahub_ls.lsp.server, juliahub_ls.domain.environments.project as project\n"
        "project.parse_project('[deps]'); print('tree_sitter' in sys.modules)"
    )
    server = Path(__file__).parents[3] / "server"
    run = subprocess.run([sys.executable, "-c", code], cwd=server, capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


_names = st.one_of(st.sampled_from(["deps", "Foo", "a-b", "1", "é", "𝄞", "", "a.b", 'q"', "it's"]), st.text(max_size=4))
_scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False),
    st.text(max_size=6),
    st.datetimes(),
    st.dates(),
    st.times(),
)
_tables = st.dictionaries(
    _names,
    st.recursive(
        _scalars,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(_names, inner, max_size=3)
            | st.lists(st.dictionaries(_names, inner, max_size=3), min_size=1, max_size=3)
        ),
        max_leaves=12,
    ),
    max_size=5,
)


@settings(max_examples=150)
@given(_tables, st.booleans(), st.booleans())
@example({"deps": {"Foo": [{"path": "𝄞"}, {"deps": {"é": 1}}]}}, False, True)
def test_every_key_of_a_written_table_has_its_place(table: dict[str, Any], multiline: bool, crlf: bool) -> None:
    text = tomli_w.dumps(table, multiline_strings=multiline)
    check("\ufeff" + text.replace("\n", "\r\n") if crlf else text)


@settings(max_examples=150)
@given(_tables, st.randoms(use_true_random=False))
def test_every_key_of_a_table_written_by_hand_has_its_place(table: dict[str, Any], random: Any) -> None:
    check("".join(by_hand(table, (), random)))


@settings(max_examples=60)
@given(_tables, st.randoms(use_true_random=False), st.sampled_from(["oops", 'a = "', "[x", "= 3", "𝄞 =", "b = {", "]"]))
def test_with_a_mistake_in_it_what_is_understood_still_has_its_place(
    table: dict[str, Any], random: Any, mistake: str
) -> None:
    lines = "".join(by_hand(table, (), random)).split("\n")
    lines.insert(random.randrange(len(lines) + 1), mistake)
    check("\n".join(lines))


def test_deep_nesting_is_not_too_deep() -> None:
    check("a = " + "[" * 200 + "1" + "]" * 200)
    places = TomlPositions("a = " + "[" * 5000 + "1" + "]" * 5000)
    assert places.key("b") is None
    assert places.entries() == places.entries()


def test_every_real_file(corpus: Path) -> None:
    files = sorted(corpus.rglob("*.toml"))
    assert len(files) > 150
    for file in files[::6]:
        check(file.read_bytes().decode()[:20_000].rpartition("\n")[0])  # of big manifests the first hundred entries


def check(text: str) -> None:
    """Every key and value that the parser sees has its place, and the text there means that key or value."""
    table, places = parse_toml(text).table, TomlPositions(text)
    for path, value in walk(table, ()):
        key, range_ = places.key(*path), places.value(*path)
        if isinstance(path[-1], str):
            assert key is not None, (path, text)
            assert list(tomli.loads(f"{cut(text, key)} = 1")) == [path[-1]]
            assert places.at(key.start_line, key.start_character) is not None
        if range_ is None:
            assert isinstance(value, (dict, list)), (path, text)
            assert key is None or places.table(*path) is not None, (path, text)
        else:
            assert same(tomli.loads(f"a = {cut(text, range_)}")["a"], value), (path, text)


def walk(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], object]]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from walk(item, (*path, key))


def same(one: object, other: object) -> bool:
    return json.dumps(one, default=str) == json.dumps(other, default=str)


def by_hand(table: dict[str, Any], path: tuple[str, ...], random: Any) -> Iterator[str]:
    """TOML as people write it: quotes as they come, dotted keys, inline tables, headers, comments, odd spaces."""
    later = []
    for name, value in table.items():
        tables = isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
        if (isinstance(value, dict) or tables) and random.random() < 0.6:
            later.append((name, value))
        elif isinstance(value, dict) and value and random.random() < 0.5:
            for dotted, inner in value.items():
                yield f"{quoted(name, random)}{random.choice(['.', ' . '])}{quoted(dotted, random)} = {inline(inner)}\n"
        else:
            yield (
                random.choice(["", "  ", "\t"])
                + f"{quoted(name, random)} = {inline(value)}{random.choice(['', ' # 𝄞'])}\n"
            )
    for name, value in later:
        here = (*path, quoted(name, random))
        for item in [value] if isinstance(value, dict) else value:
            brackets = "[{}]" if isinstance(value, dict) else "[[{}]]"
            yield "\n" + brackets.format(random.choice([".", " . "]).join(here)) + random.choice(["", " # here"]) + "\n"
            yield from by_hand(item, here, random)


def quoted(name: str, random: Any) -> str:
    ways = [json.dumps(name).replace("\x7f", "\\u007f")]
    ways += [name] if name and name.isascii() and name.replace("-", "").replace("_", "").isalnum() else []
    ways += [f"'{name}'"] if "'" not in name and name.isprintable() else []
    text: str = random.choice(ways)
    try:
        assert list(tomli.loads(f"{text} = 1")) == [name]
    except ValueError:
        return tomli_w.dumps({name: 1})[:-5]  # astral characters are not written as JSON writes them
    return text


def inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{tomli_w.dumps({key: 1})[:-5]} = {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return tomli_w.dumps({"a": value})[4:-1]
