"""What a form begins with: the choices of a job that was submitted from here, or those that a script ran with last."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from juliahub_ls.domain.jobs.choices import Choices, elsewhere
from juliahub_ls.errors import SubmittedElsewhere
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.submissions import Submissions

Origin = Literal["defaults", "remembered", "configuration", "job", "given"]


@dataclass(frozen=True, slots=True)
class Beginning:
    """The choices that a form begins with, and where they come from. `kept_back`: keys of what was not kept.

    `problem`: why they cannot be used as they stand where they are kept.
    """

    choices: Choices
    origin: Origin
    kept_back: Sequence[str] = ()
    problem: str | None = None


class Beginnings:
    """Looks up what was submitted. The methods read a file: call them in a thread."""

    def __init__(self, servers: Servers, submissions: Submissions) -> None:
        self._servers = servers
        self._submissions = submissions

    def of_job(self, server: str | None, job: str) -> Beginning:
        """What a job of a server was asked for. Raises `SubmittedElsewhere`."""
        record = self._submissions.find(self._servers.find(server).id, job)
        if record is None:
            raise SubmittedElsewhere(job=job)
        return Beginning(record.choices, "job", record.kept_back)

    def of_script(self, script: Path | None, server: str | None) -> Beginning:
        """What the script ran with last, as far as it means something on this server; else nothing."""
        record = self._submissions.last_of(script) if script else None
        if record is None:
            return Beginning({}, "defaults")
        profile = self._servers.find(server)
        choices = record.choices if record.server == profile.id else elsewhere(record.choices)
        return Beginning({**choices, "server": profile.id}, "remembered", record.kept_back)

    def moved(self, choices: Choices, server: str) -> Choices:
        """The choices on this server; names of another one, which they were made for, do not go along."""
        made_for = choices.get("server")
        stays = made_for is None or self._servers.find(made_for).id == self._servers.find(server).id
        return {**(choices if stays else elsewhere(choices)), "server": server}
