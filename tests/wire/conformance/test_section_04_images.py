"""Section 4: registries, applications, images."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.support.scripted_hub import IMAGES
from tests.support.submissions import submit

from .support import is_integer, is_number, is_text, rows


def batch_apps(client: httpx.Client) -> list[dict[str, Any]]:
    return list(client.get("/app/applications/default").json()["defaultApps"])


# 4.1 Registries


@rows(
    "key, is_right",
    [
        ("id", "id", is_integer),
        ("name", "name", lambda value: value == "General"),
        ("uuid", "uuid", lambda value: str(uuid.UUID(str(value))) == value),
    ],
)
def test_4_1_registries(client: httpx.Client, key: str, is_right: Callable[[object], bool]) -> None:
    answer = client.get("/app/packages/registries").json()
    assert answer["success"] is True
    assert all(is_right(registry[key]) for registry in answer["registries"])


# 4.2 Applications


@rows(
    "path, is_right",
    [
        ("default", "/app/applications/default", lambda value: set(value) == {"defaultApps", "defaultUserAppArgs"}),
        ("info: bare array", "/app/applications/info", lambda value: value == []),
        ("myapps: bare array", "/app/applications/myapps", lambda value: value == []),
    ],
)
def test_4_2_endpoints(client: httpx.Client, path: str, is_right: Callable[[Any], bool]) -> None:
    assert is_right(client.get(path).json())


@rows(
    "key, is_right",
    [
        ("name", "name", is_text),
        ("appType", "appType", lambda value: value == "batchjob"),
        ("compute_type_name", "compute_type_name", lambda value: value in ("batch", "distributed-interactive")),
        ("input_type_name", "input_type_name", lambda value: value == "userinput"),
        ("product_name", "product_name", is_text),
        ("image_group", "image_group", is_text),
        ("visible", "visible", lambda value: value is True),
        ("appArgs", "appArgs", lambda value: value == []),
    ],
)
def test_4_2_default_app_fields(client: httpx.Client, key: str, is_right: Callable[[object], bool]) -> None:
    apps = batch_apps(client)
    assert apps
    assert all(is_right(app[key]) for app in apps)


# 4.3 Batch images


@rows(
    "key, is_right",
    [
        ("display_name", "display_name", is_text),
        ("type", "type", lambda value: value in ("base-cpu", "option-cpu")),
        ("image_key_name", "image_key_name", is_text),
        ("image_tag", "image_tag", lambda value: value is None or is_text(value)),
        ("image_sha", "image_sha", lambda value: value is None or is_text(value)),
    ],
)
@rows("query", [("extended", "?extended=true"), ("plain", "")])
def test_4_3_image_fields(client: httpx.Client, query: str, key: str, is_right: Callable[[object], bool]) -> None:
    groups = client.get("/juliaruncloud/product_image_groups" + query).json()["image_groups"]
    images = [image for group in groups.values() for image in group]
    assert images
    assert all(is_right(image.get(key)) for image in images)


def test_4_3_standard_batch_has_one_base_image_and_shares_its_group(client: httpx.Client) -> None:
    groups = client.get("/juliaruncloud/product_image_groups").json()["image_groups"]
    products = {app["product_name"]: app["image_group"] for app in batch_apps(client)}
    assert products["standard-batch"] == products["standard-interactive"]
    kinds = [image["type"] for image in groups[products["standard-batch"]]]
    assert kinds.count("base-cpu") == 1


def test_4_3_exactly_one_interactive_app_shares_the_group(client: httpx.Client) -> None:
    interactive = [app for app in batch_apps(client) if app["compute_type_name"] == "distributed-interactive"]
    assert [app["product_name"] for app in interactive] == ["standard-interactive"]


# 4.4 Batch images, legacy servers


@rows(
    "key, is_right",
    [
        ("attrid", "attrid", lambda value: value == "sysimg"),
        ("attrname", "attrname", is_text),
        ("attrvalue", "attrvalue", is_text),
        ("attrdisplay", "attrdisplay", lambda value: value is True),
        ("attrchoices", "attrchoices", lambda value: len(value) == len(IMAGES)),
    ],
)
def test_4_4_image_options(client: httpx.Client, key: str, is_right: Callable[[Any], bool]) -> None:
    answer = client.get("/juliaruncloud/get_image_options").json()
    assert answer["success"] is True
    (option,) = answer["image_options"]["batchjob"]
    assert is_right(option[key])


def test_4_4_choices_empty_value_is_julia_and_others_are_image_keys(client: httpx.Client) -> None:
    (option,) = client.get("/juliaruncloud/get_image_options").json()["image_options"]["batchjob"]
    default, other = option["attrchoices"]
    assert (default["value"], default["text"], is_number(default["price"])) == ("", "Julia", True)
    assert submit(client, image=other["value"]).startswith("jr-")
