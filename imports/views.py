"""Tables of people, services and items: upload, look, confirm; and the same lists as files."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person
from adminui.base import administration, oversight, show, tell
from core import export
from core.errors import ActionError, NotFound
from core.forms import refuse
from imports import lists
from imports.actions import tables as actions
from imports.forms import UploadForm
from imports.models import Upload
from imports.sheets import MOST_BYTES
from imports.tables import TABLES, Row

SHOWN = 100


@administration
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Choose a file; a readable one leads to its preview."""
    initial = {"table": request.GET.get("table", "people")}
    form = UploadForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(MOST_BYTES + 1)
            kept = actions.upload(
                form.cleaned_data["table"], file.name, content, by=person(request)
            )
            return redirect("adminui:import_preview", kept.pk)
        except ActionError as error:
            refuse(form, error)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return show(request, "import_start.html", "import", form=form, status=status)


@administration
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the import would do; choosing columns differently shows it anew. Writes no row."""
    kept = actions.get(pk, by=person(request))
    if kept.done_at:
        return show(request, "import_result.html", "import", **_result(kept))
    if request.method == "POST":
        columns = [request.POST.get(f"column-{place}", "") for place in range(len(kept.header))]
        tell(
            request,
            lambda: actions.set_columns(kept, columns, by=person(request)),
            _("The preview is up to date."),
        )
        return redirect("adminui:import_preview", kept.pk)
    return show(request, "import_preview.html", "import", **_preview(kept))


@administration
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    kept = actions.get(pk, by=person(request))
    actions.confirm(kept, by=person(request))
    return redirect("adminui:import_preview", kept.pk)


@oversight
@require_GET
def export_list(request: HttpRequest, table: str) -> HttpResponse:
    """People, services or items as a file that can be changed and imported again."""
    kind = request.GET.get("format", "csv")
    if table not in TABLES or kind not in export.FORMATS:
        raise NotFound(_("There is no such list."))
    name = f"{TABLES[table].label} {timezone.localdate():%Y-%m-%d}"
    return export.answer(name, kind, lists.headings(TABLES[table]), lists.rows(table))


def _preview(kept: Upload) -> dict[str, Any]:
    table = TABLES[kept.table]
    judged = actions.judged(kept)
    counts = Counter(row.does for row in judged)
    # Mistakes first: they are what somebody has to look at.
    order = {"error": 0, "new": 1, "changed": 2, "same": 3}
    first = sorted(judged, key=lambda row: (order[row.does], row.line))[:SHOWN]
    labels = {entry.key: entry.label for entry in table.fields}
    return {
        "kept": kept,
        "table": table,
        "columns": [
            {"place": place, "title": title, "chosen": kept.columns[place],
             "sample": next((row[place] for row in kept.rows if row[place]), "")}
            for place, title in enumerate(kept.header)
        ],
        "choices": [(entry.key, entry.label) for entry in table.fields],
        "heads": [labels[key] for key in kept.columns if key],
        "rows": [_shown(row, labels) for row in first],
        "counts": {key: counts[key] for key in order},
        "total": len(judged),
        "more": max(0, len(judged) - SHOWN),
        "writes": counts["new"] + counts["changed"],
    }  # fmt: skip


def _shown(row: Row, labels: dict[str, Any]) -> dict[str, Any]:
    words = {
        "new": _("New"),
        "changed": _("Changed"),
        "same": _("Unchanged"),
        "error": _("Not imported"),
    }
    return {
        "line": row.line,
        "does": row.does,
        "word": words[row.does],
        "cells": row.cells,
        "note": " · ".join(row.problems) or ", ".join(str(labels[name]) for name in row.changes),
    }


def _result(kept: Upload) -> dict[str, Any]:
    counts = kept.result.get("counts", {})
    return {
        "kept": kept,
        "table": TABLES[kept.table],
        "counts": {key: counts.get(key, 0) for key in ("new", "changed", "same", "error")},
        "problems": kept.result.get("problems", []),
    }
