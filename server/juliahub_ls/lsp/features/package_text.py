"""What there is to say of a package or an artifact, as Markdown."""

from pathlib import Path

from juliahub_ls.domain.bundles.dependencies import ArtifactView, Dependency, Origin
from juliahub_ls.domain.environments.environment import LoadedEnvironment

SHORT_HASH = 8
_SECTIONS = {
    "weakdeps": "A weak dependency: its extensions are loaded when something else brings it.",
    "extras": "For tests only, unless it is in another section, too.",
    "indirect": "An indirect dependency: another package needs it.",
}


def package_markdown(dependency: Dependency, loaded: LoadedEnvironment) -> str:
    """Version, origin, folder and placement of a package of an environment."""
    version = f" {dependency.version}" if dependency.version else ""
    pinned = " (pinned)" if dependency.pinned else ""
    lines = [f"**{escape(dependency.name)}**{escape(version)}{pinned}", origin_sentence(dependency, loaded)]
    if dependency.section in _SECTIONS:
        lines.append(_SECTIONS[dependency.section])
    if dependency.source is not None:
        lines.append(f"On this computer: {folder_link(dependency.source)}")
    elif dependency.origin in (Origin.REGISTRY, Origin.REPOSITORY, Origin.UNREGISTERED):
        lines.append("Not installed on this computer.")
    lines.append(f"In a job: {dependency.placement.value}.")
    return "\n\n".join(lines)


def origin_sentence(dependency: Dependency, loaded: LoadedEnvironment) -> str:
    """Where a package comes from, in a sentence. Near folders are told as a project would write them."""
    if dependency.origin is Origin.REGISTRY:
        return f"From the registry {escape(dependency.registry)}." if dependency.registry else "From a registry."
    if dependency.origin is Origin.STDLIB:
        return "Part of Julia itself."
    if dependency.origin is Origin.PATH:
        where = f" at `{relative(dependency.source, loaded.environment.directory)}`" if dependency.source else ""
        return f"A development package{where}."
    if dependency.origin is Origin.REPOSITORY:
        revision = f" at revision `{dependency.rev}`" if dependency.rev else ""
        folder = f", folder `{dependency.subdir}`" if dependency.subdir else ""
        return f"From the repository {escape(dependency.url or '')}{revision}{folder}."
    if dependency.origin is Origin.UNREGISTERED:
        return "In no registry known on this computer."
    if loaded.manifest_file is None:
        return "Not resolved, as there is no manifest. Julia's `] instantiate` makes one."
    return f"Not resolved: {escape(loaded.manifest_file.name)} does not have it. Julia's `] resolve` adds it."


def artifact_markdown(name: str, variants: list[ArtifactView]) -> str:
    """An artifact with each of its variants."""
    head = f"**{escape(name)}**, an artifact" + (f" with {len(variants)} variants" if len(variants) > 1 else "")
    return "\n\n".join([head, *(_variant(view) for view in variants)])


def folder_link(folder: Path) -> str:
    """A folder as a link that editors open."""
    return f"[{escape(str(folder))}]({folder.absolute().as_uri()})"


def relative(path: Path, base: Path) -> str:
    """`../MyTools`, as a user would write it; whole when it is far away."""
    for ups, parent in enumerate([base, *base.parents][:3]):
        if path.is_relative_to(parent):
            return "/".join([*[".."] * ups, *path.relative_to(parent).parts]) or "."
    return str(path)


def escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{character}" if character in r"\`*_{}[]<>#|" else character for character in text)


def _variant(view: ArtifactView) -> str:
    artifact = view.artifact
    platform = ", ".join(f"{key} {value}" for key, value in sorted(artifact.platform.items())) or "every platform"
    parts = [escape(platform), f"`{artifact.tree_hash[:SHORT_HASH]}`"]
    parts += ["lazy: fetched when the code first uses it"] if artifact.lazy else []
    if view.directory is not None:
        parts.append(f"{'overridden by' if view.overridden else 'installed in'} {folder_link(view.directory)}")
    else:
        parts.append("not installed on this computer")
    return f"- {'; '.join(parts)}. In a job: {view.placement.value}."
