"""Quiet hours of people: set by themselves, asked for many at once."""

from datetime import UTC, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.preferences import save_quiet_hours
from accounts.models import QuietHours
from accounts.queries import quiet_until, quiet_until_many
from core.errors import ActionError, NotAllowed
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NIGHT = {"begins": time(22), "ends": time(7), "days": list(range(7)), "work_days_only": False}
MIDNIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # in Seoul
SENT = {"is_on": "on", "begins": "22:00", "ends": "07:00", "days": ["0", "4"]}


def test_the_zone_is_the_persons_own():
    seoul, berlin = make_user(time_zone="Asia/Seoul"), make_user(time_zone="Europe/Berlin")
    for user in (seoul, berlin):
        save_quiet_hours(user, NIGHT, by=user)
    assert quiet_until(seoul, MIDNIGHT) == datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert quiet_until(berlin, MIDNIGHT) is None


def test_who_set_none_or_took_them_back_is_never_quiet():
    user = make_user()
    assert quiet_until(user, MIDNIGHT) is None
    save_quiet_hours(user, NIGHT, by=user)
    save_quiet_hours(user, None, by=user)
    assert quiet_until(user, MIDNIGHT) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends": time(22)}, "ends"),
        ({"days": []}, "days"),
        ({"days": [7]}, "days"),
    ],
)
def test_nonsense_is_refused_at_its_field(values, field):
    user = make_user()
    with pytest.raises(ActionError) as refused:
        save_quiet_hours(user, NIGHT | values, by=user)
    assert list(refused.value.errors) == [field]


def test_people_set_them_for_themselves_only():
    with pytest.raises(NotAllowed):
        save_quiet_hours(make_user(), NIGHT, by=make_user())


def test_many_people_cost_as_many_queries_as_one():
    def cost(people):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            quiet_until_many(people, MIDNIGHT)
        return len(queries)

    people = [make_user(time_zone="Asia/Seoul") for _n in range(30)]
    for user in people:
        save_quiet_hours(user, NIGHT, by=user)
    assert cost(people) == cost(people[:1])


def test_the_form_sets_them_and_switches_them_off(client):
    user = make_user(time_zone="Asia/Seoul")
    client.force_login(user)
    assert client.post("/me/preferences/quiet/", SENT).status_code == 302
    row = QuietHours.objects.get(user=user)
    assert (row.begins, row.ends, row.days) == (time(22), time(7), [0, 4])
    assert 'value="22:00"' in client.get("/me/preferences/").content.decode()
    assert client.post("/me/preferences/quiet/", {}).status_code == 302
    assert not QuietHours.objects.exists()


def test_a_refused_form_keeps_what_was_typed(client):
    client.force_login(make_user())
    page = client.post("/me/preferences/quiet/", SENT | {"ends": "22:00", "begins": "22:00"})
    assert page.status_code == 422
    assert 'value="22:00"' in page.content.decode()
    assert client.post("/me/preferences/quiet/", SENT | {"days": ["9"]}).status_code == 422
