"""The rows of the benchmark ask for pages that are there."""

import random
from itertools import islice

import pytest

from bench import catalogue
from bench.pages import PAGES
from catalog.models import Request
from tests.factories import make_department, make_service, make_team, make_user

pytestmark = pytest.mark.django_db


def test_the_portal_rows_of_the_benchmark_are_answered_as_expected(client, monkeypatch):
    for name, number in (("SHELVES", 2), ("OFFERINGS", 8), ("ARTICLES", 3)):
        monkeypatch.setattr(catalogue, name, number)
    make_team()
    make_department()
    make_service("메일")
    for _each in range(2):
        make_user()
    catalogue.fill_catalog()
    user = make_user("김하늘")
    client.force_login(user)
    for page in PAGES:
        if not page.name.startswith("portal"):
            continue
        headers = dict(page.headers)
        for method, path, body in islice(page.requests(user, random.Random(1)), 3):
            answer = client.generic(method, path) if body is None else client.post(path, body)
            if headers:
                answer = client.get(path, headers=headers)
            assert answer.status_code in page.expects, (page.name, path)
    assert Request.objects.count() == 3
