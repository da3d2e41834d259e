"""What a hub offers, as JuliaHub.jl reads it (protocol §2–§4)."""

import httpx

from juliahub_wire.images import DefaultApplications, ProductImageGroups, RegistriesAnswer
from juliahub_wire.nodes import NodeSpecsAnswer


def test_the_version_unlocks_images_and_projects(client: httpx.Client) -> None:
    answer = client.get("/api/v1").json()
    assert answer["username"] == "ada"
    assert tuple(map(int, answer["api_version"].split("."))) >= (0, 2, 0)


def test_node_specs_are_positional(client: httpx.Client) -> None:
    answer = client.get("/app/config/nodespecs/info").json()
    assert answer["success"] is True
    for spec in answer["node_specs"]:
        assert len(spec) == 11
        assert isinstance(spec[7], str)
    assert NodeSpecsAnswer.model_validate(answer).node_specs[0].vcores == 2


def test_each_julia_is_an_image_and_one_is_the_default(client: httpx.Client) -> None:
    groups = client.get("/juliaruncloud/product_image_groups?extended=true").json()
    ((_, images),) = ProductImageGroups.model_validate(groups).image_groups.items()
    assert [(image.display_name, image.type, image.image_key_name) for image in images] == [
        ("Julia 1.10.4", "base-cpu", "julia-1.10.4"),
        ("Julia 1.9.0", "option-cpu", "julia-1.9.0"),
    ]


def test_batch_and_interactive_share_an_existing_image_group(client: httpx.Client) -> None:
    apps = DefaultApplications.model_validate(client.get("/app/applications/default").json()).defaultApps
    groups = client.get("/juliaruncloud/product_image_groups").json()["image_groups"]
    assert {app.product_name for app in apps} == {"standard-batch", "standard-interactive"}
    assert {app.image_group for app in apps} == set(groups)


def test_other_applications_are_bare_empty_arrays(client: httpx.Client) -> None:
    for path in ("/app/applications/info", "/app/applications/myapps"):
        assert client.get(path).json() == []


def test_registries_are_listed(client: httpx.Client) -> None:
    answer = RegistriesAnswer.model_validate(client.get("/app/packages/registries").json())
    assert answer.success
    assert answer.registries[0].name == "General"


def test_the_second_log_api_is_not_there(client: httpx.Client) -> None:
    for method in ("GET", "HEAD"):
        assert client.request(method, "/juliaruncloud/get_logs_v2?jobname=x").status_code == 404
