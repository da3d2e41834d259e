"""A port that a job shows to browsers: which ports, who may come, and what the server is told (protocol §5.5)."""

import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

from juliahub_ls.domain.jobs.product_images import ProductImage
from juliahub_ls.domain.jobs.unfit import Unfit
from juliahub_ls.secret import Secret
from juliahub_wire.images import INTERACTIVE_PRODUCT

PortAccess = Literal["me", "anyone", "password", "public"]
ACCESS: tuple[PortAccess, ...] = get_args(PortAccess)
ALLOWED = (range(1025, 9009), range(9010, 23400), range(23500, 32768))
JUST_ME: dict[str, Any] = {"authentication": True, "authorization": "me"}
PASSWORD_LENGTH = range(8, 33)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class ExposedPort:
    """`access`: the user alone, anyone signed in to the server, anyone signed in who knows the password, or all the
    world. `name`: the first part of the address, where it is not left to the server."""

    port: int
    access: str = "me"
    password: Secret | None = None
    name: str | None = None

    def app_args(self) -> dict[str, Any]:
        """The `appArgs` of the submission; the one place where the password stands."""
        args: dict[str, Any] = {"port": self.port} | JUST_ME
        if self.access != "me":
            args |= {"authentication": self.access != "public", "authorization": "anyone"}
        if self.access == "password" and self.password is not None:
            args["password"] = self.password.reveal()
        return args


def port_problems(exposed: ExposedPort) -> list[Unfit]:
    """What no server takes, each beside its field. No sentence holds the password."""
    found = []
    if not any(exposed.port in allowed for allowed in ALLOWED):
        ranges = ", ".join(f"{allowed.start}–{allowed.stop - 1}" for allowed in ALLOWED)
        found.append(Unfit("port", f"Port {exposed.port} cannot be exposed. Choose one of {ranges}."))
    if exposed.access not in ACCESS:
        names = ", ".join(ACCESS)
        sentence = f"“{exposed.access}” does not say who may open the port. Name one of {names}."
        found.append(Unfit("portAccess", sentence))
    else:
        found += _password_problems(exposed)
    if exposed.name is not None and not _LABEL.fullmatch(exposed.name):
        sentence = (
            f"“{exposed.name}” cannot be part of the port's address: use lower-case letters, digits and hyphens, at "
            "most 63, no hyphen first or last."
        )
        found.append(Unfit("portName", sentence))
    return found


def _password_problems(exposed: ExposedPort) -> list[Unfit]:
    password = exposed.password.reveal() if exposed.password else None
    if exposed.access == "password" and not password:
        return [Unfit("portPassword", "The port is to be opened with a password, and none was given.")]
    if exposed.access != "password" and password is not None:
        sentence = (
            f"A password was given, and the port is open to “{exposed.access}” without one. Leave one of them out."
        )
        return [Unfit("portPassword", sentence)]
    if password is not None and not _strong(password):
        sentence = (
            f"The port's password must have {PASSWORD_LENGTH.start} to {PASSWORD_LENGTH.stop - 1} characters, among "
            "them a lower-case letter, an upper-case letter and a digit."
        )
        return [Unfit("portPassword", sentence)]
    return []


def exposing_image(image: ProductImage | None, *, chosen: bool) -> "tuple[str, ProductImage | None] | str":
    """Product and image of a script's job that exposes a port, or a sentence: the image cannot.

    `chosen`: the user asked for this image; one that nobody asked for gives way to the server's own choice.
    """
    if image is not None and image.interactive_product:
        return image.interactive_product, image
    if image is not None and chosen:
        return f"{image.name} of {image.product} does not support exposing a port. Choose another image."
    return INTERACTIVE_PRODUCT, None


def _strong(password: str) -> bool:
    return len(password) in PASSWORD_LENGTH and all(
        any(test(character) for character in password) for test in (str.islower, str.isupper, str.isdigit)
    )
