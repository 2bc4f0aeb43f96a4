"""The review as a document: PDF with its own fonts, so that Korean reads the same everywhere."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from core import formats, options
from core.pdf import INK, PLAIN, QUIET, RULE, STRONG, fonts, style
from incidents.enums import ResponseRole
from incidents.models import MajorIncident, Review, Update
from incidents.queries.impact import reach_of
from incidents.queries.timeline import Line, story
from tickets.models import Ticket


def review_pdf(ticket: Ticket, major: MajorIncident, review: Review) -> bytes:
    """The whole review on A4, in the reader's language and time zone."""
    fonts()
    out = BytesIO()
    title = f"{_('Post-incident review')} {ticket.number}"
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=20 * mm,
        title=f"{title} – {ticket.title}",
        author=options.get("organisation"),
        lang="ko" if formats.is_korean() else "en",
    )

    def foot(canvas: Any, page: Any) -> None:
        canvas.saveState()
        canvas.setFont(PLAIN, 8)
        canvas.setFillColor(QUIET)
        canvas.drawString(20 * mm, 12 * mm, f"{title} · {options.get('organisation')}")
        canvas.drawRightString(A4[0] - 20 * mm, 12 * mm, str(page.page))
        canvas.restoreState()

    parts = [
        Paragraph(escape(title), style(STRONG, 17, 22)),
        Paragraph(escape(ticket.title), style(PLAIN, 12, 17, QUIET)),
        Spacer(1, 4 * mm),
        _facts(ticket, major, review),
        *_texts(review),
        *_timeline(story(ticket, major)),
        *_notices(major.updates.select_related("published_by")),
        *_actions(review),
    ]
    document.build(parts, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _text(words: str, *, quiet: bool = False) -> Paragraph:
    """Plain text with its line breaks; empty text is a dash."""
    shown = escape(words.strip() or "–").replace("\n", "<br/>")
    return Paragraph(shown, style(PLAIN, 9.5, 14, QUIET if quiet else INK))


def _heading(words: str) -> list[Any]:
    return [Spacer(1, 5 * mm), Paragraph(escape(words), style(STRONG, 12, 16)), Spacer(1, 2 * mm)]


def _facts(ticket: Ticket, major: MajorIncident, review: Review) -> Table:
    reach = reach_of(ticket)
    over = major.stood_down_at or ticket.resolved_at
    lasted = formats.age(major.declared_at, over) if major.declared_at and over else ""
    people = [
        (str(role.label), getattr(major, role.value))
        for role in ResponseRole
        if getattr(major, f"{role.value}_id")
    ]
    rows = [
        (_("Severity"), str(major.get_severity_display())),
        (_("Services affected"), ", ".join(service.name for service in reach.services)),
        (_("Reports"), str(reach.reports)),
        (pgettext("instant", "Opened"), formats.moment(ticket.opened_at)),
        (_("Declared"), _moment(major.declared_at)),
        (_("Stood down"), " · ".join(filter(None, (_moment(major.stood_down_at), lasted)))),
        *((label, user.name) for label, user in people),
        (_("Approved by"), _approved(review)),
    ]
    return _table([[label, value] for label, value in rows if value], (42 * mm, 128 * mm))


def _moment(instant: Any) -> str:
    return formats.moment(instant) if instant else ""


def _approved(review: Review) -> str:
    if review.approved_by is None or review.approved_at is None:
        return _("Draft, not approved yet")
    return f"{review.approved_by.name} · {formats.moment(review.approved_at)}"


def _texts(review: Review) -> list[Any]:
    parts: list[Any] = []
    for label, words in (
        (pgettext("major incident", "Impact"), review.impact),
        (_("Course of events"), review.course),
        (_("Causes"), review.causes),
        (_("What went well"), review.went_well),
        (_("What did not go well"), review.went_badly),
    ):
        parts += [*_heading(label), _text(words)]
    return parts


def _timeline(lines: Iterable[Line]) -> list[Any]:
    rows = [
        [formats.moment(line.at), f"{line.title}\n{line.text}".strip(), line.actor]
        for line in lines
    ]
    return [*_heading(_("Timeline")), _table(rows, (32 * mm, 108 * mm, 30 * mm))] if rows else []


def _notices(updates: Iterable[Update]) -> list[Any]:
    rows = [
        [
            formats.moment(update.published_at),
            f"{update.get_stage_display()} · {update.get_condition_display()}\n{update.text}",
            update.published_by.name,
        ]
        for update in updates
    ]
    columns = (32 * mm, 108 * mm, 30 * mm)
    return [*_heading(_("Notices to stakeholders")), _table(rows, columns)] if rows else []


def _actions(review: Review) -> list[Any]:
    rows = [
        [
            action.task.number if action.task else "–",
            action.title,
            action.owner.name,
            formats.day(action.due_on),
        ]
        for action in review.actions.select_related("owner", "task")
    ]
    columns = (24 * mm, 84 * mm, 32 * mm, 30 * mm)
    return [*_heading(pgettext("review", "Actions")), _table(rows, columns)] if rows else []


def _table(rows: Sequence[Sequence[str]], widths: tuple[float, ...]) -> Table:
    """Rows of text; the first column quiet."""
    cells = [[_text(cell, quiet=at == 0) for at, cell in enumerate(row)] for row in rows]
    table = Table(cells, colWidths=widths, splitInRow=1)  # one long text may fill pages
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return table


def file_name(ticket: Ticket) -> str:
    return f"{ticket.number}-review-{timezone.localdate():%Y%m%d}.pdf"
