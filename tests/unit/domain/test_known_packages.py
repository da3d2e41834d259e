"""The one package that a name can mean."""

from pathlib import Path

import pytest

from juliahub_ls.domain.environments.known_packages import known_uuid

PLOTS, EXAMPLE, OTHER = (f"{digit * 8}-55d7-5caf-9e0b-520d859cae80" for digit in "123")
INDEX = f"""name = "Ours"
[packages]
{PLOTS} = {{ name = "Plots", path = "P/Plots" }}
{OTHER} = {{ path = "T/Twice", name = "Twice" }}
{OTHER.replace("3", "4")} = {{ name = "Twice", path = "T/Twice2" }}
[packages.{EXAMPLE.upper()}]
name = "Example"
"""


@pytest.mark.parametrize(
    ("name", "uuid"),
    [
        ("Plots", PLOTS),
        ("Example", EXAMPLE),
        ("Dates", "ade2ca70-3891-5945-98fb-dc099432e06a"),  # Julia's own, in no registry
        ("Plot", None),
        ("Pl.ts", None),  # no pattern
        ("Ours", None),  # the registry's own name
        ("Twice", None),  # two have it
    ],
)
def test_a_name_means_one_package_or_none(tmp_path: Path, name: str, uuid: "str | None") -> None:
    registry = tmp_path / "registries" / "Ours" / "Registry.toml"
    registry.parent.mkdir(parents=True)
    registry.write_text(INDEX)
    assert known_uuid([tmp_path], name) == uuid
