"""Ranges of a text, in UTF-16 as LSP counts."""

from juliahub_ls.domain.problem import Range

TOP = Range(0, 0, 0, 0)


def text_in(text: str, at: Range) -> str:
    """What stands in a range."""
    lines = text.split("\n")[at.start_line : at.end_line + 1]
    lines[-1] = before(lines[-1], at.end_character)
    lines[0] = lines[0][len(before(lines[0], at.start_character)) :]
    return "\n".join(lines)


def before(line: str, character: int) -> str:
    """The part of a line before a UTF-16 position."""
    return line.encode("utf-16-le")[: 2 * character].decode("utf-16-le", "ignore")


def overlaps(one: Range, start: tuple[int, int], end: tuple[int, int]) -> bool:
    """Whether a range meets the one from `start` to `end`; touching counts, as a cursor stands between characters."""
    return (one.start_line, one.start_character) <= end and start <= (one.end_line, one.end_character)
