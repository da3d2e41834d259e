"""Section 3: node specs."""

from collections.abc import Callable

import httpx

from .support import is_flag, is_integral, is_number, is_text, rows


@rows(
    "index, is_right",
    [
        ("0 node class", 0, is_text),
        ("1 has GPU", 1, is_flag),
        ("2 vCores", 2, is_integral),
        ("3 memory in GB", 3, is_integral),
        ("4 price per hour", 4, is_number),
        ("5 CPU description", 5, is_text),
        ("6 unknown", 6, is_text),
        ("7 memory display", 7, is_text),
        ("8 unknown", 8, is_number),
        ("9 unknown", 9, is_number),
        ("10 id", 10, is_integral),
    ],
)
def test_3_elements(client: httpx.Client, index: int, is_right: Callable[[object], bool]) -> None:
    answer = client.get("/app/config/nodespecs/info").json()
    assert (answer["success"], answer["message"]) == (True, "")
    assert answer["node_specs"]
    for spec in answer["node_specs"]:
        assert len(spec) == 11
        assert is_right(spec[index])


def test_3_node_class_goes_into_the_form(client: httpx.Client) -> None:
    from tests.support.submissions import submit

    spec = client.get("/app/config/nodespecs/info").json()["node_specs"][0]
    assert submit(client, node_class=spec[0], cpu=str(int(spec[2]))).startswith("jr-")
