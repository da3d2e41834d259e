"""A job's arguments: its environment variables and the names that JuliaHub reserves among them (protocol §5.4)."""

from collections.abc import Mapping

from juliahub_ls.domain.jobs.unfit import Unfit

ALIAS = "jobname"
APPLICATION = "jr_uuid"
SUBMISSION_KEY = "jr_submission"
"""The argument that names a submission, so that a lost answer is followed by a look for the job."""


def args_problems(env: Mapping[str, object], alias: str | None) -> list[Unfit]:
    """Variables that no job can have, each with a sentence."""
    sentences = [sentence for name, value in env.items() if (sentence := _variable_problem(name, value))]
    if SUBMISSION_KEY in env:
        sentences.append(f"{SUBMISSION_KEY} names the submission itself and cannot be set.")
    if alias is not None and ALIAS in env:
        both = f"“{alias}”, and “{env[ALIAS]}” as the variable {ALIAS}"
        sentences.append(f"The job has two names: {both}. Give one of them.")
    return [Unfit("env", sentence) for sentence in sentences]


def _variable_problem(name: str, value: object) -> str | None:
    if not isinstance(value, str):
        return f"The environment variable {name} must be a text, not {type(value).__name__}."
    if not name or "=" in name or "\0" in name + value:
        return f"“{name}” cannot be an environment variable's name or value."
    return None


def job_args(
    defaults: Mapping[str, str], env: Mapping[str, str], alias: str | None, threads: int | None, key: str
) -> dict[str, str]:
    """What is sent: the job type's defaults, overridden by the user's variables, overridden by the alias."""
    args = {**defaults, **env}
    if threads is not None:
        args["JULIA_NUM_THREADS"] = str(threads)
    if alias is not None:
        args[ALIAS] = alias
    return args | {SUBMISSION_KEY: key}
