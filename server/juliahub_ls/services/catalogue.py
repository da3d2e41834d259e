"""What a server offers to run jobs in and as: images of its products, and applications (protocol §4)."""

import asyncio
import logging
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from juliahub_ls import errors
from juliahub_ls.domain.jobs.application import Application, applications
from juliahub_ls.domain.jobs.product_images import Catalogue, ProductImage, assemble, from_legacy
from juliahub_ls.services.hub_requests import HubRequests
from juliahub_wire import images, paths

T = TypeVar("T")
log = logging.getLogger(__name__)


async def product_images(client: HubRequests) -> tuple[ProductImage, ...]:
    """The images of all products, each product's default first; legacy servers have no products (§4.3, §4.4)."""
    groups = await client.get_if_there(paths.PRODUCT_IMAGE_GROUPS, {"extended": "true"})
    if groups is None:
        answer = client.model(images.LegacyImagesAnswer, await client.get(paths.IMAGE_OPTIONS), paths.IMAGE_OPTIONS)
        found = from_legacy(answer.choices())
    else:
        known = client.model(images.ProductImageGroups, groups, paths.PRODUCT_IMAGE_GROUPS)
        found = assemble(known, await _default_apps(client))
    _warn(client, found)
    return found.images


async def all_applications(client: HubRequests) -> list[Application]:
    """Every application that this account can run (§4.1, §4.2)."""
    packages, own, defaults, registries = await asyncio.gather(
        client.get(paths.PACKAGE_APPLICATIONS),
        client.get(paths.USER_APPLICATIONS),
        _default_apps(client),
        client.get(paths.REGISTRIES),
    )
    known = client.model(images.RegistriesAnswer, registries, paths.REGISTRIES)
    if not known.success:
        raise errors.RefusedByServer(message=known.message or "The server did not list its registries.")
    return applications(
        _list(client, images.PACKAGE_APPS, packages, paths.PACKAGE_APPLICATIONS),
        _list(client, images.USER_APPS, own, paths.USER_APPLICATIONS),
        defaults,
        known.registries,
    )


async def _default_apps(client: HubRequests) -> list[images.DefaultApp]:
    value = await client.get(paths.DEFAULT_APPLICATIONS)
    return client.model(images.DefaultApplications, value, paths.DEFAULT_APPLICATIONS).defaultApps


def _list(client: HubRequests, model: TypeAdapter[list[T]], value: Any, endpoint: str) -> list[T]:
    try:
        return model.validate_python(value)
    except ValidationError as error:
        raise client.unexpected(endpoint, error) from error


def _warn(client: HubRequests, found: Catalogue) -> None:
    for skipped in found.skipped:
        log.warning("%s lists an image that cannot be used: %s", client.server, skipped)
