"""Datasets and projects (protocol §10): this hub has none, and says so in the forms that clients know."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from localhub.web.requests import failure, json_answer, path_segment

_NONE_KEPT = "This hub keeps no datasets. Put data into the job's bundle, or reach it from the job."


async def datasets(request: Request) -> Response:
    """A bare array, empty; a project is unknown, whichever it is (§10.1)."""
    if "project" in request.query_params:
        return failure(f"There is no project {request.query_params['project']}.", 400)
    return json_answer([])


async def create(_request: Request) -> Response:
    """Not permitted (§1.10)."""
    return failure(_NONE_KEPT, 403)


async def create_project(_request: Request) -> Response:
    """Not permitted (§1.10)."""
    return failure("This hub has no projects.", 403)


async def unknown(request: Request) -> Response:
    """There is no such dataset."""
    return failure(f"There is no dataset {path_segment(request, 'dataset')}.", 404)


routes = [
    Route(paths.DATASETS, datasets),
    Route(paths.USER_DATASETS, datasets),
    Route(paths.USER_DATASETS, create, methods=["POST"]),
    Route(paths.USER_DATASETS + "/{dataset}", unknown, methods=["PATCH", "DELETE"]),
    Route(paths.USER_DATASETS + "/{dataset}/versions", unknown, methods=["POST"]),
    Route(paths.DATASETS + "/{dataset}/versions", unknown, methods=["POST"]),
    Route(paths.DATASETS + "/{dataset}/credentials", unknown, methods=["GET"]),
    Route(paths.DATASETS + "/{dataset}/url/{version}", unknown, methods=["GET"]),
    Route(paths.PROJECTS + "/{rest:path}", create_project, methods=["POST", "PATCH"]),
]
