"""The Julia text sent as `usercode` when the script lies inside the bundle (protocol §6.5)."""

from pathlib import PurePosixPath

_ESCAPES = {"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def driver_script(code_file: PurePosixPath) -> str:
    """Includes `code_file`, a path relative to the bundle's top folder, which is where the job starts.

    The components are joined by Julia, so that neither separator is assumed; `@__DIR__` and relative includes in the
    user's code work because the file is really included. `PROGRAM_FILE` is that file, so that code under
    `if abspath(PROGRAM_FILE) == @__FILE__` runs as it does with `julia file`.
    """
    components = ", ".join(julia_string(part) for part in code_file.parts)
    return (
        f"let path = joinpath(pwd(), {components})\n"
        f'    isfile(path) || error("The script is not in the bundle: ", path)\n'
        f"    Core.eval(Base, :(global PROGRAM_FILE = $path))\n"
        f"    Base.include(Main, path)\n"
        f"end\n"
    )


def selection_driver(code_file: PurePosixPath, code: str) -> str:
    """Runs `code`, a part of `code_file` with empty lines before it, as if that file were included.

    `@__FILE__`, `@__DIR__`, relative includes and the places in errors are the file's.
    """
    components = ", ".join(julia_string(part) for part in code_file.parts)
    return (
        f"let path = joinpath(pwd(), {components})\n"
        f"    Core.eval(Base, :(global PROGRAM_FILE = $path))\n"
        f"    task_local_storage(:SOURCE_PATH, path) do\n"
        f"        Base.include_string(Main, {julia_string(code)}, path)\n"
        f"    end\n"
        f"end\n"
    )


def julia_string(text: str) -> str:
    """`text` as a Julia string literal."""
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if ord(character) < 0x20 or character == "\x7f":
        return f"\\x{ord(character):02x}"
    return character
