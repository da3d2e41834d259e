"""Projects as GraphQL lists them (protocol §10.7, Appendix F)."""

from pydantic import Field

from .model import WireModel

USER_QUERY = """query UserInfo {
  users(limit: 1) {
    id
    name
    firstname
    emails {
      email
    }
    groups: user_groups {
      id: group_id
      group {
        name
        group_id
      }
    }
    username
    roles {
      role {
        description
        id
        name
      }
    }
    accepted_tos
    survey_submitted_time
  }
}
"""
"""Who one is, with the numeric id that `Projects` wants (§2.3)."""

PROJECTS_QUERY = """query Projects($limit: Int, $offset: Int, $orderBy: [projects_order_by!], $ownerId: bigint, $filter: projects_bool_exp) {
  aggregate: projects_aggregate(where: $filter) {
    aggregate {
      count
    }
  }
  projects(limit: $limit, offset: $offset, order_by: $orderBy, where: $filter) {
    id: project_id
    project_id
    name
    owner {
      username
      name
    }
    created_at
    product_id
    finished
    is_archived
    instance_default_role
    deployable
    visibility
    description
    tags
    is_simple_mode
    userRole: access_control_users_aggregate(where: {user_id: {_eq: $ownerId}}) {
      aggregate {
        max {
          assigned_role
        }
      }
    }
  }
}
"""  # noqa: E501 - a query's text is sent as it stands
"""All projects that one can see; nothing but `ownerId` is sent along (§10.7)."""


class ProjectOwner(WireModel):
    """Whose project it is."""

    username: str
    name: str | None = None


class Project(WireModel):
    """A project: people, datasets and code under one name."""

    id: str
    name: str
    owner: ProjectOwner
    created_at: str | None = None
    visibility: str | None = None
    description: str | None = None
    tags: list[str] = Field(default_factory=list)
    is_archived: bool = False


class ProjectList(WireModel):
    """The answer's data."""

    projects: list[Project]


class UserId(WireModel):
    """The part of a user that is wanted here."""

    id: int
    username: str


class UserIds(WireModel):
    """The first is oneself."""

    users: list[UserId]
