"""Hover, links, versions beside dependencies and quick fixes in Julia's files, from what is on the screen."""

from pathlib import Path

from tests.lsp.client import Editor
from tests.lsp.julia_files import DATES, EXAMPLE, MANIFEST, TOOLS, study, write
from tests.lsp.screen import Screen


async def test_hover_on_packages(editor: Editor, folders: Path) -> None:
    place = study(folders)
    project, manifest = Screen(editor, place / "Project.toml"), Screen(editor, place / "Manifest.toml")
    example = await project.hover("Example")
    assert example is not None
    assert example[1] == "Example"
    for words in ("**Example** 0.5.3", "From the registry General.", "packages/Example/", "installed by the server"):
        assert words in example[0]
    for words in (EXAMPLE, 'Example = "0.5"'):  # its UUID, and its line in [compat]
        assert (await project.hover(words) or ("", ""))[0] == example[0]
    tools = await project.hover("MyTools")
    assert tools is not None
    for words in ("**MyTools** 0.3.0", "A development package at `../MyTools`.", "copied into the bundle"):
        assert words in tools[0]
    assert "Part of Julia itself." in (await project.hover("Dates") or ("", ""))[0]
    forked = (await project.hover("Forked") or ("", ""))[0]
    assert "From the repository https://github.com/someone/Forked.jl at revision `main`." in forked
    assert "Not installed on this computer." in forked
    assert "a development package" in (await project.hover('"../MyTools"', 2) or ("", ""))[0]
    assert await project.hover("name") is None
    entry = await manifest.hover("Example]]")
    assert entry == (example[0], "Example")
    assert (await manifest.hover('"Dates"', 2) or ("", ""))[0].startswith("**Dates**")
    manifest.type('version = "0.5.3"', 'version = "0.5.4"')  # not saved: the screen counts
    assert "**Example** 0.5.4" in (await project.hover("Example") or ("", ""))[0]
    manifest.close()
    assert "**Example** 0.5.3" in (await project.hover("Example") or ("", ""))[0]


async def test_hover_on_artifacts_and_members(editor: Editor, folders: Path) -> None:
    place = study(folders)
    artifacts = Screen(editor, place / "Artifacts.toml")
    data, tools = await artifacts.hover("data"), await artifacts.hover("tool")
    assert data is not None
    assert tools is not None
    for words in ("**data**, an artifact", "every platform", "lazy", "installed in", "In a job: "):
        assert words in data[0]
    assert "2 variants" in tools[0]
    assert "linux" in tools[0]
    mac = (await artifacts.hover('"macos"', 2) or ("", ""))[0]
    assert "macos" in mac
    assert "linux" not in mac
    text = '[workspace]\nprojects = ["../MyTools", "gone"]\n'
    root = Screen(editor, write(folders / "work" / "root" / "Project.toml", text))
    assert "**MyTools** 0.3.0, a member of this workspace" in (await root.hover('"../MyTools"', 2) or ("", ""))[0]
    assert "does not exist" in (await root.hover('"gone"', 2) or ("", ""))[0]
    assert await root.links() == {"../MyTools": (folders / "work" / "MyTools" / "Project.toml").as_uri()}


async def test_hover_on_rules(editor: Editor, folders: Path) -> None:
    place = study(folders)
    write(place / "data" / "a.csv", "x" * 1000)
    write(place / "b.csv", "x" * 500)
    rules = Screen(editor, write(place / ".juliabundleignore", "# mine\ndata\n*.csv\n!b.csv\nnothing\n"))
    assert "Leaves out 1 folder:" in (await rules.hover("data") or ("", ""))[0]
    let_in = await rules.hover("!b.csv")
    assert let_in is not None
    assert let_in[1] == "!b.csv"
    assert "Lets in 1 file (500 B):\n\n- `b.csv`" in let_in[0]
    assert "Decides about nothing" in (await rules.hover("nothing") or ("", ""))[0]
    assert await rules.hover("# mine") is None


async def test_links(editor: Editor, folders: Path) -> None:
    place = study(folders)
    tools = (folders / "work" / "MyTools" / "Project.toml").as_uri()
    (installed,) = (folders / "depot" / "packages" / "Example").iterdir()
    example = (installed / "Project.toml").as_uri()
    project = Screen(editor, place / "Project.toml")
    assert await project.links() == {
        "Example": example,
        "MyTools": tools,
        "../MyTools": tools,
        "https://github.com/someone/Forked.jl": "https://github.com/someone/Forked.jl",
    }
    manifest = Screen(editor, place / "Manifest.toml")
    manifest.type("https://github.com/someone/", "git@github.com:someone/")
    assert await manifest.links() == {
        "deps.Example": example,
        "deps.MyTools": tools,
        "../MyTools": tools,
        "git@github.com:someone/Forked.jl": "https://github.com/someone/Forked.jl",
    }
    address = "https://example.org/data.tar.gz"
    assert await Screen(editor, place / "Artifacts.toml").links() == {address: address}


async def test_versions_beside_dependencies(editor: Editor, folders: Path) -> None:
    place = study(folders)
    project = Screen(editor, place / "Project.toml")
    beside = {
        f'Dates = "{DATES}"': "1.11.0",
        f'Example = "{EXAMPLE}"': "0.5.3",
        f'MyTools = "{TOOLS}"': "0.3.0 ← ../MyTools",
    }
    found = await project.hints()
    assert {line: found[line] for line in beside} == beside
    assert len(found) == 4
    asked = editor.asked.count("workspace/inlayHint/refresh")
    write(place / "Manifest.toml", MANIFEST.replace('"0.5.3"', '"0.6.0"'))
    await editor.until(lambda: editor.asked.count("workspace/inlayHint/refresh") > asked, "a call to ask again")
    assert (await project.hints())[f'Example = "{EXAMPLE}"'] == "0.6.0"
    manifest = Screen(editor, place / "Manifest.toml")
    manifest.replace('manifest_format = "2.0"\n')
    assert (await project.hints())[f'Example = "{EXAMPLE}"'] == "not resolved"
    first = await project.ask("inlayHint", range=project.range(0, project.text.index("Example =")))
    assert len(first) == 1


async def test_quick_fixes(editor: Editor, folders: Path) -> None:
    place = study(folders)
    project = Screen(editor, place / "Project.toml")
    project.type(f'"{EXAMPLE}"', '"oops"')
    project.type(f'"{DATES}"', '""')
    for words, uuid in (('"oops"', EXAMPLE), ('""', DATES)):
        (fix,) = await project.actions(words)
        assert fix["kind"] == "quickfix"
        assert fix["diagnostics"][0]["code"] == "invalid-uuid"
        assert project.apply(fix["edit"]) == project.text.replace(words, f'"{uuid}"')
    project.type('"oops"', f'"{EXAMPLE}"')
    project.type('""', f'"{DATES}"')
    project.type("[sources]\n", '[sources]\nUnknown = {path = "../x"} # why\n')
    (remove,) = [fix for fix in await project.actions("Unknown") if "edit" in fix]
    assert remove["title"] == "Remove Unknown from [sources]"
    assert project.apply(remove["edit"]) == project.text.replace('Unknown = {path = "../x"} # why\n', "")
    project.replace(remove_line(project.text, "Unknown"))
    project.type("[deps]\n", '[deps]\nNewer = "33333333-3333-4333-8333-333333333333"\n')
    (resolve,) = await project.actions("Newer")
    assert resolve["command"]["command"] == "juliahub/mendEnvironment"
    assert resolve["command"]["arguments"] == [{"directory": place.as_uri(), "how": "resolve"}]
    assert resolve["diagnostics"][0]["code"] == "dependency-not-in-manifest"
    assert await project.actions("name") == []
    start = project.range(project.text.index("Newer"), project.text.index("Newer"))
    assert await project.ask("codeAction", range=start, context={"diagnostics": [], "only": ["refactor"]}) == []


def remove_line(text: str, word: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if word not in line)
