"""Applications in place of a script: a package's, the user's own, the server's (protocol §4.2, §5.6)."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from juliahub_ls.domain.jobs.job_args import ALIAS, APPLICATION
from juliahub_ls.domain.jobs.product_images import is_batch, is_interactive
from juliahub_wire.images import DefaultApp, PackageApp, Registry, UserApp

BATCH_APP_TYPE = "batchjob"
NAMES_SHOWN = 12


class AppKind(enum.Enum):
    """Where an application comes from."""

    PACKAGE = "package"
    USER = "user"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class AppRequest:
    """What a user asks for: a name (or a package's UUID), or the repository of an application of their own. `branch`
    or `revision` (commit or tag); neither: the latest release."""

    name: str | None = None
    repository: str | None = None
    branch: str | None = None
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """An application that the server has. `id`: a package's UUID, a repository's URL, or the server's own key."""

    kind: AppKind
    name: str
    id: str
    registry: str | None = None

    @property
    def default_args(self) -> dict[str, str]:
        """The arguments that belong to it (§5.4)."""
        return {ALIAS: self.name, APPLICATION: self.id}

    def __str__(self) -> str:
        where = {AppKind.PACKAGE: f"of registry {self.registry}", AppKind.USER: f"from {self.id}"}
        return f"{self.name} {where.get(self.kind, 'of the server')}"


def app_problem(asked: AppRequest) -> str | None:
    """A sentence about what contradicts itself."""
    if asked.name and asked.repository:
        return "An application has a name or a repository. Give one of them."
    if not asked.name and not asked.repository:
        return "A branch or revision is an application's. Name the application."
    if asked.branch and asked.revision:
        return "An application is run from a branch or at a revision. Give one of them."
    return None


def applications(
    packages: Sequence[PackageApp],
    own: Sequence[UserApp],
    defaults: Sequence[DefaultApp],
    registries: Sequence[Registry],
) -> list[Application]:
    """All that can be run; packages of registries that the server does not name are none (§4.2)."""
    names = {registry.id: registry.name for registry in registries}
    found = [
        Application(AppKind.PACKAGE, app.name, app.uuid, names[app.registrymap[0].id])
        for app in packages
        if app.registrymap[0].id in names
    ]
    found += [Application(AppKind.USER, app.name, app.repourl) for app in own]
    plain = (app for app in defaults if not (is_batch(app) or is_interactive(app) or app.appType == BATCH_APP_TYPE))
    return found + [Application(AppKind.DEFAULT, app.name, app.appType) for app in plain]


def choose_application(asked: AppRequest, known: Sequence[Application]) -> "Application | str":
    """The application asked for, or a sentence that says which there are."""
    if asked.repository:
        own = [app for app in known if app.kind is AppKind.USER]
        found = [app for app in own if _repository(app.id) == _repository(asked.repository)]
        wanted = f"application from {asked.repository}"
    else:
        own = list(known)
        found = [app for app in known if asked.name in (app.name, app.id)]
        wanted = f"application {asked.name}"
    if not found:
        names = ", ".join(str(app) for app in own[:NAMES_SHOWN]) + (" and more" if len(own) > NAMES_SHOWN else "")
        return f"The server has no {wanted}. " + (f"It has {names}." if names else "It has none for you.")
    if len(found) > 1:
        several = ", ".join(str(app) for app in found)
        return f"The server has several: {several}. Name one by its UUID, its key or its repository."
    return found[0]


def app_refusal(app: Application, asked: AppRequest, *, port: bool, sysimage: bool) -> str | None:
    """A sentence about what the server's own applications cannot (§5.5, §5.6); None when there is nothing."""
    if app.kind is not AppKind.DEFAULT:
        return None
    if asked.branch or asked.revision:
        return f"{app.name} is the server's own application: it has no branches or revisions to choose from."
    if port:
        return f"{app.name} shows its own page, to you alone: it cannot expose another port."
    if sysimage:
        return f"{app.name} is the server's own application: no system image can be built for it."
    return None


def _repository(url: str) -> str:
    return url.rstrip("/").removesuffix(".git").lower()
