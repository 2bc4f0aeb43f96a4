"""Addresses of people and teams."""

from django.urls import path
from drf_spectacular.utils import extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from accounts.api import people
from core.api.docs import key, operation, page_of, paging

users = extend_schema_view(
    get=operation(
        "users",
        "list_users",
        "Find people",
        answer=page_of(people.UserRow),
        parameters=[*people.UserFilters.parameters(), *paging(people.USER_SORTS)],
    )
)(people.UserList)
user = extend_schema_view(
    get=operation("users", "read_user", "One person", answer=people.UserRow, parameters=[key("id")])
)(people.OneUser)
me = extend_schema_view(get=operation("users", "read_me", "Whose token this is", answer=people.Me))(
    people.Myself
)
teams = extend_schema_view(
    get=operation(
        "teams",
        "list_teams",
        "List teams",
        answer=page_of(people.TeamRow),
        parameters=[*people.TeamFilters.parameters(), *paging(people.TEAM_SORTS)],
    )
)(people.TeamList)
team = extend_schema_view(
    get=operation(
        "teams", "read_team", "One team", answer=people.OneTeamRow, parameters=[key("id")]
    )
)(people.OneTeam)

urlpatterns = [
    path("users/", users.as_view(), name="users"),
    path("users/me/", me.as_view(), name="me"),
    path("users/<key:pk>/", user.as_view(), name="user"),
    path("teams/", teams.as_view(), name="teams"),
    path("teams/<key:pk>/", team.as_view(), name="team"),
]
