"""Whatever the files of an environment hold, nothing raises, and what is said of them stands inside the text."""

import random
import tempfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from juliahub_ls.domain.environments.artifacts import parse_artifacts
from juliahub_ls.domain.environments.checks import environment_problems
from juliahub_ls.domain.environments.environment import load_environment
from juliahub_ls.domain.environments.files import Environment
from juliahub_ls.domain.environments.manifest import parse_manifest, write_manifest
from juliahub_ls.domain.environments.project import parse_project
from juliahub_ls.domain.problem import Problem, Range
from juliahub_ls.domain.toml.positions import TomlPositions
from juliahub_ls.domain.toml.text import parse_toml, read_text, utf16_length

WORDS = [
    "[", "]", "[[", "]]", "{", "}", "=", ".", ",", '"', "'", '"""', "'''", "\n", "\r\n", "#", " ", "\\", "\\u0", "\x00",
    "deps", "compat", "sources", "path", "uuid", "julia_version", "manifest_format", '"2.0"', "1.2", "9" * 30, "-inf",
    "1979-05-27T07:32:00Z", "true", "𝄞", "é", "\ufeff", "\u2028", "\ud800", "A",
    "aaaaaaaa-0000-4000-8000-000000000000",
]  # fmt: skip


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=40).map("".join)))
@example("[" * 5000)
@example("a = " + "[" * 5000)
@example("a = " + "{b = " * 3000)
@example("a" + ".a" * 3000 + " = 1")
@example("[a" + ".a" * 3000 + "]")
@example("a = " + "9" * 5000)
@example("[a" + ".a" * 900 + "]")
@example("a = [\n" * 40)
@example('a = """\n' * 40)
@example("é = 1\n𝄞 = ")
@example("a = 1\ra = 2")
@example("[deps]\r\nA = \r\n")
def test_any_text(text: str) -> None:
    check(text)


@settings(max_examples=100)
@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Project.toml"
        file.write_bytes(data)
        text, problem = read_text(file)
    check(text)
    assert problem is None or problem.code == "file-not-utf8"


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_real_files_with_mistakes(corpus: Path, seed: int, count: int) -> None:
    chance = random.Random(seed)
    file = chance.choice(real_files(corpus))
    check(mutated(file.read_bytes().decode(), chance, count))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(0, 3))
def test_real_environments_with_mistakes(corpus: Path, seed: int, count: int) -> None:
    chance = random.Random(seed)
    manifest = chance.choice([file for file in real_files(corpus) if "Manifest" in file.name])
    project = manifest.parent / "Project.toml"
    texts = {file: mutated(file.read_bytes().decode(), chance, count) for file in (manifest, project)}

    def read(path: Path) -> tuple[str, Problem | None]:
        return (texts[path], None) if path in texts else read_text(path)

    loaded = load_environment(Environment(project.parent, project, manifest), None, read)
    for problem in (*loaded.problems, *environment_problems(loaded, target_julia=(1, 10), read=read)):
        if problem.path in texts and problem.range:
            assert inside(problem.range, texts[problem.path])


@pytest.mark.parametrize("opening", ["a = [", "a = {", 'a = """', "a = '''", 'a = "', "[a", "[[a", "a = [{b = ["])
def test_while_something_is_being_typed_the_rest_is_known(opening: str) -> None:
    """One unfinished line costs itself, wherever it is; what follows keeps its meaning and its place."""
    lines = ['name = "A"', "[deps]", 'B = "b"', 'C = "c"', "[compat]", 'B = "1"']
    whole = parse_toml("\n".join(lines)).table
    for number in range(len(lines) + 1):
        text = "\n".join([*lines[:number], opening, *lines[number:]])
        document = parse_toml(text)
        assert document.table == whole, text
        assert [problem.range and problem.range.start_line for problem in document.problems] == [number]
        assert TomlPositions(text).key("compat", "B") == Range(5 + (number <= 5), 0, 5 + (number <= 5), 1)


def test_an_array_that_is_not_closed_costs_its_own_lines_only() -> None:
    document = parse_toml('[workspace]\nprojects = [\n  "a",\n  # more\n  "b",\n[deps]\nA = "x"\n')
    assert document.table == {"workspace": {}, "deps": {"A": "x"}}
    assert [problem.range for problem in document.problems] == [Range(1, 11, 1, 12)]


def check(text: str) -> None:
    ranges: list[Range] = []
    readers: Iterable[Callable[[str], object]] = (parse_project, parse_manifest, parse_artifacts, parse_toml)
    for read in readers:
        problems: Iterable[Problem] = getattr(read(text), "problems")  # noqa: B009 - each has its own type
        ranges += [problem.range for problem in problems if problem.range]
    places = TomlPositions(text)
    for entry in places.entries():
        ranges += [entry.key, entry.value]
    place = places.at(text.count("\n") // 2, 3)
    ranges += [place.range] if place else []
    assert all(inside(range_, text) for range_ in ranges), (ranges, text)
    manifest = parse_manifest(text)
    written = write_manifest(manifest, {}).decode()
    if not manifest.problems and "\ud800" not in text:
        assert parse_manifest(written).table == manifest.table


def inside(range_: Range, text: str) -> bool:
    lines = text.removeprefix("\ufeff").split("\n")
    start, end = (range_.start_line, range_.start_character), (range_.end_line, range_.end_character)
    return (0, 0) <= start <= end <= (len(lines) - 1, utf16_length(lines[-1])) and (
        range_.end_character <= utf16_length(lines[range_.end_line])
    )


def mutated(text: str, chance: random.Random, count: int) -> str:
    """The text, cut down to a part that is quick to read, with a few things left out, put in or doubled."""
    text = text[: chance.choice([500, 3000, 12000])]
    for _ in range(count):
        start = chance.randrange(len(text) + 1)
        length = chance.choice([0, 1, 1, 3, 40])
        new = chance.choice([*WORDS, text[start : start + 60], "\n" + text[start : start + 20]])
        text = text[:start] + new + text[start + length :]
    return text


@lru_cache(maxsize=1)
def real_files(corpus: Path) -> list[Path]:
    return sorted(corpus.rglob("*.toml"))
