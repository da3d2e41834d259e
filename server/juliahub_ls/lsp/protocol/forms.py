"""The form for a job: what could be chosen, what the choices come to, and choices that were kept."""

from typing import Literal

from typing_extensions import NotRequired, TypedDict

from juliahub_ls.lsp.protocol.common import Action, Problem
from juliahub_ls.lsp.protocol.environments import Environment, EnvironmentChoice
from juliahub_ls.lsp.protocol.jobs import SubmitParams
from juliahub_ls.lsp.protocol.servers import Server


class FormParams(TypedDict):
    """A form for `script`, filled with `choices`; absent: those of a `configuration` (of the workspace folder
    `folder`), of a `job` of `server` that was submitted from here, else those that the script ran with last, else the
    defaults. With a `configuration`, `choices` go before its own. What means something only on the server that choices
    name does not go along to another `server` that is named beside them.

    `bundle`: also plan what would go along, which takes longer; without it the last plan's figures are told, if any.
    """

    script: NotRequired[str]
    choices: NotRequired[SubmitParams]
    configuration: NotRequired[str]
    folder: NotRequired[str]
    server: NotRequired[str]
    job: NotRequired[str]
    bundle: NotRequired[bool]


class FormEnvironment(TypedDict):
    """The environment that the script runs in, why, and the others it could have."""

    environment: NotRequired[Environment]
    reason: str
    choices: list[EnvironmentChoice]


class FormBundle(TypedDict):
    """What goes along. `leftOut` counts files and folders that stay home; `problems` of severity error keep it here."""

    directory: str
    name: str
    fileCount: int
    totalSize: int
    leftOut: int
    problems: list[Problem]


class FormNode(TypedDict):
    """A machine type, `memory` in bytes. `label`: as `4 vCPU · 16 GB`; `priceLabel`: as `$0.17 an hour`, absent where
    nothing is paid.
    """

    nodeClass: str
    label: str
    vcpus: int
    memory: int
    gpu: bool
    price: float
    priceLabel: NotRequired[str]


class FormImage(TypedDict):
    """An image that a job can run in. `mismatch`: a sentence that says why it does not fit the manifest."""

    key: str
    name: str
    product: str
    isDefault: bool
    juliaVersion: NotRequired[str]
    mismatch: NotRequired[str]


class FormDesign(TypedDict):
    """What will start. `summary`: as `1 master + 7 workers on 2 nodes`; `capacity`: as `8 vCPU, 32 GB`.

    On `nodes` machines of class `nodeClass`; `vcpus` and `memory` (bytes) are those of all of them. `workersPerNode`
    has one number for each node, the master not among them, at most 64 of them. `priceLabel`: as
    `$0.34 an hour`, `limitLabel`: as `at most $0.34`; both absent where nothing is paid. `hours`: when it is stopped.
    """

    summary: str
    capacity: str
    nodeClass: str
    nodes: int
    processes: int
    workersPerNode: list[int]
    vcpus: int
    memory: int
    pricePerHour: float
    priceAtMost: NotRequired[float]
    priceLabel: NotRequired[str]
    limitLabel: NotRequired[str]
    hours: NotRequired[float]


class FieldProblem(TypedDict):
    """Something to say beside a field: `field` is a key of `SubmitParams`."""

    field: str
    severity: Literal["error", "warning", "information"]
    message: str
    actions: NotRequired[list[Action]]


class Form(TypedDict):
    """A form that is already right. `choices` are those in effect, complete enough to submit as they are.

    `origin`: where they come from. `nodes` and `images` are the server's, the last known ones while it is offline.
    `image`: the name of the one that the job will run in, where the server does not choose. `ready`: it can be
    submitted; `obstacle` says why not. `commandLine`: the same for a terminal; absent for a selection that is not whole
    lines of the script as it stands on the disk.
    """

    choices: SubmitParams
    origin: Literal["defaults", "remembered", "configuration", "job", "given"]
    server: Server
    environment: FormEnvironment
    nodes: list[FormNode]
    images: list[FormImage]
    fields: list[FieldProblem]
    ready: bool
    commandLine: NotRequired[str]
    bundle: NotRequired[FormBundle]
    design: NotRequired[FormDesign]
    image: NotRequired[str]
    obstacle: NotRequired[str]
    offlineSince: NotRequired[int]


class Configuration(TypedDict):
    """Choices under a name in a workspace folder's `.vscode/juliahub.toml`. `line` counts from 0.

    `problem`: why it cannot be used as it stands.
    """

    name: str
    folder: str
    uri: str
    line: int
    choices: SubmitParams
    problem: NotRequired[str]


class ConfigurationsParams(TypedDict):
    """No parameters: the workspace's folders are known."""


class ConfigurationsResult(TypedDict):
    """By folder, in the order of their files."""

    configurations: list[Configuration]


class SaveConfigurationParams(TypedDict):
    """Keep `choices` as `name` in the workspace folder `folder`, else the script's, in place of one of that name."""

    name: str
    choices: SubmitParams
    folder: NotRequired[str]


class SaveConfigurationResult(TypedDict):
    """The file that was edited (through `workspace/applyEdit`, so undo works), which wants saving, and where in it."""

    uri: str
    line: int


class ConfigurationsChangedParams(TypedDict):
    """All configurations as they are now."""

    configurations: list[Configuration]
