"""Which image a job runs in (protocol §4.3, §4.5)."""

from pathlib import Path
from typing import Any

import pytest

from juliahub_ls.domain.environments.environment import load_environment
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.jobs.image_choice import (
    ImageRequest,
    choose_image,
    julia_of,
    julia_versions,
    manifest_versions,
    offered,
    version_of,
)
from juliahub_ls.domain.jobs.product_images import ProductImage


def image(name: str, cpu: "str | None", gpu: "str | None" = None, **more: Any) -> ProductImage:
    return ProductImage(more.pop("product", "standard-batch"), name, cpu, gpu, **more)


IMAGES = [
    image("Stable", "stable", "stable-gpu", is_default=True),
    image("Julia 1.10.4", "j110"),
    image("Julia 1.9.4", "j19", "j19-gpu"),
    image("Julia 1.8.5 CUDA", None, "j18-gpu"),
    image("Sim", "sim", product="juliasim-batch", is_default=True),
    image("Julia 1.10.4", "sim110", product="juliasim-batch"),
]


@pytest.mark.parametrize(
    ("asked", "manifests", "key"),
    [
        (ImageRequest(), [], "stable"),  # the default
        (ImageRequest(), [(1, 10)], "j110"),  # the manifest's minor version
        (ImageRequest(), [(1, 8)], "stable"),  # never one without a CPU flavour
        (ImageRequest(), [(1, 11)], "stable"),  # not there: preflight says so
        (ImageRequest(), [(1, 9), (1, 10)], "j19"),  # the best of several
        (ImageRequest(), [(1, 12), (1, 10), (1, 9)], "j110"),  # the best that is offered
        (ImageRequest("1.9"), [], "j19"),
        (ImageRequest("1.9.4"), [(1, 10)], "j19"),  # what was asked for wins
        (ImageRequest("j110"), [], "j110"),
        (ImageRequest("Stable"), [], "stable"),
        (ImageRequest(name="Stable"), [(1, 10)], "stable"),
        (ImageRequest(product="juliasim-batch"), [], "sim"),
        (ImageRequest(product="juliasim-batch"), [(1, 10)], "sim110"),
        (ImageRequest("1.10", product="juliasim-batch"), [], "sim110"),
        (ImageRequest(name="Julia 1.10.4", product="juliasim-batch"), [], "sim110"),
    ],
)
def test_choice(asked: ImageRequest, manifests: "list[tuple[int, int]]", key: str) -> None:
    chosen = choose_image(IMAGES, asked, manifests)
    assert isinstance(chosen, ProductImage)
    assert chosen.key(gpu=False) == key


@pytest.mark.parametrize(
    ("asked", "manifests", "key"),
    [
        (ImageRequest(), [], "stable-gpu"),
        (ImageRequest(), [(1, 10)], "stable-gpu"),  # Julia 1.10 has no GPU flavour
        (ImageRequest(), [(1, 8)], "j18-gpu"),
        (ImageRequest("1.9"), [], "j19-gpu"),
        (ImageRequest(name="Julia 1.9.4"), [], "j19-gpu"),
    ],
)
def test_a_node_with_a_gpu_takes_the_gpu_flavour(
    asked: ImageRequest, manifests: "list[tuple[int, int]]", key: str
) -> None:
    chosen = choose_image(IMAGES, asked, manifests, gpu=True)
    assert isinstance(chosen, ProductImage)
    assert chosen.key(gpu=True) == key


@pytest.mark.parametrize("asked", ["1.8", "1.9.3", "nightly", "1"])
def test_what_is_not_there_is_said_with_what_is(asked: str) -> None:
    chosen = choose_image(IMAGES, ImageRequest(asked))
    assert chosen == f"The server has no Julia {asked}. It has Stable, Julia 1.10.4, Julia 1.9.4."


@pytest.mark.parametrize(
    ("asked", "gpu", "words"),
    [
        (ImageRequest("1.10", "Stable"), False, "Give one of them."),
        (ImageRequest(product="nope"), False, "no product nope. It has standard-batch, juliasim-batch."),
        (ImageRequest(name="nope"), False, "The product standard-batch has no image nope, but Stable, Julia 1.10.4,"),
        (ImageRequest(name="Sim"), False, "It is an image of the product juliasim-batch."),
        (ImageRequest(name="Julia 1.10.4"), True, "The image Julia 1.10.4 does not support GPU jobs."),
        (ImageRequest(name="Julia 1.8.5 CUDA"), False, "does not support CPU jobs. Choose another image or node."),
        (ImageRequest(product="juliasim-batch"), True, "The product juliasim-batch does not support GPU jobs."),
    ],
)
def test_an_image_that_cannot_be_had(asked: ImageRequest, gpu: bool, words: str) -> None:
    refused = choose_image(IMAGES, asked, gpu=gpu)
    assert isinstance(refused, str)
    assert words in refused


def test_no_images_leaves_it_to_the_server() -> None:
    assert choose_image([], ImageRequest(), [(1, 10)]) is None
    assert choose_image([], ImageRequest("1.10")) == "The server has no Julia 1.10. It has no Julia at all."


def test_versions() -> None:
    assert julia_versions(IMAGES) == ["1.10.4", "1.9.4", "1.8.5"]
    assert version_of("Julia 1.10") == (1, 10)
    assert version_of("Stable") is None
    assert [julia_of(image) for image in IMAGES[:2]] == [None, (1, 10)]
    assert [image.name for image in offered(IMAGES, ImageRequest(product="juliasim-batch"))] == ["Sim", "Julia 1.10.4"]


@pytest.mark.parametrize(
    ("files", "versions"),
    [
        ([], []),
        (["Manifest.toml"], [(1, 8)]),
        (["Manifest-v1.11.toml", "Manifest-v1.9.toml", "JuliaManifest-v1.10.toml"], [(1, 11), (1, 10), (1, 9)]),
        (["Manifest.toml", "Manifest-v1.11.toml"], [(1, 8), (1, 11)]),
        (["Manifest-v1.toml", "Manifest-vx.y.toml", "manifest-v1.10.toml"], []),
    ],
)
def test_the_julias_that_there_are_manifests_for(tmp_path: Path, files: "list[str]", versions: "list[object]") -> None:
    for name in ["Project.toml", *files]:
        (tmp_path / name).write_text('julia_version = "1.8.5"\n' if "anifest" in name else "")
    environment = environment_at(tmp_path)
    assert environment is not None
    assert manifest_versions(load_environment(environment)) == versions
