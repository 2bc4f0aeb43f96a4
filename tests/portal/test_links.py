"""No link of the portal leads nowhere: every one is followed, in both languages."""

import html
import re
from datetime import timedelta
from urllib.parse import urldefrag, urljoin

import pytest
from django.urls import reverse
from django.utils import timezone

from sla.enums import OutageKind
from sla.models import Outage
from tests.catalog.kit import ask
from tests.catalog.support import field, make_offering, make_shelf
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tests.knowledge.support import make_editor, publish, written
from tickets import actions

pytestmark = pytest.mark.django_db
_HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
STARTS = ("home", "catalog", "my", "approvals", "kb", "status", "search", "report")
MOST = 400


@pytest.fixture
def requester(client):
    """Somebody with one of everything."""
    team = make_team("Service Desk")
    agent = make_agent("박상담", team=team)
    user = make_user("김하늘", roman_name="Haneul Kim")
    service = make_service("메일", name_en="Mail", support_team=team)
    shelf = make_shelf("Workplace")
    offering = make_offering(
        field("why"), shelf=make_shelf("Devices", parent=shelf), service=service, team=team.pk
    )
    ask(offering, by=user, answers={"why": "Because"})
    publish(written(by=make_editor(), title_en="Set up mail", body_en="So.", services=[service]))
    ticket = open_incident("Mail is slow", by=user, service=service)
    actions.comment(ticket, "Since when?", by=agent)
    Outage.objects.create(
        service=service,
        kind=OutageKind.DEGRADED,
        started_at=timezone.now() - timedelta(hours=1),
    )
    return user


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_link_of_the_portal_leads_somewhere(client, requester, language):
    type(requester).objects.filter(pk=requester.pk).update(language=language)
    client.force_login(requester)
    waiting = [reverse(f"portal:{name}") for name in STARTS]
    waiting.append(reverse("portal:search") + "?q=mail")
    waiting.append(reverse("portal:search") + "?q=nothing-like-that")
    seen, broken = set(waiting), []
    while waiting and len(seen) < MOST:
        url = waiting.pop()
        response = client.get(url, follow=True)
        if response.status_code != 200:
            broken.append((url, response.status_code))
        if "text/html" not in response["Content-Type"] or not _is_portal(url):
            continue
        assert response["Content-Language"] == language
        for found in _links(url, response.content.decode()):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    assert not broken
    assert len(seen) > 20


def _is_portal(url):
    return url.startswith("/portal/")


def _links(url, text):
    for said in _HREF.findall(text):
        target = urldefrag(urljoin(url, html.unescape(said))).url
        if target.startswith("/") and not target.startswith(("/static/", "/attachments/")):
            yield target
