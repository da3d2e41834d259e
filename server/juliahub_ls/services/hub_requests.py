"""Requests to one server in one account's name: its token, one renewal, repeats that do no harm, typed answers."""

import json
from typing import Any, TypeVar

import httpx
from pydantic import ValidationError

from juliahub_ls import errors
from juliahub_ls.secret import Secret
from juliahub_ls.services.account import Account
from juliahub_ls.services.reachability import Reachability
from juliahub_ls.services.transport import NOTHING_CHANGED, decode, retrying, translated
from juliahub_wire import paths
from juliahub_wire.model import WireModel
from juliahub_wire.users import ROLE_HEADER, GraphQLAnswer

M = TypeVar("M", bound=WireModel)


class HubRequests:
    """One server, one account. Methods raise `errors.JuliaHubError` and nothing else of the network's."""

    def __init__(
        self,
        server: str,
        url: str,
        account: Account,
        http: httpx.AsyncClient,
        reachability: Reachability | None = None,
    ) -> None:
        self.server = server
        self.url = url
        self._account = account
        self._http = http
        self._reachability = reachability

    async def get(self, path: str, params: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> Any:
        """The JSON of a GET, repeated after a passing trouble."""

        async def attempt() -> Any:
            return decode(await self.send("GET", path, params=params, headers=headers), self.server)

        return await retrying(attempt)

    async def get_if_there(self, path: str, params: dict[str, str] | None = None) -> Any:
        """As `get`, and None for 404: older servers do not have every endpoint (§13)."""

        async def attempt() -> Any:
            response = await self.send("GET", path, params=params)
            return None if response.status_code == 404 else decode(response, self.server)

        return await retrying(attempt)

    async def graphql(self, query: str, variables: dict[str, Any], operation: str | None) -> Any:
        """The `data` of a query (§2). Raises `RefusedByServer` with the server's words for `errors` in a 200."""

        async def attempt() -> Any:
            body = {"query": query, "variables": variables, "operationName": operation}
            headers = ROLE_HEADER | {"Content-Type": "application/json", "Accept": "application/json"}
            response = await self.send("POST", paths.GRAPHQL, content=json.dumps(body), headers=headers)
            return decode(response, self.server)

        answer = self.model(GraphQLAnswer, await retrying(attempt), paths.GRAPHQL)
        if answer.errors or answer.data is None:
            words = answer.errors[0].message if answer.errors else "The server's answer is empty."
            raise errors.RefusedByServer(message=words)
        return answer.data

    async def send(self, method: str, path: str, state: str = NOTHING_CHANGED, **request: Any) -> httpx.Response:
        """One request with the bearer token, and once more with another one if it is refused. Any status but 401 is an
        answer.

        A 500 may be a server's way to refuse a token (§13): what does no harm is repeated once with a renewed one.
        """
        headers = request.pop("headers", None) or {}
        token = await self._account.bearer()
        response = await self._request(method, path, state, headers=headers | bearer(token), **request)
        if response.status_code == 500 and method == "GET":
            other = await self._account.in_doubt(token)
        else:
            other = await self._account.after_refusal(token) if response.status_code == 401 else None
        if other is not None:
            token = other
            response = await self._request(method, path, state, headers=headers | bearer(token), **request)
        if response.status_code == 401:
            raise self._account.give_up(token)
        return response

    async def authorization(self) -> dict[str, str]:
        """The header, for requests that are not made here."""
        return bearer(await self._account.bearer())

    async def answers(self) -> bool:
        """Whether the server answers anything at all; takes no token."""
        try:
            await self._http.get(self.url + paths.API_VERSION)
        except httpx.HTTPError:
            return False
        return True

    async def _request(self, method: str, path: str, state: str, **request: Any) -> httpx.Response:
        """One request, and what it tells of the server's being there."""
        try:
            async with translated(self.server, state, whole=True):
                response = await self._http.request(method, self.url + path, **request)
        except errors.ServerUnreachable:
            if self._reachability is not None:
                self._reachability.lost(self.server, self.answers)
            raise
        if self._reachability is not None:
            self._reachability.found(self.server)
        return response

    def model(self, model: type[M], value: Any, endpoint: str) -> M:
        """A typed answer. Raises `UnexpectedAnswer` that names the endpoint and the first wrong field."""
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise self.unexpected(endpoint, error) from error

    def unexpected(self, endpoint: str, error: ValidationError) -> errors.UnexpectedAnswer:
        """Names the first field that is wrong; never its value, which could be a secret."""
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole answer"
        reason = f"{field}: {first['msg'].lower()}"
        return errors.UnexpectedAnswer(server=self.server, endpoint=endpoint, reason=reason, state=NOTHING_CHANGED)


def bearer(token: Secret) -> dict[str, str]:
    """The header that carries a token (§1.2)."""
    return {"Authorization": f"Bearer {token.reveal()}"}
