"""Which certificates this computer trusts: its own store, and the CA bundle of an organisation (Julia's variables too).

The operating system's store is what a browser on the same machine trusts, so a hub that opens there works here.
"""

import os
import ssl
from collections.abc import Mapping
from functools import lru_cache

import truststore

BUNDLE_VARIABLES = ("SSL_CERT_FILE", "JULIA_SSL_CA_ROOTS_PATH", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""Files (or folders) of certificates to trust besides; each that is set and readable is added, once."""


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """The context of every request, made once: reading a store takes a while."""
    return context_for(os.environ)


@lru_cache(maxsize=1)
def trusted_by_sockets() -> ssl.SSLContext:
    """The same for WebSockets and files, which never go over HTTP/2: the other one offers it once httpx has it."""
    return context_for(os.environ)


def context_for(environ: Mapping[str, str]) -> ssl.SSLContext:
    """A context with the certificates that `environ` names. A bundle that cannot be read is passed over."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for path in dict.fromkeys(environ.get(variable, "") for variable in BUNDLE_VARIABLES):
        if path:
            _add(context, path)
    return context


def _add(context: ssl.SSLContext, path: str) -> None:
    try:
        if os.path.isdir(path):  # noqa: PTH112 - as it is given to OpenSSL
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except (OSError, ssl.SSLError, ValueError):
        return
