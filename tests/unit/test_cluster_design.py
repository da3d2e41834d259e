"""From a request to a node type and process counts (protocol §3, §5.3)."""

import pytest

from juliahub_ls.domain.jobs.cluster_design import ClusterDesign, ClusterRequest, design_cluster, whole_hours
from juliahub_ls.domain.jobs.unfit import Unfit
from juliahub_wire.nodes import NodeSpec


def node(name: str, vcores: int, memory: int, price: float, *, gpu: bool = False) -> NodeSpec:
    return NodeSpec(name, gpu, vcores, memory, price, "", "", "", 0.0, 0.0, 1)


SPECS = [
    node("gpu", 4, 16, 2.0, gpu=True),
    node("c8", 8, 32, 0.8),
    node("c4", 4, 8, 0.3),
    node("m4", 4, 32, 0.4),
    node("c2", 2, 4, 0.2),
]


def designed(request: ClusterRequest, specs: "list[NodeSpec]" = SPECS) -> ClusterDesign:
    design = design_cluster(request, specs)
    assert isinstance(design, ClusterDesign), design
    return design


@pytest.mark.parametrize(
    ("request_", "name", "processes"),
    [
        (ClusterRequest(), "c2", 1),  # the smallest there is
        (ClusterRequest(nodes=3), "c2", 3),  # one process a node
        (ClusterRequest(nodes=3, processes_per_node=2), "c2", 6),  # one a vCPU, on a node of exactly that many
        (ClusterRequest(processes_per_node=4), "c4", 4),
        (ClusterRequest(processes_per_node=4, memory=16), "m4", 4),
        (ClusterRequest(vcpus=3), "c4", 1),
        (ClusterRequest(vcpus=4, processes_per_node=4), "c4", 4),
        (ClusterRequest(memory=9), "m4", 1),
        (ClusterRequest(threads=5), "c8", 1),  # threads want cores
        (ClusterRequest(threads=2, processes_per_node=4), "c4", 4),  # but not where processes decide
        (ClusterRequest(gpu=True), "gpu", 1),
        (ClusterRequest(vcpus=4, memory=8), "c4", 1),  # a GPU that nobody asked for comes last
        (ClusterRequest(node="m4"), "m4", 1),  # the class that was asked for
        (ClusterRequest(node="gpu"), "gpu", 1),
        (ClusterRequest(node="m4", processes_per_node=4), "m4", 4),
        (ClusterRequest(nodes=8, min_nodes=2), "c2", 8),
        (ClusterRequest(nodes=8, elastic=True), "c2", 8),
    ],
)
def test_the_smallest_node_that_serves(request_: ClusterRequest, name: str, processes: int) -> None:
    design = designed(request_)
    assert (design.node.node_class, design.processes, design.nodes) == (name, processes, request_.nodes)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ClusterRequest(nodes=0), "number of nodes must be at least 1, not 0"),
        (ClusterRequest(nodes=-2), "not -2"),
        (ClusterRequest(processes_per_node=0), "processes per node must be at least 1"),
        (ClusterRequest(threads=0), "threads must be at least 1"),
        (ClusterRequest(vcpus=0), "vCPUs must be at least 1"),
        (ClusterRequest(memory=0), "memory in GB must be at least 1"),
        (ClusterRequest(vcpus=8, processes_per_node=4), "one process per node or one per vCPU"),
        (ClusterRequest(processes_per_node=3), "need a node with 3 vCPUs, and the server has them with 2, 4, 8"),
        (ClusterRequest(vcpus=64), "the largest has 8 vCPUs and 32 GB"),
        (ClusterRequest(memory=64), "the largest has 8 vCPUs and 32 GB"),
        (ClusterRequest(node="m9"), "no node class m9. It has c2, c4, m4, c8, gpu."),
        (ClusterRequest(node="m4", vcpus=8), "No node of class m4 has what was asked for: the largest has 4 vCPUs"),
        (ClusterRequest(node="m4", gpu=True), "and none has a GPU"),
        (ClusterRequest(node="m4", processes_per_node=2), "need a node of class m4 with 2 vCPUs"),
        (ClusterRequest(nodes=3, min_nodes=0), "The minimum number of nodes must be at least 1, not 0"),
        (ClusterRequest(nodes=3, min_nodes=3), "smaller than the number asked for: 3 of 3 is not"),
        (ClusterRequest(nodes=1, min_nodes=1), "1 of 1 is not"),
        (ClusterRequest(nodes=3, min_nodes=2, elastic=True), "An elastic pool starts with what there is"),
    ],
)
def test_what_cannot_be_had_is_said(request_: ClusterRequest, words: str) -> None:
    design = design_cluster(request_, SPECS)
    assert isinstance(design, Unfit)
    assert words in design.sentence


def test_the_order_of_the_protocol() -> None:
    """GPU last, then vCPUs, memory and price; what is equal stays in the server's order."""
    same = [node("a", 2, 4, 0.2), node("b", 2, 4, 0.2), node("c", 2, 4, 0.1), node("d", 2, 3, 0.9)]
    assert designed(ClusterRequest(), same).node.node_class == "d"
    assert designed(ClusterRequest(memory=4), same).node.node_class == "c"
    assert designed(ClusterRequest(memory=4), same[:2]).node.node_class == "a"
    several = [node("m6", 2, 8, 0.2), node("m6", 8, 32, 0.8), node("m6", 4, 16, 0.4)]
    assert designed(ClusterRequest(node="m6", vcpus=3), several).node.vcores == 4
    only_gpu = [node("gpu", 4, 16, 2.0, gpu=True)]
    assert designed(ClusterRequest(), only_gpu).node.has_gpu, "nothing else fits"


def test_no_machines_and_no_gpu() -> None:
    assert design_cluster(ClusterRequest(node="m6"), []) == Unfit("node", "The server offers no machines at present.")
    assert design_cluster(ClusterRequest(), []) == Unfit("node", "The server offers no machines at present.")
    without = design_cluster(ClusterRequest(gpu=True), [spec for spec in SPECS if not spec.has_gpu])
    assert isinstance(without, Unfit)
    assert without.field == "gpu"
    assert without.sentence.endswith(", and none has a GPU.")


@pytest.mark.parametrize(("hours", "expected"), [(0, None), (1.0, 0.4), (0.05, 2 * 0.2 / 6), (2.5, 1.0)])
def test_the_price_is_an_upper_bound(hours: float, expected: "float | None") -> None:
    assert designed(ClusterRequest(nodes=2, time_limit=hours)).price_at_most == pytest.approx(expected)


def test_the_price_of_an_hour() -> None:
    assert designed(ClusterRequest(nodes=3, time_limit=0)).price_per_hour == pytest.approx(0.6)


@pytest.mark.parametrize(("hours", "expected"), [(0, 0), (0.1, 1), (1.0, 1), (1.01, 2), (24, 24)])
def test_a_part_of_an_hour_counts_as_one(hours: float, expected: int) -> None:
    assert whole_hours(hours) == expected
