"""What is said of a word of `.vscode/juliahub.toml`."""

import os

from juliahub_ls.domain.jobs.choices import BY_OPTION, Choice, Kind
from juliahub_ls.domain.jobs.command_line import command_line
from juliahub_ls.domain.jobs.configurations import SECTION
from juliahub_ls.domain.toml.positions import Place
from juliahub_ls.lsp.features.package_text import escape
from juliahub_ls.lsp.views import FileView
from juliahub_ls.services.configurations import checked_file


def configuration_text(file: FileView, place: Place) -> str | None:
    """Markdown: on a key what it chooses, on a configuration's name what it comes to in a terminal."""
    if place.path[:1] != (SECTION,) or len(place.path) < 2:
        return None
    if len(place.path) == 2:
        return _whole(file, str(place.path[1]))
    choice = BY_OPTION.get(str(place.path[2]))
    return choice_text(choice) if choice else None


def choice_text(choice: Choice) -> str:
    """What a key chooses, and which values it takes."""
    takes = ", ".join(f"`{word}`" for word in choice.words) if choice.words else _TAKES[choice.kind]
    return f"**{choice.option}**: {escape(choice.about)}\n\nTakes {takes}."


def _whole(file: FileView, name: str) -> str | None:
    found = next((item for item in checked_file(file.text, file.path).configurations if item.name == name), None)
    if found is None:
        return None
    problem = f"\n\n{escape(found.problem)}" if found.problem else ""
    line = command_line(found.choices, windows=os.name == "nt")
    return f"**{escape(name)}**, in a terminal:\n\n```sh\n{line}\n```{problem}"


_TAKES = {
    Kind.TEXT: "a text",
    Kind.PATH: "a path from the workspace folder",
    Kind.COUNT: "a whole number",
    Kind.NUMBER: "a number",
    Kind.FLAG: "`true` or `false`",
    Kind.LIST: "a list of texts",
    Kind.TABLE: "a table of texts: `[configurations.NAME.env]`",
}
