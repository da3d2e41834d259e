"""Edits `.juliabundleignore` for the user, and tells which line of which file changed."""

import difflib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from juliahub_ls.cli.environment_view import shown_path
from juliahub_ls.cli.output import Output
from juliahub_ls.domain.bundles.ignore_edit import governing_file, set_rule
from juliahub_ls.errors import FileUnreadable, SettingInvalid
from juliahub_ls.services.os_errors import translated_os_errors

OURS = ".bundle/"


def set_rules(output: Output, directory: Path, exclude: Sequence[str], include: Sequence[str]) -> None:
    """Leave paths of the bundle of `directory` out, then let paths in. Raises `SettingInvalid` for none that is there.

    All paths are looked at before the first rule is written.
    """
    wishes = [(_inside(directory, path), False) for path in exclude]
    wishes += [(_inside(directory, path), True) for path in include]
    for path, included in wishes:
        file, changes = set_bundle_rule(directory, path, included=included)
        if output.as_json:
            continue
        paint, where = output.paint, output.paint.bare(shown_path(file))
        for number, sign, line in changes:
            output.line(f"{where}:{number}  {paint(f'{sign} {paint.bare(line)}', 'green' if sign == '+' else 'red')}")
        if not changes:
            output.line(
                f"{where} needs no change: {paint.bare(path)} {'goes in' if included else 'stays home'} already."
            )
    if not output.as_json:
        output.line()


def set_bundle_rule(directory: Path, path: str, *, included: bool) -> tuple[Path, list[tuple[int, str, str]]]:
    """Edit the ignore file that decides about `path`: that file, and its changed lines as (number, `+` or `-`, text).

    Numbers of lines that went are those they had.
    """
    file, inside = governing_file(directory, path)
    is_directory = path.endswith("/") or (directory / path).is_dir()
    state = "No rule was set."
    with translated_os_errors(file, state):
        before = _text(file)
        after = set_rule(before, inside, is_directory=is_directory, included=included)
        if after != before:
            file.write_bytes(after.encode())
    return file, list(_changes(before, after))


def _text(file: Path) -> str:
    """As it is, line ends included; nothing when there is no such file."""
    try:
        return file.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise FileUnreadable(path=file, reason="it is not UTF-8 text") from None


def _inside(directory: Path, path: str) -> str:
    """`path` inside the bundle: relative to its folder, or, as a shell completes it, to the current one."""
    if path.replace(os.sep, "/").startswith(OURS):
        return path.replace(os.sep, "/")
    top = os.path.normpath(directory.absolute())
    for base in (top, Path.cwd()):
        whole = os.path.normpath(Path(base) / path)
        if os.path.lexists(whole) and whole.startswith(top.rstrip(os.sep) + os.sep):
            return os.path.relpath(whole, top).replace(os.sep, "/")
    raise SettingInvalid(reason=f"There is no {path} in {directory}, so no rule was set.")


def _changes(before: str, after: str) -> Iterator[tuple[int, str, str]]:
    old, new = before.splitlines(), after.splitlines()
    for kind, old_start, old_end, new_start, new_end in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if kind != "equal":
            yield from ((number + 1, "-", old[number]) for number in range(old_start, old_end))
            yield from ((number + 1, "+", new[number]) for number in range(new_start, new_end))
