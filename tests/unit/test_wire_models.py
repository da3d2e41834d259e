"""The wire's models: what goes out is read back; what is optional may be missing, what is required may not."""

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from juliahub_wire import auth, bundles, images, jobs, nodes, paths
from juliahub_wire.submission import Submission, SubmitAnswer

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
UPLOADS = st.builds(bundles.UploadInfo, file_size=st.integers(0, 2**31), hash=st.from_regex(r"\A[0-9a-f]{64}\Z"))
SUBMISSIONS = st.builds(
    Submission,
    args=st.dictionaries(NAMES, TEXT, max_size=4),
    usercode=st.none() | TEXT,
    projecttoml=st.none() | TEXT,
    manifesttoml=st.none() | TEXT,
    appbundle=st.none() | st.just(bundles.EXTERNAL_UPLOAD),
    appbundle_upload_info=st.none() | UPLOADS,
    product_name=st.none() | NAMES,
    image=st.none() | NAMES,
    node_class=NAMES,
    cpu=st.integers(1, 512),
    nworkers=st.integers(0, 1000),
    elastic=st.booleans(),
    isthreaded=st.booleans(),
    sysimage_build=st.booleans(),
    limit_type=st.sampled_from(["time", "unlimited"]),
    limit_value=st.none() | st.integers(1, 9000) | st.floats(0.01, 9000),
)
JOB = {
    "jobname": "jr-xf4tslavut",
    "status": "Running",
    "outputs": "",
    "inputs": None,
    "submittimestamp": None,
    "starttimestamp": None,
    "endtimestamp": None,
}
NODE = ["m6", False, 2, 8, 0.17, "3.5 GHz", "", "8", 90.0, 87.0, 2]


@given(SUBMISSIONS)
def test_a_submission_survives_its_form(submission: Submission) -> None:
    parts = submission.form()
    assert all(isinstance(part, str) for part in parts.values())
    assert Submission.from_form(parts) == submission


def test_a_form_has_the_parts_that_juliahub_jl_sends() -> None:
    submission = Submission(
        args={"jobname": "pi"}, usercode="1", node_class="m6", cpu=2, nworkers=0, limit_type="time", limit_value=1.0
    )
    assert submission.form() == {
        "args": '{"jobname": "pi"}',
        "customcode": "true",
        "usercode": "1",
        "sysimage_build": "nothing",
        "node_class": "m6",
        "cpu": "2",
        "nworkers": "0",
        "elastic": "false",
        "isthreaded": "true",
        "limit_type": "time",
        "limit_value": "1",
        "effective_time_limit": "1",
        "est_cost": "0",
    }


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("cpu", "0"),
        ("cpu", "many"),
        ("nworkers", "-1"),
        ("limit_value", "0"),
        ("args", "{"),
        ("args", "[1]"),
        ("isthreaded", "perhaps"),
    ],
)
def test_a_wrong_part_is_named(part: str, value: str) -> None:
    parts = {"node_class": "m6", "cpu": "2", "nworkers": "0", "limit_type": "time", "limit_value": "1"}
    with pytest.raises(ValidationError) as caught:
        Submission.from_form(parts | {part: value})
    assert caught.value.errors()[0]["loc"][0] == part


def test_unknown_parts_are_tolerated_and_missing_ones_named() -> None:
    parts = {"node_class": "m6", "cpu": "2", "nworkers": "0", "limit_type": "time", "of_the_web_page": "x"}
    assert Submission.from_form(parts).node_class == "m6"
    with pytest.raises(ValidationError, match="limit_type"):
        Submission.from_form({name: value for name, value in parts.items() if name != "limit_type"})


def test_a_refusal_may_leave_success_out() -> None:
    assert SubmitAnswer.model_validate({"message": "You have reached the job rate limit of 2."}).success is False


@pytest.mark.parametrize("missing", sorted(JOB))
def test_a_job_needs_each_required_field(missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        jobs.Job.model_validate({name: value for name, value in JOB.items() if name != missing})


def test_a_job_tolerates_what_is_optional_or_new() -> None:
    job = jobs.Job.model_validate(JOB | {"status": "Hibernating", "of_tomorrow": {"a": 1}})
    assert (job.done, job.files, job.input_values()) == (False, [], {})


@pytest.mark.parametrize(
    ("status", "done"), [(status.value, status.value in jobs.TERMINAL) for status in jobs.JobStatus]
)
def test_terminal_states(status: str, done: bool) -> None:
    assert jobs.Job.model_validate(JOB | {"status": status}).done is done
    assert done == (status in ("Completed", "Failed", "Stopped"))


DIGEST = hashlib.sha256(b"result").digest()


@pytest.mark.parametrize(
    ("algorithm", "value", "expected"),
    [
        ("sha2_256", base64.b64encode(DIGEST).decode(), DIGEST.hex()),
        ("sha2_256", DIGEST.hex(), DIGEST.hex()),  # the mocks of JuliaHub.jl
        ("sha2_256", DIGEST.hex().upper(), DIGEST.hex()),
        ("sha2_256", None, None),
        (None, None, None),
        ("md5", base64.b64encode(DIGEST).decode(), None),
        ("sha2_256", "not base64!", None),
        ("sha2_256", "YWJj", None),  # too short to be one
    ],
)
def test_file_hashes_in_both_spellings(algorithm: "str | None", value: "str | None", expected: "str | None") -> None:
    assert jobs.FileHash(algorithm=algorithm, value=value).sha256_hex() == expected


def test_a_file_hash_needs_both_keys() -> None:
    with pytest.raises(ValidationError):
        jobs.FileHash.model_validate({"algorithm": "sha2_256"})


def test_a_node_is_eleven_places() -> None:
    spec = nodes.NodeSpecsAnswer.model_validate({"success": True, "message": "", "node_specs": [NODE]}).node_specs[0]
    assert (spec.node_class, spec.vcores, spec.memory_gb, spec.price_per_hour, spec.id) == ("m6", 2, 8, 0.17, 2)


@pytest.mark.parametrize(
    "row",
    [
        NODE[:10],
        [*NODE, 1],
        [*NODE[:2], 2.5, *NODE[3:]],
        [*NODE[:7], 8, *NODE[8:]],
        [*NODE[:1], "perhaps", *NODE[2:]],
        {"node_class": "m6"},
    ],
    ids=["ten places", "twelve", "half a core", "number for text", "text for yes or no", "an object"],
)
def test_what_is_no_node(row: object) -> None:
    with pytest.raises(ValidationError):
        nodes.NodeSpecsAnswer.model_validate({"success": True, "node_specs": [row]})


def test_whole_numbers_may_be_written_with_a_point() -> None:
    row = [*NODE[:2], 2.0, 8.0, *NODE[4:10], 2.0]
    spec = nodes.NodeSpecsAnswer.model_validate({"success": True, "node_specs": [row]}).node_specs[0]
    assert (spec.vcores, spec.memory_gb, spec.id) == (2, 8, 2)


@pytest.mark.parametrize(
    ("answer", "url"),
    [
        ({"success": True, "message": {"upload_url": "https://s3/x"}}, "https://s3/x"),
        ({"success": True, "message": "later"}, None),
        ({"success": True, "message": {}}, None),
        ({"success": True, "message": {"upload_url": 5}}, None),
        ({"success": False, "message": {"upload_url": "https://s3/x"}}, None),
        ({"success": False, "message": "no room"}, None),
    ],
)
def test_upload_urls(answer: object, url: "str | None") -> None:
    assert bundles.UploadUrlAnswer.model_validate(answer).upload_url == url


TOKEN = {"access_token": "acc-SECRET", "id_token": "id-SECRET", "refresh_token": "ref-SECRET", "custom": "extra-SECRET"}


def test_a_token_table_keeps_what_it_does_not_know_and_shows_no_secret() -> None:
    table = auth.TokenTable.model_validate(TOKEN | {"user_name": "ada"})
    assert table.model_dump()["custom"] == "extra-SECRET"
    assert "SECRET" not in f"{table!r} {table} {table:}"
    assert "ada" in repr(table)


@pytest.mark.parametrize(
    ("fields", "mtime", "expected"),
    [
        ({}, 100, None),
        ({"expires_at": 500}, 100, 500),
        ({"expires": 400}, 100, 400),
        ({"expires_at": 500, "expires": 400}, 100, 400),
        ({"expires_in": 60}, 100, 160),
        ({"expires_at": 500, "expires_in": 60}, 100, 160),
        ({"expires_at": 120.5, "expires_in": 60}, 100, 120.5),
    ],
)
def test_expiry_is_the_earliest_known(fields: "dict[str, float]", mtime: float, expected: "float | None") -> None:
    assert auth.TokenTable.model_validate(fields).expiry(mtime) == expected


def test_either_token_serves_as_bearer() -> None:
    assert auth.TokenTable(access_token="a", id_token="i").bearer() == "i"
    assert auth.TokenTable(access_token="a").bearer() == "a"
    assert auth.TokenTable().bearer() is None


def test_sign_in_flows_default_to_classic() -> None:
    assert auth.AuthConfiguration.model_validate({}).auth_flows == ["classic"]


def test_image_groups_are_read_with_their_optional_parts() -> None:
    image = {"display_name": "Julia 1.10", "type": "base-cpu", "image_key_name": "stable-cpu", "new": 1}
    groups = images.ProductImageGroups.model_validate({"image_groups": {"batch": [image]}}).image_groups
    assert groups["batch"][0].image_tag is None
    with pytest.raises(ValidationError):
        images.ProductImageGroups.model_validate({"image_groups": {"batch": [{"type": "base-cpu"}]}})


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_file_name_is_one_segment(name: str) -> None:
    path = paths.job_file("jr-1", name)
    assert path.startswith("/jobs/jr-1/files/")
    assert "/" not in path.removeprefix("/jobs/jr-1/files/")
    assert path.isascii()


def test_extend_and_kill_answers() -> None:
    assert jobs.KillAnswer.model_validate({"status": True}).message == ""
    assert jobs.ExtendRequest(jobname="jr-1", extendby=2).model_dump_json() == '{"jobname":"jr-1","extendby":2.0}'
    assert json.loads(jobs.FileHash.sha256(DIGEST).model_dump_json())["algorithm"] == "sha2_256"
