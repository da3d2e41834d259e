"""Environments: in a list, a script's, and one in full."""

from collections.abc import Sequence
from typing import Any

from juliahub_ls.domain.bundles.dependencies import ArtifactView, Dependency
from juliahub_ls.domain.environments.checks import environment_problems
from juliahub_ls.domain.environments.environment import LoadedEnvironment, ResolvedSource, resolved_sources
from juliahub_ls.domain.environments.project import read_project
from juliahub_ls.domain.environments.script_environment import EnvironmentChoice, ScriptEnvironment
from juliahub_ls.domain.problem import Problem
from juliahub_ls.payloads.common import present, problem, uri
from juliahub_ls.services.environments import EnvironmentDetails


def environment(value: LoadedEnvironment, problems: Sequence[Problem] | None = None) -> dict[str, Any]:
    """An `Environment`, with what is wrong in its files and `problems`; None: how its files fit together on disk."""
    found = environment_problems(value) if problems is None else problems
    files, root = value.environment, value.workspace_root
    payload = {
        "directory": uri(files.directory),
        "name": value.name,
        "projectFile": uri(files.project_file),
        "manifestFile": uri(value.manifest_file) if value.manifest_file else None,
        "artifactsFile": uri(files.artifacts_file) if files.artifacts_file else None,
        "workspaceRoot": uri(root) if root else None,
        "members": [uri(member) for member in value.members] or None,
        "juliaVersion": value.manifest.julia_version if value.manifest else None,
        "dependencies": len(value.project.deps),
        "sources": [_source(source) for source in resolved_sources(value)],
        "problems": [problem(item) for item in (*value.problems, *found)],
    }
    return present(payload)


def environment_for(value: ScriptEnvironment) -> dict[str, Any]:
    """An `EnvironmentForResult`."""
    loaded = value.loaded
    payload = {
        "environment": environment(loaded, [*environment_problems(loaded), *value.problems]) if loaded else None,
        "reason": value.reason.value,
        "choices": [environment_choice(choice) for choice in value.choices],
    }
    return present(payload)


def environment_details(value: EnvironmentDetails, problems: Sequence[Problem] | None = None) -> dict[str, Any]:
    """An `EnvironmentDetails`; `problems` as for `environment`."""
    return {
        "environment": environment(value.loaded, problems),
        "packages": [_dependency(package) for package in value.packages],
        "artifacts": [_artifact(variant) for variant in value.artifacts],
        "loadPath": [uri(folder) for folder in value.load_path],
    }


def _source(source: ResolvedSource) -> dict[str, Any]:
    payload = {
        "name": source.name,
        "path": source.path,
        "directory": uri(source.directory) if source.directory else None,
        "exists": source.exists,
        "url": source.url,
        "rev": source.rev,
        "subdir": source.subdir,
    }
    return present(payload)


def environment_choice(choice: EnvironmentChoice) -> dict[str, Any]:
    """An `EnvironmentChoice`."""
    directory = choice.environment.directory
    name = read_project(choice.environment.project_file).name or directory.name
    return {"directory": uri(directory), "name": name, "why": choice.why}


def _dependency(package: Dependency) -> dict[str, Any]:
    payload = {
        "name": package.name,
        "uuid": package.uuid,
        "section": package.section,
        "origin": package.origin.value,
        "placement": package.placement.value,
        "version": package.version,
        "registry": package.registry,
        "pinned": package.pinned,
        "source": uri(package.source) if package.source else None,
        "url": package.url,
        "rev": package.rev,
        "subdir": package.subdir,
    }
    return present(payload)


def _artifact(view: ArtifactView) -> dict[str, Any]:
    payload = {
        "name": view.artifact.name,
        "hash": view.artifact.tree_hash,
        "platform": dict(view.artifact.platform),
        "lazy": view.artifact.lazy,
        "overridden": view.overridden,
        "placement": view.placement.value,
        "directory": uri(view.directory) if view.directory else None,
    }
    return present(payload)
