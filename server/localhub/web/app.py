"""The ASGI application: every route, behind the guard."""

from collections.abc import Callable, Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from localhub.domain.refusals import StorageFull, TooMany
from localhub.services.hub import Hub

from .api import (
    administration,
    bundles,
    control,
    datasets,
    device,
    files,
    graphql,
    images,
    jobs,
    logs,
    nodes,
    sign_in,
    submission,
    version,
)
from .guard import Guard
from .pages import account, approval
from .requests import failure, too_many

_API = (version, sign_in, device, graphql, administration, nodes, images, submission, bundles, jobs, logs, files)
_PARTS = (*_API, datasets, control, account, approval)


def create_app(hub: Hub, origins: Iterable[str], stop: Callable[[], None]) -> Guard:
    """The application for this hub, reachable under these origins (`https://hub.example.org:8443`).

    `stop` is called when the owner asks the hub to end.
    """
    app = Starlette(
        routes=[route for part in _PARTS for route in part.routes],
        exception_handlers={
            HTTPException: _no_such_page,
            StorageFull: _storage_full,
            TooMany: _too_many,
            Exception: _unexpected,
        },
    )
    app.state.hub = hub
    app.state.stop = stop
    return Guard(app, hub.tokens, origins)


async def _no_such_page(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return failure("This hub does not do that.", error.status_code)


async def _storage_full(_request: Request, error: Exception) -> Response:
    return failure(str(error), 507)


async def _too_many(_request: Request, error: Exception) -> Response:
    assert isinstance(error, TooMany)
    return too_many(error)


async def _unexpected(_request: Request, _error: Exception) -> Response:
    """Starlette logs the exception; the client learns nothing of our insides."""
    return failure("Something went wrong inside this hub. Its log says what.", 500)
