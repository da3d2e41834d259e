"""The filter language of logs: what it says of a line, and that index and bytes say the same as the decoded line."""

import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from juliahub_ls.domain.logs.completion import complete_query
from juliahub_ls.domain.logs.conditions import LogTimes
from juliahub_ls.domain.logs.digest import LogDigest
from juliahub_ls.domain.logs.filter import log_filter
from juliahub_ls.domain.logs.line import LogLine
from juliahub_ls.domain.logs.pattern import BoundPattern, PatternTooSlow
from juliahub_ls.domain.logs.query import Condition, parted
from juliahub_ls.domain.logs.query_parser import QueryMistake, parse_query, quoted

NOON = round(time.mktime((2026, 11, 22, 12, 0, 0, 0, 0, -1))) * 1000
MINUTE = 60_000
TIMES = LogTimes(NOON, NOON + 180 * MINUTE, NOON + 180 * MINUTE)
LINE = LogLine(
    7, "Epoch 12: loss=0.25 in “Größe”", "Warn", 3, NOON + 122 * MINUTE + 30_000, "Main.Fit", "/job/src/fit.jl", 17,
    {"epoch": 12, "loss": 0.25, "name": "First Try", "done": False, "eta": "12.5"}, "code",
)  # fmt: skip


def condition(query: str) -> Condition:
    found = parse_query(query, TIMES)
    assert isinstance(found, Condition), found
    return found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "loss",
        "LOSS",
        '"Epoch 12:"',
        "größe",
        "epoch loss",
        "-gain",
        "gain OR loss",
        "(gain OR loss) epoch",
        "zz OR -(zz)",
        r"/loss=\d\.\d+/",
        "/LOSS/i",
        "level>=warn",
        "level:warn",
        "level:Warning",
        "level<error",
        "level!=info",
        "worker:3",
        "worker:2..4",
        "worker>2",
        "worker!=1",
        "module:main",
        "module:Main.Fit",
        "group:code",
        "file:fit.jl",
        "file:src/fit.jl",
        "epoch>10",
        "epoch>=12",
        "epoch:12",
        "epoch:12.0",
        "epoch==12",
        "epoch:10..20",
        "loss<=0.5",
        "epoch:*",
        "eta>12",
        'name:"first try"',
        "done:false",
        "epoch!=3",
        "missing!=3",
        "time>14:02",
        "time>=14:02",
        "time:14:02",
        "time:14:00..14:05",
        "time>=2026-11-22T14:00",
        "time:2026-11-22",
        "time<2026-11-23",
        "since:1h",
        "a AND b OR loss",
        "level>=warn worker:3 epoch>10 /loss=\\d/",
        "--loss",
        "/=0.25/ file:fit.jl -module:Other",
    ],
)
def test_what_passes(query: str) -> None:
    assert condition(query).keeps(LINE)


@pytest.mark.parametrize(
    "query",
    [
        "gain",
        '"loss = "',
        "-loss",
        "gain OR other",
        "/LOSS/",
        "level>=error",
        "level:info",
        "worker:1",
        "worker:4..9",
        "module:Ma",
        "module:Fit",
        "group:cluster",
        "file:it2.jl",
        "epoch>12",
        "epoch:13",
        "epoch:20..30",
        "loss>0.25",
        "missing:*",
        "missing>0",
        "name:first",
        "done:true",
        "time>14:03",
        "time:14:03",
        "time<14:02",
        "time:2026-11-21",
        "since:10m",
        "loss -worker:3",
        "(loss",
        "name>3 x",
    ],
)
def test_what_does_not(query: str) -> None:
    found = parse_query(query, TIMES)
    assert isinstance(found, QueryMistake) or not found.keeps(LINE)


@pytest.mark.parametrize(
    ("query", "position", "words"),
    [
        ("ok (a b", 3, "not closed"),
        ("a)", 1, "without its “(”"),
        ('a "b', 2, "quotation mark is not closed"),
        ("a /b", 2, "does not end"),
        ("/a(/", 0, "is not a regular expression"),
        ("/home/ada", 0, "Put a path in quotes"),
        ("a level>=loud", 9, "no level “loud”"),
        ("worker:x", 7, "a worker's number"),
        ("time>soon", 5, "a time"),
        ("time>25:00", 5, "a time"),
        ("since:long", 6, "since:10m"),
        ("a epoch>", 8, "A value is missing"),
        ("epoch>ten", 6, "is not a number"),
        ("a OR", 2, "both sides"),
        ("(" * 100, 51, "too deeply"),
        ("-" * 100 + "a", 52, "minus signs"),
    ],
)
def test_a_mistake_is_told_with_its_place(query: str, position: int, words: str) -> None:
    found = parse_query(query, TIMES)
    assert isinstance(found, QueryMistake)
    assert (found.position, words in found.sentence) == (position, True), found


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)


def a_line(**fields: Any) -> LogLine:
    return LogLine(**fields)


LINES = st.builds(
    a_line,
    id=st.integers(1, 100),
    message=st.one_of(TEXTS, st.sampled_from(["loss=1", "LOSS=2", "Kelvin K", "a\\b", 'say "x"'])),
    level=st.sampled_from(["Info", "Warn", "Error", "Debug", "Progress"]),
    worker=st.integers(1, 4),
    time=st.one_of(st.none(), st.integers(NOON, NOON + 180 * MINUTE)),
    keywords=st.one_of(st.none(), st.dictionaries(st.sampled_from(["epoch", "loss"]), st.integers(0, 3) | st.floats())),
)
TERMS = st.one_of(
    TEXTS.map(quoted),
    st.sampled_from(
        ["loss", "k", "K", "level>=warn", "level:info", "worker:2..3", "worker!=1", "time>13:00", "epoch>1"]
    ),
    st.sampled_from(["loss:*", "loss!=2", "/o+/", "module:Main", "since:2h", "-a"]),
)
QUERIES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(" OR ".join),
        inner.map(lambda query: f"-({query})"),
        inner.map(lambda query: f"({query})"),
    ),
    max_leaves=6,
)


@given(QUERIES, LINES, LINES)
def test_the_index_never_says_otherwise_than_the_line(query: str, line: LogLine, other: LogLine) -> None:
    asked = condition(query)
    verdicts, rest = parted(asked)
    columns = list(zip(line.columns, other.columns, strict=True))
    of_index = [True, True] if verdicts is None else verdicts(columns)
    for one, passes in zip((line, other), of_index, strict=True):
        assert asked.keeps(one) == (passes and rest.keeps(one))


@pytest.mark.parametrize(
    ("source", "literals"),
    [
        (r"loss=0\.12\d*5 /", ["loss=0.12", "5 /"]),
        ("colou?rs", ["colo", "rs"]),
        ("ab*c", ["a", "c"]),
        ("ab{0,2}c", ["a", "c"]),
        ("ab+c", ["ab", "c"]),
        ("^end$", ["end"]),
        (r"[a-z\]]x", ["x"]),
        ("one|two", []),
        ("(one)?two", []),
        ("(?x) two", []),
        (r"\x41b", []),
        ("[[:alpha:]]x", []),
        ("[^]abc[d]x", []),
        ("[]abc[d]x", []),
        ("grün", []),
        ("/disk full/i", ["/d", " full/"]),
    ],
)
def test_what_an_expression_cannot_match_without(source: str, literals: "list[str]") -> None:
    ignore_case = source.endswith("/i")
    pattern = BoundPattern(source.removesuffix("i"), ignore_case=ignore_case)
    assert [text for text in pattern.literals() if text] == literals


@given(st.text("[]^abcx\\.*?+-{1,}", max_size=12), st.text("]^abcx-", max_size=6))
@example("[^]abc[d]x", "zx")
def test_what_matches_has_every_text_that_it_cannot_match_without(source: str, text: str) -> None:
    try:
        pattern = BoundPattern(source)
    except ValueError:
        return
    assert not pattern.found(text) or all(literal in text for literal in pattern.literals())


@given(TEXTS, TEXTS, TEXTS)
def test_a_quoted_text_is_found_where_it_stands(before: str, text: str, after: str) -> None:
    line = LINE._replace(message=before + text + after)
    assert condition(quoted(text)).keeps(line)
    assert condition(f"-{quoted(text)}").keeps(line) is False


@given(st.text(max_size=40), st.integers(0, 40))
def test_whatever_is_typed_is_a_query_or_a_mistake_within_it(query: str, position: int) -> None:
    found = parse_query(query, TIMES)
    if isinstance(found, QueryMistake):
        assert 0 <= found.position <= len(query)
        assert found.sentence.endswith(".")
    for one in complete_query(query, min(position, len(query)), LogDigest()):
        assert 0 <= one.start <= one.end <= len(query)


def test_an_expression_that_takes_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("juliahub_ls.domain.logs.pattern.SLOW_SECONDS", 0.01)
    pattern = BoundPattern(r"(?:x+x+)+y")
    with pytest.raises(PatternTooSlow):
        pattern.found("x" * 5000)


def test_the_parameters_beside_a_query() -> None:
    def keeps(**given: str | int) -> bool:
        made = log_filter(TIMES, **given)  # type: ignore[arg-type]
        assert isinstance(made, Condition)
        return made.keeps(LINE)

    assert keeps(pattern=r"lo+ss=\d")
    assert keeps(query="epoch>3", pattern="loss", level="warn", worker=3)
    assert keeps(level="debug")
    assert not keeps(level="error")
    assert not keeps(worker=2)
    assert not keeps(query="gain", level="info")
    with pytest.raises(ValueError, match="missing"):
        log_filter(TIMES, pattern="(")


def test_what_could_stand_there() -> None:
    digest = LogDigest()
    digest.take(LINE)
    digest.take(LINE._replace(worker=12, module="My Module"))

    def offered(query: str) -> list[str]:
        return [one.text for one in complete_query(query, len(query), digest)]

    assert offered("le") == ["level>=", "level:"]
    assert offered("level>=") == ["debug", "info", "warn", "error"]
    assert offered("a -worker:") == ["3", "12"]
    assert offered("worker:1") == ["12"]
    assert offered("module:") == ["Main.Fit", '"My Module"']
    assert offered("group:c") == ["code"]
    assert offered("ep") == ["epoch>"]
    assert offered("na") == ["name:"]
    assert offered('"le') == offered("/le") == []
    [one] = complete_query("x epoc y", 4, digest)
    assert (one.text, one.start, one.end) == ("epoch>", 2, 6)
