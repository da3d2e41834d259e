"""Which Julia a job runs on, and so which image: the one asked for, else one of the manifests', else the default.

(Protocol §4.3, §4.5.)
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.environments.files import JuliaVersion, is_manifest_name, toml_files
from juliahub_ls.domain.environments.manifest import version_pair
from juliahub_ls.domain.jobs.product_images import ProductImage
from juliahub_wire.images import DEFAULT_PRODUCT, LEGACY_PRODUCT

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What a user asks for: a Julia version (`julia`; an image's name or key will do) or an image by name, of the
    default product or of another."""

    julia: str | None = None
    name: str | None = None
    product: str | None = None

    def __bool__(self) -> bool:
        return any((self.julia, self.name, self.product))


def choose_image(
    images: Sequence[ProductImage], asked: ImageRequest, wanted: Sequence[JuliaVersion] = (), *, gpu: bool = False
) -> "ProductImage | str | None":
    """An image (the first of a product is its default), None to let the server choose, or a sentence: it has no such
    image, or none for a node with or without a GPU (protocol §4.5).

    `wanted`: versions that there is a manifest for, the best first. Only images whose names tell a Julia version can be
    compared. That none of them is there is `preflight`'s to say.
    """
    if asked.julia and asked.name:
        return "A Julia version chooses an image, and so does an image's name. Give one of them."
    product = [image for image in images if image.product in _products(asked)]
    if asked.product and not product:
        return f"The server has no product {asked.product}. It has {_names(image.product for image in images)}."
    if asked.name:
        return _named(images, product, asked, gpu=gpu)
    suitable = [image for image in product if image.key(gpu=gpu)]
    if asked.julia:
        found = next((image for image in suitable if _is(image, asked.julia)), None)
        return found or _no_such_julia(suitable, asked.julia)
    same = (image for version in wanted for image in suitable if julia_of(image) == version)
    chosen = next(same, suitable[0] if suitable else None)
    if chosen is None and asked.product:
        return f"The product {asked.product} does not support {_kind(gpu)} jobs. Choose another product or node."
    return chosen


def offered(images: Sequence[ProductImage], asked: ImageRequest) -> list[ProductImage]:
    """The images of the product that was asked for."""
    return [image for image in images if image.product in _products(asked)]


def manifest_versions(loaded: LoadedEnvironment) -> list[JuliaVersion]:
    """The Julias that this environment has a manifest for: the plain one's first, then versioned ones, newest first."""
    file = loaded.manifest_file
    folder = file.parent if file else loaded.workspace_root or loaded.environment.directory
    versioned = {version for name in toml_files(folder) if (version := manifest_version(name))}
    plain = loaded.manifest.julia if loaded.manifest and file and not manifest_version(file.name) else None
    return list(dict.fromkeys([*([plain] if plain else []), *sorted(versioned, reverse=True)]))


def manifest_version(name: str) -> JuliaVersion | None:
    """(1, 11) of `Manifest-v1.11.toml`; None of a plain manifest's name and of any other."""
    return version_pair(name.removesuffix(".toml").partition("-v")[2]) if is_manifest_name(name) else None


def julia_versions(images: Sequence[ProductImage]) -> list[str]:
    """The Julia versions that image names tell, the default's first."""
    versions = (version_of(image.name) for image in images)
    return list(dict.fromkeys(".".join(map(str, version)) for version in versions if version))


def julia_of(image: ProductImage | None) -> JuliaVersion | None:
    """The Julia of an image, when its name tells."""
    version = version_of(image.name) if image else None
    return (version[0], version[1]) if version else None


def version_of(text: str) -> tuple[int, ...] | None:
    """The version in a text such as `Julia 1.10.4`; None when there is none."""
    match = _VERSION.search(text)
    return tuple(int(part) for part in match.groups() if part is not None) if match else None


def _products(asked: ImageRequest) -> tuple[str, ...]:
    return (asked.product,) if asked.product else (DEFAULT_PRODUCT, LEGACY_PRODUCT)


def _named(
    images: Sequence[ProductImage], product: Sequence[ProductImage], asked: ImageRequest, *, gpu: bool
) -> "ProductImage | str":
    found = next((image for image in product if asked.name == image.name), None)
    if found is None:
        elsewhere = _names(image.product for image in images if image.name == asked.name)
        there = f" It is an image of the product {elsewhere}." if elsewhere else ""
        names = _names(image.name for image in product) or "no images"
        return f"The product {asked.product or DEFAULT_PRODUCT} has no image {asked.name}, but {names}.{there}"
    if found.key(gpu=gpu) is None:
        return f"The image {found.name} does not support {_kind(gpu)} jobs. Choose another image or node."
    return found


def _kind(gpu: bool) -> str:
    return "GPU" if gpu else "CPU"


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _is(image: ProductImage, asked: str) -> bool:
    wanted, version = version_of(asked), version_of(image.name)
    if wanted and version:
        return version[: len(wanted)] == wanted
    return asked in (image.name, image.cpu_key, image.gpu_key)


def _no_such_julia(images: Sequence[ProductImage], asked: str) -> str:
    names = _names(image.name for image in images) or "no Julia at all"
    return f"The server has no Julia {asked}. It has {names}."
