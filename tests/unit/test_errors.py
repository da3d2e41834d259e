"""Every error has a code of its own, a sentence, and a row in `docs/protocol.md`."""

import re
import string
from pathlib import Path

import pytest

from juliahub_ls import errors
from juliahub_ls.errors import Action, JuliaHubError

DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.md"


def classes(root: "type[JuliaHubError]" = JuliaHubError) -> "list[type[JuliaHubError]]":
    return [root, *(found for child in root.__subclasses__() for found in classes(child))]


CONCRETE = [kind for kind in classes() if "code" in vars(kind)]
FIGURES = {"hours": 3, "seconds": 60.0, "status": 500}


def example(kind: "type[JuliaHubError]") -> JuliaHubError:
    """An instance with every name that its sentence speaks of."""
    names = {name for _, name, _, _ in string.Formatter().parse(kind.text) if name}
    return kind(**{name: FIGURES.get(name, f"<{name}>") for name in names | {"server"}})


def test_codes_are_unique_and_kebab_case() -> None:
    codes = [kind.code for kind in CONCRETE]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)


def test_whatever_is_raised_has_a_code_of_its_own() -> None:
    leaves = [kind for kind in classes() if not kind.__subclasses__()]
    assert [kind.__name__ for kind in leaves if kind not in CONCRETE] == []


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda kind: kind.code)
def test_sentences(kind: "type[JuliaHubError]") -> None:
    sentence = str(example(kind))
    assert sentence
    assert "{" not in sentence
    assert "error:" not in sentence.lower()
    assert kind.code not in sentence.replace("<", " ").split()


def test_the_docstring_tree_names_every_class() -> None:
    tree = errors.__doc__ or ""
    assert [kind.__name__ for kind in classes() if not re.search(rf"\b{kind.__name__}\b", tree)] == []


def test_a_sign_in_error_has_its_button() -> None:
    button = errors.TokenRefused(server="juliahub.com").action
    assert button == Action("Sign in", "juliahub/signIn", ({"server": "juliahub.com"},))
    assert errors.NotJulia(script="a.txt").action is None


def documented() -> "dict[str, list[str]]":
    section = DOCUMENT.read_text("utf-8").split("\n## Codes\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| `")
    ]
    return {cells[0].strip("`"): cells[1:] for cells in rows}


def test_the_document_lists_every_code_and_no_other() -> None:
    assert sorted(documented()) == sorted(kind.code for kind in CONCRETE)
    assert all(len(cells) == 2 and all(cells) for cells in documented().values())


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda kind: kind.code)
def test_the_document_has_the_sentence(kind: "type[JuliaHubError]") -> None:
    template = re.sub(r"{(\w+)[^}]*}", r"…", kind.text)
    assert documented()[kind.code][0] == template
