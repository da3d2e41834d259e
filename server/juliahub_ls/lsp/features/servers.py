"""Servers: profiles, signing in and out, machines and images."""

from functools import partial
from typing import Any

from lsprotocol import types

from juliahub_ls import payloads
from juliahub_ls.lsp.protocol.servers import ServerParams, ServersParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.services.sign_in import Approval
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

    profile = session.services.servers.find(params.get("server"))
    with session.progress(params.get("workDoneToken"), f"Signing in to {profile.name}") as progress:
        await session.services.accounts.sign_in(profile.url or profile.id, partial(_show, session), progress)
    session.servers_changed()
    return payloads.servers(session.services.connections)


async def sign_out(session: Session, params: ServerParams) -> dict[str, Any]:
    """Remove the token from this computer."""
    await session.services.accounts.sign_out(params.get("server"))
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


async def _show(session: Session, approval: Approval) -> None:
    """Open the page where the user's browser is; where there is none, say where to go and with which code."""
    shown = await session.server.window_show_document_async(types.ShowDocumentParams(uri=approval.url, external=True))
    if shown.success and approval.code is None:
        return
    code = f" The code is {approval.code}." if approval.code else ""
    sentence = (
        f"Approve the sign-in in the browser.{code}" if shown.success else f"Open {approval.url} to sign in.{code}"
    )
    session.server.window_show_message(types.ShowMessageParams(types.MessageType.Info, sentence))


HANDLERS = {
    "juliahub/servers": servers,
    "juliahub/selectServer": select_server,
    "juliahub/signIn": sign_in,
    "juliahub/signOut": sign_out,
    "juliahub/nodes": nodes,
    "juliahub/images": images,
}
