"""Everything that can go wrong, by who can mend it, each with a stable code and one sentence for a person.

    JuliaHubError
    ├── SignInError           sign in again
    │   ├── SignInRequired      no token for this server
    │   ├── TokenRefused        the server refuses the token
    │   ├── SignInTimedOut      nobody approved in time
    │   └── SignInFailed        the server's sign-in does not work
    ├── InputError            change what was asked
    │   ├── ScriptNotFound, NotJulia, ScriptOutsideBundle
    │   ├── EnvironmentUnreadable   TOML that does not parse, with line and column
    │   ├── EnvironmentNotReady     project and manifest do not fit together
    │   ├── NoEnvironment           a folder without a project file
    │   ├── JuliaNotAvailable       the manifest needs a Julia the server does not have
    │   ├── ClusterImpossible, TimeLimitInvalid, PatternInvalid, SettingInvalid
    │   ├── FilterInvalid, FilterTooSlow
    │   ├── BundleRefused           a problem of the plan, such as its size
    │   ├── FileChangedWhileBundling, EditRefused
    │   ├── JobNotFound, DatasetNotFound, NoResults, ServerUnknown, PlainHttpRefused
    │   ├── SubmittedElsewhere, ConfigurationUnknown, ConfigurationInvalid
    ├── RefusedByServer       the server's own words
    │   ├── PermissionDenied, TooManyRequests
    ├── ServerError           wait, or tell who runs it
    │   ├── ServerUnreachable, CertificateUntrusted, ServerTooSlow, ServerFailed
    │   ├── UnexpectedAnswer, SubmissionUnknown
    ├── ThisComputerError     mend this machine
    │   ├── LocalhubFailed, DiskFull, DownloadDamaged, FileUnreadable, JuliaMissing, MendFailed
    └── Cancelled             the user's own wish

Errors carry numbers and names (`data`); the sentence says what happened, what state things are in and what to do. No
token is ever in one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Action:
    """A button for an error: its title and the command it runs (a method of `docs/protocol.md` or an editor's own)."""

    title: str
    command: str
    arguments: tuple[Any, ...] = ()


class JuliaHubError(Exception):
    """The root. `text` is a template over `data`; `str()` of an instance is the sentence."""

    code: ClassVar[str] = "internal"
    text: ClassVar[str] = "Something went wrong that should not have. The details are in the log."

    def __init__(self, **data: Any) -> None:
        self.data: Mapping[str, Any] = data
        super().__init__(self.text.format(**data))

    @property
    def action(self) -> Action | None:
        """What the user can press."""
        return None


class SignInError(JuliaHubError):
    """Signing in again mends it."""

    @property
    def action(self) -> Action | None:
        """Sign in to the same server."""
        return Action("Sign in", "juliahub/signIn", ({"server": self.data["server"]},))


class SignInRequired(SignInError):
    """No token, or one that has lapsed and could not be renewed."""

    code = "sign-in-required"
    text = "You are not signed in to {server}. Sign in and try again."


class TokenRefused(SignInError):
    """The server answered 401 to a token that has not lapsed."""

    code = "token-refused"
    text = "{server} no longer accepts your sign-in. Sign in again."


class SignInTimedOut(SignInError):
    """The pair of challenge and response lapsed."""

    code = "sign-in-timed-out"
    text = "Nobody approved the sign-in to {server} in time. Nothing has changed; start again when you are ready."


class SignInFailed(SignInError):
    """The sign-in endpoints do not answer as they should."""

    code = "sign-in-failed"
    text = "Signing in to {server} did not work: {reason}"


class InputError(JuliaHubError):
    """The user can mend it by asking differently."""


class ScriptNotFound(InputError):
    """No such file."""

    code = "script-not-found"
    text = "There is no file {script}. Save it first, or check the name."


class NotJulia(InputError):
    """Not a `.jl` file."""

    code = "not-julia"
    text = "{script} is not a Julia file. Only files that end in .jl can be run."


class ScriptOutsideBundle(InputError):
    """The script is not in the folder that would be bundled."""

    code = "script-outside-bundle"
    text = "{script} is outside the bundle folder {directory}. Choose a folder that holds the script."


class EnvironmentUnreadable(InputError):
    """A TOML file that does not parse."""

    code = "environment-unreadable"
    text = "{reason} Nothing was submitted."


class EnvironmentNotReady(InputError):
    """Project and manifest do not fit together."""

    code = "environment-not-ready"
    text = "{message} Nothing was submitted."


class NoEnvironment(InputError):
    """A folder without a project file."""

    code = "no-environment"
    text = "There is no Julia environment in {directory}: it has no Project.toml. Choose a folder that has one."


class JuliaNotAvailable(InputError):
    """No image has the Julia that was asked for."""

    code = "julia-not-available"
    text = "{message}"


class ClusterImpossible(InputError):
    """No node fits, or a count is out of range."""

    code = "cluster-impossible"
    text = "{message}"


class TimeLimitInvalid(InputError):
    """Not a number of hours from 0 to a year."""

    code = "time-limit-invalid"
    text = (
        "The time limit of {hours} hours is out of range. Give a number above 0 and up to 8760 (a year), "
        "or 0 for no limit."
    )


class FilterInvalid(InputError):
    """A query that is none, with the place of the mistake (UTF-16 code units)."""

    code = "filter-invalid"
    text = "{sentence}"


class FilterTooSlow(InputError):
    """A regular expression that takes too long over a single line."""

    code = "filter-too-slow"
    text = (
        "The expression /{pattern}/ takes too long on a line of this log, so the search was ended. Make it simpler: "
        "avoid repetitions within repetitions."
    )


class PatternInvalid(InputError):
    """Not a regular expression."""

    code = "pattern-invalid"
    text = "“{pattern}” is not a regular expression: {reason}."


class SettingInvalid(InputError):
    """A setting or parameter of the wrong shape."""

    code = "invalid-params"
    text = "{reason}"


class BundleRefused(InputError):
    """The plan has problems that keep it from being written; the sentences are the plan's own."""

    code = "bundle-refused"
    text = "The bundle was not made, and nothing was submitted. {message}"


class FileChangedWhileBundling(InputError):
    """A file changed or vanished between plan and reading."""

    code = "file-changed"
    text = "{path} changed while it was being bundled. Nothing was submitted; try again when nothing writes to it."


class EditRefused(InputError):
    """The editor did not take an edit of ours, such as of a document that is read-only there."""

    code = "edit-refused"
    text = "The editor did not take the edit of {path}: {reason}. Nothing has changed."


class JobNotFound(InputError):
    """The server knows no such job, or it is another user's."""

    code = "job-not-found"
    text = "{server} has no job {job} of yours. `juliahub jobs` lists those it has."


class SubmittedElsewhere(InputError):
    """Nothing is known of what was submitted as this job."""

    code = "submitted-elsewhere"
    text = "{job} was not submitted from this computer, so what it was asked for is not known here. Open its script."


class ConfigurationUnknown(InputError):
    """No saved configuration of that name."""

    code = "configuration-unknown"
    text = "There is no configuration “{name}” in {path}. {hint}"


class ConfigurationInvalid(InputError):
    """A saved configuration that cannot be used, or changed, as it stands."""

    code = "configuration-invalid"
    text = "Nothing was done with the configuration “{name}”: {reason}"


class DatasetNotFound(InputError):
    """No such dataset, no such version, or several of that name."""

    code = "dataset-not-found"
    text = "{server} has no dataset “{name}” of yours. {hint}"


class NoResults(InputError):
    """The job left no file."""

    code = "no-results"
    text = "{job} left no result file. {hint}"


class ServerUnknown(InputError):
    """Not a server name."""

    code = "server-unknown"
    text = "“{server}” is not a server. Give a host such as juliahub.com, or this-computer."


class PlainHttpRefused(InputError):
    """`http://` to anything but loopback."""

    code = "plain-http-refused"
    text = "{server} would be reached without encryption, so your token would be readable on the way. Use https://."


class RefusedByServer(JuliaHubError):
    """The server said no, in its own words."""

    code = "refused-by-server"
    text = "{message}"


class PermissionDenied(RefusedByServer):
    """403."""

    code = "permission-denied"
    text = "{server} does not let you do this: {message}"


class TooManyRequests(RefusedByServer):
    """429, with the time that the server asks for."""

    code = "too-many-requests"
    text = "{server} takes no more requests for now: {message} {state} Try again in {seconds:.0f} seconds."


class ServerError(JuliaHubError):
    """Waiting may mend it."""


class ServerUnreachable(ServerError):
    """No connection."""

    code = "server-unreachable"
    text = "{server} cannot be reached. {state} Check the network; it is tried again by itself where a job is followed."


class CertificateUntrusted(ServerError):
    """TLS: nobody this computer trusts vouches for the server."""

    code = "certificate-untrusted"
    text = (
        "{server} shows a certificate that this computer does not trust: {reason}. {state} "
        "If your organisation has a CA of its own, name its file in SSL_CERT_FILE and start again."
    )


class ServerTooSlow(ServerError):
    """A time-out."""

    code = "server-too-slow"
    text = "{server} did not answer within {seconds:.0f} seconds. {state} Try again in a moment."


class ServerFailed(ServerError):
    """5xx."""

    code = "server-failed"
    text = "{server} has a problem of its own (it answered {status}). {state} Try again later."


class UnexpectedAnswer(ServerError):
    """HTML where JSON should be, or a missing field."""

    code = "unexpected-answer"
    text = "{server} answered {endpoint} with something else than JuliaHub's protocol: {reason}. {state}"


class SubmissionUnknown(ServerError):
    """The answer to a submission was lost and the server cannot be asked whether the job exists."""

    code = "submission-unknown"
    text = (
        "The connection to {server} broke while the job was being submitted, so it may or may not have started. "
        "Look at the list of jobs before you submit again."
    )


class ThisComputerError(JuliaHubError):
    """Something on this machine."""


class LocalhubFailed(ThisComputerError):
    """The embedded hub does not start."""

    code = "localhub-failed"
    text = "The job server of this computer did not start: {reason}"


class DiskFull(ThisComputerError):
    """ENOSPC while writing."""

    code = "disk-full"
    text = "The disk with {path} is full. {state} Free some space and try again."


class FileUnreadable(ThisComputerError):
    """An operating-system error about a file."""

    code = "file-unreadable"
    text = "{path} cannot be used: {reason}."


class JuliaMissing(ThisComputerError):
    """No `julia` on PATH."""

    code = "julia-missing"
    text = "Julia was not found on this computer. Install it from julialang.org, or add it to PATH and start again."


class MendFailed(ThisComputerError):
    """Julia's package manager did not do it; the words are its own."""

    code = "mend-failed"
    text = "Julia could not mend the environment {directory} (it was asked to {how} it): {reason}"


class DownloadDamaged(ThisComputerError):
    """The SHA-256 is not the server's."""

    code = "download-damaged"
    text = "{name} arrived damaged: its hash is not the server's. The damaged copy was removed; download it again."


class Cancelled(JuliaHubError):
    """The user stopped it."""

    code = "cancelled"
    text = "{what} was cancelled. {state}"
