"""The daemon's services, made once and handed to whoever shows them: editor or terminal."""

from dataclasses import dataclass

from juliahub_ls.config import Settings, cache_dir, config_dir
from juliahub_ls.services.accounts import Accounts
from juliahub_ls.services.beginnings import Beginnings
from juliahub_ls.services.bundling import Bundling
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.environments import Environments
from juliahub_ls.services.forms import Forms
from juliahub_ls.services.job_memory import JobMemory
from juliahub_ls.services.jobs import Jobs
from juliahub_ls.services.last_known import LastKnown
from juliahub_ls.services.log_feed import Logs
from juliahub_ls.services.log_store import LogStore
from juliahub_ls.services.servers import Servers
from juliahub_ls.services.submission import Submitter
from juliahub_ls.services.submissions import Submissions
from juliahub_ls.services.tasks import Tasks
from juliahub_ls.services.this_computer import ThisComputer


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that acts."""

    settings: Settings
    tasks: Tasks
    servers: Servers
    connections: Connections
    accounts: Accounts
    last_known: LastKnown
    environments: Environments
    bundling: Bundling
    submitter: Submitter
    submissions: Submissions
    jobs: Jobs
    logs: Logs
    beginnings: Beginnings
    forms: Forms

    async def aclose(self) -> None:
        """End background work and connections. Jobs go on."""
        await self.tasks.aclose()
        await self.logs.aclose()
        await self.connections.aclose()


def build_services(settings: Settings) -> Services:
    """The real ones."""
    tasks = Tasks()
    servers = Servers(config_dir(), settings)
    connections = Connections(servers, ThisComputer(), tasks=tasks)
    environments = Environments(config_dir())
    bundling = Bundling(cache_dir(), environments, gitignore=settings.gitignore)
    last_known = LastKnown(connections, tasks)
    submissions = Submissions(config_dir())
    logs = Logs(connections, tasks, LogStore(cache_dir() / "logs"))
    return Services(
        settings=settings,
        tasks=tasks,
        servers=servers,
        connections=connections,
        accounts=Accounts(servers, connections),
        last_known=last_known,
        environments=environments,
        bundling=bundling,
        submitter=Submitter(connections, bundling, submissions),
        submissions=submissions,
        jobs=Jobs(connections, tasks, logs, submissions, JobMemory(cache_dir() / "jobs")),
        logs=logs,
        beginnings=Beginnings(servers, submissions),
        forms=Forms(connections, last_known, bundling),
    )
