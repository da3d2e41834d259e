"""Every request, as a method and as a command: its answer is what `protocol.py` says, its errors are for people."""

import json
import os
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import tomli

from juliahub_ls.lsp.protocol import REQUESTS
from tests.lsp.client import Editor, RpcError, check_error_data
from tests.lsp.conftest import MakeEditor
from tests.support.scripted_hub import ScriptedHub


async def test_every_request_both_ways(signed_in: Editor, hub: ScriptedHub, folders: Path) -> None:
    script, directory = (folders / "work" / "project" / "main.jl").as_uri(), (folders / "work" / "project").as_uri()
    job = (await signed_in.request("juliahub/submit", {"script": script}))["job"]["id"]
    played = hub.started(job)
    played.logs("one", "two")
    (played.folder / "results").mkdir(exist_ok=True)
    (played.folder / "results" / "a.csv").write_text("1,2")
    played.ends(result_file=str(played.folder / "results" / "a.csv"), stored=True)
    await signed_in.until(lambda: _state(signed_in, job) == "Completed", "the job's end")
    of_one_job = ("job", "stopJob", "openLog", "results", "downloadResults", "submission", "logSummary")
    params: dict[str, Any] = {
        "juliahub/environment": {"directory": directory},
        "juliahub/environmentFor": {"script": script},
        "juliahub/chooseEnvironment": {"script": script},
        "juliahub/setActiveEnvironment": {"directory": directory},
        "juliahub/preflight": {"script": script},
        "juliahub/bundlePlan": {"directory": directory},
        "juliahub/bundleFolder": {"directory": directory, "path": ""},
        "juliahub/setBundleRule": {"directory": directory, "path": "main.jl", "included": True},
        "juliahub/writeBundle": {"script": script, "output": (folders / "out.tar").as_uri()},
        "juliahub/submit": {"script": script, "name": "again", "env": {"N": "1"}, "nodes": 2, "timeLimit": 0.5},
        "juliahub/jobs": {"limit": 5},
        "juliahub/closeLog": {"log": "none"},
        "juliahub/readLog": {"job": job, "after": 1},
        "juliahub/form": {"script": script},
        "juliahub/saveConfiguration": {"name": "tried", "choices": {"script": script}},
        "juliahub/logSeries": {"job": job, "keywords": ["loss"]},
        "juliahub/completeFilter": {"job": job, "query": "le", "position": 2},
        "juliahub/saveLog": {"job": job, "file": (folders / "log.txt").as_uri(), "format": "text"},
        "juliahub/previewFile": {"job": job, "name": "a.csv"},
        "juliahub/compareJobs": {"jobs": [{"job": job}, {"job": job}]},
        "juliahub/exportComparison": {"jobs": [{"job": job}], "file": (folders / "jobs.csv").as_uri()},
        **{f"juliahub/{name}": {"job": job} for name in of_one_job},
    }
    last = [
        "juliahub/downloadDataset",
        "juliahub/uploadDataset",
        "juliahub/signOut",
        "juliahub/signIn",
        "juliahub/extendJob",
        "juliahub/mendEnvironment",
    ]  # told of in tests of their own
    answers: dict[str, list[Any]] = {}
    for method in [name for name in REQUESTS if name not in last]:
        answers[method] = [
            await signed_in.request(method, params.get(method)),
            await signed_in.command(method, params.get(method)),
        ]
    assert [line["message"] for line in answers["juliahub/readLog"][1]["lines"]] == ["two"]
    assert answers["juliahub/job"][0]["job"]["label"].startswith("Completed")
    assert answers["juliahub/downloadResults"][1]["files"][0]["verified"] is True
    assert [node["vcpus"] for node in answers["juliahub/nodes"][0]["nodes"]] == [2]
    assert [image["juliaVersion"] for image in answers["juliahub/images"][0]["images"]] == ["1.10.4", "1.9.0"]
    assert answers["juliahub/environments"][0]["environments"][0]["name"] == "Pi"
    assert answers["juliahub/writeBundle"][0]["sha256"] == answers["juliahub/writeBundle"][1]["sha256"]


async def test_a_bundle_goes_where_it_was_named(editor: Editor, folders: Path) -> None:
    output = folders / "a bundle"
    done = await editor.request(
        "juliahub/writeBundle", {"directory": (folders / "work" / "project").as_uri(), "output": output.as_uri()}
    )
    assert output.stat().st_size == done["size"]
    plan = await editor.request("juliahub/bundlePlan", {"directory": str(folders / "work" / "project")})
    assert [file["path"] for file in plan["files"]] == sorted(["Project.toml", "main.jl"])


async def test_a_broken_environment_is_shown_and_refused(editor: Editor, folders: Path) -> None:
    project = folders / "work" / "project"
    (project / "Project.toml").write_text('name = "Pi"\nversion = [1,\n  = 3\n')
    script = (project / "main.jl").as_uri()
    found = await editor.request("juliahub/environmentFor", {"script": script})
    problem = found["environment"]["problems"][0]
    assert (problem["severity"], problem["range"]["start"]["line"]) == ("error", 2)
    with pytest.raises(RpcError) as caught:
        await editor.request("juliahub/submit", {"script": script})
    data = check_error_data(caught.value)
    assert (data["code"], data["details"]["line"]) == ("environment-unreadable", 3)
    assert "Nothing was submitted." in caught.value.message


PROJECT = "{project}"
BAD: "list[tuple[str, dict[str, Any], str, str]]" = [
    ("juliahub/job", {"job": "jr-gone"}, "job-not-found", "has no job jr-gone"),
    ("juliahub/job", {"job": "../../api/v1"}, "job-not-found", "has no job"),
    ("juliahub/stopJob", {"job": "jr-gone"}, "job-not-found", "has no job jr-gone"),
    ("juliahub/extendJob", {"job": "jr-gone", "hours": 1}, "job-not-found", "has no job jr-gone"),
    ("juliahub/extendJob", {"job": "jr-gone", "hours": 0}, "time-limit-invalid", "out of range"),
    ("juliahub/openLog", {"job": "jr-gone"}, "job-not-found", "has no job jr-gone"),
    ("juliahub/openLog", {"job": "x", "filter": {"pattern": "("}}, "pattern-invalid", "not a regular expression"),
    ("juliahub/readLog", {"job": "jr-gone"}, "job-not-found", "has no job jr-gone"),
    ("juliahub/results", {"job": "jr-gone"}, "job-not-found", "has no job jr-gone"),
    ("juliahub/downloadResults", {"job": "jr-gone"}, "job-not-found", "has no job jr-gone"),
    ("juliahub/submit", {"script": f"{PROJECT}/gone.jl"}, "script-not-found", "no file"),
    ("juliahub/submit", {"script": f"{PROJECT}/Project.toml"}, "not-julia", "not a Julia file"),
    (
        "juliahub/submit",
        {"script": f"{PROJECT}/main.jl", "directory": f"{PROJECT}/src"},
        "script-outside-bundle",
        "outs",
    ),
    ("juliahub/submit", {"script": f"{PROJECT}/main.jl", "nodes": 0}, "cluster-impossible", "at least 1"),
    ("juliahub/submit", {"script": f"{PROJECT}/main.jl", "nodes": 10**6}, "refused-by-server", ""),
    ("juliahub/submit", {"script": f"{PROJECT}/main.jl", "timeLimit": -1}, "time-limit-invalid", "out of range"),
    ("juliahub/submit", {"script": f"{PROJECT}/main.jl", "timeLimit": 1e9}, "time-limit-invalid", "out of range"),
    ("juliahub/submit", {"script": f"{PROJECT}/main.jl", "julia": "1.2"}, "julia-not-available", "It has Julia 1.10.4"),
    ("juliahub/environmentFor", {"script": f"{PROJECT}/gone.jl"}, "script-not-found", "no file"),
    ("juliahub/bundlePlan", {}, "invalid-params", "Name a script or a folder"),
    ("juliahub/selectServer", {"server": "not a server"}, "server-unknown", "not a server"),
    ("juliahub/signIn", {"server": "http://evil.dev"}, "plain-http-refused", "without encryption"),
    ("juliahub/signOut", {"server": "elsewhere.dev"}, "sign-in-required", "not signed in"),
    ("juliahub/jobs", {"server": "elsewhere.dev"}, "sign-in-required", "not signed in to elsewhere.dev"),
]


async def test_bad_input_gets_a_sentence_and_a_code(signed_in: Editor, folders: Path, token: str) -> None:
    project = (folders / "work" / "project").as_uri()
    for method, params, code, words in BAD:
        filled = json.loads(json.dumps(params).replace(PROJECT, project))
        for call in (signed_in.request, signed_in.command):
            with pytest.raises(RpcError) as caught:
                await call(method, filled)
            assert check_error_data(caught.value)["code"] == code, method
            assert words in caught.value.message
            assert caught.value.code == -32803
            assert "Traceback" not in caught.value.message
    assert token.encode() not in signed_in.raw
    assert token.encode() not in signed_in.stderr
    assert b"Traceback" not in signed_in.raw + signed_in.stderr


MALFORMED: "list[tuple[str, Any, str]]" = [
    ("juliahub/job", {}, "job: field required"),
    ("juliahub/job", {"job": 5}, "job: input should be a valid string"),
    ("juliahub/job", [], "the parameters: input should be a valid dictionary"),
    ("juliahub/submit", {"script": "a.jl", "nodes": "many"}, "nodes: input should be a valid integer"),
    ("juliahub/submit", {"script": "a.jl", "env": {"N": 5}}, "env.N: input should be a valid string"),
    ("juliahub/openLog", {"job": "x", "filter": {"level": "loud"}}, "filter.level: input should be"),
]


async def test_malformed_parameters_name_the_field(editor: Editor) -> None:
    for method, params, field in MALFORMED:
        with pytest.raises(RpcError) as caught:
            await editor.send_request(method, params)
        assert check_error_data(caught.value) == {"code": "invalid-params"}
        assert f"{method} cannot be done: {field}" in caught.value.message


async def test_signing_in_through_the_browser(start: MakeEditor, hub: ScriptedHub, folders: Path) -> None:
    editor = await start()
    pages: list[str] = []

    def approve(url: str) -> None:
        pages.append(url)
        with hub.client() as owner:
            code = owner.post("/localhub/sign_in_code").json()["code"]
        assert httpx.post(url, data={"code": code}, trust_env=False).status_code == 200

    editor.browser = approve
    answer = await editor.request("juliahub/signIn", {"server": hub.url, "workDoneToken": "t"})
    assert [page.split("?")[0] for page in pages] == [f"{hub.url}/dex/device"]
    (current,) = [server for server in answer["servers"] if server["current"]]
    assert (current["state"], current["account"]) == ("signedIn", "ada")
    file = folders / "depot" / "servers" / "127.0.0.1" / "auth.toml"
    token = tomli.loads(file.read_text())
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0
    assert (await editor.request("juliahub/nodes"))["nodes"]
    assert editor.all("juliahub/serversChanged")[-1] == answer
    for secret in ("id_token", "access_token", "refresh_token"):
        assert token[secret].encode() not in editor.raw + editor.stderr


async def test_an_approval_is_the_editors_to_show(start: MakeEditor, hub: ScriptedHub) -> None:
    editor = await start()
    params = {"server": hub.url, "showsApproval": True, "workDoneToken": "t"}
    _, answer = editor.begin("juliahub/signIn", params)
    (wanted,) = await editor.until(lambda: editor.all("juliahub/approvalWanted"), "the approval")
    assert wanted == {"server": hub.url.removeprefix("http://"), "workDoneToken": "t"} | {
        name: wanted[name] for name in ("url", "code")
    }
    assert wanted["url"] == f"{hub.url}/dex/device?user_code={wanted['code']}"
    assert "window/showDocument" not in editor.asked
    assert editor.all("window/showMessage") == []
    await editor.until(lambda: any("left" in message for message in _progress(editor)), "the countdown")
    asking = hub.hub.sign_in.of_user_code(wanted["code"])
    assert asking is not None
    hub.hub.sign_in.refuse(asking)
    with pytest.raises(RpcError) as caught:
        await answer
    data = check_error_data(caught.value)
    assert (data["code"], data["action"]["command"]) == ("sign-in-failed", "juliahub/signIn")
    assert "refused in the browser" in caught.value.message
    assert editor.all("juliahub/serversChanged") == [], "nothing has changed"


async def test_cancelling_a_sign_in(start: MakeEditor, hub: ScriptedHub, folders: Path) -> None:
    editor = await start()
    identifier, answer = editor.begin("juliahub/signIn", {"server": hub.url, "showsApproval": True})
    await editor.until(lambda: editor.all("juliahub/approvalWanted"), "the approval")
    editor.notify("$/cancelRequest", {"id": identifier})
    with pytest.raises(RpcError) as caught:
        await answer
    assert check_error_data(caught.value) == {"code": "cancelled"}
    assert not (folders / "depot").exists()


async def test_where_no_browser_opens_the_page_and_the_code_are_told(start: MakeEditor, hub: ScriptedHub) -> None:
    editor = await start(initialized=False)
    await editor.initialize(capabilities={})
    identifier, answer = editor.begin("juliahub/signIn", {"server": hub.url})
    (told,) = await editor.until(lambda: editor.all("window/showMessage"), "the message")
    assert re.fullmatch(rf"Open {hub.url}/dex/device\?user_code=(\S+) to sign in\. The code is \1\.", told["message"])
    editor.notify("$/cancelRequest", {"id": identifier})
    with pytest.raises(RpcError):
        await answer
    assert "window/showDocument" not in editor.asked


async def test_servers_are_chosen_and_kept(start: MakeEditor, hub: ScriptedHub, token: str) -> None:
    first = await start()
    answer = await first.request("juliahub/selectServer", {"server": hub.url})
    (chosen,) = [server for server in answer["servers"] if server["current"]]
    assert (chosen["url"], chosen["state"], chosen["account"]) == (hub.url, "signedIn", "ada")
    assert first.all("juliahub/serversChanged")[-1] == answer
    await first.shut_down()
    second = await start()
    current = [server["id"] for server in (await second.request("juliahub/servers"))["servers"] if server["current"]]
    assert current == [chosen["id"]]
    after = await second.request("juliahub/signOut")
    assert [server["state"] for server in after["servers"] if server["current"]] == ["signedOut"]
    with pytest.raises(RpcError) as caught:
        await second.request("juliahub/jobs")
    data = check_error_data(caught.value)
    assert (data["code"], data["action"]["command"]) == ("sign-in-required", "juliahub/signIn")


async def test_a_server_that_is_down(start: MakeEditor, folders: Path, unused_port: int) -> None:
    file = folders / "depot" / "servers" / "127.0.0.1" / "auth.toml"
    file.parent.mkdir(parents=True)
    file.write_text('id_token = "eyJ.SECRET.x"')
    editor = await start(server=f"http://127.0.0.1:{unused_port}")
    with pytest.raises(RpcError) as caught:
        await editor.request("juliahub/jobs")
    assert check_error_data(caught.value)["code"] == "server-unreachable"
    assert b"SECRET" not in editor.raw + editor.stderr


def _state(editor: Editor, job: str) -> "str | None":
    views = [view for told in editor.all("juliahub/jobsChanged") for view in told["jobs"] if view["id"] == job]
    return views[-1]["status"] if views else None


def _progress(editor: Editor) -> "list[str]":
    """What the editor was told to show."""
    return [report["value"].get("message") or "" for report in editor.all("$/progress")]
