"""Server profiles: "This computer" and any number of hubs, which one is current, and where that is remembered."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from juliahub_ls.config import PUBLIC_PACKAGE_SERVERS, THIS_COMPUTER, Settings
from juliahub_ls.errors import PlainHttpRefused, ServerUnknown
from juliahub_ls.services.files import replace_file

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ServerUnknown(server=server) from None
    unusual = parts.query or parts.fragment or parts.username or any(character.isspace() for character in url)
    if not host or unusual or parts.scheme not in ("http", "https"):
        raise ServerUnknown(server=server)
    if parts.scheme == "http" and host not in LOOPBACK:
        raise PlainHttpRefused(server=host)
    name = host if port is None else f"{host}:{port}"
    return ServerProfile(name + parts.path, name, url)


class Servers:
    """The known profiles. What a user adds or chooses is kept in `servers.json` in the configuration folder."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._file = folder / "servers.json"
        self._settings = settings
        self._listeners: list[Callable[[], None]] = []
        self._added, self._chosen = self._load()

    def all(self) -> list[ServerProfile]:
        """This computer first, then the server that the settings name, then those the user added."""
        profiles = {HERE.id: HERE}
        default = self._default()
        profiles.setdefault(default.id, default)
        for profile in self._added:
            profiles.setdefault(profile.id, profile)
        return list(profiles.values())

    @property
    def current(self) -> ServerProfile:
        """The user's choice.

        Else the setting, the Julia extension's package server, `JULIA_PKG_SERVER`, this computer.
        """
        if self._settings.server:
            return self.find(self._settings.server)
        return self.find(self._chosen) if self._chosen else self._default()

    def find(self, server: str | None) -> ServerProfile:
        """The profile of an id, host or URL; None: the current one."""
        if server is None:
            return self.current
        known = next((profile for profile in self.all() if profile.id == server), None)
        return known or profile_of(server)

    def add(self, profile: ServerProfile) -> None:
        """Keep a profile for later sessions."""
        if all(known.id != profile.id for known in self.all()):
            self._added.append(profile)
            self._save()

    def choose(self, profile: ServerProfile) -> None:
        """Make a profile the current one, here and in later sessions."""
        self.add(profile)
        self._chosen = profile.id
        self._settings = Settings(None, self._settings.package_server, self._settings.download_directory)
        self._save()

    def _default(self) -> ServerProfile:
        package_server = self._settings.package_server
        if not package_server:
            return HERE
        try:
            profile = profile_of(package_server)
        except (ServerUnknown, PlainHttpRefused):
            return HERE
        return HERE if profile.name in PUBLIC_PACKAGE_SERVERS else profile

    def _load(self) -> tuple[list[ServerProfile], str | None]:
        try:
            stored = json.loads(self._file.read_text("utf-8"))
            added = [profile_of(url) for url in stored.get("servers", [])]
            chosen = stored.get("current")
        except (OSError, ValueError, AttributeError, ServerUnknown, PlainHttpRefused):
            return [], None
        return added, chosen if isinstance(chosen, str) else None

    def _save(self) -> None:
        stored = {"servers": [profile.url for profile in self._added], "current": self._chosen}
        replace_file(self._file, json.dumps(stored, indent=2).encode())
