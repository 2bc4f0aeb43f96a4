"""The API of surveys, feedback and announcements keeps the rules of the pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import actions as notices
from notifications.models import Announcement
from surveys import actions
from surveys.models import Feedback, Survey
from tests.api.conftest import Api
from tests.factories import make_agent, make_department, make_service, make_team, make_user
from tests.surveys.support import answered, closed
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
FAR = timedelta(days=365)


def test_surveys_are_read_by_role_and_record():
    team = make_team()
    mine = answered(make_user(), 1, team=team, comment="Never")
    other = closed(make_user(), team=make_team())
    agent, manager = make_agent(team=team, scope="teams"), make_user(role="manager")
    (row,) = Api(agent).get("/surveys/").json()["results"]
    assert (row["id"], row["score"], row["comment"]) == (mine.pk, 1, None)
    assert row["follow_up"].startswith("TSK-")
    found = Api(manager).get("/surveys/").json()["results"]
    assert {each["id"] for each in found} == {mine.pk, other.pk}
    assert Api(manager).get(f"/surveys/{mine.pk}/").json()["comment"] == "Never"
    assert Api(agent).get(f"/surveys/{other.pk}/").status_code == 404
    assert Api(make_user()).get("/surveys/").status_code == 403
    Survey.objects.update(changed_at=timezone.now() - timedelta(days=1))
    assert Api(agent).get(f"/surveys/{mine.pk}/").json()["comment"] == "Never"
    Ticket.objects.filter(pk=mine.ticket_id).update(restricted=True)
    assert Api(manager).get(f"/surveys/{mine.pk}/").status_code == 404


def test_surveys_are_filtered():
    for score in (1, 5):
        answered(make_user(), score)
    closed(make_user())
    api = Api(make_user(role="manager"))
    assert len(api.get("/surveys/?answered=true").json()["results"]) == 2
    assert len(api.get("/surveys/?score=5").json()["results"]) == 1
    assert len(api.get("/surveys/?asked_after=2099-01-01T00:00:00Z").json()["results"]) == 0
    assert api.get("/surveys/?score=9").status_code == 400


def test_feedback_is_given_by_anybody_and_read_by_the_owner():
    person, owner = make_user(), make_agent(role="service_owner", scope="services")
    service = make_service(owner=owner)
    api = Api(person)
    sent = {"service": service.slug, "stars": 2, "comment": "Slow"}
    assert api.post("/service-feedback/", sent).status_code == 201
    assert api.post("/service-feedback/", sent | {"stars": 4}).json()["stars"] == 4
    assert Feedback.objects.count() == 1
    assert api.post("/service-feedback/", sent | {"stars": 6}).status_code in (400, 422)
    assert api.get("/service-feedback/").status_code == 403
    (row,) = Api(owner).get("/service-feedback/").json()["results"]
    assert (row["comment"], row["hidden"]) == ("Slow", False)
    actions.hide(Feedback.objects.get(), "x", by=make_user(role="manager"))
    (row,) = Api(owner).get("/service-feedback/").json()["results"]
    assert (row["comment"], row["hidden"]) == ("", True)


def test_announcements_are_read_by_whom_they_are_for_and_written_by_administrators():
    admin, person = Api(make_user(role="administrator")), Api(make_user())
    made = admin.post("/announcements/", {"title_en": "Move", "audience": "desk"})
    assert made.status_code == 201
    pk = made.json()["id"]
    assert person.get("/announcements/").json()["results"] == []
    assert person.get(f"/announcements/{pk}/").status_code == 404
    assert person.post("/announcements/", {"title_en": "x"}).status_code == 403
    assert admin.patch(f"/announcements/{pk}/", {"audience": "everybody"}).status_code == 200
    assert len(person.get("/announcements/").json()["results"]) == 1
    assert person.patch(f"/announcements/{pk}/", {"title_en": "x"}).status_code == 403
    assert person.post(f"/announcements/{pk}/end/").status_code == 403
    assert admin.post(f"/announcements/{pk}/end/").json()["shown"] is False
    assert person.get("/announcements/").json()["results"] == []


def test_an_announcement_for_departments_names_them():
    sales = make_department()
    admin = Api(make_user(role="administrator"))
    assert (
        admin.post("/announcements/", {"title_en": "x", "audience": "departments"}).status_code
        == 422
    )
    sent = {"title_en": "x", "audience": "departments", "departments": [sales.pk]}
    made = admin.post("/announcements/", sent).json()
    assert made["departments"] == [sales.pk]
    assert len(Api(make_user(department=sales)).get("/announcements/").json()["results"]) == 1


def test_past_announcements_are_the_administrators_only():
    row = notices.save_announcement({"title_en": "x"}, by=None)
    Announcement.objects.update(starts_at=row.starts_at - FAR, ends_at=row.starts_at - FAR)
    assert Api(make_agent()).get("/announcements/").json()["results"] == []
    assert len(Api(make_user(role="administrator")).get("/announcements/").json()["results"]) == 1
