"""Cluster design: from what a user asks for to a node type and process counts (protocol §3, §5.3)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from juliahub_wire.nodes import NodeSpec

MAX_HOURS = 24 * 365
"""A year: what is longer is a slip of the hand."""
BILLED_AT_LEAST_HOURS = 1 / 6


@dataclass(frozen=True, slots=True)
class ClusterRequest:
    """What was asked for. None: whatever fits. `time_limit` in hours, 0 for none.

    `min_nodes`: start as soon as so many are there; `elastic`: start at once and let nodes come and go; `node`: of this
    class.
    """

    nodes: int = 1
    processes_per_node: int = 1
    threads: int | None = None
    vcpus: int | None = None
    memory: int | None = None
    gpu: bool = False
    time_limit: float = 1.0
    min_nodes: int | None = None
    elastic: bool = False
    node: str | None = None


@dataclass(frozen=True, slots=True)
class ClusterDesign:
    """What will start. `threads` is set only when it differs from what the server does by itself."""

    node: NodeSpec
    nodes: int
    one_process_per_node: bool
    threads: int | None
    time_limit: float
    min_nodes: int | None = None
    elastic: bool = False

    @property
    def processes(self) -> int:
        """All Julia processes, the master among them."""
        return self.nodes * (1 if self.one_process_per_node else self.node.vcores)

    @property
    def price_per_hour(self) -> float:
        """US dollars for all nodes."""
        return self.nodes * self.node.price_per_hour

    @property
    def price_at_most(self) -> float | None:
        """US dollars for all nodes up to the limit; at least ten minutes are billed; None without a limit."""
        if not self.time_limit:
            return None
        return self.price_per_hour * max(self.time_limit, BILLED_AT_LEAST_HOURS)


def design_cluster(request: ClusterRequest, specs: Sequence[NodeSpec]) -> "ClusterDesign | str":
    """The smallest node type that serves the request, or a sentence that says why none does.

    JuliaHub starts one process a node or one a vCPU, so `processes_per_node` above one asks for a node of exactly
    that many vCPUs.
    """
    wrong = out_of_range(request)
    if wrong:
        return wrong
    if specs and request.node is not None and request.node not in {spec.node_class for spec in specs}:
        return f"The server has no node class {request.node}. It has {_classes(specs)}."
    per_vcpu = request.processes_per_node > 1
    if per_vcpu and request.vcpus not in (None, request.processes_per_node):
        return (
            f"{request.processes_per_node} processes on a node of {request.vcpus} vCPUs cannot be had: "
            "a server starts one process per node or one per vCPU."
        )
    candidates = [spec for spec in sorted(specs, key=_order) if _fits(spec, request)]
    if not candidates:
        return _nothing_fits(request, specs)
    return ClusterDesign(
        candidates[0],
        request.nodes,
        not per_vcpu,
        request.threads,
        request.time_limit,
        request.min_nodes,
        request.elastic,
    )


def whole_hours(hours: float) -> int:
    """JuliaHub takes whole hours; a part of one counts as one (protocol §5.3)."""
    return math.ceil(hours)


def _order(spec: NodeSpec) -> tuple[bool, int, int, float]:
    return (spec.has_gpu, spec.vcores, spec.memory_gb, spec.price_per_hour)


def _fits(spec: NodeSpec, request: ClusterRequest) -> bool:
    if request.node not in (None, spec.node_class):
        return False
    if request.processes_per_node > 1 and spec.vcores != request.processes_per_node:
        return False
    wanted = request.vcpus or (request.threads or 1 if request.processes_per_node == 1 else 1)
    return spec.vcores >= wanted and spec.memory_gb >= (request.memory or 1) and (spec.has_gpu or not request.gpu)


def out_of_range(request: ClusterRequest) -> str | None:
    """A sentence about the first count that no server could serve; None when there is none."""
    counts = (
        ("The number of nodes", request.nodes),
        ("The minimum number of nodes", request.min_nodes),
        ("The number of processes per node", request.processes_per_node),
        ("The number of threads", request.threads),
        ("The number of vCPUs", request.vcpus),
        ("The memory in GB", request.memory),
    )
    for name, count in counts:
        if count is not None and count < 1:
            return f"{name} must be at least 1, not {count}."
    return _pool_problem(request)


def _pool_problem(request: ClusterRequest) -> str | None:
    if request.min_nodes is None:
        return None
    if request.elastic:
        return "An elastic pool starts with what there is: it has no minimum number of nodes. Choose one of the two."
    if request.min_nodes >= request.nodes:
        return (
            f"The minimum number of nodes must be smaller than the number asked for: {request.min_nodes} of "
            f"{request.nodes} is not."
        )
    return None


def _classes(specs: Sequence[NodeSpec]) -> str:
    return ", ".join(dict.fromkeys(spec.node_class for spec in sorted(specs, key=_order)))


def _nothing_fits(request: ClusterRequest, specs: Sequence[NodeSpec]) -> str:
    if not specs:
        return "The server offers no machines at present."
    of_class = [spec for spec in specs if request.node in (None, spec.node_class)]
    return _no_such_size(request, of_class, f"node of class {request.node}" if request.node else "node")


def _no_such_size(request: ClusterRequest, specs: Sequence[NodeSpec], node: str) -> str:
    sizes = ", ".join(sorted({str(spec.vcores) for spec in specs}, key=int))
    if request.processes_per_node > 1:
        return (
            f"{request.processes_per_node} processes per node need a {node} with {request.processes_per_node} vCPUs, "
            f"and the server has them with {sizes}. Choose another number, or more nodes."
        )
    largest = max(specs, key=lambda spec: (spec.vcores, spec.memory_gb))
    return (
        f"No {node} has what was asked for: the largest has {largest.vcores} vCPUs and {largest.memory_gb} GB"
        f"{'' if any(spec.has_gpu for spec in specs) else ', and none has a GPU'}."
    )
