"""An open document follows every edit, however clients and users count."""

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from juliahub_ls.lsp.documents import OpenDocument

TEXTS = st.text(alphabet=st.sampled_from('ab=\n\r\t𝛼é\u2028\x0c"[]'), max_size=40)


def document(text: str) -> OpenDocument:
    return OpenDocument(types.TextDocumentItem(uri="file:///w/Project.toml", language_id="toml", version=1, text=text))


def partial(start: "tuple[int, int]", end: "tuple[int, int]", text: str) -> types.TextDocumentContentChangePartial:
    range_ = types.Range(start=types.Position(*start), end=types.Position(*end))
    return types.TextDocumentContentChangePartial(range=range_, text=text)


def positions(text: str) -> "list[tuple[int, int, int]]":
    """Every place in a text, one character after the other: its index, and line and UTF-16 unit as LSP counts."""
    found = []
    line = units = index = 0
    while True:
        found.append((index, line, units))
        if index == len(text):
            return found
        if text.startswith("\r\n", index):
            index, line, units = index + 2, line + 1, 0
        elif text[index] in "\r\n":
            index, line, units = index + 1, line + 1, 0
        else:
            units += 2 if ord(text[index]) > 0xFFFF else 1
            index += 1


@given(TEXTS, st.lists(st.tuples(TEXTS, st.randoms()), max_size=5))
def test_any_edits_in_any_text(text: str, edits: "list[tuple[str, object]]") -> None:
    opened = document(text)
    for new, chance in edits:
        places = positions(text)
        start, end = sorted((chance.choice(places), chance.choice(places)))  # type: ignore[attr-defined]
        opened.apply(partial(start[1:], end[1:], new))
        text = text[: start[0]] + new + text[end[0] :]
        assert opened.freeze().text == text


def test_positions_beyond_the_end() -> None:
    opened = document("[deps]\r\nA = 1\r\n")
    opened.apply(partial((0, 99), (0, 99), "# x"))
    opened.apply(partial((1, 99), (7, 3), " # y"))
    assert opened.freeze().text == "[deps]# x\r\nA = 1 # y"
    opened.apply(partial((50, 0), (50, 0), "\nB"))
    assert opened.freeze().text == "[deps]# x\r\nA = 1 # y\nB"


def test_half_a_character_is_none() -> None:
    opened = document("𝛼 = '\ud835'")
    assert opened.freeze().text == "𝛼 = '\ufffd'"
    opened.apply(partial((0, 1), (0, 2), "b"))
    assert opened.freeze().text == "b = '\ufffd'"


def test_what_a_thread_has_stays() -> None:
    opened = document("a\nb\n")
    frozen = opened.freeze()
    opened.apply(partial((0, 0), (1, 1), "c"))
    assert (frozen.text, opened.freeze().text) == ("a\nb\n", "c\n")
    opened.apply(types.TextDocumentContentChangeWholeDocument(text="d"))
    assert opened.freeze().text == "d"
