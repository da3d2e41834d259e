"""What a server offers: images of its products, applications, on servers of each generation (protocol §4)."""

import logging
from typing import Any

import pytest

from juliahub_ls import errors
from juliahub_ls.services.catalogue import all_applications, product_images
from juliahub_ls.services.hub_client import HubClient
from tests.support.scripted_http import ScriptedServer
from tests.unit.services.test_hub_client import DEFAULTS, GROUPS

LEGACY = "GET /juliaruncloud/get_image_options"
PACKAGES, OWN, REGISTRIES = (
    "GET /app/applications/info",
    "GET /app/applications/myapps",
    "GET /app/packages/registries",
)
UUID = "23338594-aafe-5451-b93e-139f81909106"


def app(product: str, group: str, kind: str = "batch", **more: Any) -> "dict[str, Any]":
    fixed = {"name": product, "appType": "batchjob", "product_name": product, "image_group": group}
    return fixed | {"compute_type_name": kind, "input_type_name": "userinput"} | more


def image(name: str, kind: str, key: "str | None" = None, **more: Any) -> "dict[str, Any]":
    return {"display_name": name, "type": kind, "image_key_name": name.lower() if key is None else key} | more


async def listed(client: HubClient, server: ScriptedServer, apps: Any, groups: Any) -> "list[tuple[Any, ...]]":
    server.on(DEFAULTS, {"defaultApps": apps, "defaultUserAppArgs": []})
    server.on(GROUPS, {"image_groups": groups})
    return [(one.product, one.name, one.cpu_key, one.gpu_key) for one in await product_images(client)]


B, S, J = "standard-batch", "standard-interactive", "juliasim-batch"
CASES: "dict[str, tuple[Any, Any, list[tuple[Any, ...]]]]" = {
    "entries of one name are one image": (
        [app(B, "base")],
        {"base": [image("A", "base-cpu", "a-cpu"), image("A", "base-gpu", "a-gpu")]},
        [(B, "A", "a-cpu", "a-gpu")],
    ),
    "the default first, then by name": (
        [app(B, "base")],
        {"base": [image("C", "option-cpu"), image("B", "option-gpu"), image("Z", "base-cpu")]},
        [(B, "Z", "z", None), (B, "B", None, "b"), (B, "C", "c", None)],
    ),
    "every batch product has the images of its group": (
        [app(B, "base"), app(J, "sim", "singlenode-batch"), app(S, "base", "distributed-interactive")],
        {"base": [image("A", "base-cpu")], "sim": [image("S", "base-cpu")], "other": [image("O", "base-cpu")]},
        [(B, "A", "a", None), (J, "S", "s", None)],
    ),
    "two keys of one kind drop the image": (
        [app(B, "base")],
        {"base": [image("A", "base-cpu"), image("A", "base-cpu", "again"), image("B", "option-cpu")]},
        [(B, "B", "b", None)],
    ),
    "a default that is an option, too, is dropped": (
        [app(B, "base")],
        {"base": [image("A", "base-cpu"), image("A", "option-gpu"), image("B", "option-cpu")]},
        [(B, "B", "b", None)],
    ),
    "an unknown type is skipped": (
        [app(B, "base")],
        {"base": [image("A", "base-tpu"), image("A", "base-gpu"), image("B", "other")]},
        [(B, "A", None, "a")],
    ),
    "the type may have more around it": (
        [app(B, "base")],
        {"base": [image("A", "x-base-cpu-2")]},
        [(B, "A", "a", None)],
    ),
    "an image without a key is none": ([app(B, "base")], {"base": [image("A", "base-cpu", "")]}, []),
    "a group that is not there": ([app(B, "gone")], {"base": [image("A", "base-cpu")]}, []),
    "an app that takes no script": (
        [app(B, "base", input_type_name="notebook")],
        {"base": [image("A", "base-cpu")]},
        [],
    ),
    "an app without a group": ([app(B, "base", image_group=None)], {"base": [image("A", "base-cpu")]}, []),
    "an app that cannot be read": (
        [{"name": 1}, "nothing", app(B, "base", visible=None, appArgs=None)],
        {"base": [image("A", "base-cpu")]},
        [(B, "A", "a", None)],
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_images_are_assembled(client: HubClient, server: ScriptedServer, case: str) -> None:
    apps, groups, expected = CASES[case]
    assert await listed(client, server, apps, groups) == expected
    assert server.requests[server.seen.index(GROUPS)].url.query == "extended=true"


async def test_the_tag_is_the_first_entrys(client: HubClient, server: ScriptedServer) -> None:
    entries = [image("A", "base-cpu", image_tag="v1", image_sha="x"), image("A", "base-gpu", image_tag="v2")]
    await listed(client, server, [app(B, "base")], {"base": entries})
    (found,) = await product_images(client)
    assert (found.tag, found.is_default) == ("v1", True)


@pytest.mark.parametrize(
    ("interactive", "expected"),
    [
        ([], None),
        ([app(S, "base", "distributed-interactive")], S),
        ([app(S, "other", "distributed-interactive")], None),
    ],
)
async def test_the_interactive_product_shares_the_group(
    client: HubClient, server: ScriptedServer, interactive: Any, expected: "str | None"
) -> None:
    await listed(client, server, [app(B, "base"), *interactive], {"base": [image("A", "base-cpu")]})
    assert [found.interactive_product for found in await product_images(client)] == [expected]


async def test_two_interactive_products_are_none(
    client: HubClient, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    two = [app(name, "base", "distributed-interactive") for name in (S, "other-interactive")]
    with caplog.at_level(logging.WARNING):
        await listed(client, server, [app(B, "base"), *two], {"base": [image("A", "base-cpu")]})
    assert [found.interactive_product for found in await product_images(client)] == [None]
    assert "the image group base has 2 interactive products" in caplog.text


async def test_images_of_a_legacy_server(client: HubClient, server: ScriptedServer) -> None:
    choices = [
        {"value": "big", "text": "Big", "price": 0.0},
        {"value": "", "text": "Julia", "price": 0.0},
        {"value": "", "text": "Nameless", "price": 0.0},
    ]
    option = {"attrid": "sysimg", "attrname": "Image", "attrvalue": "", "attrdisplay": True, "attrchoices": choices}
    other = {"attrid": "threads", "attrchoices": [{"value": "1", "text": "One"}]}
    server.on(LEGACY, {"success": True, "image_options": {"batchjob": [other, option]}})
    found = await product_images(client)
    assert [(one.product, one.name, one.cpu_key, one.gpu_key) for one in found] == [
        ("standard-batch", "Julia", "julia", "julia"),
        ("@legacy", "Big", "big", "big"),
    ]
    assert DEFAULTS not in server.seen


async def test_applications(client: HubClient, server: ScriptedServer) -> None:
    entry = {"name": "P", "uuid": UUID, "registrymap": [{"id": "1", "status": True}, {"id": "2"}]}
    packages = [
        entry,
        entry | {"name": "Gone", "registrymap": [{"id": "9"}]},
        entry | {"registrymap": []},
        {"name": "x"},
    ]
    server.on(PACKAGES, packages)
    server.on(OWN, [{"name": "Mine", "repourl": "https://git/mine.git"}, {"name": "No"}])
    server.on(REGISTRIES, {"success": True, "message": "", "registries": [{"id": 1, "name": "General", "uuid": UUID}]})
    pluto = {"name": "Pluto", "appType": "pluto", "visible": True, "appArgs": []}
    apps = [app(B, "base"), app(S, "base", "distributed-interactive"), pluto]
    server.on(DEFAULTS, {"defaultApps": apps, "defaultUserAppArgs": []})
    assert [(one.kind.value, one.name, one.id, one.registry) for one in await all_applications(client)] == [
        ("package", "P", UUID, "General"),
        ("user", "Mine", "https://git/mine.git", None),
        ("default", "Pluto", "pluto", None),
    ]
    server.on(PACKAGES, {"apps": []})
    with pytest.raises(errors.UnexpectedAnswer, match="/app/applications/info"):
        await all_applications(client)
    server.on(PACKAGES, [])
    server.on(REGISTRIES, {"success": False, "message": "Not today.", "registries": []})
    with pytest.raises(errors.RefusedByServer, match=r"Not today\."):
        await all_applications(client)
