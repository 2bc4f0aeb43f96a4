"""What is typed but not sent: drafts saved while typing, files added before sending."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from catalog.queries.offered import offered_to
from portal import actions, asked
from portal.access import orders_for
from portal.actions.report import SLOT
from portal.forms import token_of
from portal.generic import (
    by_script,
    form_marks,
    person,
    portal_page,
    slot_in,
    stage_files,
    typed,
)


@portal_page
def draft(request: HttpRequest) -> HttpResponse:
    """Save what is typed. The page's script calls this."""
    slot = slot_in(request)
    if request.method != "POST" or not slot:
        return redirect("portal:home")
    token = token_of(request.POST.get("token", ""))
    actions.keep_typed(asked.form_of(slot), typed(request), by=person(request), token=token)
    return HttpResponse(status=204)


@portal_page
def discard(request: HttpRequest) -> HttpResponse:
    """Throw a form away and start anew."""
    slot = slot_in(request)
    if request.method == "POST" and slot:
        actions.discard(slot, by=person(request))
    return _back(request, slot)


@portal_page
def files(request: HttpRequest) -> HttpResponse:
    """Add files to a form; answered with the form's list of files."""
    slot = slot_in(request)
    if request.method != "POST" or not slot:
        return redirect("portal:home")
    return _list(request, slot, stage_files(request, slot))


@portal_page
def remove_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file out of a form. Without script the whole form comes along and is kept."""
    if request.method != "POST":
        return redirect("portal:home")
    slot = actions.unstage(pk, by=person(request)) or slot_in(request)
    if by_script(request):
        return _list(request, slot)
    actions.keep_typed(asked.form_of(slot), typed(request), by=person(request))
    return _back(request, slot)


def _list(request: HttpRequest, slot: str, refused: list[str] | None = None) -> HttpResponse:
    context = {**form_marks(request, slot), "refused": refused}
    return render(request, "portal/_files.html", context)


def _back(request: HttpRequest, slot: str) -> HttpResponse:
    if slot.startswith("portal:reply:"):
        return redirect("portal:detail", slot.rpartition(":")[2])
    if asked.mended_in(slot):
        return redirect("portal:mend", asked.mended_in(slot))
    pk, caller = asked.asked_in(slot) or (0, "")
    # A guessed number tells nobody the name of what is not for them.
    offered = offered_to(orders_for(person(request), caller))
    slug = offered.filter(pk=pk).values_list("slug", flat=True).first()
    if slug:
        url = reverse("portal:request", args=[slug])
        return redirect(f"{url}?requester={caller}" if caller else url)
    return redirect("portal:report" if slot == SLOT else "portal:home")
