"""The OpenAPI description and its page. Both tell nothing of this organisation, so all may read."""

from functools import cache

from django.http import HttpResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from core.api.views import ApiView


@cache
def schema() -> bytes:
    """OpenAPI 3.1 as JSON; the same until the program changes, so made once a process."""
    with translation.override("en"):
        described = SchemaGenerator().get_schema(request=None, public=True)
    return bytes(OpenApiJsonRenderer().render(described))


@method_decorator(cache_control(public=True, max_age=300), name="dispatch")
class SchemaView(ApiView):
    """Asked for by machines and by the page below."""

    schema = None
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(schema(), content_type="application/json")


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from files of our own; its script comes from an address, never inline."""

    template_name = "api/docs.html"
    url_name = "api-schema"
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    content_negotiation_class = DefaultContentNegotiation
