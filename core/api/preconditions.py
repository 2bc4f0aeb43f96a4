"""ETag, If-Match and If-None-Match of a versioned record."""

from django.utils.translation import get_language
from rest_framework.request import Request

from core.api.problems import PreconditionFailed


def etag(version: int) -> str:
    """The record's version and the language of its labels: two of the same are byte for byte."""
    return f'"{version}.{get_language() or "en"}"'


def _tags(header: str) -> set[str]:
    """The versions a header names, whatever language they were read in."""
    tags = (part.strip().removeprefix("W/").strip('"') for part in header.split(","))
    return {tag.partition(".")[0] for tag in tags}


def require_match(request: Request, version: int) -> None:
    """PreconditionFailed when If-Match is sent and names another version."""
    wanted = request.headers.get("If-Match")
    if wanted is not None and not {"*", str(version)} & _tags(wanted):
        raise PreconditionFailed(etag(version))


def is_known(request: Request, version: int) -> bool:
    """Whether the client already has this very answer (304)."""
    known = request.headers.get("If-None-Match", "")
    return etag(version) in {part.strip().removeprefix("W/") for part in known.split(",")}
