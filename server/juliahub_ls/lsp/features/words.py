"""Which package or artifact a place in a Julia file speaks of."""

from juliahub_ls.domain.toml.positions import Place
from juliahub_ls.lsp.file_kinds import FileKind
from juliahub_ls.lsp.ranges import text_in
from juliahub_ls.lsp.views import FileView

SECTIONS = ("deps", "weakdeps", "extras")
_BY_NAME = (*SECTIONS, "compat", "sources", "preferences")
_LISTS = ("targets", "extensions")


def package_at(file: FileView, place: Place) -> tuple[str, str | None] | None:
    """The name of the package, and its UUID where two could have that name."""
    if file.kind is FileKind.PROJECT:
        name = _in_project(file, place)
        return (name, None) if name else None
    if file.kind is FileKind.MANIFEST:
        return _in_manifest(file, place)
    if file.kind is FileKind.PREFERENCES and place.path and len(place.path) == 1:
        return str(place.path[0]), None
    return None


def value_at(file: FileView, place: Place) -> str:
    """A string as it stands there, without its quotes."""
    return text_in(file.text, place.range).strip("\"'")


def _in_project(file: FileView, place: Place) -> str | None:
    if len(place.path) < 2 or place.path[0] not in (*_BY_NAME, *_LISTS):
        return None
    if place.path[0] in _LISTS:
        is_name = place.part == "value" and (len(place.path) == 3 or place.path[0] == "extensions")
        return value_at(file, place) if is_name else None
    return str(place.path[1])


def _in_manifest(file: FileView, place: Place) -> tuple[str, str | None] | None:
    """The entry that the place is in, or the dependency of it that is named there."""
    start = 1 if place.path[:1] == ("deps",) and len(place.path) > 1 else 0
    entry, inside = place.path[: start + 2], place.path[start + 2 :]
    if len(entry) < start + 2 or not isinstance(entry[-1], int):
        return None
    if inside[:1] == ("deps",) and len(inside) == 2:
        return (str(inside[1]), None) if isinstance(inside[1], str) else (value_at(file, place), None)
    uuid = file.positions.value(*entry, "uuid")
    return str(entry[start]), text_in(file.text, uuid).strip("\"'").lower() if uuid else None
