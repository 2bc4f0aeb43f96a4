"""What may be sent and what is answered: JSON, within limits."""

import json
from collections.abc import Iterable
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import exceptions, parsers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from core.api.problems import CONTENT_TYPE, TooLarge

ACCEPTED = frozenset({"*/*", "application/*", "application/json", CONTENT_TYPE})


class JsonParser(parsers.BaseParser):
    """JSON as RFC 8259 has it, no larger than DATA_UPLOAD_MAX_MEMORY_SIZE."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge
        if parser_context and "request" in parser_context:
            parser_context["request"].raw_body = body
        try:
            return json.loads(body.decode(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise exceptions.ParseError(_("The body is not JSON.")) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON


class Negotiation(BaseContentNegotiation):
    """The parser by Content-Type; one renderer, refused only when the client wants something else.

    A view that answers files sets `answers_files`, and takes whatever is accepted.
    """

    def select_parser(
        self, request: Request, parsers: Iterable[parsers.BaseParser]
    ) -> parsers.BaseParser | None:
        given = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == given), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        view = request.parser_context["view"]
        accept = request.headers.get("Accept") or "*/*"
        wanted = {part.split(";")[0].strip().lower() for part in accept.split(",")}
        if not (wanted & ACCEPTED or getattr(view, "answers_files", False)):
            raise exceptions.NotAcceptable
        (renderer,) = renderers
        return renderer, str(renderer.media_type)
