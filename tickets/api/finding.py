"""Search over everything the reader may see: numbers, words, comments, file names, people."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from core.api.fields import is_storable
from core.api.paging import refuse
from core.api.request import SignedInRequest
from core.api.views import ApiView
from core.text import LONGEST_QUERY
from tickets import kinds, search
from tickets.api.answers import statuses
from tickets.api.rows import address

_AS_THEY_ARE = ("number", "kind", "title", "status", "status_label", "phase", "priority")


class Hit(serializers.Serializer[Any]):
    """A record found, and what of it matched."""

    number = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=statuses())
    status_label = serializers.CharField()
    phase = serializers.CharField()
    priority = serializers.IntegerField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()
    web_url = serializers.CharField()
    why = serializers.ChoiceField(choices=list(search.WHY))
    excerpt_html = serializers.CharField(help_text="Escaped; only <mark> is markup.")


class Hits(serializers.Serializer[Any]):
    """The newest hits. `more`: `total` counts those looked at, and there are others."""

    results = Hit(many=True)
    total = serializers.IntegerField()
    more = serializers.BooleanField()
    message = serializers.CharField(allow_blank=True, help_text="What was not searched, and why.")


class Search(ApiView):
    parameters = frozenset({"q"})

    def get(self, request: SignedInRequest) -> Response:
        query = request.query_params.get("q", "")
        if not query.strip() or not is_storable(query, LONGEST_QUERY):
            raise refuse("q", _("Give 1 to %s characters.") % LONGEST_QUERY)
        found = search.search(request.user, query)
        return Response(
            {
                "results": [_hit(row) for row in found.hits],
                "total": found.total,
                "more": found.more,
                "message": str(found.message),
            }
        )


def _hit(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _AS_THEY_ARE},
        "updated_at": row["updated_iso"].replace("+00:00", "Z"),
        "url": address(kinds.get(row["kind"]), row["number"]),
        "web_url": f"{settings.PUBLIC_URL}/r/{row['number']}",
        "why": row["why"],
        "excerpt_html": str(row["excerpt"]),
    }
