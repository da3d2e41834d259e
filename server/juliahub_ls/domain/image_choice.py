"""Which image a job runs in.

The Julia that was asked for, else the manifest's, else the product's default (protocol §4.3).
"""

import re
from collections.abc import Sequence

from juliahub_wire.images import Image

_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


def choose_image(images: Sequence[Image], asked: str | None, manifest_version: str | None) -> "Image | str | None":
    """An image (the first of `images` is the default), None to let the server choose, or a sentence: it has no such
    Julia.

    Only images whose names tell a Julia version can be compared. That a manifest's Julia is not there is
    `preflight`'s to say.
    """
    cpu = [image for image in images if image.type.endswith("cpu")]
    if asked:
        return next((image for image in cpu if _is(image, asked)), None) or _no_such_julia(cpu, asked)
    wanted = (version_of(manifest_version or "") or ())[:2]
    same = (image for image in cpu if wanted and (version_of(image.display_name) or ())[:2] == wanted)
    return next(same, cpu[0] if cpu else None)


def julia_versions(images: Sequence[Image]) -> list[str]:
    """The Julia versions that image names tell, the default's first."""
    versions = (version_of(image.display_name) for image in images)
    return list(dict.fromkeys(".".join(map(str, version)) for version in versions if version))


def version_of(text: str) -> tuple[int, ...] | None:
    """The version in a text such as `Julia 1.10.4`; None when there is none."""
    match = _VERSION.search(text)
    return tuple(int(part) for part in match.groups() if part is not None) if match else None


def _is(image: Image, asked: str) -> bool:
    wanted, version = version_of(asked), version_of(image.display_name)
    if wanted and version:
        return version[: len(wanted)] == wanted
    return asked in (image.display_name, image.image_key_name)


def _no_such_julia(images: Sequence[Image], asked: str) -> str:
    names = ", ".join(image.display_name for image in images) or "no Julia at all"
    return f"The server has no Julia {asked}. It has {names}."
