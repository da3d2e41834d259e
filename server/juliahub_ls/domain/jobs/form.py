"""The form for a job, made of what is known: what can be chosen, what the choices come to, what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from juliahub_ls.domain.environments.files import JuliaVersion
from juliahub_ls.domain.jobs.cluster_design import order
from juliahub_ls.domain.jobs.image_choice import julia_of
from juliahub_ls.domain.jobs.product_images import ProductImage
from juliahub_ls.domain.problem import Mend, Problem, Severity
from juliahub_wire.nodes import NodeSpec

_OF_JULIA = frozenset({"julia-version-mismatch", "manifest-for-other-julia"})


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Something to say beside a field: `field` is a choice's key (`choices.py`)."""

    field: str
    severity: Severity
    message: str
    mends: tuple[Mend, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageOffer:
    """An image that a job can run in. `mismatch`: why it does not fit the manifest."""

    image: ProductImage
    mismatch: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said beside fields, and the first thing that keeps the job from being submitted."""

    fields: Sequence[FieldProblem] = ()
    obstacle: str | None = None


def sorted_nodes(specs: Sequence[NodeSpec]) -> list[NodeSpec]:
    """The smallest first, those with a GPU last."""
    return sorted(specs, key=order)


def image_offers(
    images: Sequence[ProductImage], manifests: Sequence[JuliaVersion], *, gpu: bool = False
) -> list[ImageOffer]:
    """The images that run on a node with or without a GPU, each compared with the Julias that there are `manifests`
    for.
    """
    return [ImageOffer(image, image_mismatch(image, manifests)) for image in images if image.key(gpu=gpu)]


def image_mismatch(image: ProductImage, manifests: Sequence[JuliaVersion]) -> str | None:
    """A sentence for an image whose name tells another Julia than the manifests' (protocol §4.5)."""
    julia = julia_of(image)
    if julia is None or not manifests or julia in manifests:
        return None
    names = " and ".join(f"{major}.{minor}" for major, minor in manifests)
    made = (
        f"The manifest was made by Julia {names}" if len(manifests) == 1 else f"There are manifests for Julia {names}"
    )
    return f"{made}, and this image has Julia {julia[0]}.{julia[1]}."


def field_of(problem: Problem, script: Path | None) -> str | None:
    """The field that a problem of a job is said beside; None for one that its environment or bundle shows."""
    if problem.code in _OF_JULIA:
        return "julia"
    return "script" if problem.path is not None and problem.path == script else None


def judged(
    fields: Sequence[FieldProblem], problems: Sequence[Problem], script: Path | None, obstacle: str | None = None
) -> Verdict:
    """Everything together. `obstacle`: one that goes before all others, such as a sign-in."""
    told = {item.message for item in fields}
    beside = list(fields)
    for problem in problems:
        name = field_of(problem, script)
        if name and problem.message not in told:
            beside.append(FieldProblem(name, problem.severity, problem.message, problem.mends))
    wrong = [item.message for item in beside if item.severity is Severity.ERROR]
    wrong += [problem.message for problem in problems if problem.severity is Severity.ERROR]
    return Verdict(tuple(beside), obstacle or (wrong[0] if wrong else None))
