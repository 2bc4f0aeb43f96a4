"""The base of every API view: strict parameters, the reader's language, limits in the headers."""

from typing import Any, ClassVar

from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.fields import Input
from core.api.request import SignedInRequest
from core.errors import NotFound


class ApiView(APIView):
    """`parameters`: the query parameters that a GET takes; any other is refused."""

    http_method_names = ["get", "head", "post", "patch", "delete"]
    parameters: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        _speak_language_of(request)
        known = self.parameters if request.method in ("GET", "HEAD") else frozenset()
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            message = [_("There is no such parameter.")]
            raise exceptions.ValidationError(dict.fromkeys(unknown, message), "unknown_parameter")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ("Authorization", "Cookie", "Accept-Language"))
        standing = getattr(request, "standing", None)
        if standing is not None:
            for name, value in standing.headers().items():
                response[name] = value
        return response


class UnknownAddress(ApiView):
    """Whatever no other view answers below /api/v1/."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_content_negotiation(request, force=True)
        raise NotFound(_("There is nothing at this address."))


def _speak_language_of(request: Request) -> None:
    """What Accept-Language says; without it, the language the person has chosen."""
    chosen = getattr(request.user, "language", "")
    if chosen and not request.headers.get("Accept-Language"):
        translation.activate(chosen)


def read(request: SignedInRequest, form: type[Input]) -> dict[str, Any]:
    """The body, checked against its form; ValidationError otherwise."""
    inbound = form(data=request.data, context={"by": request.user})
    inbound.is_valid(raise_exception=True)
    return dict(inbound.validated_data)


def no_content() -> Response:
    return Response(status=204)
