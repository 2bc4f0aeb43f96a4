"""Addresses of people, teams and their duty rotas."""

from django.urls import path
from drf_spectacular.utils import extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from accounts.api import delegations, duty, people
from core.api.docs import IDEMPOTENCY, key, operation, page_of, paging

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

rotas = extend_schema_view(
    get=operation(
        "teams",
        "list_rotas",
        "Who is on duty",
        answer=page_of(duty.RotaRow),
        parameters=[*duty.RotaFilters.parameters(), *paging(duty.SORTS)],
        refuses=(403,),
    )
)(duty.RotaList)
overrides = extend_schema_view(
    get=operation(
        "teams",
        "list_rota_overrides",
        "List changes of duty",
        answer=page_of(duty.OverrideRow),
        parameters=[
            key("id"),
            *duty.OverrideFilters.parameters(),
            *paging(duty.OVERRIDE_SORTS),
        ],
        refuses=(403,),
    ),
    post=operation(
        "teams",
        "add_rota_override",
        "Change who is on duty for a while",
        body=duty.AddingOverride,
        answer=duty.OverrideRow,
        status=201,
        parameters=[key("id"), IDEMPOTENCY],
        refuses=(403, 409, 422),
    ),
)(duty.OverrideList)
override = extend_schema_view(
    get=operation(
        "teams",
        "read_rota_override",
        "One change of duty",
        answer=duty.OverrideRow,
        parameters=[key("id"), key("override_pk")],
        refuses=(403,),
    ),
    delete=operation(
        "teams",
        "remove_rota_override",
        "Take a change of duty back",
        status=204,
        parameters=[key("id"), key("override_pk")],
        refuses=(422,),
    ),
)(duty.OneOverride)

delegated = extend_schema_view(
    get=operation(
        "approvals",
        "list_delegations",
        "Who stands in for you, and for whom you do",
        answer=page_of(delegations.DelegationRow),
        parameters=[*paging(delegations.SORTS)],
    ),
    post=operation(
        "approvals",
        "add_delegation",
        "Let somebody decide in your place",
        body=delegations.Delegating,
        answer=delegations.DelegationRow,
        status=201,
        parameters=[IDEMPOTENCY],
        refuses=(403, 409, 422),
    ),
)(delegations.Delegations)
delegation = extend_schema_view(
    get=operation(
        "approvals",
        "read_delegation",
        "One delegation",
        answer=delegations.DelegationRow,
        parameters=[key("id")],
    ),
    delete=operation(
        "approvals",
        "cancel_delegation",
        "Take a delegation back",
        status=204,
        parameters=[key("id")],
        refuses=(403, 422),
    ),
)(delegations.OneDelegation)

urlpatterns = [
    path("delegations/", delegated.as_view(), name="delegations"),
    path("delegations/<key:pk>/", delegation.as_view(), name="delegation"),
    path("users/", users.as_view(), name="users"),
    path("users/me/", me.as_view(), name="me"),
    path("users/<key:pk>/", user.as_view(), name="user"),
    path("teams/", teams.as_view(), name="teams"),
    path("teams/<key:pk>/", team.as_view(), name="team"),
    path("rotas/", rotas.as_view(), name="rotas"),
    path("rotas/<key:pk>/overrides/", overrides.as_view(), name="rota_overrides"),
    path("rotas/<key:pk>/overrides/<key:override_pk>/", override.as_view(), name="rota_override"),
]
