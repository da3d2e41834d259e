"""Looks into VSIX files: is each whole, for its platform alone, and without strays?

`check_vsix.py dist/*.vsix` says what is wrong.
The formats' magic numbers and machine codes are those of the ELF, Mach-O and PE specifications.
"""

import json
import re
import struct
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

EXTENSION = Path(__file__).resolve().parent.parent / "vscode-extension"
LIBS = "extension/bundled/libs/"

STRAY = re.compile(
    r"(^|/)(__pycache__|node_modules|tests?|\.git|\.vscode|\.[a-z]+_cache)/|\.(map|pyc|tsx?|pyi|vsix|whl|log)$|\.env$"
)
COMPILED_NAME = re.compile(r"\.(so|pyd|dylib|dll|exe)$")
MODULE = re.compile(r"^(?P<stem>.+?)(?:\.(?:cpython-|cp)3(?P<minor>\d+)-[\w-]+|\.abi3)?\.(?:so|pyd)$")

ELF_MACHINES = {62: "x64", 183: "arm64"}
MACH_O_CPUS = {0x01000007: "x64", 0x0100000C: "arm64"}
PE_MACHINES = {0x8664: "x64", 0xAA64: "arm64"}


def main() -> None:
    """Exit with a sentence for each thing that is wrong."""
    found = [f"{name}: {problem}" for name in sys.argv[1:] for problem in problems(Path(name))]
    if found:
        sys.exit("\n".join(found))


def problems(vsix: Path) -> list[str]:
    """What is wrong with a VSIX, a sentence each; nothing when it is as it should be."""
    with ZipFile(vsix) as archive:
        names = archive.namelist()
        about = json.loads(archive.read("extension/bundled/manifest.json"))
        target, minors = about["target"], about["pythonMinors"]
        declared = re.findall(r'TargetPlatform="([^"]*)"', archive.read("extension.vsixmanifest").decode())
        return [
            *([] if declared == [target] else [f"it says it is for {declared}, its libraries are for {target}"]),
            *(f"{name} has no place in it" for name in names if STRAY.search(name)),
            *(f"{name} is for {', '.join(sorted(others))}" for name, others in foreign(archive, target)),
            *missing_requirements(names, target),
            *missing_modules(names, minors),
        ]


def foreign(archive: ZipFile, target: str) -> Iterator[tuple[str, set[str]]]:
    """Compiled files that do not run on `target`, with what they are for."""
    for name in archive.namelist():
        with archive.open(name) as file:
            platforms = platforms_of(file.read(4096))
        if COMPILED_NAME.search(name) and not platforms:
            yield name, {"nothing known"}
        elif platforms and target not in platforms:
            yield name, platforms


def platforms_of(head: bytes) -> set[str]:
    """The platforms, in VS Code's words, that a compiled file runs on, by its first bytes; for others nothing."""
    if head[:4] == b"\x7fELF":
        return {f"linux-{ELF_MACHINES.get(struct.unpack_from('<H', head, 18)[0], 'other')}"}
    if head[:4] == b"\xcf\xfa\xed\xfe":
        return {f"darwin-{MACH_O_CPUS.get(struct.unpack_from('<I', head, 4)[0], 'other')}"}
    if head[:4] == b"\xca\xfe\xba\xbe":
        count = struct.unpack_from(">I", head, 4)[0]
        cpus = [struct.unpack_from(">I", head, 8 + 20 * index)[0] for index in range(count)]
        return {f"darwin-{MACH_O_CPUS.get(cpu, 'other')}" for cpu in cpus}
    if head[:2] == b"MZ":
        machine = struct.unpack_from("<H", head, struct.unpack_from("<I", head, 0x3C)[0] + 4)[0]
        return {f"win32-{PE_MACHINES.get(machine, 'other')}"}
    return set()


def missing_requirements(names: list[str], target: str) -> Iterator[str]:
    """Pinned projects that are not there, or not at that version."""
    present = {name.removeprefix(LIBS).split("/")[0].lower() for name in names if ".dist-info/" in name}
    for project, version in requirements(target).items():
        if f"{project.replace('-', '_').lower()}-{version}.dist-info" not in present:
            yield f"{project} {version} is missing"


def requirements(target: str) -> dict[str, str]:
    """Project → version, for `target`."""
    pinned: dict[str, str] = {}
    for name in ("requirements.txt", f"requirements-{target}.txt"):
        if (file := EXTENSION / name).is_file():
            pinned |= re.findall(r"^([\w.-]+)==([^\s\\;]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return pinned


def missing_modules(names: list[str], minors: list[int]) -> Iterator[str]:
    """Compiled modules that a Python would not find: not built for it, nor for the stable ABI, nor there in Python.

    What mypyc compiles has its code in a module beside it, which is there wherever that is compiled.
    """
    built: dict[str, set[int | None]] = defaultdict(set)
    for name in names:
        path = PurePosixPath(name)
        if name.startswith(LIBS) and (match := MODULE.match(path.name)):
            built[str(path.parent / match["stem"])].add(int(match["minor"]) if match["minor"] else None)
    for module, found in sorted(built.items()):
        lacking = sorted(set(minors) - found)
        if lacking and None not in found and f"{module}.py" not in names and not module.endswith("__mypyc"):
            yield f"{module} is not built for Python {', '.join(f'3.{minor}' for minor in lacking)}"


if __name__ == "__main__":
    main()
