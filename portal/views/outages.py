"""Known outages: following one instead of reporting it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import ActionError
from incidents import actions
from portal.generic import person, portal_page
from tickets.models import Ticket
from tickets.numbering import normalise


@portal_page
@require_POST
def affected(request: HttpRequest, number: str) -> HttpResponse:
    """“I'm affected too”: the person follows the outage; no further record is opened."""
    ticket = Ticket.objects.filter(number=normalise(number)).first()
    try:
        if ticket is None:
            raise ActionError(_("This outage is over. Report the problem if you still have it."))
        actions.join_affected(ticket, by=person(request))
    except ActionError as error:
        messages.error(request, str(error.message))
        return redirect("portal:home")
    messages.success(request, _("Noted. You get every notice about it."))
    return redirect("portal:home")
