"""Node specs (protocol §3)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from juliahub_wire import paths
from juliahub_wire.nodes import NodeSpecsAnswer
from localhub.web.requests import answer, blocking, hub_of


async def node_specs(request: Request) -> Response:
    """The machine types a job can ask for, each a positional array."""
    specs = await blocking(hub_of(request).engine.node_specs)
    return answer(NodeSpecsAnswer(success=True, node_specs=list(specs)))


routes = [Route(paths.NODE_SPECS, node_specs)]
