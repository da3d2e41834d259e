"""Machines and what starts on them, in the words that a form, a table and a terminal share."""

from collections.abc import Sequence

from juliahub_ls.domain.jobs.cluster_design import ClusterDesign
from juliahub_wire.nodes import NodeSpec

MAX_DRAWN = 64
"""So many nodes are drawn one by one."""


def node_label(spec: NodeSpec) -> str:
    """`4 vCPU · 16 GB`, with the GPU where there is one: its model, when the server names it (protocol §3)."""
    label = f"{spec.vcores} vCPU · {spec.memory_gb} GB"
    if not spec.has_gpu:
        return label
    model = spec.memory_display
    return f"{label} · {model} GPU" if model and not model.isdigit() else f"{label} · GPU"


def an_hour(price: float) -> str | None:
    """`$0.17 an hour`; None where nothing is paid."""
    return f"{dollars(price)} an hour" if price else None


def at_most(design: ClusterDesign) -> str | None:
    """`at most $0.34`; None where nothing is paid or nothing ends it."""
    price = design.price_at_most
    return f"at most {dollars(price)}" if price else None


def dollars(price: float) -> str:
    """`$0.34`; with more digits what would show as nothing: `$0.004`."""
    return f"${price:,.2f}" if price >= 0.005 or not price else f"${price:.1g}"


def summary(design: ClusterDesign) -> str:
    """`1 process on 1 node`, `1 master + 7 workers on 2 nodes`, with what is to be said of its pool."""
    if design.processes == 1:
        return "1 process on 1 node"
    workers = counted(design.processes - 1, "worker")
    text = f"1 master + {workers} on {counted(design.nodes, 'node')}"
    if design.elastic:
        return f"{text}, elastic"
    return text if design.min_nodes is None else f"{text}, starting with {design.min_nodes}"


def capacity(design: ClusterDesign) -> str:
    """`8 vCPU, 32 GB`, of all nodes."""
    return f"{design.nodes * design.node.vcores:,} vCPU, {design.nodes * design.node.memory_gb:,} GB"


def cluster(design: ClusterDesign) -> str:
    """`2 nodes × 4 vCPU, 8 processes`."""
    gpu = " + GPU" if design.node.has_gpu else ""
    processes = counted(design.processes, "process", "processes")
    return f"{counted(design.nodes, 'node')} × {design.node.vcores} vCPU{gpu}, {processes}"


def workers_per_node(design: ClusterDesign) -> Sequence[int]:
    """For each node, the master's first, how many workers it has; the first `MAX_DRAWN` nodes."""
    each = 1 if design.one_process_per_node else design.node.vcores
    return [each - (number == 0) for number in range(min(design.nodes, MAX_DRAWN))]


def counted(count: int, one: str, several: str | None = None) -> str:
    """`1 node`, `2 nodes`."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"
