"""What the portal's tests say again and again."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

TOKEN = "0b0cd4a4-93d5-4f7c-9c66-0d1f5f6a3f10"


def answers(**changes: Any) -> dict[str, Any]:
    """A complete report; changes replace answers."""
    complete = {
        "slot": "portal:report",
        "title": "VPN drops every hour",
        "details": "Since this morning.",
        "service": "",
        "affected": "team",
        "working": "hardly",
    }
    return {**complete, **changes}


def report(client: Client, **changes: Any) -> HttpResponse:
    return client.post(reverse("portal:report"), answers(**changes))
