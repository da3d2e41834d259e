"""Projects of a server, for reading (protocol §10.7)."""

from juliahub_ls import errors
from juliahub_ls.services.hub_requests import HubRequests
from juliahub_wire import paths
from juliahub_wire.projects import PROJECTS_QUERY, USER_QUERY, Project, ProjectList, UserIds


async def list_projects(requests: HubRequests) -> list[Project]:
    """All projects that the account can see, by owner and name. Servers before API version 0.2.0 refuse."""
    users = requests.model(UserIds, await requests.graphql(USER_QUERY, {}, "UserInfo"), paths.GRAPHQL).users
    if not users:
        raise errors.RefusedByServer(message="The server does not say whose token this is.")
    answer = await requests.graphql(PROJECTS_QUERY, {"ownerId": users[0].id}, "Projects")
    projects = requests.model(ProjectList, answer, paths.GRAPHQL).projects
    return sorted(projects, key=lambda project: (project.owner.username, project.name))
