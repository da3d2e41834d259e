"""Which image a job runs in (protocol §4.3)."""

import pytest

from juliahub_ls.domain.image_choice import choose_image, julia_versions, version_of
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
    ("asked", "manifest", "key"),
    [
        (None, None, "stable"),  # the default
        (None, "1.10.2", "j110"),  # the manifest's minor version
        (None, "1.9.0", "j19"),  # never a GPU image
        (None, "1.11.0", "stable"),  # not there: preflight says so
        (None, "garbage", "stable"),
        ("1.9", None, "j19"),
        ("1.9.4", "1.10.2", "j19"),  # what was asked for wins
        ("j110", None, "j110"),
        ("Stable", None, "stable"),
    ],
)
def test_choice(asked: "str | None", manifest: "str | None", key: str) -> None:
    chosen = choose_image(IMAGES, asked, manifest)
    assert isinstance(chosen, Image)
    assert chosen.image_key_name == key


@pytest.mark.parametrize("asked", ["1.8", "1.9.3", "nightly", "1"])
def test_what_is_not_there_is_said_with_what_is(asked: str) -> None:
    chosen = choose_image(IMAGES, asked, None)
    assert chosen == f"The server has no Julia {asked}. It has Stable, Julia 1.10.4, Julia 1.9.4."


def test_no_images_leaves_it_to_the_server() -> None:
    assert choose_image([], None, "1.10.0") is None
    assert choose_image([], "1.10", None) == "The server has no Julia 1.10. It has no Julia at all."


def test_versions() -> None:
    assert julia_versions(IMAGES) == ["1.10.4", "1.9.4"]
    assert version_of("Julia 1.10") == (1, 10)
    assert version_of("Stable") is None
