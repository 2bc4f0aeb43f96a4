"""Asking for an offering: the form, what was answered, and sending it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.people import people
from catalog import access
from catalog.definition import Definition, parse
from catalog.queries.answered import told
from core.errors import ActionError
from core.text import row_id
from knowledge.queries import suggest
from portal import access as own
from portal import actions, asked
from portal.actions import asking
from portal.forms import token_of
from portal.generic import draft_of, form_marks, person, portal_page, stage_answers, typed, words
from portal.queries import asking as pages
from portal.queries.arrived import arrived
from portal.queries.expected import expected
from portal.queries.filled import Form, read_form
from tickets.enums import Channel
from tickets.models import Draft, Ticket

MOST_PEOPLE = 20
SHORTEST = 3
# How people reach the desk that writes it down for them; the first is what it mostly is.
REACHED = (Channel.PHONE, Channel.WALK_IN, Channel.CHAT, Channel.MAIL)


@portal_page
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, or one step of it. With a mistake it comes back with everything in place."""
    found = _read(request, slug)
    at = _step(found, request)
    if request.method != "POST":
        wrong = _errors(found, at) if "mend" in request.GET else {}
        return _page(request, found, at, wrong, status=422 if wrong else 200)
    refused = _keep(request, found)
    found = _read(request, slug)
    go = request.POST.get("do", "next")
    wrong = {} if go in ("refresh", "attach", "back") else _errors(found, at)
    if refused or wrong:
        return _page(request, found, at, {**wrong, **refused}, status=422)
    if go in ("refresh", "attach"):
        return _page(request, found, at, {})
    to = _neighbour(found, at, -1 if go == "back" else 1)
    if to is None:
        return redirect(found.address("request_check"))
    return redirect(found.address(step=to + 1))


def _read(request: HttpRequest, slug: str) -> Form:
    return read_form(person(request), slug, _requester(request))


def _requester(request: HttpRequest) -> User:
    """Who asks: the reader, or the caller whom an agent has on the phone."""
    return own.orders_for(person(request), request.GET.get("requester", ""))


def _keep(request: HttpRequest, found: Form) -> dict[str, str]:
    """Keep what was typed and the files that came along; what is wrong with files refused."""
    actions.keep_typed(found.slot, typed(request), by=found.user)
    return stage_answers(request, found.slot, found.definition)


def _step(found: Form, request: HttpRequest) -> int | None:
    """Which section is looked at; None when all are on one page."""
    if not found.steps:
        return None
    given = row_id(request.POST.get("step") or request.GET.get("step"))
    at = given - 1 if given else found.steps[0]
    return at if at in found.steps else found.steps[0]


def _neighbour(found: Form, at: int | None, way: int) -> int | None:
    """The step before or after; None behind the last one. Before the first is the first."""
    if at is None:
        return None
    later = [one for one in found.steps if (one > at if way > 0 else one < at)]
    if way > 0:
        return later[0] if later else None
    return later[-1] if later else at


def _errors(found: Form, at: int | None) -> dict[str, str]:
    """What keeps this page from going on."""
    wrong = dict(found.cleaned.errors)
    if at is not None:
        here = {field.key for field in found.definition.sections[at].fields}
        wrong = {key: message for key, message in wrong.items() if key in here}
    if found.for_other and (at is None or at == found.steps[0]) and found.whom == found.requester:
        wrong = {"beneficiary": _("Choose whom it is for."), **wrong}
    return wrong


def _page(
    request: HttpRequest, found: Form, at: int | None, wrong: dict[str, str], status: int = 200
) -> HttpResponse:
    definition, offering = found.definition, found.offering
    sections = range(len(definition.sections)) if at is None else [at]
    today, slot = timezone.localdate(), found.slot
    context = {
        "offering": offering,
        "definition": definition,
        "blocks": pages.blocks(
            definition,
            list(sections),
            found.cleaned,
            wrong,
            whom=found.whom,
            slot=slot,
            items_at=lambda key: found.address("request_items", key),
            by=found.user,
            today=today,
        ),
        "errors": [(_target(key), _told(definition, key, said)) for key, said in wrong.items()],
        **_for_whom(found),
        "help_url": found.address("request_help"),
        "whom": found.whom,
        "whom_error": wrong.get("beneficiary", ""),
        "for_other": found.for_other,
        "is_first": at is None or at == found.steps[0],
        "is_last": at is None or at == found.steps[-1],
        "step": None if at is None else at + 1,
        "steps": _bar(found, at),
        "draft": _draft(request, found.user, slot),
        "rules": _rules(found, today),
        "related": pages.related(definition, found.user) if not at else [],
        "listens": pages.listening(definition, sections),
    }
    marks = form_marks(request, slot)
    return render(request, "portal/request/form.html", {**context, **marks}, status=status)


def _for_whom(found: Form) -> dict[str, Any]:
    """Who asks, and the addresses that keep it so."""
    return {
        "requester": found.requester,
        "caller": found.caller,
        "form_url": found.address(),
        "check_url": found.address("request_check"),
    }


def _draft(request: HttpRequest, user: User, slot: str) -> Draft | None:
    """What somebody comes back to; nothing while they go from step to step."""
    comes_back = request.method == "GET" and not {"step", "mend"} & request.GET.keys()
    return draft_of(user, slot) if comes_back else None


def _told(definition: Definition, key: str, said: str) -> str:
    """A message that also says above the form which question it is about."""
    field = definition.field(key)
    label = str(field.label) if field else ""
    return said if label in said else f"{label} – {said}"


def _target(key: str) -> str:
    return "id_beneficiary" if key == "beneficiary" else f"q-{key}"


def _bar(found: Form, at: int | None) -> list[dict[str, str]]:
    """The steps as a bar, when there are more than three."""
    shown = found.steps
    if at is None or len(shown) + 1 <= 3:
        return []
    bar = [
        {
            "label": str(found.definition.sections[one].title),
            "state": "done" if one < at else "current" if one == at else "todo",
        }
        for one in shown
    ]
    return [*bar, {"label": _("Check"), "state": "todo"}]


def _rules(found: Form, today: Any) -> dict[str, Any]:
    """What the page's script needs to show and hide questions as the server would."""
    return {
        "today": today.isoformat(),
        "fields": [
            {"key": field.key, "type": field.type.value, "shown_if": field.shown_if}
            for field in found.definition.fields
        ],
        "values": found.cleaned.values,
    }


@portal_page
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """What was answered, what it costs, when it comes and who approves; and sending it."""
    if request.method == "POST":
        return _send(request, slug)
    found = _read(request, slug)
    if found.cleaned.errors or (found.for_other and found.whom == found.requester):
        return redirect(_mend(found))
    return _check_page(request, found)


def _send(request: HttpRequest, slug: str) -> HttpResponse:
    user, requester = person(request), _requester(request)
    offering = access.asked_by(requester, slug)
    try:
        ticket = asking.ask(
            offering,
            by=user,
            requester=requester,
            channel=_channel(request, called=requester != user),
            token=token_of(request.POST.get("token", "")),
            version=row_id(request.POST.get("version")),
            price_seen=request.POST.get("price", ""),
        )
    except ActionError as error:
        found = _read(request, slug)
        if error.code == "answers" or found.cleaned.errors:
            return redirect(_mend(found))
        return _check_page(request, found, str(error.message), status=error.status)
    if requester == user:
        return redirect("portal:request_done", ticket.number)
    said = _("%(number)s is ordered for %(name)s.")
    messages.success(request, said % {"number": ticket.number, "name": requester.name})
    return redirect(ticket)


def _channel(request: HttpRequest, *, called: bool) -> str:
    """How a caller reached the desk; what people order themselves comes by the portal."""
    said = request.POST.get("channel", "")
    if not called:
        return Channel.PORTAL
    return Channel(said) if said in REACHED else Channel.PHONE


def _mend(found: Form) -> str:
    """The address of the first page that has something to mend."""
    for at in found.steps:
        if _errors(found, at):
            return found.address(step=at + 1, mend=1)
    return found.address(mend=1)


def _check_page(
    request: HttpRequest, found: Form, refusal: str = "", status: int = 200
) -> HttpResponse:
    beneficiary = found.whom if found.for_other else None
    context = {
        "offering": found.offering,
        "definition": found.definition,
        "sections": _by_section(found),
        "whom": found.whom if found.for_other else None,
        **_for_whom(found),
        "channels": [(value, Channel(value).label) for value in REACHED],
        "expected": expected(
            found.offering,
            found.cleaned.values,
            by=found.user,
            requester=found.requester,
            beneficiary=beneficiary,
        ),
        "refusal": refusal,
    }
    marks = form_marks(request, found.slot)
    return render(request, "portal/request/check.html", {**context, **marks}, status=status)


def _by_section(found: Form) -> list[dict[str, Any]]:
    """The answers under the titles of their sections, each with the address of its page."""
    rows = told(found.definition, found.cleaned.values)
    place = {
        field.key: at
        for at, section in enumerate(found.definition.sections)
        for field in section.fields
    }
    sections = []
    for at, section in enumerate(found.definition.sections):
        answers = [row for row in rows if place[row.key] == at]
        if answers:
            url = found.address(step=at + 1) if found.steps else found.address()
            sections.append({"title": str(section.title), "answers": answers, "url": url})
    return sections


@portal_page
@require_safe
def helping(request: HttpRequest, slug: str) -> HttpResponse:
    """Articles that may make the request needless, for the words being typed."""
    user = person(request)
    offering = access.asked_by(_requester(request), slug)
    said = next((one for name, one in request.GET.items() if name.startswith(asked.SINGLE)), "")
    text = words(str(said)).strip()[:200]
    found = suggest(text, reader=user) if len(text) >= SHORTEST else []
    context = {"articles": found, "offering": offering}
    return render(request, "portal/_similar.html", context)


@portal_page
@require_safe
def done(request: HttpRequest, number: str) -> HttpResponse:
    """The number, and what happens next and when."""
    ticket = own.get(person(request), number)
    context = {"ticket": ticket, **arrived(ticket), "caller": _caller(ticket, person(request))}
    return render(request, "portal/request/done.html", context)


def _caller(ticket: Ticket, user: User) -> User | None:
    """The requester, when the reader wrote it down for them."""
    return ticket.requester if ticket.requester_id != user.pk else None


@portal_page
@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """Suggestions for the boxes that name a person: by name, initials, address or number."""
    text = words(request.GET.get("q", "")).strip()[:80]
    found = people(text).filter(is_machine=False, anonymised_at=None).select_related("department")
    options = pages.people_options(found[:MOST_PEOPLE])
    return render(request, "ui/_options.html", {"options": options})


@portal_page
@require_safe
def items(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Suggestions for a question that asks for an item."""
    offering = access.asked_by(_requester(request), slug)
    definition = parse(offering.live.data)  # type: ignore[union-attr]
    text = words(request.GET.get("q", "")).strip()[:80]
    options = pages.item_options_for(definition, key, text)
    return render(request, "ui/_options.html", {"options": options})
