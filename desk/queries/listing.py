"""One list as its address describes it: view, filters, sort, page and columns, for one reader."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Density
from accounts.models import User
from desk import columns
from desk.boards import Board
from desk.counts import board_counts, shown
from desk.filters import CHIPS, PREFIX, RANGES, Chip, days
from desk.queries import rows
from tickets.filters import Filter
from tickets.models import Ticket
from tickets.paging import SIZE, Page
from tickets.queries import CAP, capped_count, with_reader


class Listing:
    """Reads the address once; everything the queue page shows is asked of it."""

    def __init__(self, request: HttpRequest, board: Board) -> None:
        self.user: User = request.user  # type: ignore[assignment]
        self.board = board
        self.path = reverse("desk:queue", args=[board.key])
        self.chosen = Filter.parse(request.GET, prefix=PREFIX, sort=board.sort)
        self.cols = request.GET.get("cols", "")[:200]
        self.start = _whole(request.GET.get("from", ""), 1)
        own = self.cols.split(",") if self.cols else self.user.columns.get("queue", [])
        self.columns = columns.chosen(list(own))

    @cached_property
    def tickets(self) -> Any:
        return self.chosen.apply(self.board.tickets(self.user), self.user)

    @cached_property
    def page(self) -> Page:
        """The rows on screen, ready to print. One query."""
        tickets = with_reader(self.tickets, self.user)
        fields = rows.fields_of(self.columns)
        found = self.chosen.order.page(tickets, self.chosen.cursor, SIZE, fields)
        return Page(rows.ready(found.rows, self.columns, self.user), found.next, found.prev)

    @cached_property
    def total(self) -> int | None:
        """How many there are, capped; None where counting would take too long to be worth it."""
        if self.chosen.values:
            return capped_count(self.tickets)
        return board_counts(self.user).get(self.board.key)

    def address(self, chosen: Filter | None = None, *, start: int = 0, path: str = "") -> str:
        """This list's first page, or the list of another query object."""
        chosen = self.chosen.having() if chosen is None else chosen
        query = chosen.query(prefix=PREFIX, sort=self.board.sort)
        query += f"&from={start}" if start > 1 else ""
        query += f"&cols={self.cols}" if self.cols else ""
        return f"{path or self.path}?{query.lstrip('&')}" if query else path or self.path

    # What the templates print ---------------------------------------------------------------

    def context(self) -> dict[str, Any]:
        page, chips = self.page, self.chips()
        return {
            "view": self.board,
            "rows": page.rows,
            "heads": self.heads(),
            "chips": chips,
            "addable": [chip for key, chip in CHIPS.items() if key not in self.chosen.values],
            "problems": [problem.message for problem in self.chosen.problems],
            "filtered": bool(self.chosen.values),
            "filter_words": self._filter_words(chips),
            "text": " ".join(self.chosen.values.get("text", ())),
            "text_rest": self.rest("text"),
            "path": self.path,
            "state": self.address().partition("?")[2],
            "total": "" if self.total is None else shown(self.total),
            "range": self.range_words(),
            "caption": self.caption(),
            "first_url": self.address() if self.chosen.cursor else "",
            "prev_url": self._turn(page.prev, self.start - SIZE),
            "next_url": self._turn(page.next, self.start + len(page.rows)),
            "self_url": self.address(),
            "clear_url": self.address(self.chosen.having(**dict.fromkeys(self.chosen.values))),
            "changes_url": self.address(path=reverse("desk:changes", args=[self.board.key])),
            "since": timezone.now().isoformat(),
            "densities": self.densities(),
            "columns": self.column_choices(),
            "exports": self.exports(),
        }

    def _filter_words(self, chips: list[dict[str, Any]]) -> str:
        """The active filters in words, for a list that came out empty."""
        words = [f"{chip['label']}: {chip['words']}" for chip in chips]
        text = " ".join(self.chosen.values.get("text", ()))
        return " · ".join([*words, f"“{text}”"] if text else words)

    def _turn(self, cursor: str, start: int) -> str:
        return self.address(self.chosen.having(cursor=cursor), start=start) if cursor else ""

    def exports(self) -> list[tuple[str, str]]:
        """Addresses of this list as files, where the export is installed."""
        try:
            path = reverse("exports:tickets")
        except NoReverseMatch:
            return []
        query = self.chosen.having(view=self.board.key).query(prefix=PREFIX, sort="")
        return [(name.upper(), f"{path}?{query}&format={name}") for name in ("csv", "xlsx")]

    def heads(self) -> list[dict[str, Any]]:
        return [self._head(column) for column in self.columns]

    def _head(self, column: columns.Column) -> dict[str, Any]:
        order = self.chosen.order
        sorted_by = column.sort and column.sort == order.key
        descending = bool(sorted_by) and order.backwards
        turned = "" if descending else "-"
        other = f"{turned}{column.sort}" if sorted_by else column.sort
        # Times start with the newest, as people expect of them.
        if column.sort in ("updated", "opened", "number") and not sorted_by:
            other = f"-{column.sort}"
        return {
            "key": column.key,
            "label": column.label,
            "sorted": ("descending" if descending else "ascending") if sorted_by else "",
            "url": self.address(self.chosen.having(sort=other)) if column.sort else "",
        }

    def chips(self) -> list[dict[str, Any]]:
        shown_chips = ((CHIPS[key], self.chosen.values.get(key)) for key in CHIPS)
        return [self._chip(chip, values) for chip, values in shown_chips if values]

    def _chip(self, chip: Chip, values: tuple[str, ...]) -> dict[str, Any]:
        return {
            "key": chip.key,
            "label": chip.label,
            "words": chip.describe(values),
            "off": self.address(self.chosen.having(**{chip.key: None})),
            "off_label": _("Remove filter: %(name)s") % {"name": chip.label},
        }

    def form(self, chip: Chip) -> dict[str, Any]:
        """The little form that edits one filter."""
        values = self.chosen.values.get(chip.key, ())
        custom = chip.widget == "range" and values and values[0] not in RANGES
        start, end = days(values[0]) if custom else (None, None)
        return {
            "key": chip.key,
            "name": chip.name,
            "label": chip.label,
            "type": chip.widget,
            "rest": self.rest(chip.key),
            "choices": _offered(chip.choices(), values),
            "tokens": _offered(RANGES.items(), values),
            "start": start.isoformat() if start else "",
            "end": end.isoformat() if end else "",
            "value": ",".join(values),
            "words": chip.describe(values) if values else "",
            "source": reverse("desk:pick", args=[chip.source]) if chip.source else "",
        }

    def rest(self, key: str) -> list[tuple[str, str]]:
        """What a filter form must carry along."""
        kept = [(PREFIX + n, ",".join(v)) for n, v in self.chosen.values.items() if n != key]
        sort = self.chosen.sort if self.chosen.sort != self.board.sort else ""
        return kept + [pair for pair in (("sort", sort), ("cols", self.cols)) if pair[1]]

    def range_words(self) -> str:
        if not self.page.rows:
            return ""
        end = self.start + len(self.page.rows) - 1
        if self.total is None:
            return _("%(start)s–%(end)s") % {"start": f"{self.start:,}", "end": f"{end:,}"}
        return _("%(start)s–%(end)s of %(total)s") % {
            "start": f"{self.start:,}",
            "end": f"{end:,}",
            "total": shown(max(self.total, end) if self.total <= CAP else self.total),
        }

    def caption(self) -> str:
        number = len(self.page.rows)
        records = ngettext("%(n)d record", "%(n)d records", number) % {"n": number}
        head = next((h for h in self.heads() if h["sorted"]), None)
        if head is None:
            return f"{self.board.label}: {records}"
        sorted_by = _("sorted by %(column)s") % {"column": head["label"]}
        return f"{self.board.label}: {records}, {sorted_by}"

    def densities(self) -> list[dict[str, Any]]:
        return [
            {"key": key, "label": label, "on": key == self.user.density}
            for key, label in Density.choices
        ]

    def column_choices(self) -> list[dict[str, Any]]:
        on = {column.key for column in self.columns}
        return [
            {"key": column.key, "label": column.label, "on": column.key in on}
            for column in columns.COLUMNS.values()
            if not column.fixed
        ]

    # Changes from elsewhere -------------------------------------------------------------------

    def changes(self, known: dict[int, int], since: Any) -> dict[str, Any]:
        """Which of the rows on screen changed or left, and how many others came or moved."""
        visible = Ticket.objects.visible_to(self.user)
        now = dict(visible.filter(pk__in=known).values_list("pk", "version"))
        changed = [pk for pk, version in known.items() if now.get(pk, version) != version]
        fresh = rows.some(changed, self.tickets, self.user, self.columns) if changed else []
        staying = {row["id"] for row in fresh}
        numbers = dict(visible.filter(pk__in=changed).values_list("pk", "number"))
        gone = [numbers[pk] for pk in changed if pk not in staying and pk in numbers]
        arrived = capped_count(self.tickets.filter(updated_at__gt=since).exclude(pk__in=known))
        return {"rows": fresh, "gone": gone, "arrived": arrived}


def _offered(choices: Any, values: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"value": v, "label": label, "on": v in values} for v, label in choices]


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
