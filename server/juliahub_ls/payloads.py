"""From domain values to the payloads of `docs/protocol.md`, for the editor and for `--json` alike."""

import time
from pathlib import Path
from typing import Any

from juliahub_ls.domain.bundle_model import BUNDLE_MAX_BYTES, ArtifactPlacement, LeftOut, Placement
from juliahub_ls.domain.bundle_plan import BundlePlan
from juliahub_ls.domain.bundle_tree import BundleTree, Entry
from juliahub_ls.domain.environment import LoadedEnvironment
from juliahub_ls.domain.ignore_rules import Rule
from juliahub_ls.domain.image_choice import version_of
from juliahub_ls.domain.job_view import JobView
from juliahub_ls.domain.log_line import LogLine
from juliahub_ls.domain.problem import Mend, Mending, Problem
from juliahub_ls.encoding import encode
from juliahub_ls.services.connections import Connections
from juliahub_ls.services.outlook import Preflight
from juliahub_ls.services.servers import ServerProfile
from juliahub_wire.images import Image
from juliahub_wire.nodes import NodeSpec

GIGABYTE = 10**9
BELOW_BUNDLE = ".bundle/"
Owners = list[tuple[str, str]]


def problem(value: Problem) -> dict[str, Any]:
    """A `Problem`."""
    payload: dict[str, Any] = {"code": value.code, "severity": value.severity.value, "message": value.message}
    if value.path is not None:
        payload["uri"] = _uri(value.path)
    if value.range is not None:
        at = value.range
        payload["range"] = {
            "start": {"line": at.start_line, "character": at.start_character},
            "end": {"line": at.end_line, "character": at.end_character},
        }
    if value.mends:
        payload["actions"] = [_action(mend) for mend in value.mends]
    return payload


def environment(value: LoadedEnvironment) -> dict[str, Any]:
    """An `Environment`."""
    files = value.environment
    payload = {
        "directory": _uri(files.directory),
        "name": value.name,
        "projectFile": _uri(files.project_file),
        "manifestFile": _uri(value.manifest_file) if value.manifest_file else None,
        "artifactsFile": _uri(files.artifacts_file) if files.artifacts_file else None,
        "juliaVersion": value.manifest.julia_version if value.manifest else None,
        "dependencies": len(value.project.deps),
        "problems": [problem(item) for item in value.problems],
    }
    return _present(payload)


def bundle_plan(plan: BundlePlan) -> dict[str, Any]:
    """A `BundlePlan`: every file with where it comes from, everything left out with why."""
    owners = _owners(plan)
    files = [_bundle_file(owners, file.archive_path, file.size, file.source, file.rule) for file in plan.files]
    files += [{"path": i.archive_path, "size": len(i.content), "why": i.why} for i in plan.injected]
    return {
        "directory": _uri(plan.directory),
        "name": plan.name,
        "fileCount": plan.file_count,
        "totalSize": plan.total_size,
        "files": sorted(files, key=lambda file: str(file["path"])),
        "leftOut": [_left_out(item) for item in plan.left_out],
        "problems": [problem(item) for item in plan.problems],
    }


def bundle_folder(tree: BundleTree, path: str) -> dict[str, Any]:
    """A `BundleFolder`."""
    plan = tree.plan
    return {
        "directory": _uri(plan.directory),
        "name": plan.name,
        "path": path,
        "entries": [_bundle_entry(entry) for entry in tree.entries(path)],
        "fileCount": plan.file_count,
        "totalSize": plan.total_size,
        "limit": BUNDLE_MAX_BYTES,
        "problems": [problem(item) for item in plan.problems],
    }


def preflight(value: Preflight) -> dict[str, Any]:
    """A `PreflightResult`."""
    payload = {
        "ready": value.ready,
        "problems": [problem(item) for item in value.problems],
        "bundleFiles": value.plan.file_count if value.plan else None,
        "bundleSize": value.plan.total_size if value.plan else None,
    }
    return _present(payload)


def server(profile: ServerProfile, connections: Connections) -> dict[str, Any]:
    """A `Server`, from what is known without asking it."""
    stored = connections.tokens(profile).read()
    signed_in = stored is not None and not stored.lapses_before(time.time())
    expiry = stored.table.expiry(stored.mtime) if stored else None
    state = "signedIn" if signed_in else "signedOut"
    url = profile.url
    if profile.is_this_computer:
        running = connections.this_computer.running()
        state, url = ("signedIn" if running else "stopped"), (running.url if running else None)
    since = connections.reachability.offline_since(profile.id)
    if since is not None and state == "signedIn":
        state = "offline"
    payload = {
        "id": profile.id,
        "name": profile.name,
        "url": url,
        "kind": "thisComputer" if profile.is_this_computer else "hub",
        "state": state,
        "account": stored.table.user_name if stored and signed_in else None,
        "tokenExpires": round(expiry * 1000) if expiry and signed_in and not profile.is_this_computer else None,
        "current": profile.id == connections.servers.current.id,
    }
    return _present(payload)


def servers(connections: Connections) -> dict[str, Any]:
    """A `ServersResult`."""
    return {"servers": [server(profile, connections) for profile in connections.servers.all()]}


def node(spec: NodeSpec) -> dict[str, Any]:
    """A `Node`; memory in bytes."""
    return {
        "nodeClass": spec.node_class,
        "vcpus": spec.vcores,
        "memory": spec.memory_gb * GIGABYTE,
        "gpu": spec.has_gpu,
        "price": spec.price_per_hour,
        "description": spec.cpu_description,
    }


def image(value: Image, product: str) -> dict[str, Any]:
    """An `Image`."""
    version = version_of(value.display_name)
    payload = {
        "key": value.image_key_name,
        "name": value.display_name,
        "product": product,
        "isDefault": "base" in value.type,
        "juliaVersion": ".".join(str(part) for part in version) if version else None,
    }
    return _present(payload)


def job(view: JobView) -> dict[str, Any]:
    """A `Job`: the view's own fields."""
    payload: dict[str, Any] = encode(view)
    return payload


def log_line(line: LogLine) -> dict[str, Any]:
    """A `LogLine`. Written out by hand: a log may have a million."""
    payload: dict[str, Any] = {"id": line.id, "message": line.message, "level": line.level, "worker": line.worker}
    if line.time is not None:
        payload["time"] = line.time
    if line.module is not None:
        payload["module"] = line.module
    if line.file is not None:
        payload["file"] = line.file
    if line.line is not None:
        payload["line"] = line.line
    if line.keywords:
        payload["keywords"] = encode(line.keywords)
    return payload


def _action(mend: Mend) -> dict[str, Any]:
    directory = _uri(mend.directory)
    if mend.how in (Mending.RESOLVE, Mending.INSTANTIATE):
        command, arguments = "juliahub/mendEnvironment", {"directory": directory, "how": mend.how.value}
    else:
        included = mend.how is Mending.LET_IN
        command, arguments = "juliahub/setBundleRule", {"directory": directory, "path": mend.path, "included": included}
    return {"title": mend.title, "command": command, "arguments": [arguments]}


def _bundle_file(owners: Owners, path: str, size: int, source: str, rule: Rule | None) -> dict[str, Any]:
    """A `BundleFile`. Written out by hand: a bundle may have a hundred thousand."""
    payload: dict[str, Any] = {"path": path, "size": size}
    if path.startswith(BELOW_BUNDLE):
        why = next((why for folder, why in owners if path.startswith(folder)), None)
        if why is not None:
            payload |= {"origin": source, "why": why}
    if rule is not None:
        payload["rule"] = _rule(rule)
    return payload


def _owners(plan: BundlePlan) -> Owners:
    """What came from outside: its folder in the bundle, ending in `/`, and the phrase that says what it is."""
    packages = [
        (f"{package.archive_path}/", f"{package.name}: {package.placement.value}")
        for package in plan.packages
        if package.archive_path and package.placement is not Placement.IN_PLACE
    ]
    return packages + [
        (f"{artifact.archive_path}/", f"the artifact {artifact.name} of {artifact.owner}")
        for artifact in plan.artifacts
        if artifact.archive_path and artifact.placement is ArtifactPlacement.BUNDLED
    ]


def _left_out(item: LeftOut) -> dict[str, Any]:
    payload = {
        "path": item.path,
        "isDirectory": item.is_directory,
        "size": item.size,
        "reason": f"{item.reason.value}: {item.detail}" if item.detail else item.reason.value,
        "rule": _rule(item.rule) if item.rule else None,
    }
    return _present(payload)


def _bundle_entry(entry: Entry) -> dict[str, Any]:
    payload = {
        "path": entry.path,
        "name": entry.name,
        "isDirectory": entry.is_directory,
        "included": entry.included,
        "size": entry.size,
        "fileCount": entry.file_count,
        "reason": entry.reason or None,
        "rule": _rule(entry.rule) if entry.rule else None,
        "origin": entry.origin or None,
        "canChange": entry.can_change,
    }
    return _present(payload)


def _rule(rule: Rule) -> dict[str, Any]:
    return {"uri": _uri(rule.file), "line": rule.line, "text": rule.text}


def _uri(path: Path) -> str:
    return path.absolute().as_uri()


def _present(payload: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if value is not None}
