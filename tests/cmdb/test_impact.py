"""What fails with something and what it needs: over services and items, circles and all."""

from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmdb import actions
from cmdb.queries.impact import DEEPEST, ITEM, SERVICE, edges_among, nodes_of, reach
from tests.factories import make_item, make_service

pytestmark = pytest.mark.django_db


def relate(source, kind, target):
    return actions.relate(source, kind, target, by=None)


@pytest.fixture
def scene():
    """Portal needs Mail; Mail runs on the application, that on a server that contains a disk."""
    portal, mail = make_service("Portal"), make_service("Mail")
    portal.depends_on.add(mail)
    application, server, disk, switch = (make_item(n) for n in ("app", "server", "disk", "switch"))
    application.services.add(mail)
    relate(application, "runs_on", server)
    relate(disk, "part_of", server)
    relate(server, "connected_to", switch)
    return portal, mail, application, server, disk, switch


def test_up_is_what_fails_with_it_and_down_what_it_needs(scene):
    portal, mail, application, server, disk, switch = scene
    up = reach((ITEM, disk.pk), "up")
    assert up == {
        (ITEM, disk.pk): 0,
        (ITEM, server.pk): 1,
        (ITEM, application.pk): 2,
        (SERVICE, mail.pk): 3,
        (SERVICE, portal.pk): 4,
    }
    down = reach((SERVICE, portal.pk), "down")
    assert down == {key: 4 - depth for key, depth in up.items()}
    assert reach((ITEM, switch.pk), "up") == {(ITEM, switch.pk): 0}


def test_a_circle_ends_and_each_is_named_once_with_its_shortest_way():
    a, b, c = (make_item() for _ in range(3))
    relate(a, "depends_on", b)
    relate(b, "depends_on", c)
    relate(c, "depends_on", a)
    found = reach((ITEM, a.pk), "down")
    assert found == {(ITEM, a.pk): 0, (ITEM, b.pk): 1, (ITEM, c.pk): 2}


def test_no_more_steps_than_asked_for():
    items = [make_item() for _ in range(DEEPEST + 4)]
    for upper, lower in pairwise(items):
        relate(upper, "depends_on", lower)
    start = (ITEM, items[0].pk)
    assert len(reach(start, "down", deepest=2)) == 3
    assert len(reach(start, "down", deepest=99)) == DEEPEST + 1


def test_the_edges_among_them_and_their_names_take_three_queries(scene):
    portal, mail, application, server, disk, _switch = scene
    with CaptureQueriesContext(connection) as few:
        found = reach((ITEM, disk.pk), "up")
        edges = edges_among(found)
        nodes = nodes_of(found)
    assert len(few) == 4
    assert {(edge.upper, edge.lower) for edge in edges} == {
        ((SERVICE, portal.pk), (SERVICE, mail.pk)),
        ((SERVICE, mail.pk), (ITEM, application.pk)),
        ((ITEM, application.pk), (ITEM, server.pk)),
        ((ITEM, server.pk), (ITEM, disk.pk)),
    }
    assert nodes[SERVICE, portal.pk].name == "Portal"
    for _ in range(30):
        relate(make_item(), "runs_on", disk)
    with CaptureQueriesContext(connection) as many:
        found = reach((ITEM, disk.pk), "up")
        edges_among(found)
        nodes_of(found)
    assert len(many) == len(few)
    assert len(found) == 35
