"""Servers: profiles, signing in and out, machines and images."""

from typing import Any

from lsprotocol import types

from juliahub_ls import payloads
from juliahub_ls.lsp.protocol.servers import ServerParams, ServersParams
from juliahub_ls.lsp.session import Session
from juliahub_wire.images import DEFAULT_PRODUCT


async def servers(session: Session, _params: ServersParams) -> dict[str, Any]:
    """All profiles."""
    return payloads.servers(session.services.connections)


async def select_server(session: Session, params: ServerParams) -> dict[str, Any]:
    """Make a profile the current one."""
    session.services.servers.choose(session.services.servers.find(params.get("server")))
    session.servers_changed()
    return payloads.servers(session.services.connections)


async def sign_in(session: Session, params: ServerParams) -> dict[str, Any]:
    """Sign in through the browser that the editor opens."""

    async def open_browser(url: str) -> None:
        await session.server.window_show_document_async(types.ShowDocumentParams(uri=url, external=True))

    profile = session.services.servers.find(params.get("server"))
    with session.progress(params.get("workDoneToken"), f"Signing in to {profile.name}") as progress:
        await session.services.sign_in(profile.id if profile.url is None else profile.url, open_browser, progress)
    session.servers_changed()
    return payloads.servers(session.services.connections)


async def sign_out(session: Session, params: ServerParams) -> dict[str, Any]:
    """Remove the token from this computer."""
    await session.services.sign_out(params.get("server"))
    session.servers_changed()
    return payloads.servers(session.services.connections)


async def nodes(session: Session, params: ServerParams) -> dict[str, Any]:
    """Machine types."""
    client = await session.services.connections.client(params.get("server"))
    specs = sorted(await client.node_specs(), key=lambda spec: (spec.has_gpu, spec.vcores, spec.memory_gb))
    return {"nodes": [payloads.node(spec) for spec in specs]}


async def images(session: Session, params: ServerParams) -> dict[str, Any]:
    """Images."""
    client = await session.services.connections.client(params.get("server"))
    found = await client.default_product_images()
    return {"images": [payloads.image(image, DEFAULT_PRODUCT) for image in found]}


HANDLERS = {
    "juliahub/servers": servers,
    "juliahub/selectServer": select_server,
    "juliahub/signIn": sign_in,
    "juliahub/signOut": sign_out,
    "juliahub/nodes": nodes,
    "juliahub/images": images,
}
