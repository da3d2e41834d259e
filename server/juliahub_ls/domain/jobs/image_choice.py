"""Which Julia a job runs on, and so which image: the one asked for, else one of the manifests', else the default.

(Protocol §4.3.)
"""

import re
from collections.abc import Sequence

from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.environments.files import JuliaVersion, is_manifest_name, toml_files
from juliahub_ls.domain.environments.manifest import version_pair
from juliahub_wire.images import Image

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")


def choose_image(
    images: Sequence[Image], asked: str | None, wanted: Sequence[JuliaVersion] = ()
) -> "Image | str | None":
    """An image (the first of `images` is the default), None to let the server choose, or a sentence: it has no such
    Julia.

    `wanted`: versions that there is a manifest for, the best first. Only images whose names tell a Julia version can be
    compared. That none of them is there is `preflight`'s to say.
    """
    cpu = [image for image in images if image.type.endswith("cpu")]
    if asked:
        return next((image for image in cpu if _is(image, asked)), None) or _no_such_julia(cpu, asked)
    same = (image for version in wanted for image in cpu if julia_of(image) == version)
    return next(same, cpu[0] if cpu else None)


def manifest_versions(loaded: LoadedEnvironment) -> list[JuliaVersion]:
    """The Julias that this environment has a manifest for: the plain one's first, then versioned ones, newest first."""
    file = loaded.manifest_file
    folder = file.parent if file else loaded.workspace_root or loaded.environment.directory
    versioned = {version for name in toml_files(folder) if (version := manifest_version(name))}
    plain = loaded.manifest.julia if loaded.manifest and file and not manifest_version(file.name) else None
    return list(dict.fromkeys([*([plain] if plain else []), *sorted(versioned, reverse=True)]))


def manifest_version(name: str) -> JuliaVersion | None:
    """(1, 11) of `Manifest-v1.11.toml`; None of a plain manifest's name and of any other."""
    return version_pair(name.removesuffix(".toml").partition("-v")[2]) if is_manifest_name(name) else None


def julia_versions(images: Sequence[Image]) -> list[str]:
    """The Julia versions that image names tell, the default's first."""
    versions = (version_of(image.display_name) for image in images)
    return list(dict.fromkeys(".".join(map(str, version)) for version in versions if version))


def julia_of(image: Image | None) -> JuliaVersion | None:
    """The Julia of an image, when its name tells."""
    version = version_of(image.display_name) if image else None
    return (version[0], version[1]) if version else None


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
