"""A selection of a script's text: where it stands in the script, and which lines it is."""


def placed(code: str, script: str) -> str:
    """A selection of a script's text with as many empty lines before it as the script has, so that the places in
    errors are the script's; as it is where it occurs in it not at all, or more than once.
    """
    start = script.find(code)
    if not code.strip() or start < 0 or script.find(code, start + 1) >= 0:
        return code
    return "\n" * script.count("\n", 0, start) + code


def lines_of(code: str, script: str) -> tuple[int, int] | None:
    """The first and the last line (from 1) of the script, where these lines are the selection and nothing else; space
    around it does not count. None where there are none.
    """
    wanted, lines = code.strip().split("\n"), script.split("\n")
    if wanted == [""]:
        return None
    for first in range(len(lines) - len(wanted) + 1):
        if lines[first].lstrip().startswith(wanted[0]):
            last = first + len(wanted)
            if "\n".join(lines[first:last]).strip().split("\n") == wanted:
                return first + 1, last
    return None


def text_of_lines(script: str, first: int, last: int) -> str | None:
    """The lines from `first` to `last` (from 1) of the script; None where it has not all of them."""
    lines = script.removesuffix("\n").split("\n")
    return "\n".join(lines[first - 1 : last]) if 1 <= first <= last <= len(lines) else None
