"""Who asks the API: a program with a bearer token, or a page of Maru's own with its session."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from accounts import queries
from accounts.enums import TokenScope
from accounts.models import ApiToken, User

SCHEME = "Bearer"


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer maru_…`. A token that does not work is refused, never ignored."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        token = queries.token_for(text.strip())
        if token is None:
            raise exceptions.AuthenticationFailed(
                _("This token does not work: it is unknown, revoked or expired."), "bad_token"
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session; unsafe methods need the CSRF token."""

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise exceptions.PermissionDenied(str(error.detail), "csrf") from None


class WithinScope(permissions.BasePermission):
    """A token does what its scopes name; writing includes reading. A session has no such limit."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        token: Any = request.auth
        if token is None or TokenScope.WRITE in token.scopes:
            return True
        if request.method in permissions.SAFE_METHODS and TokenScope.READ in token.scopes:
            return True
        raise exceptions.PermissionDenied(_("This token may not write."), "scope")


class BearerScheme(OpenApiAuthenticationExtension):
    """How the schema names it."""

    target_class = BearerAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token of a person or machine account, with scope read or write.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A signed-in browser. Unsafe methods also need the X-CSRFToken header.",
        }
