"""Lays the Python side into a folder of the extension: our packages, and their dependencies for several Pythons.

A wheel's compiled modules carry the Python's version in their names, so that each Python finds its own in one folder
and what is the same in all wheels is there once; a file that differs under one name is refused. A wheel for Python's
stable ABI serves that Python and every newer one. Versions and hashes are those of `vscode-extension/requirements.txt`,
for some platforms in part those of `requirements-TARGET.txt`. Nothing is built: a Python without a wheel is an error.
The wheels are kept in the user's cache, for the next checkout on this computer.
"""

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

PINNED = re.compile(r"^[\w.-]+==[^#]*?(?=^\S|\Z)", re.MULTILINE)
"""A project's version with its hashes, to the next project."""

ROOT = Path(__file__).resolve().parent.parent
EXTENSION = ROOT / "vscode-extension"
OUR_PACKAGES = ("juliahub_wire", "juliahub_ls", "localhub")

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "juliahub-ls" / "wheels"
UNUSED_SECONDS = 30 * 86_400
"""Wheels that no checkout has asked for in this time are not kept."""

SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "win32"}
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}

PLATFORM_TAGS = {
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "darwin-x64": ("macosx_12_0_x86_64",),
    "darwin-arm64": ("macosx_12_0_arm64",),
    "win32-x64": ("win_amd64",),
}
"""VS Code's names of platforms, and those of wheels."""

NOT_NEEDED = re.compile(
    r"(^|/)(__pycache__|tests?|testing|bin|Scripts|include|sboms)/"
    r"|\.(pyi|pyx|pxd|c|h|pyc)$"
    r"|\.dist-info/(RECORD|WHEEL|INSTALLER|REQUESTED|direct_url\.json)$"
    r"|\.data/(scripts|headers|data)/"
    r"|^sqlalchemy/cyextension/.*\.(so|pyd)$"
)
"""What programs do not read. SQLAlchemy has its compiled modules in Python too; they were a fifth of the package."""


def main() -> None:
    """Lay the Python side for `--target`, by default this machine's, into the folder `--output`."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--target", choices=PLATFORM_TAGS, default=this_target())
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    copy_ours(options.output / "server")
    bundle_dependencies(options.target, options.output / "libs")
    manifest = {"target": options.target, "pythonMinors": list(python_minors(options.target))}
    (options.output / "manifest.json").write_text(json.dumps(manifest) + "\n", encoding="utf-8")


def this_target() -> str:
    """This machine, as VS Code names it."""
    return f"{SYSTEMS.get(sys.platform, sys.platform)}-{MACHINES.get(platform.machine().lower(), platform.machine())}"


def python_minors(target: str) -> tuple[int, ...]:
    """The minor versions of Python 3 that `target` serves. On macOS watchdog has no wheel for 3.14 yet."""
    return (10, 11, 12, 13) if target.startswith("darwin") else (10, 11, 12, 13, 14)


def copy_ours(output: Path) -> None:
    """Our packages as they are in `server/`."""
    shutil.rmtree(output, ignore_errors=True)
    for package in OUR_PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
        shutil.copytree(ROOT / "server" / package, output / package, ignore=ignored)


def bundle_dependencies(target: str, output: Path) -> None:
    """The dependencies of all Pythons in one folder; kept as it is when nothing that decides about it has changed."""
    requirements = requirements_for(target)
    recipe = f"{requirements}{target}{Path(__file__).read_text(encoding='utf-8')}"
    stamp, digest = output / ".complete", hashlib.sha256(recipe.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    for wheel in kept_wheels(requirements, target):
        unpack(wheel, output)
    stamp.write_text(digest, encoding="utf-8")


def requirements_for(target: str) -> str:
    """What `target` gets, with hashes.

    Every library for every Python: a backport that a newer Python does not need is small and harmless there.
    """
    pinned: dict[str, str] = {}
    for name in ("requirements.txt", f"requirements-{target}.txt"):
        if (file := EXTENSION / name).is_file():
            text = re.sub(r" ; [^\\\n]+", " ", file.read_text(encoding="utf-8"))
            pinned |= {entry.split("==")[0]: entry for entry in PINNED.findall(text)}
    return "".join(pinned.values())


def kept_wheels(requirements: str, target: str) -> list[Path]:
    """Those of the cache; where it has none for these requirements, they are downloaded. Those long unused go.

    Others stay: they are those of another checkout, which may be unpacking them.
    """
    asked = repr((requirements, PLATFORM_TAGS[target], tuple(python_minors(target))))
    kept = CACHE / target / hashlib.sha256(asked.encode()).hexdigest()[:16]
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as work:
            keep(wheels_of(requirements, target, Path(work)), Path(work) / "kept", kept)
    os.utime(kept)
    for folder in kept.parent.iterdir():
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > UNUSED_SECONDS:
                shutil.rmtree(folder)
    return sorted(kept.iterdir())


def keep(wheels: Iterator[Path], whole: Path, kept: Path) -> None:
    """All of them or none. Another checkout may have been faster with the same ones."""
    whole.mkdir()
    for wheel in wheels:
        wheel.replace(whole / wheel.name)
    try:
        whole.rename(kept)
    except OSError:
        if not kept.is_dir():
            raise


def wheels_of(requirements: str, target: str, work: Path) -> Iterator[Path]:
    """The wheels that serve every Python, each once: of a project with a stable ABI the one for the oldest Python.

    What is one for the oldest and the newest is not asked for again for those between.
    """
    oldest, *between, newest = python_minors(target)
    with ThreadPoolExecutor() as pool:
        first, last = pool.map(lambda minor: download(requirements, target, minor, work), (oldest, newest))
    yield from first.values()
    several = {name for name, wheel in first.items() if wheel.name != last[name].name and "-abi3-" not in wheel.name}
    fewer = "".join(entry for entry in PINNED.findall(requirements) if wheel_name(entry.split("==")[0]) in several)
    with ThreadPoolExecutor() as pool:
        for wheels in pool.map(lambda minor: download(fewer, target, minor, work), between):
            yield from wheels.values()
    yield from (last[name] for name in sorted(several))


def download(requirements: str, target: str, minor: int, work: Path) -> dict[str, Path]:
    """The wheels for one Python, by their projects' names as wheels have them."""
    pinned, folder = work / f"{minor}.txt", work / str(minor)
    pinned.write_text(requirements, encoding="utf-8")
    platforms = [f"--platform={tag}" for tag in PLATFORM_TAGS[target]]
    python = [f"--python-version=3.{minor}", "--implementation=cp", "--only-binary=:all:"]
    options = ["-qq", "--no-deps", "--require-hashes", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", *options, *python, *platforms]
    subprocess.run([*command, "--dest", str(folder), "-r", str(pinned)], check=True)
    return {wheel_name(wheel.name.split("-")[0]): wheel for wheel in sorted(folder.iterdir())}


def wheel_name(project: str) -> str:
    """A project's name as wheels have it."""
    return re.sub(r"[-_.]+", "_", project).lower()


def unpack(wheel: Path, output: Path) -> None:
    """Add what is new. The same name for something else means that the wheels cannot share a folder.

    Not so for what is said about a project: a wheel for each Python says it of itself.
    """
    with ZipFile(wheel) as archive:
        for entry in archive.infolist():
            name = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", entry.filename)
            if entry.is_dir() or NOT_NEEDED.search(name):
                continue
            target, content = output.joinpath(*PurePosixPath(name).parts), archive.read(entry)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            elif ".dist-info/" not in name and not same(target.read_bytes(), content):
                sys.exit(f"{name} of {wheel.name} differs between Pythons; its wheels cannot share one folder.")


def same(one: bytes, other: bytes) -> bool:
    """Whether two files say the same: wheels that were made on Windows end their lines as Windows does."""
    return one.replace(b"\r\n", b"\n") == other.replace(b"\r\n", b"\n")


if __name__ == "__main__":
    main()
