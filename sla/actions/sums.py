"""Sums of facts by day and month, made by the database. A day is always summed anew as a whole.

Each rollup has a source: the facts of the days asked for, one row for each thing to be counted.
"""
# Statements are put together from names that stand in this file; what is asked for is a parameter.
# ruff: noqa: S608

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models

from sla.measures import EDGES
from sla.models import Attainment, Flow, Spent, Spread
from sla.models.figures import GRAINS

# The columns of the dimensions, in the order of their bits.
BY = {"service_id": "bigint", "team_id": "bigint", "priority": "smallint", "category_id": "bigint"}
_BY = ", ".join(f"f.{name}" for name in BY)
_OF = f"f.kind, {_BY}"

_FLOW = f"""
    SELECT f.opened_on AS day, {_OF}, 1 AS opened, (f.ack_clock IS NOT NULL)::int AS responded,
        coalesce(f.ack_clock, 0)::bigint AS ack_clock, coalesce(f.ack_work, 0)::bigint AS ack_work,
        0 AS resolved, 0::bigint AS resolve_raw, 0::bigint AS resolve_clock,
        0::bigint AS resolve_work, 0 AS reopened, 0 AS first_contact, 0 AS entered, 0 AS "left"
    FROM sla_figure f WHERE f.opened_on = ANY(%(days)s)
    UNION ALL
    SELECT f.resolved_on, {_OF}, 0, 0, 0, 0, 1, f.resolve_raw, f.resolve_clock, f.resolve_work,
        (f.reopened > 0)::int, f.first_contact::int, 0, 0
    FROM sla_figure f WHERE f.resolved_on = ANY(%(days)s)
    UNION ALL
    SELECT s.entered_on, {_OF}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0
    FROM sla_spell s JOIN sla_figure f USING (ticket_id) WHERE s.entered_on = ANY(%(days)s)
    UNION ALL
    SELECT s.left_on, {_OF}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
    FROM sla_spell s JOIN sla_figure f USING (ticket_id) WHERE s.left_on = ANY(%(days)s)
"""
_PROMISED = (
    "f.kind, f.service_id, coalesce(p.team_id, f.team_id) AS team_id, f.priority, f.category_id, "
    "p.metric, p.policy_id"
)
_ATTAINMENT = f"""
    SELECT p.started_on AS day, {_PROMISED},
        1 AS started, 0 AS ended, 0 AS met, 0 AS missed, 0 AS broke, 0 AS mended
    FROM sla_promise p JOIN sla_figure f USING (ticket_id) WHERE p.started_on = ANY(%(days)s)
    UNION ALL
    SELECT p.ended_on, {_PROMISED}, 0, 1, (p.state = 'met')::int, (p.state = 'missed')::int, 0,
        (p.broke_on IS NOT NULL)::int
    FROM sla_promise p JOIN sla_figure f USING (ticket_id) WHERE p.ended_on = ANY(%(days)s)
    UNION ALL
    SELECT p.broke_on, {_PROMISED}, 0, 0, 0, 0, 1, 0
    FROM sla_promise p JOIN sla_figure f USING (ticket_id) WHERE p.broke_on = ANY(%(days)s)
"""
_SPENT = f"""
    SELECT f.resolved_on AS day, {_OF}, part.key AS whose, 1 AS records,
        part.value::bigint AS seconds
    FROM sla_figure f CROSS JOIN LATERAL jsonb_each_text(f.spent) part
    WHERE f.resolved_on = ANY(%(days)s)
"""
_SPREAD = " UNION ALL ".join(
    f"SELECT f.{day} AS day, {_OF}, '{name}' AS measure, "
    f"width_bucket(f.{name}, %(edges)s) AS bin, 1 AS number "
    f"FROM sla_figure f WHERE f.{day} = ANY(%(days)s) AND f.{name} IS NOT NULL"
    for name, day in (
        ("ack_clock", "opened_on"),
        ("ack_work", "opened_on"),
        ("resolve_clock", "resolved_on"),
        ("resolve_work", "resolved_on"),
    )
)


@dataclass(frozen=True)
class Sum:
    """A rollup: by which keys beside the dimensions, which numbers, from what."""

    model: type[models.Model]
    keys: tuple[str, ...]
    values: tuple[str, ...]
    source: str
    grains: tuple[int, ...] = GRAINS

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def columns(self) -> str:
        names = ("monthly", "day", "grain", "kind", *BY, *self.keys, *self.values)
        return ", ".join(f'"{name}"' for name in names)

    @property
    def _keys(self) -> str:
        return "".join(f', s."{name}"' for name in self.keys)

    @property
    def _sums(self) -> str:
        return ", ".join(f'sum(s."{name}")' for name in self.values)

    def of_days(self) -> str:
        """A statement that counts the facts of %(days)s."""
        kept = [name for bit, name in enumerate(BY) if any(g >> bit & 1 for g in self.grains)]
        sets = ", ".join(
            f"({', '.join(f's.{name}' for bit, name in enumerate(BY) if grain >> bit & 1)})"
            for grain in self.grains
        )
        by = ", ".join(f"s.{name}" if name in kept else f"NULL::{BY[name]}" for name in BY)
        # GROUPING has a bit for each dimension that a row is not of.
        bits = [f"{1 << n} * (1 - GROUPING(s.{name}))" for n, name in enumerate(BY) if name in kept]
        return (
            f"SELECT false, s.day, {' + '.join(bits) or '0'}, s.kind, {by}{self._keys}, "
            f"{self._sums} FROM ({self.source}) s "
            f"GROUP BY s.day, s.kind{self._keys}, GROUPING SETS ({sets})"
        )

    def of_months(self) -> str:
        """A statement that adds up the days of %(months)s."""
        by = ", ".join(f"s.{name}" for name in BY)
        return (
            f"SELECT true, m.first, s.grain, s.kind, {by}{self._keys}, {self._sums} "
            f"FROM unnest(%(months)s) AS m(first) JOIN {self.table} s ON NOT s.monthly "
            f"AND s.day >= m.first AND s.day < (m.first + interval '1 month')::date "
            f"GROUP BY m.first, s.grain, s.kind, {by}{self._keys}"
        )


SUMS = (
    Sum(
        Flow,
        (),
        (
            "opened", "responded", "ack_clock", "ack_work", "resolved", "resolve_raw",
            "resolve_clock", "resolve_work", "reopened", "first_contact", "entered", "left",
        ),
        _FLOW,
    ),
    Sum(
        Attainment,
        ("metric", "policy_id"),
        ("started", "ended", "met", "missed", "broke", "mended"),
        _ATTAINMENT,
    ),
    Sum(Spent, ("whose",), ("records", "seconds"), _SPENT),
    Sum(Spread, ("measure", "bin"), ("number",), _SPREAD, grains=(0,)),
)  # fmt: skip


def _parameters(days: Collection[date]) -> dict[str, Any]:
    months = sorted({day.replace(day=1) for day in days})
    return {"days": sorted(days), "months": months, "edges": list(EDGES)}


def sum_days(days: Collection[date]) -> None:
    """Replace the sums of these days, and of their months, by what the facts say."""
    if not days:
        return
    asked = _parameters(days)
    with connection.cursor() as cursor:
        for each in SUMS:
            for when, monthly, statement in (
                ("days", "NOT monthly", each.of_days()),
                ("months", "monthly", each.of_months()),
            ):
                cursor.execute(
                    f"DELETE FROM {each.table} WHERE {monthly} AND day = ANY(%({when})s)",
                    asked,
                )
                cursor.execute(f"INSERT INTO {each.table} ({each.columns}) {statement}", asked)


def wrong_sums(days: Collection[date]) -> Iterator[str]:
    """A line for each sum that is not what the facts of these days say. Writes nothing."""
    asked = _parameters(days)
    with connection.cursor() as cursor:
        for each in SUMS:
            for kept, statement in (
                ("NOT monthly", each.of_days()),
                ("monthly", each.of_months()),
            ):
                rows = f"SELECT {each.columns} FROM {each.table} WHERE {kept}"
                for word, first, second in (
                    ("missing", statement, rows),
                    ("wrong", rows, statement),
                ):
                    cursor.execute(f"({first}) EXCEPT ALL ({second})", asked)
                    yield from (
                        f"{each.model.__name__} {word}: {row}" for row in cursor.fetchmany(20)
                    )
