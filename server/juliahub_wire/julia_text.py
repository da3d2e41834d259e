r"""Julia's C-style string escapes, where the wire uses them instead of JSON's own (protocol §7.2, §8.1).

JuliaHub.jl un-escapes a job's `inputs` and a log page's body with Julia's `unescape_string` before it parses JSON. So
a server writes text that survives it: JSON without ASCII-escaping, and where it contains a backslash, escaped once
more.
"""

import json
import re
from typing import Any

_SIMPLE = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "e": "\x1b",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "a": "\a",
    "\\": "\\",
    '"': '"',
    "'": "'",
    "$": "$",
}
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|(.))", re.DOTALL)


def dumps(value: Any) -> str:
    """JSON that Julia's routines read: non-ASCII raw, no spaces, no `\\/`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def unescape(text: str) -> str:
    """Julia's `unescape_string`. An invalid escape is left as it stands: a log line is worth more than its spelling."""
    return _ESCAPE.sub(_replacement, text) if "\\" in text else text


def escape(text: str) -> str:
    r"""The doubling that `unescape` undoes: `\` → `\\`, `"` → `\"`."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _replacement(match: "re.Match[str]") -> str:
    hexadecimal = match[1] or match[2] or match[3]
    if hexadecimal:
        return _character(int(hexadecimal, 16), match[0])
    if match[4]:
        return _character(int(match[4], 8), match[0])
    return _SIMPLE.get(match[5], match[0])


def _character(codepoint: int, written: str) -> str:
    return chr(codepoint) if codepoint <= 0x10FFFF else written
