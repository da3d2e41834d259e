"""Images as a user chooses them: product and name, assembled from what a server lists (protocol §4.3, §4.4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from juliahub_wire.images import (
    DEFAULT_PRODUCT,
    LEGACY_PRODUCT,
    DefaultApp,
    Image,
    LegacyChoice,
    ProductImageGroups,
)

BATCH = frozenset({"batch", "singlenode-batch"})
INTERACTIVE = "distributed-interactive"
USER_INPUT = "userinput"
LEGACY_KEY = "julia"
LEGACY_NAMES = frozenset({"Julia", "Default"})
_KIND = re.compile(r"(base|option)-(cpu|gpu)")


@dataclass(frozen=True, slots=True)
class ProductImage:
    """An image of a product. `cpu_key` and `gpu_key`: what to ask for on a node without and with a GPU, where there is
    such a flavour. `interactive_product` takes the product's place when a port is exposed."""

    product: str
    name: str
    cpu_key: str | None = None
    gpu_key: str | None = None
    is_default: bool = False
    tag: str | None = None
    interactive_product: str | None = None

    def key(self, *, gpu: bool) -> str | None:
        """The key for a node: the node decides (§4.5)."""
        return self.gpu_key if gpu else self.cpu_key


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All images, each product's default first, then by name; `skipped` says what the server lists and cannot be."""

    images: tuple[ProductImage, ...]
    skipped: tuple[str, ...] = ()


def assemble(groups: ProductImageGroups, apps: Sequence[DefaultApp]) -> Catalogue:
    """The images of every batch app (§4.3)."""
    images: list[ProductImage] = []
    skipped: list[str] = []
    for app in apps:
        if not is_batch(app) or app.product_name is None or app.image_group is None:
            continue
        interactive = _interactive(app.image_group, apps, skipped)
        entries = groups.image_groups.get(app.image_group, [])
        found = [_image(app.product_name, name, same, interactive, skipped) for name, same in _by_name(entries)]
        images += sorted((image for image in found if image), key=lambda image: (not image.is_default, image.name))
    return Catalogue(tuple(images), tuple(dict.fromkeys(skipped)))


def from_legacy(choices: Sequence[LegacyChoice]) -> Catalogue:
    """The images of a server without products: one key for both kinds of node (§4.4)."""
    images = []
    for choice in choices:
        if choice.value:
            images.append(ProductImage(LEGACY_PRODUCT, choice.text, choice.value, choice.value))
        elif choice.text in LEGACY_NAMES:
            images.append(ProductImage(DEFAULT_PRODUCT, choice.text, LEGACY_KEY, LEGACY_KEY, is_default=True))
    return Catalogue(tuple(sorted(images, key=lambda image: (not image.is_default, image.name))))


def is_batch(app: DefaultApp) -> bool:
    """A product for scripts (§4.2)."""
    return app.compute_type_name in BATCH and app.input_type_name == USER_INPUT


def is_interactive(app: DefaultApp) -> bool:
    """A product for scripts that expose a port (§4.2)."""
    return app.compute_type_name == INTERACTIVE and app.input_type_name == USER_INPUT


def _interactive(group: str, apps: Sequence[DefaultApp], skipped: list[str]) -> str | None:
    """The one interactive product with the same image group; several: none (§4.3)."""
    found = [app.product_name for app in apps if is_interactive(app) and app.image_group == group]
    if len(found) > 1:
        skipped.append(f"ports: the image group {group} has {len(found)} interactive products")
    return found[0] if len(found) == 1 else None


def _by_name(entries: Sequence[Image]) -> list[tuple[str, list[Image]]]:
    grouped: dict[str, list[Image]] = {}
    for entry in entries:
        grouped.setdefault(entry.display_name, []).append(entry)
    return list(grouped.items())


def _image(
    product: str, name: str, entries: Sequence[Image], interactive: str | None, skipped: list[str]
) -> ProductImage | None:
    """One image of entries with the same name; None for kinds that are doubled, mixed or unknown (§4.3)."""
    keys: dict[str, str] = {}
    standings = set()
    for entry in entries:
        kind = _KIND.search(entry.type)
        if kind is None or not entry.image_key_name:
            skipped.append(f"{name}: its type is “{entry.type}”" if kind is None else f"{name}: it has no key")
            continue
        if kind[2] in keys:
            skipped.append(f"{name}: it has two keys of kind {kind[2]}")
            return None
        keys[kind[2]] = entry.image_key_name
        standings.add(kind[1])
    if len(standings) > 1:
        skipped.append(f"{name}: it is both the default and an option")
        return None
    if not keys:
        return None
    default = standings == {"base"}
    tag = entries[0].image_tag or None
    return ProductImage(product, name, keys.get("cpu"), keys.get("gpu"), default, tag, interactive)
