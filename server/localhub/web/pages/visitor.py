"""The browser that looks at a page: its cookie, who is signed in there, and whether a form is really ours."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from localhub.domain.permissions import User
from localhub.domain.refusals import Refusal
from localhub.services.hub import Hub
from localhub.services.page_sessions import MAX_SECONDS
from localhub.web.requests import base_url, blocking, hub_of, network_of, read_form

PROOF_FIELD = "proof"
"""The hidden field of every form of ours."""


class ForeignForm(Refusal):
    """A form that did not come from a page we gave to this browser."""

    def __init__(self) -> None:
        super().__init__("This page was open for too long, or the form is not this hub's own. Nothing was done.")


class WrongCredentials(Refusal):
    """Name and password, or the code, let nobody in."""


class Visitor:
    """One request's browser."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._hub: Hub = hub_of(request)
        self._name = cookie_name(request)
        held = request.cookies.get(self._name, "")
        self.user: User | None = self._hub.page_sessions.user(held)
        self._cookie = held or self._hub.page_sessions.new_cookie()
        self._is_new = not held

    @property
    def proof(self) -> str:
        """What this browser's forms must carry."""
        return self._hub.page_sessions.form_proof(self._cookie)

    async def form(self) -> Mapping[str, str]:
        """The form that was sent. Raises `Refusal`."""
        return await read_form(self._request)

    def check(self, form: Mapping[str, str]) -> None:
        """Raises `ForeignForm` unless the form is ours."""
        if not self._hub.page_sessions.is_our_form(self._cookie, form.get(PROOF_FIELD, "")):
            raise ForeignForm

    def sign_in(self, user: User) -> None:
        """From now on this browser is that user's."""
        self._hub.page_sessions.end(self._cookie)
        self._cookie, self._is_new, self.user = self._hub.page_sessions.begin(user), True, user

    def sign_out(self) -> None:
        """Nobody's again."""
        self._hub.page_sessions.end(self._cookie)
        self._cookie, self._is_new, self.user = self._hub.page_sessions.new_cookie(), True, None

    async def identify(self, form: Mapping[str, str]) -> User:
        """Who the form's name and password, or one-time code, say. Raises `WrongCredentials`, `TooMany`."""
        if self._hub.has_accounts:
            return await self._check_password(form.get("name", "").strip(), form.get("password", ""))
        return self._check_code(form.get("code", ""))

    def send(self, response: Response) -> Response:
        """The answer, with the cookie where it is a new one."""
        if self._is_new:
            secure = base_url(self._request).startswith("https:")
            response.set_cookie(
                self._name, self._cookie, MAX_SECONDS, path="/", secure=secure, httponly=True, samesite="strict"
            )
        return response

    async def _check_password(self, name: str, password: str) -> User:
        address, account = network_of(self._request), name.casefold()
        self._hub.limits.guesses.take(address)
        self._hub.limits.account_guesses.take(account)
        user = await blocking(self._hub.accounts.check, name, password)
        if user is None:
            raise WrongCredentials("Name or password is wrong.")
        self._hub.limits.guesses.give_back(address)
        self._hub.limits.account_guesses.give_back(account)
        return user

    def _check_code(self, code: str) -> User:
        address = network_of(self._request)
        self._hub.limits.guesses.take(address)
        user = self._hub.sign_in.use_code(code)
        if user is None:
            raise WrongCredentials("That code is not right, or it has lapsed. Run “localhub code” for a new one.")
        self._hub.limits.guesses.give_back(address)
        return user


def cookie_name(request: Request) -> str:
    """Under TLS a name that only this very host can set, for its whole site."""
    return "__Host-localhub" if base_url(request).startswith("https:") else "localhub"
