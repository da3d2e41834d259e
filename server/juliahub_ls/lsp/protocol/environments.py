"""Environments: the workspace's, a script's, and what is in one."""

from typing import Literal

from typing_extensions import NotRequired, TypedDict

from juliahub_ls.lsp.protocol.common import Problem

Origin = Literal["registry", "stdlib", "path", "repository", "unregistered", "unresolved"]


class PackageSource(TypedDict):
    """An entry of `[sources]`: where a dependency comes from. `directory` is the folder that `path` means here, `url`
    a repository's; `exists`: the folder is there.
    """

    name: str
    path: NotRequired[str]
    directory: NotRequired[str]
    exists: NotRequired[bool]
    url: NotRequired[str]
    rev: NotRequired[str]
    subdir: NotRequired[str]


class Environment(TypedDict):
    """A Julia environment. `juliaVersion` is the manifest's; `dependencies` counts direct ones. `manifestFile` may be
    the workspace root's: `workspaceRoot` then is its folder, and `members` are the folders of a root's own members.
    """

    directory: str
    name: str
    projectFile: NotRequired[str]
    manifestFile: NotRequired[str]
    artifactsFile: NotRequired[str]
    workspaceRoot: NotRequired[str]
    members: NotRequired[list[str]]
    juliaVersion: NotRequired[str]
    dependencies: int
    sources: list[PackageSource]
    problems: list[Problem]


class EnvironmentsParams(TypedDict):
    """No parameters: the workspace's folders are known."""


class EnvironmentsResult(TypedDict):
    """`truncated`: the scan met its bound, `scanLimit` entries, and there may be more."""

    environments: list[Environment]
    truncated: bool
    scanLimit: int


class EnvironmentParams(TypedDict):
    """The environment in a folder."""

    directory: str


class Dependency(TypedDict):
    """A dependency as it is resolved. `origin` says where it comes from and `placement`, in a phrase for the user, how
    the job will have it. `source` is its folder on this computer, when it is there.
    """

    name: str
    uuid: str
    section: Literal["deps", "weakdeps", "extras", "indirect"]
    origin: Origin
    placement: str
    version: NotRequired[str]
    registry: NotRequired[str]
    pinned: bool
    source: NotRequired[str]
    url: NotRequired[str]
    rev: NotRequired[str]
    subdir: NotRequired[str]


class ArtifactVariant(TypedDict):
    """A variant of an artifact. `platform` is empty when it suits every machine; `placement`, in a phrase for the user,
    how a job on this platform will have it; `directory` where it is installed or overridden here.
    """

    name: str
    hash: str
    platform: dict[str, str]
    lazy: bool
    overridden: bool
    placement: str
    directory: NotRequired[str]


class EnvironmentDetails(TypedDict):
    """All that is known of an environment. `loadPath`: stacked environments of this computer, which a job never has."""

    environment: Environment
    packages: list[Dependency]
    artifacts: list[ArtifactVariant]
    loadPath: list[str]


class ScriptParams(TypedDict):
    """A script of the user's."""

    script: str


class EnvironmentForResult(TypedDict):
    """Which environment a script runs in, and why in one sentence. `choices`: the others it could have, each with the
    phrase that says what it is.
    """

    environment: NotRequired[Environment]
    reason: str
    choices: list["EnvironmentChoice"]


class EnvironmentChoice(TypedDict):
    """An environment that a script could run in."""

    directory: str
    name: str
    why: str


class ChooseEnvironmentParams(TypedDict):
    """Run `script` in the environment of `directory` from now on; absent: as found, without a choice."""

    script: str
    directory: NotRequired[str]


class SetActiveEnvironmentParams(TypedDict):
    """The environment that the editor's Julia support has active; absent: none."""

    directory: NotRequired[str]


class MendEnvironmentParams(TypedDict):
    """Let Julia's package manager mend the environment of `directory`, as the user would: it writes the manifest."""

    directory: str
    how: Literal["resolve", "instantiate"]
    workDoneToken: NotRequired["str | int"]


class EnvironmentsChangedParams(TypedDict):
    """The workspace's environments as they are now."""

    environments: list[Environment]
