"""What a bundle plan is made of: what goes in and why, what stays home and why."""

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from juliahub_ls.domain.environments.files import AS_FOUND, ChosenFiles

from .ignore_rules import Rule

BUNDLE_MAX_BYTES = 2**31


class PlannedFile(NamedTuple):
    """One file to read. A named tuple, not a dataclass: a plan has a hundred thousand of them.

    `archive_path` is relative to the bundle's top folder, `/`-separated. Sizes in bytes, times in ns. `rule` is the one
    that let it in, if any spoke of it.
    """

    archive_path: str
    source: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    executable: bool
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class InjectedFile:
    """A file made for the bundle; `why` is a phrase for the user."""

    archive_path: str
    content: bytes
    why: str


class LeftOutReason(enum.Enum):
    """Why something stays home; the value is a phrase for the user."""

    RULE = "an ignore rule"
    VERSION_CONTROL = "version control data"
    SECRET = "looks like a secret"  # noqa: S105 - a phrase
    TOKEN = "a line in it looks like a token"  # noqa: S105 - a phrase
    DANGLING_LINK = "a link to nothing"
    OUTSIDE_LINK = "a link that leaves the folder"
    LINK_LOOP = "a link that leads back to itself"
    SPECIAL_FILE = "not a regular file"
    UNREADABLE = "cannot be read"
    UNPORTABLE_NAME = "its name is not valid UTF-8"
    NAME_TOO_LONG = "its name is too long for the machines that run jobs"
    TOO_DEEP = "nested too deep"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`path` as it would be in the bundle; the size is known for files only: folders are not entered.

    `detail`: more than the reason says, such as `line 12 looks like a GitHub token`; never the token itself.
    """

    path: str
    is_directory: bool
    reason: LeftOutReason
    size: int | None = None
    rule: Rule | None = None
    detail: str = ""


class Placement(enum.Enum):
    """Where the job will find a package; the value is a phrase for the user."""

    SERVER = "installed by the server from its registry"
    STDLIB = "part of Julia"
    IN_PLACE = "in the folder itself"
    COPIED = "development package, copied into the bundle"
    DEPOT = "in no registry, its installed source goes into the bundle"
    MISSING = "not found on this computer"
    ABSENT = "not in the manifest, so a job does not have it"


@dataclass(frozen=True, slots=True)
class BundledPackage:
    """A package of the environment. `source` and `archive_path` (a folder) for what is in the bundle."""

    name: str
    uuid: str
    placement: Placement
    version: str | None = None
    source: Path | None = None
    archive_path: str | None = None


class ArtifactPlacement(enum.Enum):
    """Where the job will find an artifact; the value is a phrase for the user."""

    BUNDLED = "goes into the bundle"
    DOWNLOADED = "downloaded by the job"
    LAZY = "downloaded when the job first uses it"
    MISSING = "neither installed here nor downloadable"


@dataclass(frozen=True, slots=True)
class BundledArtifact:
    """An artifact of the project or of a bundled package; `owner` is the package's name.

    `own`: what goes in is a folder of the user's, not of a depot, so secrets in it stay home.
    """

    name: str
    tree_hash: str
    owner: str
    placement: ArtifactPlacement
    source: Path | None = None
    archive_path: str | None = None
    own: bool = False


class SizedPath(NamedTuple):
    """A file or folder of the bundle with the bytes of all below it."""

    path: str
    size: int
    is_directory: bool


@dataclass(frozen=True, slots=True)
class BundleOptions:
    """`allow_secrets`: bundle paths the user lets in; `julia_version`: of the Julia that will run the job.

    `target_platform` (`os`, `arch`) picks among artifacts; empty means this computer's. `max_bytes`: protocol §6.1.
    `gitignore`: what `.gitignore` files leave out of a repository stays home, too. `chosen`: files that go in under the
    names of those whose place they take.
    """

    allow_secrets: frozenset[str] = frozenset()
    julia_version: tuple[int, int] | None = None
    target_platform: tuple[tuple[str, str], ...] = ()
    max_bytes: int = BUNDLE_MAX_BYTES
    gitignore: bool = False
    chosen: ChosenFiles = AS_FOUND
