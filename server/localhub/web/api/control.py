"""Ours: what the hub's own command line asks of it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localhub.control_paths import STATUS_PATH, STOP_PATH
from localhub.web.requests import blocking, failure, hub_of, json_answer, user_of


async def status(request: Request) -> Response:
    """How many jobs are live."""
    return json_answer({"live_jobs": hub_of(request).runs.live})


async def stop(request: Request) -> Response:
    """End the hub; with `jobs=true` its live jobs too, else they go on. Only for its owner."""
    hub = hub_of(request)
    if user_of(request) != hub.owner:
        return failure("Only who runs this hub may stop it.", 403)
    live = hub.runs.live_names()
    if request.query_params.get("jobs") == "true":
        for jobname in live:
            await blocking(hub.runs.stop, jobname)
    request.app.state.stop()
    return json_answer({"success": True, "live_jobs": len(live)})


routes = [Route(STATUS_PATH, status), Route(STOP_PATH, stop, methods=["POST"])]
