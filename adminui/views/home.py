"""The start page of the administration, and the overview of roles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.enums import Role
from adminui import queries
from adminui.base import menu_for, oversight, show
from adminui.roles import ABILITIES, MEANING


@oversight
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "adminui/home.html", {"groups": menu_for(request)})


@oversight
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do and how many people hold it."""
    holders = queries.role_holders()
    rows = [
        {
            "role": role,
            "label": role.label,
            "meaning": MEANING[role],
            "abilities": [(ability.label, role in ability.roles) for ability in ABILITIES],
            "holders": holders.get(role, 0),
        }
        for role in Role
    ]
    return show(request, "roles.html", "roles", rows=rows, abilities=ABILITIES)
