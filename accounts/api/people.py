"""Users and teams. Requesters learn names, the desk also how to reach people."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Membership, Team, User
from accounts.reach import reach_of
from core.api.filters import Filters, IdsFilter, TextFilter, YesNoFilter
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, bilingual, person, person_name
from core.api.views import ApiView
from core.errors import NotFound
from core.models import pick
from core.wording import as_typed

USER_SORTS = Sorts("name", {"name": ("display_name", "id"), "id": ("id",)})
TEAM_SORTS = Sorts("id", {"id": ("id",)})
_CONTACT = (
    "display_name", "roman_name", "email", "job_title", "phone", "extension", "location",
    "is_vip", "is_machine", "is_active",
)  # fmt: skip
_USER = ("id", *_CONTACT, "department_id", "department__name_ko", "department__name_en")
_TEAM = ("id", "slug", "name_ko", "name_en", "email", "routing", "is_active")
_LEAD = ("lead_id", "lead__display_name", "lead__roman_name")


class UserRow(Named):
    """A person. What is not required is told to the desk only."""

    display_name = serializers.CharField(required=False)
    roman_name = serializers.CharField(required=False, allow_blank=True)
    email = serializers.CharField(required=False)
    job_title = serializers.CharField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True)
    extension = serializers.CharField(required=False, allow_blank=True)
    location = serializers.CharField(required=False, allow_blank=True)
    department = Named(required=False, allow_null=True)
    is_vip = serializers.BooleanField(required=False)
    is_machine = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)


class Me(UserRow):
    """Whoever asks."""

    language = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField(allow_blank=True)
    roles = serializers.ListField(child=serializers.CharField())
    teams = serializers.ListField(child=serializers.IntegerField())


class TeamRow(Named):
    """A team. What is not required is told to the desk only."""

    slug = serializers.CharField()
    name_ko = serializers.CharField(allow_blank=True)
    name_en = serializers.CharField(allow_blank=True)
    is_active = serializers.BooleanField()
    email = serializers.CharField(required=False, allow_blank=True)
    routing = serializers.CharField(required=False)
    lead = Named(required=False, allow_null=True)


class Member(Named):
    is_available = serializers.BooleanField(help_text="Takes new work.")


class OneTeamRow(TeamRow):
    members = Member(many=True, required=False)


class UserFilters(Filters):
    q = TextFilter(method="matching", about="In the name; for the desk in the e-mail address too.")
    is_active = YesNoFilter("is_active")
    team = IdsFilter("memberships__team_id", about="Members of these teams.")

    class Meta:
        model = User
        fields: list[str] = []

    def matching(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        names = ("display_name", "roman_name")
        reach = reach_of(self.request.user)
        # The desk's columns are those that an index holds together.
        columns = (*names, "email", "employee_no") if reach.opens_desk else names
        found = Q()
        for word in as_typed(value):
            found &= word.within(*columns)
        return rows.filter(found)


class TeamFilters(Filters):
    is_active = YesNoFilter("is_active")

    class Meta:
        model = Team
        fields: list[str] = []


def _known_to(user: User) -> QuerySet[User]:
    """The people somebody may look up: for requesters, those who are here."""
    people = User.objects.filter(anonymised_at=None)
    return people if reach_of(user).opens_desk else people.filter(is_active=True)


def _user(row: Row, *, desk: bool) -> dict[str, Any]:
    shown = {"id": row["id"], "name": person_name(row["display_name"], row["roman_name"])}
    if desk:
        shown |= {name: row[name] for name in _CONTACT}
        shown["department"] = bilingual(row, "department")
    return shown


class UserList(ApiView):
    parameters = UserFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        found = UserFilters.apply(request, _known_to(request.user))
        if "team" in request.query_params:
            found = found.distinct()
        desk = reach_of(request.user).opens_desk
        return paged(
            request,
            found.values(*_USER),
            USER_SORTS,
            lambda rows: [_user(row, desk=desk) for row in rows],
        )


class OneUser(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        row = _known_to(request.user).filter(pk=pk).values(*_USER).first()
        if row is None:
            raise NotFound(_("There is no such person."))
        return Response(_user(row, desk=reach_of(request.user).opens_desk))


class Myself(ApiView):
    def get(self, request: SignedInRequest) -> Response:
        row = User.objects.filter(pk=request.user.pk).values(*_USER, "language", "time_zone").get()
        reach = reach_of(request.user)
        return Response(
            {
                **_user(row, desk=True),
                "language": row["language"],
                "time_zone": row["time_zone"],
                "roles": sorted(reach.roles),
                "teams": sorted(reach.team_ids),
            }
        )


def _team(row: Row, *, desk: bool) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "slug", "name_ko", "name_en", "is_active")}
    shown["name"] = pick(row["name_ko"], row["name_en"])
    if desk:
        shown |= {"email": row["email"], "routing": row["routing"], "lead": person(row, "lead")}
    return shown


class TeamList(ApiView):
    parameters = TeamFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        found = TeamFilters.apply(request, Team.objects.all())
        desk = reach_of(request.user).opens_desk
        return paged(
            request,
            found.values(*_TEAM, *_LEAD),
            TEAM_SORTS,
            lambda rows: [_team(row, desk=desk) for row in rows],
        )


class OneTeam(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        row = Team.objects.filter(pk=pk).values(*_TEAM, *_LEAD).first()
        if row is None:
            raise NotFound(_("There is no such team."))
        desk = reach_of(request.user).opens_desk
        shown = _team(row, desk=desk)
        if desk:
            shown["members"] = _members(pk)
        return Response(shown)


def _members(team_id: int) -> list[dict[str, Any]]:
    columns = ("user_id", "user__display_name", "user__roman_name", "is_available")
    rows = Membership.objects.filter(team_id=team_id, user__is_active=True)
    return [
        {
            "id": row["user_id"],
            "name": person_name(row["user__display_name"], row["user__roman_name"]),
            "is_available": row["is_available"],
        }
        for row in rows.order_by("user__display_name", "user_id").values(*columns)
    ]
