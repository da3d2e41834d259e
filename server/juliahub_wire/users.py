"""Users as GraphQL tells of them (protocol §2.2, §2.3, Appendix F). Servers may know these query texts alone."""

from typing import Any

from pydantic import Field

from .model import WireModel

ROLE_HEADER = {"X-Hasura-Role": "jhuser"}
"""Sent with every GraphQL request (§1.2)."""

LEGACY_USER_QUERY = """query UserInfo {
  users {
    name
    username
    firstname
    id
    info: emails {
      email
      features {
        app {
          featureid
          name: appspec(path: "name")
          appspec
        }
      }
    }
  }
}
"""
"""Who the token belongs to, on servers without `/api/v1`; sent with a null operation name."""


class Email(WireModel):
    """An address of a user."""

    email: str


class LegacyUser(WireModel):
    """A user in the legacy answer (§2.2)."""

    id: int
    username: str
    name: str | None = None
    firstname: str | None = None
    info: list[Email] = Field(default_factory=list)


class LegacyUsers(WireModel):
    """The users that the token may see: itself."""

    users: list[LegacyUser]


class GraphQLError(WireModel):
    """One failure; there may be some although the status is 200."""

    message: str = ""


class GraphQLAnswer(WireModel):
    """Any answer of `POST /v1/graphql`."""

    data: dict[str, Any] | None = None
    errors: list[GraphQLError] = Field(default_factory=list)
