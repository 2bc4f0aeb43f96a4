"""The benchmark's records are such as the product would have made."""

import pytest
from django.apps import apps
from django.db import connection

from bench.generate import Size, fill
from bench.words import RARE
from tests.factories import make_user
from tickets import defaults
from tickets.models import Event, PendingReason, Ticket
from tickets.search import search


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_small_world_is_whole_and_searchable():
    # Indexes can't be made beside other work in a transaction, nor statistics taken: a real one.
    if not PendingReason.objects.exists():  # another such test emptied the tables
        defaults.install(apps)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'")
        before = cursor.fetchone()
    fill(Size(tickets=3_000, open=300, people=200, agents=120))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'")
        assert cursor.fetchone() == before
    assert Ticket.objects.count() == 3_000
    assert 200 < Ticket.objects.open().count() < 500
    assert Event.objects.count() > 15_000
    assert not Ticket.objects.filter(incident=None).exists()
    auditor = make_user(role="auditor")
    assert search(auditor, "프린터").more
    assert search(auditor, "INC-2000").total == 1
    assert all(every > 3_000 for every in RARE.values())
