"""The portfolio and a service's page, as ready-made strings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.wording import money
from cmdb.access import may_edit
from cmdb.enums import ReviewState, ServiceStatus
from cmdb.models import Service
from cmdb.queries import matching, needing_retired, review_filter, shown_pair
from core import formats
from core.text import row_id
from desk.queries.standing import FINE, REVIEWS, open_incidents, states_now
from tickets.models import Ticket

PAGE = 50
SHOWN = 12


@dataclass(frozen=True)
class Portfolio:
    """One page of the list. `counts`: services in each state that fit the filter."""

    rows: list[dict[str, Any]]
    counts: dict[str, int]
    after: str


def listed(wanted: Mapping[str, Any]) -> QuerySet[Any]:
    """The services that fit the filter (q, team, criticality, review), in any state."""
    rows = Service.objects.filter(matching(wanted.get("q") or ""))
    for name, field in (("team", "support_team"), ("criticality", "criticality")):
        if wanted.get(name):
            rows = rows.filter(**{field: wanted[name]})
    if wanted.get("review") in ReviewState.values:
        rows = rows.filter(review_filter(wanted["review"], timezone.localdate()))
    korean = formats.is_korean()
    own, other = ("name_ko", "name_en") if korean else ("name_en", "name_ko")
    return rows.annotate(sort=Coalesce(NullIf(own, Value("")), other))


def portfolio(wanted: Mapping[str, Any], status: str, after: str, reader: User) -> Portfolio:
    """A page of the services of one state, by name, and how many there are of each."""
    rows = listed(wanted)
    counts = dict(rows.order_by().values_list("status").annotate(n=Count("pk")))
    page = rows.filter(status=status).select_related("owner", "support_team").order_by("sort", "id")
    found = _after(page, after, rows)[: PAGE + 1]
    shown = list(found)
    return Portfolio(
        _rows(shown[:PAGE], reader),
        {value: counts.get(value, 0) for value in ServiceStatus.values},
        str(shown[PAGE - 1].pk) if len(shown) > PAGE else "",
    )


def _after(page: QuerySet[Any], after: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    pk = row_id(after)
    if pk is None:
        return page
    last = Subquery(rows.filter(pk=pk).values("sort")[:1])
    return page.annotate(last=last).filter(Q(sort__gt=F("last")) | Q(sort=F("last"), pk__gt=pk))


def _rows(services: list[Service], reader: User) -> list[dict[str, Any]]:
    """Flat rows in a fixed number of queries."""
    ids = [service.pk for service in services]
    states, counts = states_now(ids), open_incidents(ids, reader)
    still_needed = needing_retired(ids)
    today = timezone.localdate()
    return [
        {
            "name": service.name,
            "url": reverse("cmdb:service", args=[service.slug]),
            "summary": service.summary,
            "owner": service.owner,
            "owner_left": service.owner is not None and not service.owner.is_active,
            "team": service.support_team.name if service.support_team else "",
            "criticality": service.get_criticality_display(),
            "review": review(service, today),
            "open": counts.get(service.pk, 0),
            "open_url": queue_url(service) if counts.get(service.pk) else "",
            "state": states.get(service.pk, FINE) if service.status == ServiceStatus.LIVE else None,
            "needed_by": ", ".join(each.name for each in still_needed.get(service.pk, [])),
        }
        for service in services
    ]


def review(service: Service, today: date) -> dict[str, Any]:
    """How its review stands: a word with its tone and shape, and the day."""
    state = service.review_state(today)
    tone, icon = REVIEWS[state]
    due = service.review_due_on if state != ReviewState.NONE else None
    return {
        "key": state.value,
        "label": state.label,
        "tone": tone,
        "icon": icon,
        "day": formats.day(due, today) if due else "",
    }


def queue_url(service: Service) -> str:
    """The list of what is open on the service."""
    return f"{reverse('desk:queue', args=['all'])}?f.service={service.slug}&f.kind=incident&" + (
        "&".join(f"f.phase={phase}" for phase in ("new", "active", "waiting"))
    )


def table(wanted: Mapping[str, Any], reader: User) -> tuple[list[str], Iterator[list[Any]]]:
    """The whole portfolio that fits the filter, for a file; every state, by name."""
    heads = [
        _("Name (Korean)"), _("Name (English)"), _("State"), _("Criticality"), _("Service owner"),
        _("Support team"), pgettext("service", "Review"), pgettext("service", "Review due"),
        _("Open incidents"), _("State now"),
    ]  # fmt: skip
    order = Case(*(When(status=value, then=n) for n, value in enumerate(ServiceStatus.values)))
    services = list(
        listed(wanted).select_related("owner", "support_team").order_by(order, "sort", "id")
    )
    return heads, _lines(services, reader)


def _lines(services: list[Service], reader: User) -> Iterator[list[Any]]:
    ids = [service.pk for service in services]
    states, counts, today = states_now(ids), open_incidents(ids, reader), timezone.localdate()
    for service in services:
        live = service.status == ServiceStatus.LIVE
        yield [
            service.name_ko, service.name_en, service.get_status_display(),
            service.get_criticality_display(), service.owner.name if service.owner else "",
            service.support_team.name if service.support_team else "",
            str(service.review_state(today).label), service.review_due_on or "",
            counts.get(service.pk, 0), str(states.get(service.pk, FINE).label) if live else "",
        ]  # fmt: skip


def find(slug: str) -> Service | None:
    related = ("owner", "support_team", "contact_person", "reviewed_by")
    return Service.objects.select_related(*related).filter(slug=slug).first()


def page_of(service: Service, reader: User) -> dict[str, Any]:
    """Everything on a service's page; the number of queries does not grow with what it has."""
    needs = list(service.depends_on.order_by("name_en", "id"))
    needed_by = list(service.dependents.order_by("name_en", "id"))
    around = [service.pk, *(each.pk for each in (*needs, *needed_by))]
    states = states_now(around)
    tickets = Ticket.objects.visible_to(reader).open().filter(service=service)
    newest = tickets.select_related("assignee").order_by("priority", "-opened_at")
    today = timezone.localdate()
    live = service.status == ServiceStatus.LIVE
    return {
        "service": service,
        "facts": facts(service),
        "state": states.get(service.pk, FINE) if live else None,
        "review": review(service, today),
        "to_do": to_do(service, needs, needed_by, today),
        "needs": [_near(each, states) for each in needs],
        "needed_by": [_near(each, states) for each in needed_by],
        "items": list(service.items.order_by("name")[: SHOWN + 1]),
        "records": list(newest[:SHOWN]),
        "records_more": f"{reverse('desk:queue', args=['all'])}?f.service={service.slug}",
        "contracts": _contracts(service, today),
        "reviews": service.reviews.select_related("by")[:SHOWN],
        "may_edit": may_edit(reader, service),
        "may_review": may_edit(reader, service) and service.status != ServiceStatus.RETIRED,
    }


def _near(service: Service, states: Mapping[int, Any]) -> dict[str, Any]:
    live = service.status == ServiceStatus.LIVE
    return {
        "name": service.name,
        "url": reverse("cmdb:service", args=[service.slug]),
        "state": states.get(service.pk, FINE) if live else None,
        "status": service.get_status_display(),
        "is_retired": service.status == ServiceStatus.RETIRED,
    }


def _contracts(service: Service, today: date) -> list[dict[str, Any]]:
    rows = service.contracts.select_related("supplier").order_by("-starts_on", "number")[:SHOWN]
    return [
        {
            "number": row.number,
            "name": row.name,
            "supplier": row.supplier.name,
            "state": row.state_on(today).label,
            "until": formats.day(row.ends_on, today) if row.ends_on else "",
        }
        for row in rows
    ]


def facts(service: Service) -> list[dict[str, Any]]:
    """What is written about the service, in the reader's language or, marked, in the other."""
    count = f"{service.user_count:,}" if service.user_count is not None else ""
    persons = _("%(count)s people") % {"count": count} if count else ""
    found = [
        _pair(service, _("Who it is for"), "users", persons),
        _pair(service, _("Support hours"), "hours"),
        {"label": _("Contact"), "person": service.contact_person, **_contact(service)},
        {"label": _("Cost"), "text": cost(service)},
        _pair(service, _("Who pays"), "paid_by"),
        _pair(service, _("Support policy"), "support_policy"),
        {"label": _("Tags"), "words": service.tags},
        {"label": _("Other words for it"), "words": [*service.synonyms_ko, *service.synonyms_en]},
    ]
    shown = ("text", "person", "words", "mail", "phone", "beside")
    return [fact for fact in found if any(fact.get(name) for name in shown)]


def _pair(service: Service, label: str, name: str, beside: str = "") -> dict[str, Any]:
    text, language = shown_pair(
        getattr(service, f"{name}_ko"),
        getattr(service, f"{name}_en"),
        get_language() or settings.LANGUAGE_CODE,
    )
    return {"label": label, "text": text, "language": language, "beside": beside}


def description_of(service: Service) -> dict[str, Any]:
    """Its description as `facts` gives texts."""
    return _pair(service, "", "description")


def _contact(service: Service) -> dict[str, Any]:
    return _pair(service, _("Contact"), "contact") | {
        "mail": service.contact_email,
        "phone": service.contact_phone,
    }


def cost(service: Service) -> str:
    """What it costs, in words; empty where nothing is charged."""
    if service.cost_amount is None:
        return ""
    parts = [
        money(service.cost_amount, service.cost_currency),
        str(service.get_cost_period_display()),
    ]
    if service.cost_unit:
        parts.append(_("for one: %(unit)s") % {"unit": service.cost_unit})
    return " · ".join(parts)


def to_do(
    service: Service, needs: list[Service], needed_by: list[Service], today: date
) -> list[dict[str, str]]:
    """What its owner has to mend, the most pressing first; `field` is where it is mended."""
    found: list[dict[str, str]] = []

    def say(text: str, field: str = "", tone: str = "warning") -> None:
        found.append({"text": text, "field": field, "tone": tone})

    state = service.review_state(today)
    if state == ReviewState.OVERDUE and service.review_due_on:
        day = formats.day(service.review_due_on, today)
        say(_("The review was due on %(day)s.") % {"day": day}, "review", "danger")
    if service.owner is not None and not service.owner.is_active:
        name = service.owner.name
        say(_("The owner has left: %(name)s.") % {"name": name}, "owner", "danger")
    if service.status == ServiceStatus.RETIRED:
        users = ", ".join(each.name for each in needed_by if each.status != ServiceStatus.RETIRED)
        if users:
            say(
                _("It is retired, but still needed by: %(names)s.") % {"names": users}, "", "danger"
            )
        return found
    gone = ", ".join(each.name for each in needs if each.status == ServiceStatus.RETIRED)
    if gone:
        text = _("It needs services that are retired: %(names)s.") % {"names": gone}
        say(text, "depends_on", "danger")
    missing = missing_of(service)
    if missing:
        say(_("Not written yet: %(names)s.") % {"names": ", ".join(missing)}, "missing")
    return found


def missing_of(service: Service) -> list[str]:
    """What a requester would look for and not find, by what it is called."""
    wanted = [
        (_("owner"), service.owner_id),
        (_("support team"), service.support_team_id),
        (_("what people get from it"), service.summary_ko or service.summary_en),
        (_("description"), service.description_ko or service.description_en),
        (
            _("contact"),
            service.contact_person_id
            or service.contact_email
            or service.contact_phone
            or service.contact_ko
            or service.contact_en,
        ),
        (_("support hours"), service.hours_ko or service.hours_en),
        (_("who it is for"), service.users_ko or service.users_en),
    ]
    found = [str(label) for label, value in wanted if not value]
    for language, label in (("ko", _("Korean")), ("en", _("English"))):
        other = "en" if language == "ko" else "ko"
        pairs = ("name", "summary", "description")
        if any(
            getattr(service, f"{name}_{other}") and not getattr(service, f"{name}_{language}")
            for name in pairs
        ):
            found.append(_("texts in %(language)s") % {"language": label})
    return found
