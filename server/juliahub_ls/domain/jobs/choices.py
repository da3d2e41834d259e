"""What can be chosen for a job, once: the keys of a submission, the long options of `juliahub submit`, and the keys of
a saved configuration are the same list.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from juliahub_ls.domain.jobs.exposed_port import ACCESS
from juliahub_ls.domain.values import finite, is_number

Choices = Mapping[str, Any]
"""By the keys of `SubmitParams`; files as paths. What is absent has its default."""


class Kind(enum.Enum):
    """What a choice's value is, in the words of a sentence about it."""

    TEXT = "text"
    PATH = "a path"
    WORD = "a word"
    COUNT = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"
    LIST = "a list of texts"
    TABLE = "a table of texts"


@dataclass(frozen=True, slots=True)
class Choice:
    """`key` in a submission; `option`: the long option without `--`, and the key in a configuration. `words` it may
    be. `about`: a phrase for help and hover.
    """

    key: str
    option: str
    kind: Kind
    about: str
    words: tuple[str, ...] = ()


CHOICES = (
    Choice("script", "script", Kind.PATH, "The script to run, a .jl file."),
    Choice("server", "server", Kind.TEXT, "Where to run: this-computer, a host or a URL; else the current server."),
    Choice("directory", "bundle", Kind.PATH, "The folder to bundle; else the script's environment."),
    Choice("manifest", "manifest", Kind.PATH, "A manifest in the place of the one that Julia would read."),
    Choice("artifacts", "artifacts", Kind.PATH, "An artifacts file in the place of the one that Julia would read."),
    Choice(
        "send",
        "send",
        Kind.WORD,
        "What goes along: the folder; project and manifest as texts; the project alone, for the server to resolve; "
        "nothing but the script.",
        ("folder", "environment", "project", "script"),
    ),
    Choice("gitignore", "gitignore", Kind.FLAG, "Whether what .gitignore files leave out stays home, too."),
    Choice("allow", "allow", Kind.LIST, "Files that look like secrets and go along all the same."),
    Choice("name", "name", Kind.TEXT, "The job's name; else the script's."),
    Choice("env", "env", Kind.TABLE, "Environment variables for the job."),
    Choice("nodes", "nodes", Kind.COUNT, "How many machines."),
    Choice("minNodes", "min-nodes", Kind.COUNT, "Start when so many of the machines are there."),
    Choice("elastic", "elastic", Kind.FLAG, "Start at once; machines come and go."),
    Choice("processesPerNode", "processes-per-node", Kind.COUNT, "Julia processes on each machine."),
    Choice("processPerVcpu", "process-per-vcpu", Kind.FLAG, "One Julia process for each vCPU of each machine."),
    Choice("threads", "threads", Kind.COUNT, "Threads of each process."),
    Choice("vcpus", "vcpus", Kind.COUNT, "vCPUs of each machine, at least."),
    Choice("memory", "memory", Kind.COUNT, "Memory of each machine in GB, at least."),
    Choice("gpu", "gpu", Kind.FLAG, "Machines with a GPU."),
    Choice("node", "node", Kind.TEXT, "Machines of this class, such as m6."),
    Choice("timeLimit", "time-limit", Kind.NUMBER, "Hours after which the job is stopped; 0: never."),
    Choice("costLimit", "cost-limit", Kind.NUMBER, "US dollars after which the job is stopped."),
    Choice("julia", "julia", Kind.TEXT, "The Julia version, such as 1.10; else the manifest's."),
    Choice("image", "image", Kind.TEXT, "The image to run in, by its name."),
    Choice("product", "product", Kind.TEXT, "The product whose images can be chosen; else standard-batch."),
    Choice("port", "port", Kind.COUNT, "Show this port of the job under an address of its own."),
    Choice("portAccess", "port-access", Kind.WORD, "Who may open the port.", ACCESS),
    Choice("portName", "port-name", Kind.TEXT, "The first part of the port's address."),
    Choice("sysimage", "sysimage", Kind.FLAG, "Build a system image of the manifest's packages."),
    Choice("project", "project", Kind.TEXT, "The server's project that the job belongs to, by its UUID."),
    Choice("app", "app", Kind.TEXT, "An application of the server, in place of a script."),
    Choice("appRepo", "app-repo", Kind.TEXT, "The repository of an application of yours, in place of a script."),
    Choice("branch", "branch", Kind.TEXT, "A branch of the application."),
    Choice("revision", "revision", Kind.TEXT, "A commit or tag of the application; else its release."),
)
BY_KEY = {choice.key: choice for choice in CHOICES}
BY_OPTION = {choice.option: choice for choice in CHOICES}
SECRET_OPTIONS = frozenset({"port-password"})
"""They are never written down."""
ALTERNATIVES = (
    frozenset({"timeLimit", "costLimit"}),
    frozenset({"processesPerNode", "processPerVcpu"}),
    frozenset({"minNodes", "elastic"}),
    frozenset({"julia", "image"}),
)
"""Of each of these only one can be chosen."""
DEFAULTS: Choices = {"send": "folder", "nodes": 1, "processesPerNode": 1, "timeLimit": 1.0, "portAccess": "me"}
"""What it is without a choice, where that is a value."""
OF_A_SERVER = frozenset({"node", "julia", "image", "product", "project", "app"})
"""Names that mean something on one server only."""


def fits(choice: Choice, value: object) -> bool:
    """Whether a value read from a file is of the choice's kind. Whether it makes sense is said later."""
    if choice.kind is Kind.FLAG:
        return isinstance(value, bool)
    if choice.kind is Kind.COUNT:
        return isinstance(value, int) and not isinstance(value, bool)
    if choice.kind is Kind.NUMBER:
        return is_number(value) and finite(value) is not None
    if choice.kind is Kind.LIST:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if choice.kind is Kind.TABLE:
        return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    return isinstance(value, str) and (not choice.words or value in choice.words)


def known_choices(value: object) -> "dict[str, Any]":
    """Of a JSON object that an earlier version or somebody else wrote, what is a choice."""
    if not _is_object(value):
        return {}
    return {key: item for key, item in value.items() if key in BY_KEY and fits(BY_KEY[key], item)}


def merged(base: Choices, over: Choices) -> "dict[str, Any]":
    """`base` with what `over` says in its place; what `over` chooses takes the place of its alternative."""
    chosen = {key for key, value in over.items() if value is not False}
    replaced = {key for group in ALTERNATIVES if chosen & group for key in group - over.keys()}
    kept = {key: value for key, value in base.items() if key not in replaced}
    return {**kept, **over}


def configured(saved: Choices, over: Choices) -> "dict[str, Any]":
    """A configuration's choices with those over it that are made for once; of variables, each one. An application
    takes the place of the script.
    """
    variables = {**saved.get("env", {}), **over.get("env", {})}
    if "app" in over or "appRepo" in over:
        saved = {key: value for key, value in saved.items() if key != "script"}
    return merged(saved, over) | ({"env": variables} if variables else {})


def unusual(choices: Choices) -> "dict[str, Any]":
    """The choices without those that are as they would be anyway."""
    return {key: value for key, value in choices.items() if key not in DEFAULTS or value != DEFAULTS[key]}


def elsewhere(choices: Choices) -> "dict[str, Any]":
    """The choices without those that only make sense on the server they were made for."""
    return {key: value for key, value in choices.items() if key not in OF_A_SERVER}


def _is_object(value: object) -> "TypeGuard[dict[str, Any]]":
    return isinstance(value, dict)
