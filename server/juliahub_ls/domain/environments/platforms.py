"""Platforms as Julia compares them (`base/binaryplatforms.jl`): a mapping of tags such as `os`, `arch`, `libc`, `cuda`.

A tag that only one side has is no obstacle, but the variant that shares most tags with the target is chosen.
"""

import platform as host
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

V = TypeVar("V")
Tags = Mapping[str, str]

_ARCHITECTURES = {
    "amd64": "x86_64", "arm64": "aarch64", "i386": "i686", "i486": "i686", "i586": "i686", "x86": "i686",
    "arm": "armv7l", "ppc64le": "powerpc64le", "rv64": "riscv64",
}  # fmt: skip
_OPERATING_SYSTEMS = {"darwin": "macos", "win32": "windows"}
_VERSIONS = frozenset({"libgfortran_version", "libstdcxx_version", "os_version"})
_AT_MOST = frozenset({"libstdcxx_version", "os_version"})
"""What a machine has of these is the most that an artifact may ask for."""
_CORE = ("os", "arch", "libc", "call_abi", "libgfortran_version", "libstdcxx_version", "cxxstring_abi", "os_version")
_ARM = ("armv7l", "armv6l")


def normal_tags(tags: Tags) -> dict[str, str]:
    """The tags in lower case, versions with three numbers, and what Julia takes for granted on Linux filled in."""
    found = {key.lower(): value.lower() for key, value in tags.items()}
    if "arch" in found:
        found["arch"] = _ARCHITECTURES.get(found["arch"], found["arch"])
    for key in _VERSIONS & found.keys():
        found[key] = _three_numbers(found[key])
    if found.get("os") == "linux":
        found.setdefault("libc", "glibc")
        if found.get("arch") in _ARM:
            found.setdefault("call_abi", "eabihf")
    return found


def this_platform() -> dict[str, str]:
    """The computer this runs on, in Julia's words: `os` and `arch`."""
    machine = host.machine().lower()
    return {"os": _OPERATING_SYSTEMS.get(sys.platform, sys.platform), "arch": _ARCHITECTURES.get(machine, machine)}


def usual_julia(tags: Tags, julia_version: tuple[int, int] | None = None) -> dict[str, str]:
    """The machine `tags` with what Julia's official builds since 1.6 have there, where the tags do not say."""
    usual = {"libgfortran_version": "5.0.0", "cxxstring_abi": "cxx11"}
    if julia_version:
        usual["julia_version"] = f"{julia_version[0]}.{julia_version[1]}.0"
    return normal_tags({**usual, **tags})


def platforms_match(variant: Tags, machine: Tags) -> bool:
    """Whether an artifact for `variant` runs on `machine`; both as `normal_tags` gives them."""
    return all(_agree(key, value, machine[key]) for key, value in variant.items() if key in machine)


def select_platform(variants: Sequence[tuple[Tags, V]], machine: Tags) -> V | None:
    """The value of the variant that suits `machine` best; of two for the same platform the later; None without any."""
    matching = [(tags, value) for tags, value in variants if platforms_match(tags, machine)]
    best: tuple[tuple[int, str], V] | None = None
    for tags, value in matching:
        loss, name = len(tags.keys() ^ machine.keys()), triplet(tags)
        if best is None or loss < best[0][0] or (loss == best[0][0] and name >= best[0][1]):
            best = ((loss, name), value)
    return best[1] if best else None


def triplet(tags: Tags) -> str:
    """Julia's name of a platform, such as `x86_64-linux-gnu-libgfortran5-cuda+12.0`."""
    parts = [tags.get("arch", ""), _os_name(tags), _libc_name(tags) + tags.get("call_abi", "")]
    if "libgfortran_version" in tags:
        parts.append(f"-libgfortran{_numbers(tags['libgfortran_version'])[0]}")
    if "cxxstring_abi" in tags:
        parts.append(f"-{tags['cxxstring_abi']}")
    if "libstdcxx_version" in tags:
        parts.append(f"-libstdcxx{_numbers(tags['libstdcxx_version'])[2]}")
    return "".join(parts) + "".join(f"-{key}+{tags[key]}" for key in sorted(_others(tags)))


def _agree(key: str, wanted: str, present: str) -> bool:
    if key in _AT_MOST:
        return _numbers(wanted) <= _numbers(present)
    if key == "julia_version":
        return _numbers(wanted)[:2] == _numbers(present)[:2]
    return wanted == present


def _others(tags: Tags) -> Iterable[str]:
    return (key for key in tags if key not in _CORE)


def _os_name(tags: Tags) -> str:
    numbers = _numbers(tags["os_version"]) if "os_version" in tags else None
    system = tags.get("os", "")
    if system == "macos":
        return "-apple-darwin" + (str(numbers[0]) if numbers else "")
    if system == "freebsd":
        return "-unknown-freebsd" + (f"{numbers[0]}.{numbers[1]}" if numbers else "")
    return {"linux": "-linux", "windows": "-w64-mingw32", "openbsd": "-unknown-openbsd"}.get(system, "-unknown")


def _libc_name(tags: Tags) -> str:
    libc = tags.get("libc")
    return "" if libc is None else "-gnu" if libc == "glibc" else f"-{libc}"


def _three_numbers(version: str) -> str:
    parts = version.removeprefix("v").split(".")
    return ".".join([*parts, "0", "0"][:3]) if all(part.isdecimal() for part in parts) else version


def _numbers(version: str) -> tuple[int, int, int]:
    parts = [int(part[:9]) if part.isdecimal() else 0 for part in version.removeprefix("v").split(".")]
    padded = [*parts, 0, 0, 0]
    return padded[0], padded[1], padded[2]
