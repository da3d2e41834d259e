"""Bundles: the whole plan, or a folder of its preview."""

from typing import Any

from juliahub_ls.domain.bundles.ignore_rules import Rule
from juliahub_ls.domain.bundles.model import BUNDLE_MAX_BYTES, ArtifactPlacement, LeftOut, Placement
from juliahub_ls.domain.bundles.plan import BundlePlan
from juliahub_ls.domain.bundles.tree import BundleTree, Entry
from juliahub_ls.payloads.common import present, problem, uri

BELOW_BUNDLE = ".bundle/"
Owners = list[tuple[str, str]]


def bundle_plan(plan: BundlePlan) -> dict[str, Any]:
    """A `BundlePlan`: every file with where it comes from, everything left out with why."""
    owners = _owners(plan)
    files = [_bundle_file(owners, file.archive_path, file.size, file.source, file.rule) for file in plan.files]
    files += [{"path": i.archive_path, "size": len(i.content), "why": i.why} for i in plan.injected]
    return {
        "directory": uri(plan.directory),
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
        "directory": uri(plan.directory),
        "name": plan.name,
        "path": path,
        "entries": [_bundle_entry(entry) for entry in tree.entries(path)],
        "fileCount": plan.file_count,
        "totalSize": plan.total_size,
        "limit": BUNDLE_MAX_BYTES,
        "problems": [problem(item) for item in plan.problems],
    }


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
    return present(payload)


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
        "source": uri(entry.source) if entry.source else None,
        "canChange": entry.can_change,
    }
    return present(payload)


def _rule(rule: Rule) -> dict[str, Any]:
    return {"uri": uri(rule.file), "line": rule.line, "text": rule.text}
