"""Registries, default applications and product images (protocol §4)."""

from typing import Any

from pydantic import Field

from .model import WireModel

DEFAULT_PRODUCT = "standard-batch"
INTERACTIVE_PRODUCT = "standard-interactive"
"""Every real server has these two, sharing an image group (§4.3)."""


class Registry(WireModel):
    """A package registry the server knows (§4.1)."""

    id: int
    name: str
    uuid: str


class RegistriesAnswer(WireModel):
    """`GET /app/packages/registries` (§4.1)."""

    success: bool
    message: str = ""
    registries: list[Registry] = Field(default_factory=list)


class DefaultApp(WireModel):
    """An element of `defaultApps`; batch apps carry a product and an image group (§4.2)."""

    name: str
    appType: str  # noqa: N815 - the wire's name
    visible: bool = True
    product_name: str | None = None
    image_group: str | None = None
    compute_type_name: str | None = None
    input_type_name: str | None = None
    appArgs: list[dict[str, Any]] = Field(default_factory=list)  # noqa: N815 - the wire's name


class DefaultApplications(WireModel):
    """`GET /app/applications/default` (§4.2)."""

    defaultApps: list[DefaultApp]  # noqa: N815 - the wire's name
    defaultUserAppArgs: list[dict[str, Any]]  # noqa: N815 - the wire's name


class Image(WireModel):
    """One entry of an image group.

    `type` contains `(base|option)-(cpu|gpu)`; `base` is the product's default (§4.3).
    """

    display_name: str
    type: str
    image_key_name: str
    image_tag: str | None = None
    image_sha: str | None = None


class ProductImageGroups(WireModel):
    """`GET /juliaruncloud/product_image_groups?extended=true` (§4.3)."""

    image_groups: dict[str, list[Image]]


LEGACY_DEFAULT_KEY = "julia"


class LegacyChoice(WireModel):
    """One image that a legacy server offers; an empty `value` is its default (§4.4)."""

    value: str
    text: str


class LegacyOption(WireModel):
    """One question of the form; `sysimg` is the image."""

    attrid: str
    attrchoices: list[LegacyChoice] = Field(default_factory=list)


class LegacyOptions(WireModel):
    """The questions for batch jobs."""

    batchjob: list[LegacyOption] = Field(default_factory=list)


class LegacyImagesAnswer(WireModel):
    """`GET /juliaruncloud/get_image_options` on servers without products (§4.4)."""

    success: bool
    message: str = ""
    image_options: LegacyOptions = Field(default_factory=LegacyOptions)

    def images(self) -> list[Image]:
        """As the image groups of newer servers would say it: a CPU and a GPU image for every choice."""
        found = []
        for option in self.image_options.batchjob:
            for choice in option.attrchoices if option.attrid == "sysimg" else ():
                kind = "base" if not choice.value else "option"
                for device in ("cpu", "gpu"):
                    key = choice.value or LEGACY_DEFAULT_KEY
                    found.append(Image(display_name=choice.text, type=f"{kind}-{device}", image_key_name=key))
        return found
