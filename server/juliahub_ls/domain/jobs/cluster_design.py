"""Cluster design: from what a user asks for to a node type and process counts (protocol §3, §5.3)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from juliahub_ls.domain.jobs.unfit import Unfit
from juliahub_wire.nodes import NodeSpec

MAX_HOURS = 24 * 365
"""A year: what is longer is a slip of the hand."""
BILLED_AT_LEAST_HOURS = 1 / 6
_ROUNDING = 1e-9
"""What three hours cost must buy three hours, whatever the division makes of it."""


@dataclass(frozen=True, slots=True)
class ClusterRequest:
    """What was asked for. None: whatever fits. `time_limit` in hours, 0 for none; `cost_limit` in US dollars, in its
    place: the hours that it buys.

    `process_per_vcpu`: as many processes on each node as it has vCPUs, in place of a number; `min_nodes`: start as soon
    as so many are there; `elastic`: start at once and let nodes come and go; `node`: of this class.
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
    process_per_vcpu: bool = False
    cost_limit: float | None = None


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


def design_cluster(
    request: ClusterRequest, specs: Sequence[NodeSpec], *, whole: bool = False
) -> "ClusterDesign | Unfit":
    """The smallest node type that serves the request, or a sentence that says why none does.

    JuliaHub starts one process a node or one a vCPU, so `processes_per_node` above one asks for a node of exactly
    that many vCPUs. `whole`: the server's limits are whole hours.
    """
    wrong = range_problems(request)
    if wrong:
        return wrong[0]
    if specs and request.node is not None and request.node not in {spec.node_class for spec in specs}:
        return Unfit("node", f"The server has no node class {request.node}. It has {_classes(specs)}.")
    if request.processes_per_node > 1 and request.vcpus not in (None, request.processes_per_node):
        sentence = (
            f"{request.processes_per_node} processes on a node of {request.vcpus} vCPUs cannot be had: "
            "a server starts one process per node or one per vCPU."
        )
        return Unfit("processesPerNode", sentence)
    node = next((spec for spec in sorted(specs, key=order) if _fits(spec, request)), None)
    if node is None:
        return _nothing_fits(request, specs)
    hours = _hours(request, request.nodes * node.price_per_hour, whole)
    if isinstance(hours, Unfit):
        return hours
    one_per_node = request.processes_per_node == 1 and not request.process_per_vcpu
    return ClusterDesign(node, request.nodes, one_per_node, request.threads, hours, request.min_nodes, request.elastic)


def whole_hours(hours: float) -> int:
    """JuliaHub takes whole hours; a part of one counts as one (protocol §5.3)."""
    return math.ceil(hours)


def dollars_up(price: float) -> str:
    """`$0.34`, rounded up to cents: what surely is enough."""
    return f"${math.ceil(price * 100 - _ROUNDING) / 100:,.2f}"


def range_problems(request: ClusterRequest) -> list[Unfit]:
    """Everything that no server could serve, each beside its field."""
    counts = (
        ("nodes", "The number of nodes", request.nodes),
        ("minNodes", "The minimum number of nodes", request.min_nodes),
        ("processesPerNode", "The number of processes per node", request.processes_per_node),
        ("threads", "The number of threads", request.threads),
        ("vcpus", "The number of vCPUs", request.vcpus),
        ("memory", "The memory in GB", request.memory),
    )
    found = [
        Unfit(field, f"{name} must be at least 1, not {count}.")
        for field, name, count in counts
        if count is not None and count < 1
    ]
    if request.cost_limit is not None and not 0 < request.cost_limit < math.inf:
        found.append(Unfit("costLimit", "The cost limit must be above $0."))
    if request.process_per_vcpu and request.processes_per_node > 1:
        found.append(Unfit("processesPerNode", "Processes per node are a number, or one for each vCPU. Choose one."))
    refused = {unfit.field for unfit in found}
    pool = None if refused & {"nodes", "minNodes"} else _pool_problem(request)
    return [*found, Unfit("minNodes", pool)] if pool else found


def _hours(request: ClusterRequest, price: float, whole: bool) -> float | Unfit:
    """The limit that the server is given. `price`: of an hour of all nodes. Time is rounded up, what money buys down:
    neither the time nor the sum asked for is ever cut.
    """
    if request.cost_limit is None:
        return whole_hours(request.time_limit) if whole else request.time_limit
    if not price:
        sentence = "Nothing is paid for these machines, so no cost would end the job. Limit its time instead."
        return Unfit("costLimit", sentence)
    hours = min(request.cost_limit / price + _ROUNDING, MAX_HOURS)
    if whole and hours < 1:
        return _too_little(request.cost_limit, f"an hour, the least that the server takes, costs {dollars_up(price)}")
    if hours < BILLED_AT_LEAST_HOURS:
        least = dollars_up(price * BILLED_AT_LEAST_HOURS)
        return _too_little(request.cost_limit, f"ten minutes, the least that is billed, cost {least}")
    return math.floor(hours) if whole else hours


def _too_little(sum_: float, why: str) -> Unfit:
    sentence = f"${sum_:,.2f} buys too little: {why}. Allow more, or choose smaller or fewer machines."
    return Unfit("costLimit", sentence)


def order(spec: NodeSpec) -> tuple[bool, int, int, float]:
    """Nodes with a GPU last; else by vCPUs, memory and price (protocol §3)."""
    return (spec.has_gpu, spec.vcores, spec.memory_gb, spec.price_per_hour)


def _fits(spec: NodeSpec, request: ClusterRequest) -> bool:
    if request.node not in (None, spec.node_class):
        return False
    if request.processes_per_node > 1 and spec.vcores != request.processes_per_node:
        return False
    alone = request.processes_per_node == 1 and not request.process_per_vcpu
    wanted = request.vcpus or (request.threads or 1 if alone else 1)
    return spec.vcores >= wanted and spec.memory_gb >= (request.memory or 1) and (spec.has_gpu or not request.gpu)


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
    return ", ".join(dict.fromkeys(spec.node_class for spec in sorted(specs, key=order)))


def _nothing_fits(request: ClusterRequest, specs: Sequence[NodeSpec]) -> Unfit:
    if not specs:
        return Unfit("node", "The server offers no machines at present.")
    of_class = [spec for spec in specs if request.node in (None, spec.node_class)]
    return _no_such_size(request, of_class, f"node of class {request.node}" if request.node else "node")


def _no_such_size(request: ClusterRequest, specs: Sequence[NodeSpec], node: str) -> Unfit:
    sizes = ", ".join(sorted({str(spec.vcores) for spec in specs}, key=int))
    if request.processes_per_node > 1:
        sentence = (
            f"{request.processes_per_node} processes per node need a {node} with {request.processes_per_node} vCPUs, "
            f"and the server has them with {sizes}. Choose another number, or more nodes."
        )
        return Unfit("processesPerNode", sentence)
    largest = max(specs, key=lambda spec: (spec.vcores, spec.memory_gb))
    has_gpu = any(spec.has_gpu for spec in specs)
    sentence = (
        f"No {node} has what was asked for: the largest has {largest.vcores} vCPUs and {largest.memory_gb} GB"
        f"{'' if has_gpu else ', and none has a GPU'}."
    )
    return Unfit(_too_large(request, largest, has_gpu), sentence)


def _too_large(request: ClusterRequest, largest: NodeSpec, has_gpu: bool) -> str:
    """Which of the wishes is the one too many, as far as one is."""
    if request.gpu and not has_gpu:
        return "gpu"
    if request.memory is not None and request.memory > largest.memory_gb:
        return "memory"
    return "threads" if request.vcpus is None and request.threads else "vcpus"
