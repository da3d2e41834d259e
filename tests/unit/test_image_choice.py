"""Which image a job runs in (protocol §4.3)."""

from pathlib import Path

import pytest

from juliahub_ls.domain.environments.environment import load_environment
from juliahub_ls.domain.environments.files import environment_at
from juliahub_ls.domain.jobs.image_choice import choose_image, julia_of, julia_versions, manifest_versions, version_of
from juliahub_wire.images import Image


def image(name: str, key: str, kind: str = "option-cpu") -> Image:
    return Image(display_name=name, type=kind, image_key_name=key)


IMAGES = [
    image("Stable", "stable", "base-cpu"),
    image("Stable GPU", "stable-gpu", "base-gpu"),
    image("Julia 1.10.4", "j110"),
    image("Julia 1.9.4 GPU", "j19-gpu", "option-gpu"),
    image("Julia 1.9.4", "j19"),
]


@pytest.mark.parametrize(
    ("asked", "manifests", "key"),
    [
        (None, [], "stable"),  # the default
        (None, [(1, 10)], "j110"),  # the manifest's minor version
        (None, [(1, 9)], "j19"),  # never a GPU image
        (None, [(1, 11)], "stable"),  # not there: preflight says so
        (None, [(1, 9), (1, 10)], "j19"),  # the best of several
        (None, [(1, 12), (1, 10), (1, 9)], "j110"),  # the best that is offered
        ("1.9", [], "j19"),
        ("1.9.4", [(1, 10)], "j19"),  # what was asked for wins
        ("j110", [], "j110"),
        ("Stable", [], "stable"),
    ],
)
def test_choice(asked: "str | None", manifests: "list[tuple[int, int]]", key: str) -> None:
    chosen = choose_image(IMAGES, asked, manifests)
    assert isinstance(chosen, Image)
    assert chosen.image_key_name == key


@pytest.mark.parametrize("asked", ["1.8", "1.9.3", "nightly", "1"])
def test_what_is_not_there_is_said_with_what_is(asked: str) -> None:
    chosen = choose_image(IMAGES, asked)
    assert chosen == f"The server has no Julia {asked}. It has Stable, Julia 1.10.4, Julia 1.9.4."


def test_no_images_leaves_it_to_the_server() -> None:
    assert choose_image([], None, [(1, 10)]) is None
    assert choose_image([], "1.10") == "The server has no Julia 1.10. It has no Julia at all."


def test_versions() -> None:
    assert julia_versions(IMAGES) == ["1.10.4", "1.9.4"]
    assert version_of("Julia 1.10") == (1, 10)
    assert version_of("Stable") is None
    assert [julia_of(image) for image in IMAGES[:3]] == [None, None, (1, 10)]


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
