"""Ours: what the hub's own command line asks of it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localhub.control_paths import ACCOUNTS_CHANGED_PATH, STATUS_PATH, STOP_PATH
from localhub.web.requests import blocking, failure, hub_of, json_answer, user_of


async def status(request: Request) -> Response:
    """How many jobs are live."""
    return json_answer({"live_jobs": hub_of(request).runs.live})


async def stop(request: Request) -> Response:
    """End the hub; with `jobs=true` its live jobs too, else they go on. Only for its owner."""
    hub = hub_of(request)
    if not _is_owner(request):
        return failure("Only who runs this hub may stop it.", 403)
    live = hub.runs.live_names()
    if request.query_params.get("jobs") == "true":
        for jobname in live:
            await blocking(hub.runs.stop, jobname)
    request.app.state.stop()
    return json_answer({"success": True, "live_jobs": len(live)})


async def accounts_changed(request: Request) -> Response:
    """What the command line did to accounts takes effect."""
    if not _is_owner(request):
        return failure("Only who runs this hub may do that.", 403)
    await blocking(hub_of(request).accounts_changed)
    return json_answer({"success": True})


def _is_owner(request: Request) -> bool:
    return user_of(request).id == hub_of(request).owner.id


routes = [
    Route(STATUS_PATH, status),
    Route(STOP_PATH, stop, methods=["POST"]),
    Route(ACCOUNTS_CHANGED_PATH, accounts_changed, methods=["POST"]),
]
