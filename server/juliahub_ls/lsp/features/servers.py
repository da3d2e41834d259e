"""Servers: profiles, signing in and out, machines and images."""

from functools import partial
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from juliahub_ls import payloads
from juliahub_ls.lsp.protocol.servers import ServerParams, ServersParams, SignInParams
from juliahub_ls.lsp.session import Session
from juliahub_ls.payloads.common import present
from juliahub_ls.services.catalogue import product_images
from juliahub_ls.services.sign_in import Approval


async def servers(session: Session, _params: ServersParams) -> dict[str, Any]:
    """All profiles."""
    return payloads.servers(session.services.connections)


async def select_server(session: Session, params: ServerParams) -> dict[str, Any]:
    """Make a profile the current one."""
    session.services.servers.choose(session.services.servers.find(params.get("server")))
    session.servers_changed()
    return payloads.servers(session.services.connections)


async def sign_in(session: Session, params: SignInParams) -> dict[str, Any]:
    """Sign in on the server's page, in a browser of the user's."""
    profile = session.services.servers.find(params.get("server"))
    ask = partial(_ask, session, profile.id, params)
    with session.progress(params.get("workDoneToken"), f"Signing in to {profile.name}") as progress:
        await session.services.accounts.sign_in(profile.url or profile.id, ask, progress)
    session.servers_changed()
    return payloads.servers(session.services.connections)


async def sign_out(session: Session, params: ServerParams) -> dict[str, Any]:
    """Remove the token from this computer."""
    await session.services.accounts.sign_out(params.get("server"))
    session.servers_changed()
    return payloads.servers(session.services.connections)


async def nodes(session: Session, params: ServerParams) -> dict[str, Any]:
    """Machine types."""
    known = await session.services.last_known.get(params.get("server"), "nodes", lambda client: client.node_specs())
    specs = sorted(known.value, key=lambda spec: (spec.has_gpu, spec.vcores, spec.memory_gb))
    return present({"nodes": [payloads.node(spec) for spec in specs], "offlineSince": known.offline_since})


async def images(session: Session, params: ServerParams) -> dict[str, Any]:
    """Images."""
    known = await session.services.last_known.get(params.get("server"), "images", product_images)
    images = [payloads.image(image) for image in known.value]
    return present({"images": images, "offlineSince": known.offline_since})


async def _ask(session: Session, server: str, params: SignInParams, approval: Approval) -> None:
    """Ask the user for an approval, in the client's way where it has one."""
    if not params.get("showsApproval"):
        await _show(session, approval)
        return
    token = params.get("workDoneToken")
    wanted = {"server": server, "url": approval.url, "code": approval.code, "workDoneToken": token}
    session.notify("juliahub/approvalWanted", present(wanted))


async def _show(session: Session, approval: Approval) -> None:
    """Open the page where the user's browser is; where there is none, say where to go and with which code."""
    shown = await _opened(session, approval.url)
    if shown and approval.code is None:
        return
    code = f" The code is {approval.code}." if approval.code else ""
    sentence = f"Approve the sign-in in the browser.{code}" if shown else f"Open {approval.url} to sign in.{code}"
    session.server.window_show_message(types.ShowMessageParams(types.MessageType.Info, sentence))


async def _opened(session: Session, url: str) -> bool:
    """Whether the editor has opened a page."""
    window = session.server.client_capabilities.window
    if not (window and window.show_document and window.show_document.support):
        return False
    try:
        shown = await session.server.window_show_document_async(types.ShowDocumentParams(uri=url, external=True))
    except JsonRpcException:
        return False
    return shown.success


HANDLERS = {
    "juliahub/servers": servers,
    "juliahub/selectServer": select_server,
    "juliahub/signIn": sign_in,
    "juliahub/signOut": sign_out,
    "juliahub/nodes": nodes,
    "juliahub/images": images,
}
