"""Bundles: what goes in and what stays home, and the archive."""

from typing_extensions import NotRequired, TypedDict

from juliahub_ls.lsp.protocol.common import Problem


class BundleParams(TypedDict):
    """What to bundle: `directory`, else the folder of the script's environment.

    `allow` names files let in though they look like secrets. `gitignore`: honour `.gitignore` files, too; absent: as
    the setting says. `manifest` and `artifacts`: files in the place of the folder's own. `julia`: the version that will
    run the job; it chooses among versioned manifests.
    """

    script: NotRequired[str]
    directory: NotRequired[str]
    allow: NotRequired[list[str]]
    gitignore: NotRequired[bool]
    manifest: NotRequired[str]
    artifacts: NotRequired[str]
    julia: NotRequired[str]


class Rule(TypedDict):
    """A line of an ignore file; `line` counts from 1."""

    uri: str
    line: int
    text: str


class BundleFile(TypedDict):
    """A file that goes in: `path` inside the bundle; `origin` and `why` for what comes from outside the folder.
    `rule` is the one that put it in, when a rule spoke of it.
    """

    path: str
    size: int
    origin: NotRequired[str]
    why: NotRequired[str]
    rule: NotRequired[Rule]


class LeftOut(TypedDict):
    """A file or folder that stays home, and the reason: a phrase, with the rule when one decided."""

    path: str
    isDirectory: bool
    size: NotRequired[int]
    reason: str
    rule: NotRequired[Rule]


class BundlePlan(TypedDict):
    """What a bundle will hold, before anything is sent. `problems` of severity error keep it from being written."""

    directory: str
    name: str
    fileCount: int
    totalSize: int
    files: list[BundleFile]
    leftOut: list[LeftOut]
    problems: list[Problem]


class BundleFolderParams(TypedDict):
    """One folder of the preview: `path` inside the bundle, empty for its top. The other fields as in `BundleParams`.

    Planned anew only when something has changed.
    """

    script: NotRequired[str]
    directory: NotRequired[str]
    allow: NotRequired[list[str]]
    gitignore: NotRequired[bool]
    manifest: NotRequired[str]
    artifacts: NotRequired[str]
    julia: NotRequired[str]
    path: str


class BundleEntry(TypedDict):
    """A file or folder in the preview. A folder's `size` and `fileCount` are of all that goes in below it.

    `included` false: it stays home, `reason` says why. `origin`, a phrase: it is not of the folder itself; `source` is
    where it lies on this computer. `canChange`: `juliahub/setBundleRule` can turn it.
    """

    path: str
    name: str
    isDirectory: bool
    included: bool
    size: NotRequired[int]
    fileCount: NotRequired[int]
    reason: NotRequired[str]
    rule: NotRequired[Rule]
    origin: NotRequired[str]
    source: NotRequired[str]
    canChange: bool


class BundleFolder(TypedDict):
    """Folders first, by name. The totals and problems are the whole bundle's."""

    directory: str
    name: str
    path: str
    entries: list[BundleEntry]
    fileCount: int
    totalSize: int
    limit: int
    problems: list[Problem]


class SetBundleRuleParams(TypedDict):
    """Leave `path` (inside the bundle of `directory`) out of it, or let it in, by a rule in the nearest
    `.juliabundleignore`.
    """

    directory: str
    path: str
    included: bool


class SetBundleRuleResult(TypedDict):
    """The ignore file that was edited (through `workspace/applyEdit`, so undo works), which wants saving, and whether
    anything had to change.
    """

    uri: str
    changed: bool


class WriteBundleParams(TypedDict):
    """Write the bundle to the file `output`."""

    script: NotRequired[str]
    directory: NotRequired[str]
    allow: NotRequired[list[str]]
    gitignore: NotRequired[bool]
    manifest: NotRequired[str]
    artifacts: NotRequired[str]
    julia: NotRequired[str]
    output: str
    workDoneToken: NotRequired["str | int"]


class WriteBundleResult(TypedDict):
    """The archive that was written."""

    output: str
    size: int
    sha256: str
    fileCount: int
