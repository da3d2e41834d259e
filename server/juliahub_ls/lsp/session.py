"""One editor's session: the services, its workspace, and what is sent to it unasked."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pydantic import TypeAdapter, ValidationError

from juliahub_ls import payloads
from juliahub_ls.config import Settings, cache_dir, settings_from
from juliahub_ls.domain.bundles.tree import BundleTree
from juliahub_ls.domain.environments.environment import LoadedEnvironment
from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.jobs.notice import Notice
from juliahub_ls.errors import JuliaHubError, SettingInvalid
from juliahub_ls.lsp.configurations import Configurations
from juliahub_ls.lsp.json_rpc import Encoded, encoded
from juliahub_ls.lsp.live import LiveFiles
from juliahub_ls.lsp.progress import EditorProgress
from juliahub_ls.lsp.protocol import REQUESTS
from juliahub_ls.lsp.uris import path_of
from juliahub_ls.services.awaited import Awaited
from juliahub_ls.services.julia import julia_depots
from juliahub_ls.services.notices import Notices
from juliahub_ls.services.servers import ServerProfile
from juliahub_ls.services.services import Services, build_services
from juliahub_ls.services.token_watch import TokenWatch
from juliahub_ls.services.workspace import Workspace

if TYPE_CHECKING:
    from juliahub_ls.lsp.server import JuliaHubServer

RECENT_JOBS = 20
LOOK_AGAIN_SECONDS = 15.0
"""Jobs that another program submitted are met this soon; those that are known come as events."""


class Session:
    """What the features work with."""

    def __init__(self, server: "JuliaHubServer", options: object, environ: Mapping[str, str]) -> None:
        self.server = server
        settings, self._wrong = settings_from(options, environ)
        self.services: Services = build_services(settings)
        self.live = LiveFiles(self, server.documents, self.services.tasks, julia_depots)
        self.workspace = Workspace(
            self.services.tasks, self._environments_changed, self.live.changed, scan_limit=settings.scan_limit
        )
        self.configurations = Configurations(self)
        self.trees: dict[Path, BundleTree] = {}
        """The preview that was looked at last."""
        self.logs: dict[str, asyncio.Task[None]] = {}
        self._changed_jobs: dict[tuple[str, str], JobView] = {}
        self.services.jobs.subscribe(self._job_changed)
        awaited = Awaited(cache_dir() / "awaited", self.folders())
        self.notices = Notices(self.services.jobs, self.services.tasks, awaited, self._tell)
        self.services.connections.reachability.subscribe(lambda _server: self.servers_changed())
        self._tokens = TokenWatch(self.services.connections, self.services.tasks, self._tokens_changed)
        self._servers_told: dict[str, Any] = {}
        self._told_of_bound = False
        self._telling = asyncio.Lock()
        self._adapters: dict[str, TypeAdapter[Any]] = {}

    @property
    def settings(self) -> Settings:
        """The user's settings."""
        return self.services.settings

    async def open(self) -> None:
        """Take the editor's folders, and say which settings were wrong."""
        problem = self.services.servers.problem
        for sentence in [*self._wrong, *([problem] if problem else [])]:
            self.server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, sentence))
        self.folders_changed()
        self.live.start()
        self._servers_told = payloads.servers(self.services.connections)
        self._tokens.start()

    def folders_changed(self) -> None:
        """Take the folders that the editor has open now; watching them begins in the background."""
        self.workspace.use(self.folders())
        self.services.tasks.start(self.workspace.watch(), "watch the folders")

    def folders(self) -> list[Path]:
        """The editor's folders on disk."""
        workspace = self.server.workspace
        uris = [folder.uri for folder in workspace.folders.values()] or [workspace.root_uri]
        return [path_of(uri) for uri in uris if uri and uri.startswith("file:")]

    def tell_of_bound(self) -> None:
        """Say once that the search for environments ended at its bound."""
        if self._told_of_bound or not self.workspace.truncated:
            return
        self._told_of_bound = True
        sentence = (
            f"The search for Julia environments ended after {self.workspace.scan_limit:,} files and folders, so there "
            "may be more. Open a smaller folder, or raise the limit in the settings (juliahub.scanLimit)."
        )
        self.server.window_show_message(types.ShowMessageParams(types.MessageType.Info, sentence))

    def watch_jobs(self) -> None:
        """Look for jobs, now and from time to time: those that run are followed from then on. Starts nothing."""
        self.services.tasks.start(self._watch_jobs(), "watch jobs")

    def decode(self, method: str, params: Any) -> Any:
        """The parameters, checked against `protocol.py`. Raises `SettingInvalid` naming the field."""
        adapter = self._adapters.get(method)
        if adapter is None:
            adapter = self._adapters[method] = TypeAdapter(REQUESTS[method][0])
        try:
            return adapter.validate_python({} if params is None else params)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"]) or "the parameters"
            raise SettingInvalid(reason=f"{method} cannot be done: {field}: {first['msg'].lower()}.") from None

    def progress(self, token: "str | int | None", title: str) -> EditorProgress:
        """A progress bar for one request."""
        return EditorProgress(self.server, token, title)

    def notify(self, method: str, payload: Mapping[str, Any] | Encoded) -> None:
        """Send one of our notifications."""
        self.server.protocol.notify_plain(method, payload)

    def publish(self, params: Any) -> None:
        """Tell the editor what is wrong in a file."""
        self.server.protocol.notify_plain(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def touched(self, path: Path) -> None:
        """Tell the editor when its folders keep other configurations than before."""
        self.configurations.touched(path)

    def refresh_hints(self) -> None:
        """Have the editor ask for inlay hints again."""
        hints = (workspace := self.server.client_capabilities.workspace) and workspace.inlay_hint
        if hints and hints.refresh_support:
            self.server.workspace_inlay_hint_refresh(None)

    async def watch(self, directories: set[Path]) -> bool:
        """Hear of changes in these folders, too; whether of some only from now on."""
        return await self.workspace.watch_elsewhere(directories)

    def servers_changed(self) -> None:
        """Tell the editor how servers and accounts stand now."""
        self._servers_told = payloads.servers(self.services.connections)
        self.notify("juliahub/serversChanged", self._servers_told)
        self._tokens.start()

    async def aclose(self) -> None:
        """End logs, watching and connections. Jobs go on."""
        for task in list(self.logs.values()):
            task.cancel()
        self.live.close()
        self.configurations.close()
        await self._tokens.aclose()
        await self.workspace.aclose()
        await self.services.aclose()

    async def _watch_jobs(self) -> None:
        while True:
            await asyncio.gather(*(self._look_for_jobs(profile) for profile in self.services.servers.all()))
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _look_for_jobs(self, profile: ServerProfile) -> None:
        """Of a server that can be asked without starting or signing in to anything."""
        if payloads.server(profile, self.services.connections)["state"] != "signedIn":
            return
        with contextlib.suppress(JuliaHubError):
            found = await self.services.jobs.list(profile.id, RECENT_JOBS)
            await self.services.jobs.explain(profile.id, found.jobs)

    def _tokens_changed(self) -> None:
        """Another program, or a renewal, has written or removed a token; of our own sign-ins the editor knows."""
        if payloads.servers(self.services.connections) != self._servers_told:
            self.servers_changed()

    def _job_changed(self, view: JobView) -> None:
        """Tell the editor of it with all others that change in this moment: a long list is one message."""
        if not self._changed_jobs:
            asyncio.get_running_loop().call_soon(self._tell_jobs)
        self._changed_jobs[view.server, view.id] = view

    def _tell_jobs(self) -> None:
        views, self._changed_jobs = self._changed_jobs.values(), {}
        self.notify("juliahub/jobsChanged", {"jobs": [payloads.job(view) for view in views]})

    def _tell(self, notice: Notice) -> None:
        self.notify("juliahub/jobNotice", payloads.notice(notice))

    def _environments_changed(self, found: list[LoadedEnvironment]) -> None:
        self.services.tasks.start(self._tell_environments(found), "tell environments")

    async def _tell_environments(self, found: list[LoadedEnvironment]) -> None:
        async with self._telling:
            payload = await asyncio.to_thread(lambda: [payloads.environment(item) for item in found])
            self.notify("juliahub/environmentsChanged", await encoded({"environments": payload}))
