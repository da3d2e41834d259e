"""Which ports may be shown, to whom (protocol §5.5), and which arguments a job can have (§5.4)."""

import pytest

from juliahub_ls.domain.jobs.exposed_port import ExposedPort, port_problems
from juliahub_ls.domain.jobs.job_args import SUBMISSION_KEY, args_problems, job_args
from juliahub_ls.secret import Secret


@pytest.mark.parametrize("port", [1025, 9008, 9010, 23399, 23500, 32767])
def test_allowed_ports(port: int) -> None:
    assert port_problems(ExposedPort(port)) == []


@pytest.mark.parametrize("port", [-1, 0, 80, 1024, 9009, 23400, 23499, 32768, 65536])
def test_other_ports(port: int) -> None:
    (problem,) = port_problems(ExposedPort(port))
    assert problem.field == "port"
    assert problem.sentence == f"Port {port} cannot be exposed. Choose one of 1025–9008, 9010–23399, 23500–32767."


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
    (problem,) = port_problems(exposed)
    assert words in problem.sentence
    secret = exposed.password.reveal() if exposed.password else ""
    assert not secret or secret not in problem.sentence + repr(exposed)


def test_everything_at_once() -> None:
    found = port_problems(ExposedPort(80, "password", Secret("short"), "My App"))
    assert [problem.field for problem in found] == ["port", "portPassword", "portName"]


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
    (problem,) = args_problems(env, alias)
    assert problem.field == "env"
    assert words in problem.sentence


def test_the_alias_wins_over_variables_and_they_over_defaults() -> None:
    defaults = {"jobname": "App", "jr_uuid": "id"}
    assert args_problems({"jobname": "mine"}, None) == []
    assert job_args(defaults, {}, None, None, "k") == defaults | {SUBMISSION_KEY: "k"}
    assert job_args(defaults, {"jobname": "mine", "jr_uuid": "x"}, None, None, "k")["jr_uuid"] == "x"
    assert job_args(defaults, {"N": "1"}, "alias", 4, "k") == {
        "jobname": "alias",
        "jr_uuid": "id",
        "N": "1",
        "JULIA_NUM_THREADS": "4",
        SUBMISSION_KEY: "k",
    }
