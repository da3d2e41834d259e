"""Settings, decoded once; encoding; the secret that never shows; the daemon's own folders."""

import copy
import logging
import pickle
import traceback
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from juliahub_ls.config import Settings, cache_dir, config_dir, settings_from
from juliahub_ls.encoding import camel, encode
from juliahub_ls.secret import Secret


@pytest.mark.parametrize(
    ("options", "environ", "settings"),
    [
        (None, {}, Settings()),
        ({}, {}, Settings()),
        ([], {}, Settings()),
        ("text", {}, Settings()),
        ({"server": "juliahub.com"}, {}, Settings(server="juliahub.com")),
        ({"server": ""}, {}, Settings()),
        ({"packageServer": "https://a.dev"}, {"JULIA_PKG_SERVER": "b.dev"}, Settings(package_server="https://a.dev")),
        ({}, {"JULIA_PKG_SERVER": "b.dev"}, Settings(package_server="b.dev")),
        ({}, {"JULIA_PKG_SERVER": "https://pkg.julialang.org"}, Settings()),
        ({"packageServer": "pkg.julialang.org/"}, {"JULIA_PKG_SERVER": "b.dev"}, Settings(package_server="b.dev")),
        ({"packageServer": "https://us-east.pkg.julialang.org"}, {}, Settings()),
        ({"packageServer": "notpkg.julialang.org"}, {}, Settings(package_server="notpkg.julialang.org")),
        ({"packageServer": "http://[pkg"}, {}, Settings(package_server="http://[pkg")),
        ({}, {"JULIA_PKG_SERVER": ""}, Settings()),
        ({"gitignore": True}, {}, Settings(gitignore=True)),
        ({"scanLimit": 1}, {}, Settings(scan_limit=1)),
        ({"scanLimit": 5000.0}, {}, Settings(scan_limit=5000)),
        ({"downloadDirectory": "out", "unknown": 1}, {}, Settings(download_directory="out")),
    ],
)
def test_settings(options: object, environ: "dict[str, str]", settings: Settings) -> None:
    assert settings_from(options, environ) == (settings, [])


def test_a_wrong_setting_is_named_and_has_its_default() -> None:
    settings, problems = settings_from(
        {"server": 5, "packageServer": [], "downloadDirectory": {}, "gitignore": "yes"}, {}
    )
    assert settings == Settings()
    assert [problem.split("“")[1].split("”")[0] for problem in problems] == [
        "packageServer",
        "downloadDirectory",
        "server",
        "gitignore",
    ]


@pytest.mark.parametrize("limit", [0, -1, 0.5, True, "many", [], 1e300])
def test_a_limit_is_a_number_above_0(limit: object) -> None:
    settings, problems = settings_from({"scanLimit": limit}, {})
    assert settings == Settings()
    assert problems == ["The setting “scanLimit” must be a number above 0; its default is used."]


def test_our_folders_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JULIAHUB_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("JULIAHUB_CACHE_DIR", str(tmp_path / "cache"))
    assert (config_dir(), cache_dir()) == (tmp_path / "config", tmp_path / "cache")
    monkeypatch.delenv("JULIAHUB_CONFIG_DIR")
    monkeypatch.delenv("JULIAHUB_CACHE_DIR")
    assert config_dir().name == "juliahub-ls"
    assert config_dir() != tmp_path / "config"


class Colour(Enum):
    RED = "red"


@dataclass
class Inner:
    processes_per_node: int
    nothing: "int | None" = None


@dataclass
class Outer:
    inner: Inner
    colours: "tuple[Colour, ...]"
    where: Path
    loss: float
    table: "dict[Any, Any]"


def test_encoding() -> None:
    value = Outer(Inner(4), (Colour.RED,), Path("a"), float("nan"), {1: float("inf"), "keep_me": None, "p": Path("b")})
    assert encode(value) == {
        "inner": {"processesPerNode": 4},
        "colours": ["red"],
        "where": "a",
        "loss": "nan",
        "table": {"1": "inf", "keep_me": None, "p": "b"},
    }
    assert camel("a") == "a"


TOKEN = "eyJhbGciOi.SECRET.sig"


def test_a_secret_prints_as_stars_in_every_form(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(TOKEN)
    logging.getLogger("test").warning("token %s %r", secret, secret)
    logging.getLogger("test").warning("token {}", extra={"token": secret})
    forms = [repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{secret!r:>40}", caplog.text]
    forms += [repr([secret]), repr({"a": secret}), ascii(secret), str(Exception(secret)), repr(vars(Holder(secret)))]
    assert all("SECRET" not in form for form in forms)
    assert all("*****" in form for form in forms)
    assert secret.reveal() == TOKEN


class Holder:
    def __init__(self, token: Secret) -> None:
        self.token = token


def test_a_secret_is_not_in_a_traceback() -> None:
    def fail(secret: Secret) -> None:
        raise ValueError(f"not {secret}")

    try:
        fail(Secret(TOKEN))
    except ValueError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "*****" in shown
    assert "not Secret(*****)" in shown
    assert f"secret = '{TOKEN}'" not in shown


@pytest.mark.parametrize("take_away", [pickle.dumps, copy.deepcopy, copy.copy])
def test_a_secret_is_not_taken_away(take_away: Any) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        take_away(Secret(TOKEN))


def test_secrets_compare() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
