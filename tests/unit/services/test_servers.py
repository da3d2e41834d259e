"""Server profiles: which is current, what is kept, what is refused."""

import json
from pathlib import Path

import pytest

from juliahub_ls.config import Settings, settings_from
from juliahub_ls.errors import PlainHttpRefused, ServerUnknown
from juliahub_ls.services.servers import HERE, Servers, profile_of


@pytest.mark.parametrize(
    ("text", "id_", "url"),
    [
        ("this-computer", "this-computer", None),
        ("This computer", "this-computer", None),
        ("juliahub.com", "juliahub.com", "https://juliahub.com"),
        (" https://juliahub.com/ ", "juliahub.com", "https://juliahub.com"),
        ("https://JuliaHub.com", "juliahub.com", "https://JuliaHub.com"),
        ("https://a.dev:8443/hub/", "a.dev:8443/hub", "https://a.dev:8443/hub"),
        ("http://localhost:8888", "localhost:8888", "http://localhost:8888"),
        ("http://127.0.0.1:1", "127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://[::1]:1", "::1:1", "http://[::1]:1"),
    ],
)
def test_profiles(text: str, id_: str, url: "str | None") -> None:
    profile = profile_of(text)
    assert (profile.id, profile.url) == (id_, url)
    assert profile.is_this_computer == (url is None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "https://",
        "ftp://a.dev",
        "a b.dev",
        "https://a.dev?x=1",
        "https://a.dev#x",
        "https://me@a.dev",
        "a:b",
        "a:99999",
        "http://[bad",
        "..",
        "https://../",
        "https://.hidden",
        "https://%2e%2e",
        "https://a\\..\\b",
    ],
)
def test_what_is_no_server(text: str) -> None:
    with pytest.raises(ServerUnknown):
        profile_of(text)


@pytest.mark.parametrize("text", ["http://juliahub.com", "http://10.0.0.1", "http://localhost.evil.dev"])
def test_no_token_goes_over_plain_http(text: str) -> None:
    with pytest.raises(PlainHttpRefused):
        profile_of(text)


@pytest.mark.parametrize(
    ("settings", "kept", "current"),
    [
        (Settings(), None, "this-computer"),
        (Settings(package_server="https://a.dev"), None, "a.dev"),
        (Settings(package_server="http://a.dev"), None, "this-computer"),
        (Settings(package_server="not a server"), None, "this-computer"),
        (Settings(package_server="https://a.dev"), "b.dev", "b.dev"),
        (Settings(package_server="https://a.dev"), "this-computer", "this-computer"),
        (Settings(server="c.dev", package_server="https://a.dev"), "b.dev", "c.dev"),
        (Settings(server="http://c.dev"), "b.dev", "b.dev"),
    ],
)
def test_the_order_of_defaults(tmp_path: Path, settings: Settings, kept: "str | None", current: str) -> None:
    if kept is not None:
        Servers(tmp_path, Settings()).choose(profile_of(kept))
    servers = Servers(tmp_path, settings)
    assert servers.current.id == current
    assert servers.all()[0] is HERE
    assert [profile.id for profile in servers.all()].count(current) == 1


def test_each_rung_of_the_order_stands_before_the_next(tmp_path: Path) -> None:
    """Choice, setting, last choice, `julia.packageServer`, `JULIA_PKG_SERVER`, this computer: as the documents say."""
    options, environ = {"server": "setting.dev", "packageServer": "https://julia.dev"}, {"JULIA_PKG_SERVER": "env.dev"}
    Servers(tmp_path, Settings()).choose(profile_of("last.dev"))
    servers = Servers(tmp_path, settings_from(options, environ)[0])
    assert servers.current.id == "setting.dev"
    servers.choose(profile_of("chosen.dev"))
    assert servers.current.id == "chosen.dev"
    assert Servers(tmp_path, settings_from(options, environ)[0]).current.id == "setting.dev", "in the next session"
    del options["server"]
    assert Servers(tmp_path, settings_from(options, environ)[0]).current.id == "chosen.dev"
    (tmp_path / "servers.json").unlink()
    assert Servers(tmp_path, settings_from(options, environ)[0]).current.id == "julia.dev"
    assert Servers(tmp_path, settings_from({}, environ)[0]).current.id == "env.dev"
    assert Servers(tmp_path, settings_from({}, {})[0]).current is HERE


def test_a_wrong_setting_is_said(tmp_path: Path) -> None:
    problem = Servers(tmp_path, Settings(server="http://c.dev")).problem
    assert problem is not None
    assert problem.startswith("The setting “server” is not used. c.dev would be reached without encryption")
    assert Servers(tmp_path, Settings(server="c.dev")).problem is None


def test_what_was_chosen_is_there_in_the_next_session(tmp_path: Path) -> None:
    first = Servers(tmp_path, Settings(package_server="http://localhost:8888"))
    first.choose(first.current)
    first.choose(profile_of("b.dev"))
    first.choose(HERE)
    first.choose(profile_of("http://localhost:8888"))
    second = Servers(tmp_path, Settings())
    assert second.current.url == "http://localhost:8888"
    assert [profile.id for profile in second.all()] == ["this-computer", "localhost:8888", "b.dev"]
    assert second.find("b.dev").url == "https://b.dev"
    assert second.find(None) == second.current


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"5",
        b"\xff\xfe",
        b'{"servers": 5, "current": 7}',
        b'{"servers": [null, 5, "http://evil.dev"]}',
        b'{"current": "gone.dev"}',
    ],
)
def test_a_malformed_file_is_no_obstacle(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "servers.json").write_bytes(content)
    servers = Servers(tmp_path, Settings())
    assert (servers.current, servers.all()) == (HERE, [HERE])


def test_one_bad_entry_loses_no_other(tmp_path: Path) -> None:
    stored = {"servers": ["https://a.dev", "http://evil.dev", None, "https://b.dev"], "current": "b.dev"}
    (tmp_path / "servers.json").write_text(json.dumps(stored))
    servers = Servers(tmp_path, Settings())
    assert [profile.id for profile in servers.all()] == ["this-computer", "a.dev", "b.dev"]
    assert servers.current.id == "b.dev"
