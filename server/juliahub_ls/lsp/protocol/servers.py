"""Servers, their machines and images."""

from typing import Literal

from typing_extensions import NotRequired, TypedDict


class Server(TypedDict):
    """A server profile.

    `id` names it in every other call. `state` is the last known; `tokenExpires` when signed in to an account.
    `apiVersion`: what it speaks, once it has been asked. `offlineSince`: it cannot be reached; it is looked for.
    """

    id: str
    name: str
    url: NotRequired[str]
    kind: Literal["thisComputer", "hub"]
    state: Literal["signedIn", "signedOut", "offline", "stopped"]
    account: NotRequired[str]
    tokenExpires: NotRequired[int]
    apiVersion: NotRequired[str]
    offlineSince: NotRequired[int]
    current: bool


class ServersParams(TypedDict):
    """No parameters."""


class ServersResult(TypedDict):
    """All profiles, "This computer" first."""

    servers: list[Server]


class ServerParams(TypedDict):
    """`server`: a profile's id, or a host name or URL of a new one; absent: the current one."""

    server: NotRequired[str]
    workDoneToken: NotRequired["str | int"]


class SignInParams(TypedDict):
    """Which server, as in `ServerParams`.

    `showsApproval`: the client shows `juliahub/approvalWanted` to the user; else the daemon opens the page and says
    where to go.
    """

    server: NotRequired[str]
    showsApproval: NotRequired[bool]
    workDoneToken: NotRequired["str | int"]


class ApprovalWantedParams(TypedDict):
    """A page to approve the sign-in on, in any browser, with the `code` that stands there or is asked for there.

    `workDoneToken` is the request's.
    """

    server: str
    url: str
    code: NotRequired[str]
    workDoneToken: NotRequired["str | int"]


class Node(TypedDict):
    """A machine type that the server offers; `price` in US dollars an hour."""

    nodeClass: str
    vcpus: int
    memory: int
    gpu: bool
    price: float
    description: str


class NodesResult(TypedDict):
    """Node specs, smallest first. `offlineSince`: the server is away, and these are the last known."""

    nodes: list[Node]
    offlineSince: NotRequired[int]


class Image(TypedDict):
    """An image that a job can run in. `juliaVersion` when the name tells it."""

    key: str
    name: str
    product: str
    isDefault: bool
    juliaVersion: NotRequired[str]


class ImagesResult(TypedDict):
    """Images, the default first. `offlineSince` as for machines."""

    images: list[Image]
    offlineSince: NotRequired[int]


class ServersChangedParams(TypedDict):
    """All profiles, as in `juliahub/servers`."""

    servers: list[Server]
