"""Publishing a draft with what it changes, and the versions of an offering side by side."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui.base import show, tell
from adminui.forms.catalog_publish import PublishForm
from adminui.views.catalog_door import SECTION, catalog_page
from adminui.views.catalog_frame import frame, offering_of
from catalog.actions import offerings
from catalog.enums import VersionState
from catalog.models import Offering, OfferingVersion
from catalog.queries import differences, editing
from core.errors import ActionError, Conflict, NotFound
from core.text import row_id


@catalog_page
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing would change, what is in its way, and the button."""
    offering = offering_of(request, pk)
    draft = editing.draft_of(offering)
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _published(request, offering, form):
        return redirect("adminui:offering_versions", pk)
    before = offering.live.data if offering.live else {}
    context = frame(offering, draft, "") | {
        "form": form,
        "changes": differences.differences(before, draft.data) if draft.is_draft else [],
    }
    status = 422 if form.errors else 200
    return show(request, "catalog/publish.html", SECTION, status=status, **context)


def _published(request: HttpRequest, offering: Offering, form: PublishForm) -> bool:
    data = form.cleaned_data
    try:
        version = offerings.publish(
            offering, by=person(request), edition=data["edition"], note=data["note"]
        )
    except Conflict:
        form.add_error(None, _("Somebody changed the draft meanwhile. Look at it again below."))
        return False
    except ActionError as error:
        if error.status != 422:
            raise
        form.add_error(None, str(error.message))
        return False
    said = _("Version %(number)s is live. New requests are made with it.")
    messages.success(request, said % {"number": version.number})
    return True


@catalog_page
def show_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """The history, and two versions compared: those asked for, else the newest two."""
    offering = offering_of(request, pk)
    versions = list(
        offering.versions.select_related("published_by", "written_by").order_by("-number")
    )
    known = {row.number: row for row in versions}
    newest = versions[0].number if versions else 0
    right = known.get(row_id(request.GET.get("new")) or newest)
    before = max((number for number in known if right and number < right.number), default=None)
    left = known.get(row_id(request.GET.get("old")) or before or 0)
    context = frame(offering, editing.draft_of(offering), "") | {
        "rows": [_row(row) for row in versions],
        "left": left,
        "right": right,
        "changes": differences.differences(left.data, right.data) if left and right else [],
    }
    return show(request, "catalog/versions.html", SECTION, **context)


def _row(row: OfferingVersion) -> dict[str, Any]:
    draft = row.state == VersionState.DRAFT
    by = row.written_by if draft else row.published_by
    return {
        "pk": row.pk,
        "number": row.number,
        "state": row.get_state_display(),
        "key": row.state,
        "at": row.written_at if draft else row.published_at,
        "by": by.name if by else "",
        "note": row.note,
        "is_draft": draft,
    }


@catalog_page
@require_POST
def restore(request: HttpRequest, pk: int, version_pk: int) -> HttpResponse:
    """Put an old version into the draft; it counts once it is published."""
    offering = offering_of(request, pk)
    version = offering.versions.filter(pk=version_pk).exclude(state=VersionState.DRAFT).first()
    if version is None:
        raise NotFound(_("There is no such version."))
    said = _("Version %(number)s is the draft now. It counts once it is published.")
    tell(
        request,
        lambda: offerings.begin_draft(offering, by=person(request), based_on=version),
        said % {"number": version.number},
    )
    return redirect("adminui:offering", pk)


@catalog_page
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    offering = offering_of(request, pk)
    said = _("The draft is thrown away. The live version stays as it is.")
    tell(request, lambda: offerings.discard_draft(offering, by=person(request)), said)
    return redirect("adminui:offering_versions", pk)
