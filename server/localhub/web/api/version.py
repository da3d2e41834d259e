"""`/api/v1`: who the token belongs to and what the server speaks (protocol §2.1)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from juliahub_wire.api import ApiVersion, Timezone
from juliahub_wire.limits import API_VERSION
from localhub.web.requests import answer, user_of


async def api_version(request: Request) -> Response:
    """The user's name and the API version."""
    timezone = Timezone(abbreviation="Etc/UTC", utc_offset="+00:00")
    return answer(ApiVersion(api_version=API_VERSION, username=user_of(request).name, timezone=timezone))


routes = [Route(paths.API_VERSION, api_version)]
