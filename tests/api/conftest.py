"""A client that speaks to the API as a program with a token does."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.actions import tokens
from accounts.models import User
from tests.factories import make_agent, make_team, make_user

V1 = "/api/v1"


class Api:
    """Requests in the name of one person, by a token with these scopes."""

    def __init__(self, user: User, *scopes: str) -> None:
        self.user = user
        self.client = Client()
        issued = tokens.issue(user, "test", scopes or ("read", "write"), None, by=user)
        self.headers = {"Authorization": f"Bearer {issued.text}"}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        content = {} if body is None else {"data": json.dumps(body)}
        where = path if path.startswith("/api/") else f"{V1}{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, where, content_type="application/json", headers=self.headers | named, **content
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.ask("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("DELETE", path, **headers)

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> HttpResponse:
        from django.core.files.uploadedfile import SimpleUploadedFile

        data = {"file": SimpleUploadedFile(name, content), **fields}
        return self.client.post(f"{V1}{path}", data, headers=self.headers)


@pytest.fixture
def team(db):
    return make_team()


@pytest.fixture
def agent(team):
    return Api(make_agent(team=team))


@pytest.fixture
def requester(team):
    return Api(make_user())
