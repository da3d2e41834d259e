"""A design in words, images compared with manifests, and the sums that end a job."""

import pytest

from juliahub_ls.domain.jobs import cluster_words as words
from juliahub_ls.domain.jobs.cluster_design import ClusterDesign, ClusterRequest, design_cluster, range_problems
from juliahub_ls.domain.jobs.form import image_mismatch
from juliahub_ls.domain.jobs.product_images import ProductImage
from juliahub_ls.domain.jobs.unfit import Unfit
from juliahub_wire.nodes import NodeSpec


def node(vcores: int = 4, memory: int = 16, price: float = 0.34, *, gpu: str = "") -> NodeSpec:
    return NodeSpec("m6", bool(gpu), vcores, memory, price, "", "", gpu or str(memory), 0.0, 0.0, 1)


@pytest.mark.parametrize(
    ("spec", "label"),
    [
        (node(), "4 vCPU · 16 GB"),
        (node(gpu="V100"), "4 vCPU · 16 GB · V100 GPU"),
        (node(gpu="16"), "4 vCPU · 16 GB · GPU"),
    ],
)
def test_a_node(spec: NodeSpec, label: str) -> None:
    assert words.node_label(spec) == label


@pytest.mark.parametrize(
    ("design", "summary", "capacity", "cluster", "workers"),
    [
        (
            ClusterDesign(node(), 1, True, None, 1),
            "1 process on 1 node",
            "4 vCPU, 16 GB",
            "1 node × 4 vCPU, 1 process",
            [0],
        ),
        (
            ClusterDesign(node(), 2, False, None, 1),
            "1 master + 7 workers on 2 nodes",
            "8 vCPU, 32 GB",
            "2 nodes × 4 vCPU, 8 processes",
            [3, 4],
        ),
        (
            ClusterDesign(node(gpu="K80"), 3, True, None, 1, min_nodes=2),
            "1 master + 2 workers on 3 nodes, starting with 2",
            "12 vCPU, 48 GB",
            "3 nodes × 4 vCPU + GPU, 3 processes",
            [0, 1, 1],
        ),
        (
            ClusterDesign(node(), 2, True, None, 1, elastic=True),
            "1 master + 1 worker on 2 nodes, elastic",
            "8 vCPU, 32 GB",
            "2 nodes × 4 vCPU, 2 processes",
            [0, 1],
        ),
    ],
)
def test_a_design(design: ClusterDesign, summary: str, capacity: str, cluster: str, workers: "list[int]") -> None:
    assert (words.summary(design), words.capacity(design), words.cluster(design)) == (summary, capacity, cluster)
    assert words.workers_per_node(design) == workers


def test_a_large_cluster_is_drawn_in_part() -> None:
    design = ClusterDesign(node(), 1000, False, None, 1)
    drawn = words.workers_per_node(design)
    assert (len(drawn), drawn[0], drawn[-1]) == (64, 3, 4)
    assert words.summary(design) == "1 master + 3,999 workers on 1,000 nodes"


@pytest.mark.parametrize(("price", "text"), [(0.34, "$0.34"), (1234.5, "$1,234.50"), (0.004, "$0.004"), (0, "$0.00")])
def test_dollars(price: float, text: str) -> None:
    assert words.dollars(price) == text


def test_prices_are_told_where_something_is_paid() -> None:
    paid, free = ClusterDesign(node(), 2, True, None, 0.5), ClusterDesign(node(price=0), 2, True, None, 0.5)
    assert (words.an_hour(paid.price_per_hour), words.at_most(paid)) == ("$0.68 an hour", "at most $0.34")
    assert (words.an_hour(free.price_per_hour), words.at_most(free)) == (None, None)
    assert words.at_most(ClusterDesign(node(), 2, True, None, 0)) is None
    assert words.at_most(ClusterDesign(node(), 1, True, None, 0.01)) == "at most $0.06", (
        "ten minutes are billed at least"
    )


@pytest.mark.parametrize(
    ("request_", "whole", "hours"),
    [
        (ClusterRequest(cost_limit=0.68), False, 2),
        (ClusterRequest(cost_limit=0.34 / 6), False, 1 / 6),
        (ClusterRequest(cost_limit=1.0), True, 2),
        (ClusterRequest(cost_limit=3 * 0.34), True, 3),
        (ClusterRequest(cost_limit=1e9), False, 8760),
        (ClusterRequest(cost_limit=2, time_limit=50), False, 2 / 0.34),
    ],
)
def test_a_sum_ends_a_job(request_: ClusterRequest, whole: bool, hours: float) -> None:
    design = design_cluster(request_, [node()], whole=whole)
    assert isinstance(design, ClusterDesign)
    assert design.time_limit == pytest.approx(hours)


@pytest.mark.parametrize(
    ("request_", "price", "whole", "sentence"),
    [
        (ClusterRequest(cost_limit=0.05), 0.34, False, "ten minutes, the least that is billed, cost $0.06"),
        (ClusterRequest(cost_limit=0.3), 0.34, True, "an hour, the least that the server takes, costs $0.34"),
        (ClusterRequest(cost_limit=1), 0, False, "Nothing is paid for these machines"),
        (ClusterRequest(cost_limit=0), 0.34, False, "must be above $0"),
        (ClusterRequest(cost_limit=float("nan")), 0.34, False, "must be above $0"),
    ],
)
def test_a_sum_that_ends_none(request_: ClusterRequest, price: float, whole: bool, sentence: str) -> None:
    design = design_cluster(request_, [node(price=price)], whole=whole)
    assert isinstance(design, Unfit)
    assert design.field == "costLimit"
    assert sentence in design.sentence


def test_a_process_for_each_vcpu() -> None:
    design = design_cluster(ClusterRequest(nodes=2, process_per_vcpu=True, vcpus=3), [node(2), node(4), node(8)])
    assert isinstance(design, ClusterDesign)
    assert (design.node.vcores, design.processes, design.one_process_per_node) == (4, 8, False)


def test_every_count_at_once() -> None:
    found = range_problems(ClusterRequest(nodes=0, threads=0, memory=-1, processes_per_node=2, process_per_vcpu=True))
    assert [unfit.field for unfit in found] == ["nodes", "threads", "memory", "processesPerNode"]


@pytest.mark.parametrize(
    ("name", "manifests", "sentence"),
    [
        ("Julia 1.10.4", [(1, 10)], None),
        ("Julia 1.9.0", [(1, 10)], "The manifest was made by Julia 1.10, and this image has Julia 1.9."),
        (
            "Julia 1.9.0",
            [(1, 10), (1, 11)],
            "There are manifests for Julia 1.10 and 1.11, and this image has Julia 1.9.",
        ),
        ("Stable", [(1, 10)], None),
        ("Julia 1.9.0", [], None),
    ],
)
def test_an_image_for_another_julia(name: str, manifests: "list[tuple[int, int]]", sentence: "str | None") -> None:
    assert image_mismatch(ProductImage("p", name, "key"), manifests) == sentence
