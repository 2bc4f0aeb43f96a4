"""The status page: how services are, from outages and published notices and nothing else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from incidents import actions
from portal.enums import Standing
from portal.queries import daybars
from portal.queries.status import Page
from sla.models import Outage
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets.models import Ticket, Watch

NOW = timezone.now


def outage(service, kind="unplanned", *, ago=2.0, lasted=1.0, **fields):
    """An outage that began so many hours ago; `lasted` None: it goes on."""
    start = NOW() - timedelta(hours=ago)
    end = None if lasted is None else start + timedelta(hours=lasted)
    return Outage.objects.create(
        service=service, kind=kind, started_at=start, ended_at=end, **fields
    )


def component(service, reader=None):
    return next(each for each in Page(reader).components if each.pk == service.pk)


def read(path="/portal/status/", user=None):
    client = Client()
    client.force_login(user or make_user(language="en"))
    return client.get(path).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "standing"),
    [
        ("unplanned", Standing.DOWN),
        ("degraded", Standing.DEGRADED),
        ("planned", Standing.MAINTENANCE),
    ],
)
def test_what_goes_on_says_how_the_service_is(kind, standing):
    service, other = make_service("VPN"), make_service("Mail")
    outage(service, kind, lasted=None)
    assert component(service).standing == standing
    assert component(other).standing == Standing.OPERATIONAL
    outage(service, "degraded", lasted=None)
    assert component(service).standing == max(standing, Standing.DEGRADED, key=lambda s: s.rank)


@pytest.mark.django_db
def test_what_is_over_or_withdrawn_is_not_now():
    service = make_service()
    outage(service)
    outage(service, lasted=None, withdrawn_at=NOW())
    found = component(service)
    assert (found.standing, len(found.bars.days)) == (Standing.OPERATIONAL, 1)


@pytest.mark.django_db
def test_only_live_services_are_components():
    for status in ("pipeline", "retired"):
        make_service(status=status)
    live = make_service()
    assert [each.pk for each in Page(None).components] == [live.pk]


@pytest.fixture
def lead(db):
    return make_agent("이서연", make_team("Network"), role="team_lead")


def declared(lead, service, **fields):
    found = open_incident("gw-01 kernel panic", by=lead, service=service, **fields)
    actions.declare(found, by=lead, why="Internal reason", severity=1)
    return found


def publish(ticket, lead, condition="partial", **fields):
    return actions.publish(
        ticket, by=lead, stage="identified", condition=condition, text_ko="복구 중입니다.",
        text_en="We are on it.", next_update_at=ticket.major.next_update_at, **fields,
    )  # fmt: skip


@pytest.mark.django_db
def test_published_text_is_shown_and_internal_words_never(lead):
    service = make_service("VPN")
    ticket = declared(lead, service)
    assert "We are on it." not in read()
    publish(ticket, lead)
    page = read()
    assert "We are on it." in page
    for secret in ("kernel panic", "Internal reason", "이서연"):
        assert secret not in page
    assert "I&#x27;m affected too" in page or "I'm affected too" in page


@pytest.mark.django_db
def test_notices_for_stakeholders_only_stay_away(lead):
    ticket = declared(lead, make_service())
    publish(ticket, lead, audience="stakeholders")
    assert "We are on it." not in read()


@pytest.mark.django_db
def test_restricted_records_show_nothing_at_all(lead):
    service = make_service()
    ticket = declared(lead, service)
    publish(ticket, lead)
    assert component(service).standing == Standing.DOWN
    Ticket.objects.filter(pk=ticket.pk).update(restricted=True)
    found = component(service)
    assert (found.standing, found.bars.days) == (Standing.OPERATIONAL, [])
    assert "We are on it." not in read()


@pytest.mark.django_db
def test_affected_follows_the_outage(lead):
    ticket = declared(lead, make_service())
    publish(ticket, lead)
    user = make_user(language="en")
    client = Client()
    client.force_login(user)
    client.post(f"/portal/outages/{ticket.number}/affected/")
    assert Watch.objects.filter(ticket=ticket, user=user).exists()
    assert "You are kept posted" in client.get("/portal/status/").content.decode()


@pytest.mark.django_db
def test_maintenance_ahead_is_shown_once_it_was_announced():
    service = make_service("ERP")
    start = NOW() + timedelta(days=2)
    ahead = Outage.objects.create(
        service=service, kind="planned", started_at=start, ended_at=start + timedelta(hours=3),
        note="disk swap by Kim",
    )  # fmt: skip
    assert Page(None).maintenance == []
    Outage.objects.filter(pk=ahead.pk).update(announced_at=NOW())
    (found,) = Page(None).maintenance
    assert (found.service, found.starts_at, found.going_on) == ("ERP", start, False)
    assert component(service).standing == Standing.OPERATIONAL
    assert component(service).bars.days == []
    assert "disk swap" not in read()


@pytest.mark.django_db
def test_each_kind_has_its_own_shape_and_its_words():
    service = make_service()
    outage(service, "unplanned", ago=24 * 3)
    outage(service, "degraded", ago=24 * 6)
    outage(service, "planned", ago=24 * 9)
    page = read()
    paths = re.findall(r'class="status-bar" data-kind="(\w+)"[^>]*d="([^"]+)"', page)
    bars = [pair for pair in paths if len(pair[1]) > 40 or pair[1].startswith("M8")]
    assert {kind for kind, _path in bars} >= {"calm", "unplanned", "degraded", "planned"}
    for words in ("Unplanned outage", "Degraded performance", "Planned maintenance"):
        assert words in page


@pytest.mark.django_db
def test_the_public_may_know_the_same_without_a_reader(lead):
    service = make_service()
    publish(declared(lead, service), lead)
    user = make_user()
    assert [each.text for each in Page(None).notices] == [each.text for each in Page(user).notices]
    assert component(service).standing == component(service, user).standing


@pytest.mark.django_db
def test_the_queries_do_not_grow_with_the_services(django_assert_num_queries, lead):
    user = make_user()

    def grow(count):
        for number in range(count):
            service = make_service()
            outage(service, ago=24 * number + 1)
            publish(declared(lead, service), lead)

    grow(1)
    with django_assert_num_queries(4):
        Page(user)
    grow(12)
    with django_assert_num_queries(4):
        page = Page(user)
    assert len(page.components) == 13


# Bars ---------------------------------------------------------------------------------------------

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
SPANS = st.lists(
    st.tuples(
        st.sampled_from(["unplanned", "planned", "degraded"]),
        st.integers(-3 * 1440, 92 * 1440),
        st.integers(1, 3 * 1440),
    ),
    max_size=6,
)


@given(SPANS)
def test_every_minute_of_trouble_counts_once_and_as_the_worst(drawn):
    rank = {"planned": 0, "degraded": 1, "unplanned": 2}
    minute = timedelta(minutes=1)
    end = FIRST + timedelta(days=daybars.DAYS)
    spans = [
        (kind, FIRST + start * minute, FIRST + (start + length) * minute)
        for kind, start, length in drawn
    ]
    worst: dict[int, str] = {}
    for kind, start, length in drawn:
        for at in range(max(start, 0), min(start + length, daybars.DAYS * 1440)):
            if at not in worst or rank[kind] > rank[worst[at]]:
                worst[at] = kind
    expected: dict[int, dict[str, int]] = {}
    for at, kind in worst.items():
        day = expected.setdefault(at // 1440, {})
        day[kind] = day.get(kind, 0) + 1
    found = daybars.bars(spans, FIRST, end, UTC)
    assert {(day.day - FIRST.date()).days: day.minutes for day in found.days} == expected
    assert found.calm == daybars.DAYS - len(expected)
    drawn_bars = sum(path.count("z") for path in found.paths.values())
    assert drawn_bars == daybars.DAYS
