"""What may be submitted, what is refused and with which sentence (protocol §5)."""

import json

import pytest

from juliahub_wire.nodes import NodeSpec
from juliahub_wire.submission import Submission
from localhub.domain.offer import JuliaImage, Offer, process_limit
from localhub.domain.refusals import Refusal
from localhub.domain.submission_rules import design

NODE = NodeSpec("local-4", False, 4, 16, 0.0, "This computer", "", "16", 0.0, 0.0, 1)
IMAGES = [JuliaImage("1.10.4", ("/opt/julia",), default=True), JuliaImage("1.9.0", ("/old/julia",))]
OFFER = Offer([NODE], IMAGES, process_limit(4))
MINIMAL = {
    "args": "{}",
    "customcode": "true",
    "usercode": "println(1)",
    "node_class": "local-4",
    "cpu": "4",
    "nworkers": "0",
    "elastic": "false",
    "isthreaded": "true",
    "sysimage_build": "nothing",
    "limit_type": "time",
    "limit_value": "1",
    "est_cost": "0",
}


def submission(**changes: str) -> Submission:
    return Submission.from_form(MINIMAL | changes)


def test_a_minimal_script_runs_as_one_process_with_all_cores() -> None:
    job = design(submission(), OFFER)
    assert (job.nodes, job.processes_per_node, job.threads) == (1, 1, 4)
    assert (job.image, job.limit_hours, job.alias, job.submission_key) == ("julia-1.10.4", 1.0, None, None)


@pytest.mark.parametrize(
    ("changes", "shape"),
    [
        ({"nworkers": "2"}, (3, 1, 4)),
        ({"isthreaded": "false"}, (1, 4, 1)),
        ({"isthreaded": "false", "nworkers": "3"}, (4, 4, 1)),
        ({"args": '{"JULIA_NUM_THREADS": "7"}'}, (1, 1, 7)),
        ({"args": '{"JULIA_NUM_THREADS": "auto"}'}, (1, 1, 4)),  # Julia's own word: passed on in the environment
        ({"isthreaded": "false", "args": '{"JULIA_NUM_THREADS": "2"}'}, (1, 4, 2)),
        ({"nworkers": "3", "min_workers_required": "1"}, (4, 1, 4)),
    ],
)
def test_the_cluster_follows_the_form(changes: dict[str, str], shape: tuple[int, int, int]) -> None:
    job = design(submission(**changes), OFFER)
    assert (job.nodes, job.processes_per_node, job.threads) == shape


@pytest.mark.parametrize(("text", "hours"), [("0.0025", 0.0025), ("8784", 8784.0), ("12", 12.0)])
def test_time_limits_may_be_fractions_of_an_hour(text: str, hours: float) -> None:
    assert design(submission(limit_value=text), OFFER).limit_hours == hours


def test_an_unlimited_job_has_no_limit() -> None:
    assert design(submission(limit_type="unlimited"), OFFER).limit_hours is None


BUNDLE = json.dumps({"file_name": "appbundle.tar", "file_size": 3, "hash": "0" * 64, "hash_alg": "sha2_256"})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"elastic": "true"}, "elastic pool"),
        ({"limit_type": "cost"}, "cost limit"),
        ({"limit_type": "moons"}, "limit of type “moons”"),
        ({"limit_value": "8785"}, "at most 8,784 hours"),
        ({"limit_value": "inf"}, "at most 8,784 hours"),
        ({"limit_value": "nan"}, ""),  # the model or the rule, either refuses
        ({"sysimage_build": "true"}, "system image"),
        ({"dns_prefix": "mine"}, "network port"),
        ({"appArgs": '{"port": 8080}'}, "network port"),
        ({"product_name": "standard-interactive"}, "network port"),
        ({"product_name": "juliasim-batch"}, "juliasim-batch"),
        ({"appType": "pluto"}, "application"),
        ({"appType": "userapp", "package_name": "X"}, "application"),
        ({"customcode": "false"}, "application"),
        ({"node_class": "p3"}, "no node class “p3”. It has: local-4"),
        ({"nworkers": "16"}, "at most 16 Julia processes"),
        ({"cpu": "17"}, "at most 16"),
        ({"isthreaded": "false", "nworkers": "4"}, "5 nodes with 4 cores each"),
        ({"image": "julia-1.11.0"}, "julia-1.11.0 is not installed here. Installed: julia-1.10.4, julia-1.9.0"),
        ({"image": "stable-gpu"}, "not installed"),
        ({"min_workers_required": "0"}, "minimum number of nodes"),
        ({"appbundle": "something", "appbundle_upload_info": BUNDLE}, "uploaded first"),
        ({"appbundle": "__APPBUNDLE_EXTERNAL_UPLOAD__"}, "uploaded first"),
        ({"args": '{"A=B": "1"}'}, "“A=B”"),
        ({"args": '{"": "1"}'}, "environment variable"),
        ({"args": '{"A": "a\\u0000b"}'}, "environment variable"),
        ({"args": json.dumps({"A": "x" * 100_001})}, "longer than 100,000 bytes"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises((Refusal, ValueError)) as refusal:
        design(submission(**changes), OFFER)
    assert sentence in str(refusal.value)


def test_a_submission_without_code_is_refused() -> None:
    without = {name: value for name, value in MINIMAL.items() if name != "usercode"}
    with pytest.raises(Refusal, match="no code to run"):
        design(Submission.from_form(without), OFFER)


def test_a_computer_without_julia_says_how_to_get_one() -> None:
    with pytest.raises(Refusal, match=r"julialang\.org/downloads"):
        design(submission(), Offer([NODE], [], 16))


def test_the_clients_key_and_name_are_read_from_args() -> None:
    job = design(submission(args='{"jobname": "pi", "jr_submission": "k1", "N": "3"}'), OFFER)
    assert (job.alias, job.submission_key) == ("pi", "k1")
