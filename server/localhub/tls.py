"""The certificate a hub serves with: what it is good for, and whether it can be used at all."""

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .settings import CannotServe


@dataclass(frozen=True)
class Certificate:
    """The host names and addresses that a certificate names, as written in it."""

    names: tuple[str, ...]

    def covers(self, host: str) -> bool:
        """Whether clients that come under this name accept it; `*` stands for one part."""
        wild = "*." + host.partition(".")[2]
        return any(name.lower() in (host.lower(), wild.lower()) for name in self.names)

    @property
    def host_names(self) -> list[str]:
        """Those that a URL can hold."""
        return [name for name in self.names if "*" not in name]


def check(certificate: Path, key: Path, now: datetime | None = None) -> Certificate:
    """Read it as a server does. Raises `CannotServe`, which says what is wrong with which file."""
    from cryptography import x509

    try:
        leaf = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    except OSError as error:
        raise CannotServe(f"The certificate {certificate} cannot be read: {error.strerror}.") from error
    except (ValueError, IndexError) as error:
        raise CannotServe(f"{certificate} holds no certificate in PEM form.") from error
    load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), certificate, key)
    instant = now or datetime.now(timezone.utc)
    if instant > leaf.not_valid_after_utc:
        raise CannotServe(
            f"The certificate {certificate} lapsed on {leaf.not_valid_after_utc:%Y-%m-%d}. Get a new one."
        )
    if instant < leaf.not_valid_before_utc:
        raise CannotServe(
            f"The certificate {certificate} is not valid before {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC. "
            "Look at this computer's clock too."
        )
    return Certificate(tuple(_names(leaf)))


def load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    """Let a server's context use these from its next connection on. Raises `CannotServe`."""
    try:
        context.load_cert_chain(certificate, key, password=_no_password(key))
    except OSError as error:  # an SSLError is one, too
        if isinstance(error, ssl.SSLError):
            raise CannotServe(
                f"{key} is not the private key of the certificate {certificate}, or not a key in PEM form."
            ) from error
        raise CannotServe(f"The private key {key} cannot be read: {error.strerror}.") from error


def _no_password(key: Path) -> Callable[[], str]:
    def ask() -> str:
        raise CannotServe(f"The private key {key} is encrypted. Give one without a passphrase, readable by you alone.")

    return ask


def _names(leaf: Any) -> list[str]:
    from cryptography import x509

    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = names.get_values_for_type(x509.IPAddress)
    hosts = [str(each) for each in names.get_values_for_type(x509.DNSName)]
    return hosts + [str(each) for each in addresses if isinstance(each, (ipaddress.IPv4Address, ipaddress.IPv6Address))]
