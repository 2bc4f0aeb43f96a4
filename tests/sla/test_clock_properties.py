"""Clocks of random lives under random agreements are what a step by step simulation says."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.states import MACHINE
from sla.book import Book, Shelf
from sla.clocks import State
from sla.evaluate import evaluate
from sla.facts import Row, read
from sla.worktime import Calendar
from tests.sla.simulator import STEP, Page, Simulation
from tests.sla.story import ALWAYS, OFFICE, OTHER, REQUESTER, SUPPLIER, H, book, office, policy, ts

OPENED = ts("2026-11-20 15:00")  # a Friday
NIGHT = Calendar("Asia/Seoul", (((20 * H, 30 * H),),) * 7)
CALENDARS = (OFFICE, ALWAYS, NIGHT, office(d20261123="쉬는 날"))
GOALS = st.integers(1, 24).map(lambda number: number * STEP)
METRICS = ("resolution", "first_response", "next_reply")
MODES = {
    "on_change": st.sampled_from(["keep", "restart", "old"]),
    "on_reopen": st.sampled_from(["continue", "anew"]),
}


@st.composite
def policies(draw: Any) -> list[dict[str, Any]]:
    """Agreed with outsiders: perhaps for gold, or for a team, then for all; inside; with others."""
    found = []
    narrow = [("sla", "gold", None), ("sla", None, 2), ("ola", None, 2)]
    wide = [("sla", None, None), ("ola", None, None), ("uc", None, None)]
    asked = [each for each in narrow if draw(st.booleans())]
    for pk, (agreement, tag, team) in enumerate((*narrow, *wide), 1):
        if (agreement, tag, team) in narrow and (agreement, tag, team) not in asked:
            continue
        if (agreement, tag, team) in wide and draw(st.integers(0, 5)) == 0:
            continue
        metrics = {"sla": METRICS, "ola": ("team",), "uc": ("supplier",)}[agreement]
        goals: dict[Any, int] = {metric: draw(GOALS) for metric in metrics}
        for metric in metrics:
            if draw(st.booleans()):
                goals[metric, 1] = draw(GOALS)
        found.append(
            {"id": pk, "agreement": agreement, "tag": tag, "team": team, "goals": goals,
             "calendar": draw(st.sampled_from([1, 2])),
             **{name: draw(mode) for name, mode in MODES.items()}}
        )  # fmt: skip
    return found


@st.composite
def shelves(draw: Any) -> list[Page]:
    pages, published = [], OPENED - 100 * STEP
    for number in range(draw(st.integers(1, 3))):
        pages.append(
            Page(
                published,
                draw(st.sampled_from(["open", "new", "all"])) if number else "new",
                draw(policies()),
                {1: draw(st.sampled_from(CALENDARS)), 2: draw(st.sampled_from(CALENDARS))},
                draw(st.sampled_from([{REQUESTER}, {REQUESTER, SUPPLIER}, set()]).map(frozenset)),
                draw(st.sampled_from([{SUPPLIER}, {SUPPLIER}, set()]).map(frozenset)),
            )
        )
        published = OPENED + draw(st.integers(0, 60)) * STEP
    return sorted(pages, key=lambda page: page.published)


def real(pages: list[Page]) -> Shelf:
    found: list[Book] = []
    for number, page in enumerate(pages, 1):
        written = [
            policy(
                each["id"],
                each["goals"],
                agreement=each["agreement"],
                calendar=each["calendar"],
                tags=frozenset({each["tag"]} - {None}),
                teams=frozenset({each["team"]} - {None}),
                on_change=each["on_change"],
                on_reopen=each["on_reopen"],
            )
            for each in page.policies
        ]
        found.append(
            book(*written, id=number, published=page.published, reach=page.reach,
                 calendars=page.calendars, pauses=page.pauses, suppliers=page.suppliers)
        )  # fmt: skip
    return Shelf(tuple(found))


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 2, 3, 6, 12, 30]),
        st.one_of(
            st.sampled_from(["in_progress", "resolved", "closed", "cancelled"]),
            st.sampled_from(["resolved", "in_progress"]),
            st.sampled_from([("pending", r) for r in (REQUESTER, SUPPLIER, OTHER)]),
            st.sampled_from(["requester", "desk", "desk internally", "desk taken back"]),
            st.sampled_from([{"priority": 1}, {"priority": 3}, {"team": 1}, {"team": 2}]),
            st.sampled_from([{"tags": ["gold"]}, {"tags": []}]),
            st.sampled_from([{"team": 2, "status": "in_progress", "pending_reason": None}]),
        ),
    ),
    max_size=14,
)


@dataclass
class Both:
    """The log that the real clocks are computed from, and the simulation, told the same."""

    pages: list[Page]

    def __post_init__(self) -> None:
        self.now: dict[str, Any] = {
            "team": 1, "service": None, "priority": 3, "status": "new", "pending_reason": None,
            "requester": 9, "tags": [],
        }  # fmt: skip
        self.at = OPENED
        self.rows = [Row(1, OPENED, "opened", {}, dict(self.now))]
        self.told = Simulation(self.pages, OPENED, self.now)

    def add(self, verb: str, changes: Any, data: Any, comment: int | None = None) -> None:
        self.rows.append(Row(len(self.rows) + 1, self.at, verb, changes, data, comment))

    def happens(self, wait: int, what: Any) -> None:
        self.at += wait * STEP
        self.told.walk(self.at)
        if isinstance(what, str) and what.split()[0] in ("requester", "desk"):
            self.says(what)
            return
        if isinstance(what, str):
            what = {"status": what, "pending_reason": None}
        elif isinstance(what, tuple):
            what = {"status": what[0], "pending_reason": what[1]}
        if "status" in what and not self.may(what["status"]):
            return
        changes = {name: [self.now[name], new] for name, new in what.items()}
        self.now.update(what)
        self.add("edited", changes, {})
        self.told.becomes(**what)

    def may(self, status: str) -> bool:
        if self.now["status"] in ("closed", "cancelled"):
            return False
        if self.now["status"] == "resolved":
            return status in ("in_progress", "closed")
        return status != "closed"

    def says(self, who: str) -> None:
        data = {
            "visibility": "internal" if "internally" in who else "public",
            "by_requester": who == "requester",
            "by_desk": who != "requester",
        }
        comment = len(self.rows)
        self.add("commented", {}, data, comment)
        if who == "desk taken back":
            self.add("retracted", {}, {}, comment)
        elif "internally" not in who:
            self.told.hears(who)

    def states(self) -> list[State]:
        return evaluate(read("incident", self.now, self.rows), MACHINE, real(self.pages))


def shown(state: State, now: int) -> dict[str, Any]:
    found = {
        "metric": state.metric, "state": state.state, "started": state.started,
        "cycle": state.cycle, "goal": state.terms.goal, "policy": state.terms.policy,
        "team": state.team, "ended": state.ended,
    }  # fmt: skip
    if state.state in ("running", "met", "missed"):
        found["due"] = state.due
    if state.state != "cancelled":
        found["breached"] = state.breached_at(now)
    if state.state in ("paused", "met", "missed"):
        found["consumed"] = state.consumed
    return found


@settings(max_examples=200, deadline=None)
@given(shelves(), EVENTS)
def test_clocks_are_what_a_simulation_of_the_rules_says(pages: list[Page], events: Any) -> None:
    both = Both(pages)
    for wait, what in events:
        both.happens(wait, what)
    last = max(both.at, pages[-1].published)
    both.told.walk(last)
    expected = [watch.outcome(last) for watch in both.told.watches]
    key = lambda each: (each["metric"], each["started"], each["state"], str(each))  # noqa: E731
    assert sorted((shown(s, last) for s in both.states()), key=key) == sorted(
        (each for each in expected if each), key=key
    )
