"""Lays the Python side into `vscode-extension/bundled`: our packages, and their dependencies for several Pythons.

A wheel's compiled modules carry the Python's version in their names, so one folder serves every version: what is the
same in all wheels is there once, and a file that differs under one name is refused. Versions and hashes are those of
`vscode-extension/requirements.txt`. Nothing is built: a platform or a Python without a wheel is an error.
"""

import argparse
import filecmp
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTENSION = ROOT / "vscode-extension"
REQUIREMENTS = EXTENSION / "requirements.txt"
OUR_PACKAGES = ("juliahub_wire", "juliahub_ls", "localhub")
PYTHON_MINORS = (10, 11, 12, 13, 14)

MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}

PLATFORM_TAGS = {
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "darwin-x64": ("macosx_12_0_x86_64",),
    "darwin-arm64": ("macosx_12_0_arm64",),
    "win32-x64": ("win_amd64",),
}
"""VS Code's names of platforms, and those of wheels."""

MAY_DIFFER = re.compile(r"\.dist-info/|\.abi3\.")

NOT_NEEDED = re.compile(
    r"(^|/)(__pycache__|tests?|testing|bin|Scripts|include|sboms)/"
    r"|\.(pyi|pyx|pxd|c|h|pyc)$"
    r"|\.dist-info/(RECORD|WHEEL|INSTALLER|REQUESTED|direct_url\.json)$"
    r"|^sqlalchemy/cyextension/.*\.(so|pyd)$"
)
"""What programs do not read. SQLAlchemy has its compiled modules in Python too; they were a fifth of the package."""


def main() -> None:
    """Bundle for `--target`, by default this machine's."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--target", choices=PLATFORM_TAGS, default=this_target())
    parser.add_argument("--output", type=Path, default=EXTENSION / "bundled")
    options = parser.parse_args()
    copy_ours(options.output / "server")
    bundle_dependencies(options.target, options.output / "libs")
    manifest = {"target": options.target, "pythonMinors": list(PYTHON_MINORS)}
    (options.output / "manifest.json").write_text(json.dumps(manifest) + "\n", encoding="utf-8")


def this_target() -> str:
    """This machine, as VS Code names it."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}.get(sys.platform, sys.platform)
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(
        platform.machine().lower(), "?"
    )
    return f"{system}-{machine}"


def copy_ours(output: Path) -> None:
    """Our packages as they are in `server/`."""
    shutil.rmtree(output, ignore_errors=True)
    for package in OUR_PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
        shutil.copytree(ROOT / "server" / package, output / package, ignore=ignored)


def bundle_dependencies(target: str, output: Path) -> None:
    """The dependencies of all Pythons in one folder; kept as it is when nothing that decides about it has changed."""
    requirements = without_markers(REQUIREMENTS.read_text(encoding="utf-8"))
    recipe = f"{requirements}{target}{PYTHON_MINORS}{Path(__file__).read_text(encoding='utf-8')}"
    stamp, digest = output / ".complete", hashlib.sha256(recipe.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return
    shutil.rmtree(output, ignore_errors=True)
    with tempfile.TemporaryDirectory() as work:
        pinned = Path(work, "requirements.txt")
        pinned.write_text(requirements, encoding="utf-8")
        for minor in PYTHON_MINORS:
            folder = Path(work, str(minor))
            install(pinned, target, minor, folder)
            merge(folder, output)
            shutil.rmtree(folder)
    stamp.write_text(digest, encoding="utf-8")


def without_markers(requirements: str) -> str:
    """Every library for every Python: a backport that a newer Python does not need is small and harmless there."""
    return re.sub(r" ; [^\\\n]+", " ", requirements)


def install(pinned: Path, target: str, minor: int, folder: Path) -> None:
    """Wheels for one Python, unpacked."""
    platforms = [f"--platform={tag}" for tag in PLATFORM_TAGS[target]]
    python = [f"--python-version=3.{minor}", "--implementation=cp", "--only-binary=:all:"]
    options = ["-qq", "--no-deps", "--no-compile", "--require-hashes", "--disable-pip-version-check"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        *options,
        *python,
        *platforms,
        "--target",
        str(folder),
        "-r",
        str(pinned),
    ]
    subprocess.run(command, check=True)


def merge(folder: Path, output: Path) -> None:
    """Add what is new. The same name for something else means that the wheels cannot share a folder.

    Not so for what is said about a package, nor for modules of Python's stable ABI: the first, made for the oldest
    Python, serves the newer ones too.
    """
    for file in files_of(folder):
        target = output / file.relative_to(folder)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, target)
        elif not MAY_DIFFER.search(file.as_posix()) and not filecmp.cmp(file, target, shallow=False):
            sys.exit(f"{file.relative_to(folder)} differs between Pythons; its wheels cannot share one folder.")


def files_of(folder: Path) -> Iterator[Path]:
    """Files worth carrying."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not NOT_NEEDED.search(file.relative_to(folder).as_posix()):
            yield file


if __name__ == "__main__":
    main()
