"""What is wrong in Julia's files is underlined while it is typed, exactly, and no longer once it is mended."""

from pathlib import Path

from tests.lsp.client import Editor
from tests.lsp.julia_files import EXAMPLE, MANIFEST, NEWER, PROJECT, study, write
from tests.lsp.screen import Screen


async def test_a_mistake_is_typed_and_mended(editor: Editor, folders: Path) -> None:
    project = Screen(editor, study(folders) / "Project.toml")
    await project.codes()
    project.type(f'"{EXAMPLE}"', '"7876af07"')
    (wrong,) = [item for item in await project.codes("invalid-uuid") if item["code"] == "invalid-uuid"]
    assert project.words(wrong["range"]) == '"7876af07"'
    assert (wrong["severity"], wrong["source"]) == (1, "JuliaHub")
    assert "`Example` in [deps] is not a UUID" in wrong["message"]
    project.type('"7876af07"', '"')
    await editor.until(lambda: _codes(project)[:1] == ["toml-syntax"], "the syntax error")
    project.type('Example = "\n', f'Example = "{EXAMPLE}"\n')
    await project.codes()


async def test_ranges_behind_other_characters(editor: Editor, folders: Path) -> None:
    """Characters of two UTF-16 units, Windows line ends, and a quoted key stand before what is wrong."""
    place = study(folders)
    text = PROJECT.replace("[compat]\n", '[compat]\n"𝛼𝛽" = "1"\n').replace("\n", "\r\n")
    project = Screen(editor, write(place / "Project.toml", text))
    (unlisted,) = await project.codes("package-not-listed")
    assert project.words(unlisted["range"]) == '"𝛼𝛽"'
    project.type("../MyTools", "../𝛼/MyTools")
    *_, missing = await project.codes("development-package-missing", "package-not-listed")
    found = {item["code"]: project.words(item["range"]) for item in project.diagnostics() or []}
    assert found["development-package-missing"] == '"../𝛼/MyTools"'
    assert missing["range"]["start"]["line"] == project.text[: project.text.index('"𝛼𝛽"')].count("\n")
    project.type("𝛼/", "")
    await project.codes("package-not-listed")


async def test_files_that_belong_together(editor: Editor, folders: Path) -> None:
    place = study(folders)
    project, manifest = Screen(editor, place / "Project.toml"), Screen(editor, place / "Manifest.toml")
    await project.codes()
    await manifest.codes()
    project.type("[deps]\n", f'[deps]\nNewer = "{NEWER}"\n')
    (missing,) = await project.codes("dependency-not-in-manifest")
    assert project.words(missing["range"]) == "Newer"
    assert [related["location"]["uri"] for related in missing["relatedInformation"]] == [manifest.uri]
    version = project.version
    manifest.type("[[deps.MyTools]]", f'[[deps.Newer]]\nuuid = "{NEWER}"\n\n[[deps.MyTools]]')
    await project.codes()  # not a key was pressed in it
    assert project.version == version
    project.type(f'Newer = "{NEWER}"\n', "")
    (unneeded,) = await manifest.codes("manifest-entry-unneeded")
    assert manifest.words(unneeded["range"]) == "deps.Newer"
    assert (unneeded["severity"], unneeded["tags"]) == (3, [1])
    project.close()
    await editor.until(lambda: project.told()[-1]["diagnostics"] == [], "the end of a closed file's problems")
    manifest.close()
    await editor.until(lambda: manifest.told()[-1] == {"uri": manifest.uri, "diagnostics": []}, "the same")


async def test_files_that_change_on_disk(editor: Editor, folders: Path) -> None:
    """The manifest, and a development package that is outside of all folders of the editor."""
    place = study(folders)
    (folders / "work" / "MyTools").rename(folders / "MyTools")
    write(place / "Manifest.toml", MANIFEST.replace("../MyTools", "../../MyTools"))
    write(place / "Project.toml", PROJECT.replace("../MyTools", "../../MyTools"))
    project, manifest = Screen(editor, place / "Project.toml"), Screen(editor, place / "Manifest.toml")
    await project.codes()
    await manifest.codes()
    file = folders / "MyTools" / "Project.toml"
    write(file, f'{file.read_text()}[deps]\nExample = "{EXAMPLE}"\n')
    (changed,) = await manifest.codes("development-package-changed")
    assert manifest.words(changed["range"]) == "deps.MyTools"
    (related,) = changed["relatedInformation"]
    assert related["location"]["uri"] == file.as_uri()
    assert related["location"]["range"]["start"] == {"line": 4, "character": 0}
    (folders / "MyTools").rename(folders / "Elsewhere")
    await manifest.codes("development-package-missing")
    await project.codes("development-package-missing")
    (folders / "Elsewhere").rename(folders / "MyTools")
    await manifest.codes("development-package-changed")
    (place / "Manifest.toml").unlink()
    manifest.close()
    await project.codes("manifest-missing")
    write(place / "Manifest.toml", MANIFEST.replace("../MyTools", "../../MyTools"))
    await project.codes()


async def test_each_kind_of_file(editor: Editor, folders: Path) -> None:
    place = study(folders)
    artifacts = Screen(editor, place / "Artifacts.toml")
    artifacts.type(f'git-tree-sha1 = "{"d" * 40}"', 'git-tree-sha1 = "d"')
    (wrong,) = await artifacts.codes("invalid-artifact")
    assert "tool" in wrong["message"]
    preferences = Screen(editor, write(place / "LocalPreferences.toml", "[Example]\nfast = tru\n"))
    (syntax,) = await preferences.codes("toml-syntax")
    assert syntax["range"]["start"]["line"] == 1
    ignore = Screen(editor, write(place / ".juliabundleignore", "*.csv\n  𝛼[[:vowel:]]\n"))
    (rule,) = await ignore.codes("invalid-ignore-rule")
    assert ignore.words(rule["range"]) == "𝛼[[:vowel:]]"
    ignore.type("[[:vowel:]]", "data")
    await ignore.codes()
    without_uuid = MANIFEST.replace(f'uuid = "{EXAMPLE}"', 'uuid = "x"')
    versioned = Screen(editor, write(place / "Manifest-v1.11.toml", without_uuid))
    await versioned.codes("invalid-manifest-entry")
    unsaved = Screen(editor, folders / "work" / "new" / "Project.toml", '[deps]\nA = "x"\n')
    await editor.until(lambda: "invalid-uuid" in _codes(unsaved), "a file that is on no disk")


async def test_other_files_are_left_alone(editor: Editor, folders: Path) -> None:
    broken = "[tool\nx = "
    others = [Screen(editor, folders / "work" / name, broken) for name in ("pyproject.toml", "Cargo.toml", "a.jl")]
    outside = f"untitled:{others[0].uri.removeprefix('file://')}"
    item = {"uri": outside.replace("pyproject", "Project"), "languageId": "toml", "version": 1, "text": broken}
    editor.notify("textDocument/didOpen", {"textDocument": item})
    project = Screen(editor, study(folders) / "Project.toml", broken)
    await editor.until(lambda: _codes(project), "the problems of a file that is ours")
    for screen in others:
        screen.type("[tool", "[other")
        position = {"line": 0, "character": 2}
        assert await screen.ask("hover", position=position) is None
        assert await screen.ask("documentLink") == []
        assert await screen.hints() == {}
        assert await screen.actions("[other") == []
    assert {told["uri"] for told in editor.all("textDocument/publishDiagnostics")} == {project.uri}


async def test_a_manifest_of_three_megabytes(editor: Editor, folders: Path) -> None:
    """Typed in at its end, in the middle of other requests."""
    place = study(folders)
    entries = "".join(
        f'[[deps.P{number}]]\ngit-tree-sha1 = "{number:040x}"\nuuid = "44444444-4444-4444-8444-{number:012x}"\n'
        f'version = "1.0.0"\n\n'
        for number in range(22_000)
    )
    needed = "".join(f'"P{number}", ' for number in range(22_000))
    text = MANIFEST.replace('deps = ["Dates"]', f'deps = ["Dates", {needed}]') + entries
    assert len(text) > 3_000_000
    manifest = Screen(editor, write(place / "Manifest.toml", text))
    await manifest.codes()
    last = f"{21_999:012x}"
    manifest.type(f'{last}"\nversion = "1.0.0"\n', f'{last}x"\nversion = "1.0.0"\n')
    broken, wrong = await manifest.codes("manifest-broken", "invalid-manifest-entry")
    assert manifest.words(broken["range"]) == '"P21999"'
    assert wrong["range"]["start"]["line"] > 100_000
    assert (await editor.request("juliahub/servers"))["servers"]
    manifest.type(f'{last}x"', f'{last}"')
    await manifest.codes()


ODD = ["", "\ufeff", "\0", "[[[[", "a.b.c = 1\na = 2", '[deps]\n"" = ""', "x = " + "[" * 5000]


async def test_nothing_that_is_typed_ends_it(editor: Editor, folders: Path) -> None:
    place = study(folders)
    names = ("Project.toml", "Manifest.toml", "Artifacts.toml", ".juliabundleignore")
    screens = [Screen(editor, place / name, "") for name in names]
    for text in ODD:
        for screen in screens:
            screen.replace(text)
        for screen in screens:
            await editor.until(lambda: screen.diagnostics() is not None, "an answer")  # noqa: B023 - awaited here
            await screen.ask("hover", position={"line": 0, "character": 1})
            await screen.ask("documentLink")
            await screen.hints()
            await screen.ask("codeAction", range=screen.range(0, len(text)), context={"diagnostics": []})
    await editor.shut_down()
    assert b"Traceback" not in editor.stderr


def _codes(screen: Screen) -> "list[str]":
    return [item["code"] for item in screen.diagnostics() or []]
