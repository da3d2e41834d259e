"""Text for terminals: what came from elsewhere made harmless, our own coloured, signs that the encoding has."""

import re

_SGR = r"\x1b\[[0-9;:]*m"
_SEQUENCE = re.compile(
    rf"(?P<sgr>{_SGR})"
    r"|(?P<other>\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|[ -/]*[0-~])?"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f])"
)
_RESET = "\x1b[0m"
_STYLES = {
    "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36",
    "bold red": "1;31", "bold green": "1;32", "bold yellow": "1;33",
}  # fmt: skip
_ASCII = {"│": "|", "─": "-", "●": "*", "✓": "+", "✗": "x", "■": "#", "·": "-", "×": "x", "…": "...", "—": "-"}


class Paint:
    """Our own words with styles and signs. Without `colours` styles vanish; without `unicode` signs have stand-ins."""

    def __init__(self, *, colours: bool, unicode: bool = True) -> None:
        self.colours = colours
        self.unicode = unicode

    def __call__(self, text: str, style: str) -> str:
        """`text` in a style such as `dim` or `bold red`."""
        return f"\x1b[{_STYLES[style]}m{text}{_RESET}" if self.colours and text else text

    def sign(self, text: str) -> str:
        """A sign such as `✓`, or its stand-in."""
        return text if self.unicode else "".join(_ASCII.get(character, character) for character in text)

    def foreign(self, text: str) -> str:
        """Text that others wrote: colours stay where we have any, all other control characters become visible."""
        if text.isprintable():
            return text
        harmless = _SEQUENCE.sub(self._harmless, text)
        return harmless + _RESET if self.colours and "\x1b" in harmless else harmless

    def bare(self, text: str) -> str:
        """`foreign`, without any colours: for the cells of a table."""
        return Paint(colours=False, unicode=self.unicode).foreign(text)

    def _harmless(self, match: "re.Match[str]") -> str:
        if match["sgr"]:
            return match["sgr"] if self.colours else ""
        return "".join(map(self._visible, match["other"]))

    def _visible(self, character: str) -> str:
        code = ord(character)
        if code < 0x20 or code == 0x7F:
            return chr(0x2400 + code if code < 0x20 else 0x2421) if self.unicode else "?"
        return character if character.isprintable() else "\ufffd"


def one_line(text: str) -> str:
    """The first line of a text, with a sign that there is more."""
    first, more, _ = text.partition("\n")
    return f"{first} …" if more else first
