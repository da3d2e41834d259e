"""Server profiles: "This computer" and any number of hubs, which one is current, and where that is remembered."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from juliahub_ls.config import THIS_COMPUTER, Settings
from juliahub_ls.errors import InputError, PlainHttpRefused, ServerUnknown
from juliahub_ls.services.files import replace_file
from juliahub_ls.services.os_errors import translated_os_errors

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"\w[\w.-]*|(?=.*:)[\da-f:.]+")
"""A name, or an address of IPv6. It becomes a folder's name (§1.3), so nothing that leads elsewhere is one."""


@dataclass(frozen=True, slots=True)
class ServerProfile:
    """A place to run jobs. `url` is None for this computer: its hub tells where it listens."""

    id: str
    name: str
    url: str | None = None

    @property
    def is_this_computer(self) -> bool:
        """Whether the embedded hub stands behind it."""
        return self.id == THIS_COMPUTER


HERE = ServerProfile(THIS_COMPUTER, "This computer")


def profile_of(server: str) -> ServerProfile:
    """A profile from an id, host or URL, normalised as Julia does: `https://` unless a scheme is given, no trailing
    `/` (protocol §1.1).

    Raises `ServerUnknown` for what is no server, and `PlainHttpRefused` for `http://` to anything but loopback.
    """
    text = server.strip()
    if text in (THIS_COMPUTER, HERE.name):
        return HERE
    url = (text if "://" in text else f"https://{text}").rstrip("/")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ServerUnknown(server=server) from None
    if not host or not _HOST.fullmatch(host):
        raise ServerUnknown(server=server)
    unusual = parts.query or parts.fragment or parts.username or any(character.isspace() for character in url)
    if unusual or parts.scheme not in ("http", "https"):
        raise ServerUnknown(server=server)
    if parts.scheme == "http" and host not in LOOPBACK:
        raise PlainHttpRefused(server=host)
    name = host if port is None else f"{host}:{port}"
    return ServerProfile(name + parts.path, name, url)


class Servers:
    """The known profiles. What a user adds or chooses is kept in `servers.json` in the configuration folder."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._file = folder / "servers.json"
        self._added, chosen = self._load()
        self._default = _profile_or_none(settings.package_server) or HERE
        self.problem: str | None = None
        """What is wrong with the setting `server`, in a sentence; it is passed over then."""
        self._current = self._known(chosen) or self._default
        if settings.server:
            try:
                self._current = self._known(settings.server) or profile_of(settings.server)
            except InputError as error:
                self.problem = f"The setting “server” is not used. {error}"

    def all(self) -> list[ServerProfile]:
        """This computer first, then the package server, those the user added, and one that only a setting names."""
        profiles: dict[str, ServerProfile] = {}
        for profile in (HERE, self._default, *self._added, self._current):
            profiles.setdefault(profile.id, profile)
        return list(profiles.values())

    @property
    def current(self) -> ServerProfile:
        """The user's choice in this session.

        Else the setting, the choice of a session before, the Julia extension's package server, `JULIA_PKG_SERVER`, this
        computer.
        """
        return self._current

    def find(self, server: str | None) -> ServerProfile:
        """The profile of an id, host or URL; None: the current one."""
        if server is None:
            return self.current
        known = next((profile for profile in self.all() if profile.id == server), None)
        return known or profile_of(server)

    def choose(self, profile: ServerProfile) -> None:
        """Make a profile the current one, here and in later sessions."""
        if profile != HERE and all(added.id != profile.id for added in self._added):
            self._added.append(profile)
        self._current = profile
        stored = {"servers": [added.url for added in self._added], "current": profile.id}
        with translated_os_errors(self._file, "The choice holds for this session only."):
            replace_file(self._file, json.dumps(stored, indent=2).encode())

    def _known(self, server: str | None) -> ServerProfile | None:
        """The profile with that id, of those that are kept."""
        profiles = (HERE, self._default, *self._added)
        return next((profile for profile in profiles if profile.id == server), None)

    def _load(self) -> tuple[list[ServerProfile], str | None]:
        """What an earlier session kept; entries that are no servers are passed over."""
        try:
            stored = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return [], None
        stored = stored if isinstance(stored, dict) else {}
        urls, chosen = stored.get("servers"), stored.get("current")
        added = [_profile_or_none(url) for url in (urls if isinstance(urls, list) else [])]
        return [profile for profile in added if profile], chosen if isinstance(chosen, str) else None


def _profile_or_none(url: object) -> ServerProfile | None:
    try:
        return profile_of(url) if isinstance(url, str) and url else None
    except InputError:
        return None
