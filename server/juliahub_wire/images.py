"""Registries, applications and product images (protocol §4)."""

import logging
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from .model import WireModel

DEFAULT_PRODUCT = "standard-batch"
INTERACTIVE_PRODUCT = "standard-interactive"
"""Every real server has these two, sharing an image group (§4.3)."""
PACKAGE_INTERACTIVE_PRODUCT = "package-interactive"
"""Package and user applications that expose a port (§5.5)."""
LEGACY_PRODUCT = "@legacy"
"""What images of servers without products belong to, except the default one (§4.4)."""

log = logging.getLogger(__name__)
M = TypeVar("M", bound=WireModel)


def _readable(model: type[M]) -> BeforeValidator:
    """Elements that do not parse are skipped with a warning; they do not break the list (§4.2)."""

    def keep(value: object) -> object:
        if not isinstance(value, list):
            return value
        kept = []
        for item in value:
            try:
                kept.append(model.model_validate(item))
            except ValidationError as error:
                log.warning("Skipped one %s: %s", model.__name__, error.errors(include_input=False)[0]["loc"])
        return kept

    return BeforeValidator(keep)


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
    """An element of `defaultApps`; batch apps carry a product and an image group (§4.2).

    `visible` and `appArgs` describe a form to people and may be anything.
    """

    name: str
    appType: str  # noqa: N815 - the wire's name
    visible: Any = True
    product_name: str | None = None
    image_group: str | None = None
    compute_type_name: str | None = None
    input_type_name: str | None = None
    appArgs: Any = Field(default_factory=list)  # noqa: N815 - the wire's name


class DefaultApplications(WireModel):
    """`GET /app/applications/default` (§4.2)."""

    defaultApps: Annotated[list[DefaultApp], _readable(DefaultApp)]  # noqa: N815 - the wire's name
    defaultUserAppArgs: list[Any]  # noqa: N815 - the wire's name


class RegistryEntry(WireModel):
    """Which registry a package is in; on the wire the id is a text of digits (§4.2)."""

    id: int


class PackageApp(WireModel):
    """An element of `GET /app/applications/info`; only the first registry counts (§4.2)."""

    name: str
    uuid: str
    registrymap: list[RegistryEntry] = Field(min_length=1)


class UserApp(WireModel):
    """An element of `GET /app/applications/myapps`: a git repository of the user's (§4.2)."""

    name: str
    repourl: str


PACKAGE_APPS: TypeAdapter[list[PackageApp]] = TypeAdapter(Annotated[list[PackageApp], _readable(PackageApp)])
USER_APPS: TypeAdapter[list[UserApp]] = TypeAdapter(Annotated[list[UserApp], _readable(UserApp)])


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

    def choices(self) -> list[LegacyChoice]:
        """The images to choose from."""
        images = (option for option in self.image_options.batchjob if option.attrid == "sysimg")
        return [choice for option in images for choice in option.attrchoices]
