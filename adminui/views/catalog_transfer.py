"""Offerings as a file: out of this installation, and into it with a preview."""

import base64
import json
import zlib
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui.base import administration, show
from adminui.forms.catalog_publish import FileForm
from adminui.views.catalog_door import SECTION, catalog_page
from catalog import access
from catalog.actions import carrying as reading
from catalog.queries import carrying, differences
from catalog.queries.carrying import Entry, Package
from core.errors import ActionError
from core.forms import refuse
from core.text import row_ids

SALT = "offerings"
LARGEST_KEPT = 1_900_000  # of what a page may send back
TABLES = {
    "team": gettext_lazy("Team"),
    "policy": gettext_lazy("Approval policy"),
    "department": gettext_lazy("Department"),
    "person": gettext_lazy("Person"),
    "offering": gettext_lazy("Offering"),
    "article": gettext_lazy("Article"),
    "item": gettext_lazy("Configuration item"),
}


@catalog_page
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The chosen offerings as a file for another installation."""
    chosen = row_ids(request.POST.getlist("offering"))
    rows = access.editable(person(request)).filter(pk__in=chosen)
    found = list(rows.select_related("shelf", "service").order_by("pk"))
    if not found:
        messages.error(request, _("Choose the offerings to export."))
        return redirect("adminui:catalog")
    written = json.dumps(carrying.export(found), ensure_ascii=False, indent=1)
    response = HttpResponse(written, content_type="application/json")
    name = f"offerings-{timezone.localdate():%Y%m%d}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@administration
def read(request: HttpRequest) -> HttpResponse:
    """What a file would add and change; nothing is written yet."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    raw = form.cleaned_data["file"].read(carrying.LARGEST + 1)
    try:
        package = carrying.read(raw)
        kept = _kept(raw)
    except ActionError as error:
        refuse(form, error)
        return _page(request, form, status=422)
    entries = carrying.preview(package)
    return _page(request, form, rows=[_row(one) for one in entries], kept=kept)


def _kept(raw: bytes) -> str:
    packed = base64.b64encode(zlib.compress(raw, 9)).decode()
    kept = signing.dumps(packed, salt=SALT)
    if len(kept) > LARGEST_KEPT:
        raise ActionError(
            _("This file is too large. Export fewer offerings at once."), field="file"
        )
    return kept


def _page(request: HttpRequest, form: FileForm, status: int = 200, **more: Any) -> HttpResponse:
    return show(request, "catalog/import.html", SECTION, status=status, form=form, **more)


def _row(entry: Entry) -> dict[str, Any]:
    changes = differences.differences(entry.before, entry.data) if entry.state == "changed" else []
    return {
        "slug": entry.slug,
        "name": entry.name,
        "state": entry.state,
        "missing": [(TABLES.get(one.table, one.table), one.name) for one in entry.missing],
        "problems": [problem.message for problem in entry.problems],
        "overwrites": entry.overwrites,
        "changes": changes,
    }


@administration
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Put the offerings that were chosen in the preview into drafts."""
    form = FileForm()
    try:
        packed = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=24 * 3600)
        package: Package = carrying.read(zlib.decompress(base64.b64decode(packed)))
        only = set(request.POST.getlist("take"))
        done = reading.read_in(package, by=person(request), only=only)
    except signing.BadSignature:
        messages.error(request, _("This preview is too old. Choose the file again."))
        return redirect("adminui:catalog_import")
    except ActionError as error:
        if error.status != 422:
            raise
        messages.error(request, str(error.message))
        return _page(request, form, status=422)
    changed = sum(entry.state != "same" for entry in done)
    said = _("Read in as drafts: %(number)s. Each counts once it is published.")
    messages.success(request, said % {"number": changed})
    return redirect("adminui:catalog")
