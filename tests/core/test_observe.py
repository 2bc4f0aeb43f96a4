"""One line for each request, with its id and without anything secret."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from core.observe import ObserveMiddleware, safe_path
from itsm.settings.logs import logging as log_settings
from tests.factories import make_user


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, logger="maru.access")
    return caplog


@pytest.mark.django_db
def test_a_request_makes_one_line_with_status_time_queries_and_person(client, lines):
    user = make_user()
    client.force_login(user)
    response = client.get("/djadmin/?password=hunter2")
    (line,) = [record for record in lines.records if record.name == "maru.access"]
    assert (line.method, line.path, line.status) == ("GET", "/djadmin/", response.status_code)
    assert line.user == user.pk
    assert line.queries >= 1
    assert line.ms > 0
    assert "hunter2" not in str(line.__dict__)


@pytest.mark.django_db
def test_nobody_is_looked_up_just_for_the_log(lines, django_assert_num_queries):
    request = RequestFactory().get("/nothing/")
    with django_assert_num_queries(0):
        ObserveMiddleware(lambda _request: HttpResponse())(request)
    assert lines.records[-1].user is None


def test_what_opens_a_door_is_not_logged():
    request = RequestFactory().get("/reset/MTI/abc-secret/")
    match = ResolverMatch(lambda: None, (), {"uidb64": "MTI", "token": "abc-secret"})
    request.resolver_match = match
    assert safe_path(request) == "/reset/…/…/"


@pytest.mark.django_db
def test_the_line_and_the_answer_carry_the_front_servers_request_id(client):
    response = client.get("/nothing/", headers={"X-Request-ID": "front-0123456789"})
    assert response["X-Request-ID"] == "front-0123456789"
    response = client.get("/nothing/", headers={"X-Request-ID": "bad id\n"})
    assert len(response["X-Request-ID"]) == 32


def test_json_lines_hold_tracebacks_without_local_variables(capsys):
    settings = log_settings("info", "json")
    formatter = settings["formatters"]["line"]
    made = formatter["()"](
        foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"]
    )
    password = "hunter2"
    try:
        raise ValueError(len(password))
    except ValueError:
        import sys

        record = logging.LogRecord("x", 40, __file__, 1, "failed", (), sys.exc_info())
    text = made.format(record)
    assert json.loads(text)["event"] == "failed"
    assert "hunter2" not in text
