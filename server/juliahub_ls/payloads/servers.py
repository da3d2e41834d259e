"""Servers, their machines and images."""

import time
from typing import Any

from juliahub_ls.domain.jobs.image_choice import version_of
from juliahub_ls.domain.jobs.product_images import ProductImage
from juliahub_ls.payloads.common import present
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.servers import ServerProfile
from juliahub_wire.nodes import NodeSpec

GIGABYTE = 10**9


def server(profile: ServerProfile, connections: Connections) -> dict[str, Any]:
    """A `Server`, from what is known without asking it."""
    stored = connections.tokens(profile).read()
    signed_in = stored is not None and not stored.lapses_before(time.time())
    expiry = stored.expiry if stored else None
    state = "signedIn" if signed_in else "signedOut"
    url = profile.url
    if profile.is_this_computer:
        running = connections.this_computer.running()
        state, url = ("signedIn" if running else "stopped"), (running.url if running else None)
    since = connections.reachability.offline_since(profile.id)
    if since is not None and state == "signedIn":
        state = "offline"
    payload = {
        "id": profile.id,
        "name": profile.name,
        "url": url,
        "kind": "thisComputer" if profile.is_this_computer else "hub",
        "state": state,
        "account": stored.table.user_name if stored and signed_in else None,
        "tokenExpires": round(expiry * 1000) if expiry and signed_in and not profile.is_this_computer else None,
        "apiVersion": connections.api_version(profile),
        "offlineSince": since,
        "current": profile.id == connections.servers.current.id,
    }
    return present(payload)


def servers(connections: Connections) -> dict[str, Any]:
    """A `ServersResult`."""
    return {"servers": [server(profile, connections) for profile in connections.servers.all()]}


def node(spec: NodeSpec) -> dict[str, Any]:
    """A `Node`; memory in bytes."""
    return {
        "nodeClass": spec.node_class,
        "vcpus": spec.vcores,
        "memory": spec.memory_gb * GIGABYTE,
        "gpu": spec.has_gpu,
        "price": spec.price_per_hour,
        "description": spec.cpu_description,
    }


def image(value: ProductImage) -> dict[str, Any]:
    """An `Image`."""
    version = version_of(value.name)
    payload = {
        "key": value.cpu_key or value.gpu_key,
        "name": value.name,
        "product": value.product,
        "isDefault": value.is_default,
        "juliaVersion": ".".join(str(part) for part in version) if version else None,
    }
    return present(payload)
