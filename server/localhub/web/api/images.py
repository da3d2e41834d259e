"""Registries, applications and images (protocol §4): one image for each installed Julia."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from juliahub_wire.images import (
    DEFAULT_PRODUCT,
    INTERACTIVE_PRODUCT,
    DefaultApp,
    DefaultApplications,
    Image,
    ProductImageGroups,
    RegistriesAnswer,
    Registry,
)
from localhub.domain.offer import JuliaImage
from localhub.web.requests import answer, blocking, hub_of, json_answer

IMAGE_GROUP = "julia"
GENERAL = Registry(id=1, name="General", uuid="23338594-aafe-5451-b93e-139f81909106")

_APPLICATIONS = DefaultApplications(
    defaultApps=[
        DefaultApp(
            name="Standard Batch",
            appType="batchjob",
            product_name=DEFAULT_PRODUCT,
            image_group=IMAGE_GROUP,
            compute_type_name="batch",
            input_type_name="userinput",
        ),
        DefaultApp(
            name="Standard Interactive",
            appType="batchjob",
            product_name=INTERACTIVE_PRODUCT,
            image_group=IMAGE_GROUP,
            compute_type_name="distributed-interactive",
            input_type_name="userinput",
        ),
    ],
    defaultUserAppArgs=[],
)


async def registries(_request: Request) -> Response:
    """Julia's General registry."""
    return answer(RegistriesAnswer(success=True, registries=[GENERAL]))


async def default_applications(_request: Request) -> Response:
    """Batch jobs, and the interactive product that clients expect beside them."""
    return answer(_APPLICATIONS)


async def no_applications(_request: Request) -> Response:
    """This hub has no package or user applications: a bare empty array."""
    return json_answer([])


async def product_image_groups(request: Request) -> Response:
    """The installed Julias; the default one is the group's only `base` image."""
    images = await blocking(hub_of(request).images)
    return answer(ProductImageGroups(image_groups={IMAGE_GROUP: [_image(image) for image in images]}))


async def image_options(request: Request) -> Response:
    """The same for clients that know no products (§4.4): an empty value is the default Julia."""
    images = await blocking(hub_of(request).images)
    choices = [
        {"value": "" if image.default else image.key, "text": _option_text(image), "price": 0.0} for image in images
    ]
    option = {"attrid": "sysimg", "attrname": "Image", "attrvalue": "", "attrdisplay": True, "attrchoices": choices}
    return json_answer({"success": True, "image_options": {"batchjob": [option]}})


def _option_text(image: JuliaImage) -> str:
    """Clients know the default by this text (§4.4)."""
    return "Julia" if image.default else image.display_name


def _image(image: JuliaImage) -> Image:
    kind = "base-cpu" if image.default else "option-cpu"
    return Image(display_name=image.display_name, type=kind, image_key_name=image.key)


routes = [
    Route(paths.REGISTRIES, registries),
    Route(paths.DEFAULT_APPLICATIONS, default_applications),
    Route(paths.PACKAGE_APPLICATIONS, no_applications),
    Route(paths.USER_APPLICATIONS, no_applications),
    Route(paths.PRODUCT_IMAGE_GROUPS, product_image_groups),
    Route(paths.IMAGE_OPTIONS, image_options),
]
