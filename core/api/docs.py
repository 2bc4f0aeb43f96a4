"""What every operation of the schema says the same, and the page that draws it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from core.api.fields import LARGEST_ID
from core.api.idempotency import HEADER, LONGEST
from core.api.paging import LARGEST, SIZE, Sorts
from core.api.problems import CONTENT_TYPE

NUMBER_PATTERN = "[A-Za-z]{2,5}-?[0-9]{1,15}"
IDEMPOTENCY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[\\x21-\\x7e]+$"},
    OpenApiParameter.HEADER,
    description="Sent again with the same key, the request is done once and answered alike.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The ETag you read. 412 when the record has changed since.",
)
ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="The record's version."
)
SUMMARIES = {
    400: "The request can't be read: a field, parameter or header is unknown or of the wrong form",
    401: "No token, or one that does not work",
    403: "You may see it, but not do this",
    404: "There is no such thing, or not for you",
    406: "You accept nothing that can be answered",
    409: "It conflicts with what somebody else does, or did",
    412: "If-Match names another version",
    413: "The body is too large",
    415: "The body is of a type that is not taken",
    422: "A rule of the desk refuses it; the detail says what to do",
    429: "Too many requests; wait Retry-After seconds",
    500: "A fault on our side",
}
COMPONENT = "Problem"
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "description": "urn:maru:problem:<code>"},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people, in their language."},
        "instance": {"type": "string", "description": "Names this request in the server's log."},
        "code": {"type": "string", "description": "For programs; does not change."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "pointer", "code", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "pointer": {"type": "string", "description": "RFC 6901, into the body."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "conflicts": {
            "type": "array",
            "description": "With 409: what you saw, what is there now, what you wanted.",
            "items": {
                "type": "object",
                "required": ["field", "seen", "current", "wanted", "changed_by"],
                "properties": {
                    "field": {"type": "string"},
                    "seen": {},
                    "current": {},
                    "wanted": {},
                    "changed_by": {"type": ["integer", "null"], "description": "A person's id."},
                },
            },
        },
    },
}


def number(name: str = "number") -> OpenApiParameter:
    """A record's number in the address."""
    return OpenApiParameter(
        name,
        {"type": "string", "pattern": f"^{NUMBER_PATTERN}$", "example": "INC-1042"},
        OpenApiParameter.PATH,
    )


def key(name: str) -> OpenApiParameter:
    """An id in the address."""
    schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    return OpenApiParameter(name, schema, OpenApiParameter.PATH)


def paging(sorts: Sorts) -> list[OpenApiParameter]:
    """The parameters of every list."""
    sort = {"type": "string", "enum": sorts.names(), "default": sorts.default}
    size = {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": SIZE}
    count = {"type": "integer", "enum": [0, 1], "default": 0}
    return [
        OpenApiParameter("sort", sort, OpenApiParameter.QUERY, description="“-”: backwards."),
        OpenApiParameter("page_size", size, OpenApiParameter.QUERY),
        OpenApiParameter(
            "cursor",
            OpenApiTypes.STR,
            OpenApiParameter.QUERY,
            description="From the addresses in `next` and `previous`; has no meaning of its own.",
        ),
        OpenApiParameter("count", count, OpenApiParameter.QUERY, description="1: also count."),
    ]


@cache
def page_of(shape: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The schema of one page of such rows."""
    name = f"{shape.__name__}Page"
    fields = {
        "results": shape(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "count": serializers.IntegerField(required=False, help_text="At most 10000."),
        "count_is_exact": serializers.BooleanField(required=False),
    }
    return type(name, (serializers.Serializer,), {**fields, "__doc__": "One page of a list."})


def operation(
    tag: str,
    name: str,
    summary: str,
    *,
    answer: Any = None,
    status: int = 200,
    body: Any = None,
    parameters: list[OpenApiParameter] | None = None,
    refuses: tuple[int, ...] = (),
    also: dict[int, Any] | None = None,
    media: str = "application/json",
) -> Any:
    """Describe one operation. `refuses`: the statuses beyond those that all have.

    `also`: further answers that are no refusals; `media`: of the answer itself.
    """
    given = list(parameters or [])
    responses: dict[Any, Any] = {(status, media): answer or OpenApiResponse(description="Done")}
    responses |= also or {}
    return extend_schema(
        operation_id=name,
        tags=[tag],
        summary=summary,
        request=body,
        responses=responses,
        parameters=given,
        extensions={"x-refuses": list(refuses)},
    )


def finish(result: dict[str, Any], generator: Any, **_kwargs: Any) -> dict[str, Any]:
    """Postprocessing hook: problem answers everywhere, and inputs that take nothing else."""
    schemas = result["components"].setdefault("schemas", {})
    schemas[COMPONENT] = PROBLEM
    for path, method, details in _operations(result):
        _answer_problems(path, method, details)
    for name in _inputs(result):
        schemas[name]["additionalProperties"] = False
    return result


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in result["paths"].items():
        for method, details in methods.items():
            yield path, method, details


def _answer_problems(path: str, method: str, details: dict[str, Any]) -> None:
    refuses = {400, 401, 406, 429, 500, *details.pop("x-refuses", [])}
    refuses |= {404} if "{" in path else set()
    if method != "get":
        refuses |= {403}
    if "requestBody" in details:
        refuses |= {413, 415, 422}
    body = {"schema": {"$ref": f"#/components/schemas/{COMPONENT}"}}
    for status in sorted(refuses):
        answer: dict[str, Any] = {
            "description": SUMMARIES[status],
            "content": {CONTENT_TYPE: body},
        }
        if status == 429:
            answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
        details["responses"][str(status)] = answer


def _inputs(result: dict[str, Any]) -> set[str]:
    """The components that request bodies name."""
    found = set()
    for _path, _method, details in _operations(result):
        for media in details.get("requestBody", {}).get("content", {}).values():
            reference = media["schema"].get("$ref", "")
            found |= {reference.rsplit("/", 1)[-1]} if reference else set()
    return found
