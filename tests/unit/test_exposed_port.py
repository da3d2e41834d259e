"""Which ports may be shown, to whom (protocol §5.5), and which arguments a job can have (§5.4)."""

import pytest

from juliahub_ls.domain.jobs.exposed_port import ExposedPort, port_problem
from juliahub_ls.domain.jobs.job_args import SUBMISSION_KEY, args_problem, job_args
from juliahub_ls.secret import Secret


@pytest.mark.parametrize("port", [1025, 9008, 9010, 23399, 23500, 32767])
def test_allowed_ports(port: int) -> None:
    assert port_problem(ExposedPort(port)) is None


@pytest.mark.parametrize("port", [-1, 0, 80, 1024, 9009, 23400, 23499, 32768, 65536])
def test_other_ports(port: int) -> None:
    problem = port_problem(ExposedPort(port))
    assert problem == f"Port {port} cannot be exposed. Choose one of 1025–9008, 9010–23399, 23500–32767."


@pytest.mark.parametrize(
    ("exposed", "words"),
    [
        (ExposedPort(8080, "friends"), "Name one of me, anyone, password, public."),
        (ExposedPort(8080, "password"), "none was given"),
        (ExposedPort(8080, "password", Secret("")), "none was given"),
        (ExposedPort(8080, "anyone", Secret("Correct1Horse")), "Leave one of them out"),
        (ExposedPort(8080, "password", Secret("Short1")), "8 to 32 characters"),
        (ExposedPort(8080, "password", Secret("alllower1")), "an upper-case letter"),
        (ExposedPort(8080, "password", Secret("ALLUPPER1")), "a lower-case letter"),
        (ExposedPort(8080, "password", Secret("NoDigitsHere")), "and a digit"),
        (ExposedPort(8080, "password", Secret("aA1" * 11)), "8 to 32 characters"),
        (ExposedPort(8080, name="My App"), "lower-case letters, digits and hyphens"),
        (ExposedPort(8080, name="-x"), "no hyphen first or last"),
        (ExposedPort(8080, name="x" * 64), "at most 63"),
    ],
)
def test_what_no_server_takes(exposed: ExposedPort, words: str) -> None:
    problem = port_problem(exposed)
    assert problem is not None
    assert words in problem
    secret = exposed.password.reveal() if exposed.password else ""
    assert not secret or secret not in problem + repr(exposed)


@pytest.mark.parametrize(
    ("env", "alias", "words"),
    [
        ({"N": 1}, None, "The environment variable N must be a text, not int."),
        ({"": "x"}, None, "cannot be an environment variable's name or value"),
        ({"A=B": "x"}, None, "“A=B” cannot be"),
        ({"A": "\0"}, None, "“A” cannot be"),
        ({"jobname": "a"}, "b", "The job has two names: “b”, and “a”"),
        ({SUBMISSION_KEY: "a"}, None, "cannot be set"),
    ],
)
def test_variables_that_no_job_can_have(env: "dict[str, object]", alias: "str | None", words: str) -> None:
    assert words in (args_problem(env, alias) or "")


def test_the_alias_wins_over_variables_and_they_over_defaults() -> None:
    defaults = {"jobname": "App", "jr_uuid": "id"}
    assert args_problem({"jobname": "mine"}, None) is None
    assert job_args(defaults, {}, None, None, "k") == defaults | {SUBMISSION_KEY: "k"}
    assert job_args(defaults, {"jobname": "mine", "jr_uuid": "x"}, None, None, "k")["jr_uuid"] == "x"
    assert job_args(defaults, {"N": "1"}, "alias", 4, "k") == {
        "jobname": "alias",
        "jr_uuid": "id",
        "N": "1",
        "JULIA_NUM_THREADS": "4",
        SUBMISSION_KEY: "k",
    }
