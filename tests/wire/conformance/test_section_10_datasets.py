"""Section 10: datasets and projects. This hub keeps none, and answers as a server without any does."""

import httpx

from .support import rows

UUID = "3c4441bd-04bd-59f2-5426-70de923e67c2"


@rows(
    "method, path, body, status",
    [
        ("list in project: unknown project", "GET", f"/datasets?project={UUID}", None, 400),
        ("create", "POST", "/user/datasets", '{"name": "x", "type": "Blob"}', 403),
        ("delete", "DELETE", "/user/datasets/x", None, 404),
        ("update metadata", "PATCH", "/user/datasets/x", '{"description": "d"}', 404),
        ("open version, own", "POST", "/user/datasets/x/versions", "", 404),
        ("close version, own", "POST", "/user/datasets/x/versions", '{"action": "close"}', 404),
        ("open version, via project", "POST", f"/datasets/{UUID}/versions", f'{{"project": "{UUID}"}}', 404),
        ("open version, presigned (jh)", "POST", f"/datasets/{UUID}/versions", '{"_presigned": true}', 404),
        ("download credentials", "GET", f"/datasets/{UUID}/credentials", None, 404),
        ("download URL (jh)", "GET", f"/datasets/{UUID}/url/v1", None, 404),
        ("a name with slashes", "DELETE", "/user/datasets/foo%2Fbar%2Fbaz", None, 404),
        ("10.7 add project", "POST", "/api/v1/projects/add", "{}", 403),
        ("10.7 create project", "POST", f"/api/v1/projects/create/{UUID}", None, 403),
        ("10.7 attach datasets", "PATCH", f"/api/v1/projects/datasets/{UUID}", "[]", 403),
    ],
)
def test_10_1_endpoints(client: httpx.Client, method: str, path: str, body: str | None, status: int) -> None:
    answer = client.request(method, path, content=body)
    assert (answer.status_code, answer.json()["success"]) == (status, False)


@rows("path", [("list", "/datasets"), ("(writable list)", "/user/datasets")])
def test_10_1_lists_are_bare_arrays(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (200, [])


def test_10_1_create_jh_multipart(client: httpx.Client) -> None:
    answer = client.post("/user/datasets", files={"name": (None, b"x.csv")})
    assert answer.status_code == 403


def test_10_7_graphql_list(client: httpx.Client) -> None:
    body = {"operationName": "Projects", "query": "query Projects { projects { id } }", "variables": {"ownerId": 1}}
    data = client.post("/v1/graphql", json=body).json()["data"]
    assert data == {"aggregate": {"aggregate": {"count": 0}}, "projects": []}
