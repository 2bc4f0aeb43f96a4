"""What requests cost, by department and month: sums, and the very bookings behind each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Department, User
from accounts.reach import reach_of
from catalog.enums import CostKind, Period
from catalog.models import Cost
from catalog.wording import money
from tickets.models import Ticket

READERS = frozenset({Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR})
FIRST_YEAR, MONTHS = 2000, 12
SIZE = 50


def may_read(user: User) -> bool:
    """Whether the person reads what everybody's requests cost."""
    return bool(reach_of(user).roles & READERS)


@dataclass(frozen=True)
class Slice:
    """What is counted: a year, and of it a month, a department, a currency and how often due.

    `department` 0: bookings without one; None: all.
    """

    year: int
    month: int | None = None
    department: int | None = None
    currency: str = ""
    period: str = ""

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From and until, in the reader's zone."""
        first = date(self.year, self.month or 1, 1)
        last = (
            date(self.year + 1, 1, 1)
            if self.month in (None, MONTHS)
            else date(self.year, (self.month or 0) + 1, 1)
        )
        zone = timezone.get_current_timezone()
        start, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, last))
        return start, end

    def rows(self) -> QuerySet[Cost]:
        """The bookings; sums and lists both begin here."""
        start, end = self.span
        found = Cost.objects.filter(booked_at__gte=start, booked_at__lt=end)
        if self.department is not None:
            found = found.filter(department=self.department or None)
        if self.currency:
            found = found.filter(currency=self.currency)
        return found.filter(period=self.period) if self.period else found


@dataclass(frozen=True)
class Line:
    """A department's amounts of one currency that are due equally often, month by month."""

    department: int
    name: str
    currency: str
    period: str
    period_label: Any
    months: tuple[Decimal | None, ...]

    @property
    def total(self) -> Decimal:
        return sum((amount for amount in self.months if amount is not None), Decimal(0))


def by_department(year: int) -> list[Line]:
    """The lines of a year, by department; two statements."""
    sums = (
        Slice(year)
        .rows()
        .annotate(month=TruncMonth("booked_at"))
        .values("department", "currency", "period", "month")
        .annotate(amount=Sum("amount"))
        .order_by()
    )
    found: dict[tuple[int, str, str], dict[int, Decimal]] = {}
    for row in sums:
        key = (row["department"] or 0, row["currency"], row["period"])
        found.setdefault(key, {})[row["month"].month] = row["amount"]
    names = {row.pk: row.name for row in Department.objects.filter(pk__in={k[0] for k in found})}
    lines = [
        Line(
            department=department,
            name=names.get(department) or _("No department"),
            currency=currency,
            period=period,
            period_label=Period(period).label,
            months=tuple(months.get(number) for number in range(1, MONTHS + 1)),
        )
        for (department, currency, period), months in found.items()
    ]
    return sorted(lines, key=lambda line: (line.name, line.currency, line.period))


@dataclass(frozen=True)
class Booking:
    """One booking of a list. Of a request that the reader may not see there is no number."""

    number: str
    title: str
    department: str
    kind: Any
    amount: str
    booked_at: datetime


def bookings(chosen: Slice, reader: User, page: int = 1) -> tuple[list[Booking], bool]:
    """A page of the bookings that a figure counts, newest first, and whether there are more."""
    start = (page - 1) * SIZE
    rows = chosen.rows().select_related("department").order_by("-booked_at", "-pk")
    found = list(rows[start : start + SIZE + 1])
    return list(_told(found[:SIZE], reader)), len(found) > SIZE


def _told(rows: list[Cost], reader: User) -> Iterator[Booking]:
    visible = Ticket.objects.visible_to(reader).in_bulk([row.request_id for row in rows])
    for row in rows:
        ticket = visible.get(row.request_id)
        yield Booking(
            number=ticket.number if ticket else "",
            title=ticket.title if ticket else _("a request you may not see"),
            department=row.department.name if row.department else _("No department"),
            kind=CostKind(row.kind).label,
            amount=money(row.amount, row.currency),
            booked_at=row.booked_at,
        )


def years() -> list[int]:
    """The years in which anything was booked, the newest first; this one always."""
    this = timezone.localdate().year
    first = Cost.objects.order_by("booked_at").values_list("booked_at", flat=True).first()
    since = timezone.localtime(first).year if first else this
    return list(range(this, max(FIRST_YEAR, since) - 1, -1))
