"""Submitting: the form, refusals, the same submission twice, what the job is given (protocol §5)."""

import json
import random
import threading
import time
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juliahub_wire.jobs import Job
from localhub.services import blobs as blobs_module
from localhub.services.blobs import BlobStore
from tests.support.hub import wait_for
from tests.support.scripted_hub import ScriptedHub, scripted_hub
from tests.support.submissions import bundle, job, parts, refusal, submit, upload, upload_info


def test_a_job_is_visible_before_the_answer(client: httpx.Client) -> None:
    details = job(client, submit(client, {"jobname": "pi", "N": "1000"}))
    assert details["status"] == "Submitted"
    assert details["jobname_alias"] == "pi"
    assert details["outputs"] == ""
    assert json.loads(details["inputs"]) == {"jobname": "pi", "N": "1000"}
    assert details["submittimestamp"].endswith("+00:00")
    assert (details["starttimestamp"], details["endtimestamp"]) == (None, None)
    assert "proxy_link" not in details
    assert [(file["name"], file["type"]) for file in details["files"]] == [("code.jl", "input"), ("code.jl", "source")]
    Job.model_validate(details)


def test_parts_come_in_any_order_and_some_are_not_known(client: httpx.Client) -> None:
    form = [*parts(), ("favourite_colour", (None, b"blue")), ("empty", (None, b""))]
    random.Random(4).shuffle(form)
    assert client.post("/juliaruncloud/submit_job", files=form).json()["success"] is True


def test_what_the_runner_is_told(hub: ScriptedHub, client: httpx.Client) -> None:
    jobname = submit(
        client,
        {"jobname": "pi", "jr_uuid": "u", "jr_submission": "told", "N": "ü$"},
        usercode='println("ä")\n',
        projecttoml="[deps]\n",
        manifesttoml="# machine\n",
        nworkers="1",
        isthreaded="false",
        image="julia-1.9.0",
        limit_value="0.5",
    )
    scripted = hub.started(jobname)
    spec = hub.engine.specs[jobname]
    assert spec.julia == ["/opt/julia-1.9.0"]
    assert (spec.nodes, spec.processes_per_node, spec.threads) == (2, 2, 1)
    assert spec.env == {"N": "ü$"}
    assert spec.alias == "pi"
    assert Path(spec.code).read_text("utf-8") == 'println("ä")\n'
    assert Path(spec.project or "").joinpath("Manifest.toml").read_text() == "# machine\n"
    assert Path(spec.cwd).is_relative_to(scripted.folder)
    assert spec.bundle_depot is None
    assert 1700 < (hub.engine.deadlines[jobname] or 0) - time.time() < 1801
    for folder in (spec.cwd, spec.results_dir, spec.runjob):
        assert Path(folder).is_dir()


def test_a_bundle_is_unpacked_where_the_job_runs(hub: ScriptedHub, client: httpx.Client) -> None:
    tar = bundle({"Project.toml": "", "main.jl": "1", ".bundle/depot/artifacts/x/y": ""}, top="monte-carlo")
    jobname = submit(client, **upload(client, tar))
    hub.started(jobname)
    spec = hub.engine.specs[jobname]
    assert Path(spec.cwd).name == "monte-carlo"
    assert spec.project == spec.cwd
    assert spec.bundle_depot == str(Path(spec.cwd) / ".bundle" / "depot")
    assert client.get(f"/jobs/{jobname}/files/appbundle.tar?filetype=input").content == tar


def test_a_bundle_without_an_environment_has_no_project(hub: ScriptedHub, client: httpx.Client) -> None:
    jobname = submit(client, **upload(client, bundle({"main.jl": "1"})))
    hub.started(jobname)
    assert (hub.engine.specs[jobname].project, hub.engine.specs[jobname].bundle_depot) == (None, None)


def test_a_damaged_bundle_fails_the_job_and_its_log_says_why(client: httpx.Client) -> None:
    jobname = submit(client, **upload(client, b"no tar at all"))
    wait_for(lambda: job(client, jobname)["status"] == "Failed", "the job to fail")
    page = json.loads(client.get(f"/juliaruncloud/get_logs?jobname={jobname}").json())
    assert [record.get("end") for record in page] == ["top", None, "bottom"]
    assert page[1]["message"].startswith("The bundle could not be unpacked")
    assert page[1]["metadata"]["level"] == "Error"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"elastic": "true"}, "elastic pool"),
        ({"limit_type": "cost", "limit_value": None}, "cost limit"),
        ({"sysimage_build": "true"}, "system image"),
        ({"appArgs": '{"port": 8080, "authentication": true}'}, "network port"),
        ({"appType": "userapp", "package_name": "X", "customcode": "false", "usercode": None}, "application"),
        ({"node_class": "p3"}, "no node class “p3”"),
        ({"image": "julia-0.6.4"}, "Installed: julia-1.10.4, julia-1.9.0"),
        ({"nworkers": "400"}, "at most 16"),
        ({"nworkers": "-1"}, "nworkers"),
        ({"cpu": "0"}, "cpu"),
        ({"cpu": "two"}, "cpu"),
        ({"limit_value": "0"}, "limit_value"),
        ({"limit_value": "1e9"}, "8,784 hours"),
        ({"node_class": None}, "node_class"),
        ({"args": "not json"}, "args"),
        ({"args": '{"N": 1}'}, "args.N"),
        ({"usercode": None}, "no code"),
    ],
)
def test_refusals_are_sentences_inside_a_200(
    client: httpx.Client, changes: dict[str, str | None], sentence: str
) -> None:
    before = client.get("/juliaruncloud/get_jobs?limit=9999").json()
    message = refusal(client, **changes)
    assert sentence in message
    assert message.endswith((".", ")."))
    assert client.get("/juliaruncloud/get_jobs?limit=9999").json() == before


def test_a_bundle_that_was_not_uploaded_is_refused(client: httpx.Client) -> None:
    info = upload_info(b"never sent")
    named = {"appbundle": "__APPBUNDLE_EXTERNAL_UPLOAD__", "appbundle_upload_info": json.dumps(info)}
    assert "has not been uploaded" in refusal(client, **named)


@pytest.mark.parametrize("body", [b"", b"a=b", b"--x\r\nContent-Disposition: form-data\r\n\r\n", b"\xff" * 100])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""])
def test_what_is_no_form_is_refused(client: httpx.Client, body: bytes, kind: str) -> None:
    answer = client.post("/juliaruncloud/submit_job", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["success"]) == (200, False)


def test_a_form_of_more_parts_than_any_client_sends_is_refused(client: httpx.Client) -> None:
    many = {f"part{number}": (None, "x") for number in range(101)}
    answer = client.post("/juliaruncloud/submit_job", files=many)
    assert (answer.status_code, answer.json()["success"]) == (200, False)
    assert "the form cannot be read" in answer.json()["message"]


def test_the_same_key_is_the_same_job(hub: ScriptedHub, client: httpx.Client) -> None:
    first = submit(client, {"jr_submission": "key-1"})
    assert submit(client, {"jr_submission": "key-1"}, usercode="other") == first
    assert submit(client, {"jr_submission": "key-2"}) != first
    assert submit(client) != submit(client)
    with hub.client(hub.token("eve")) as eve:
        assert submit(eve, {"jr_submission": "key-1"}) != first


def test_a_job_that_ended_is_not_started_by_its_key(hub: ScriptedHub, client: httpx.Client) -> None:
    damaged = upload(client, b"no tar at all, again")
    jobname = submit(client, {"jr_submission": "damaged"}, **damaged)
    wait_for(
        lambda: job(client, jobname)["status"] == "Failed" and not hub.hub.runs.is_live(jobname), "the job to fail"
    )
    assert submit(client, {"jr_submission": "damaged"}, **damaged) == jobname
    wait_for(lambda: not hub.hub.runs.is_live(jobname), "the hub to see that it has ended")
    assert jobname not in hub.engine.specs
    assert job(client, jobname)["status"] == "Failed"


def test_the_same_key_many_times_at_once_is_one_job(hub: ScriptedHub) -> None:
    names: list[str] = []

    def send() -> None:
        with hub.client() as client:
            names.append(submit(client, {"jr_submission": "all at once"}))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 8
    assert len(set(names)) == 1


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["A", "B_2", "jobname"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
    )
)
def test_inputs_come_back_as_they_were_sent(client: httpx.Client, args: dict[str, str]) -> None:
    shown = Job.model_validate(job(client, submit(client, args)))
    assert shown.input_values() == args


def test_nothing_is_half_accepted_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs a device that is always full")
    with scripted_hub(tmp_path / "hub") as hub, hub.client() as client:
        with monkeypatch.context() as full:
            full.setattr(blobs_module.BlobWriter, "write", writing_to(Path("/dev/full")))
            assert "is full" in refusal(client, {"jr_submission": "k"})
            assert client.get("/juliaruncloud/get_jobs").json() == []
        assert job(client, submit(client, {"jr_submission": "k"}))["status"] == "Submitted"
        assert BlobStore(tmp_path / "hub" / "blobs").find("0" * 64) is None


def writing_to(device: Path) -> object:
    """A `BlobWriter.write` whose bytes go to that device: the kernel's own refusal."""

    def write(self: blobs_module.BlobWriter, piece: bytes) -> None:
        with blobs_module.storage_errors("The upload"), device.open("wb", buffering=0) as file:
            file.write(piece)

    return write
