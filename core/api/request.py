"""The request as endpoints see it."""

from typing import Any

from rest_framework.request import Request


class SignedInRequest(Request):
    """Only a type: behind the permission check `user` is always a person of ours."""

    user: Any
    auth: Any
