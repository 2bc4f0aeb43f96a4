"""docs/events.md says who listens to what, and what is done through the outbox."""

import dataclasses
import importlib
import re

from core import outbox
from core.events import subscriptions
from tests.architecture.sources import APPS, ROOT

PAGE = ROOT / "docs" / "events.md"
ROW = re.compile(r"^\| `([\w.]+)` \| (.+?) \|(?: (.+?) \|)?$")


def section(title: str) -> list[tuple[str, ...]]:
    """The rows of one table of the page."""
    text = PAGE.read_text(encoding="utf-8").split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return [match.groups("") for match in map(ROW.match, text.splitlines()) if match]


def named(event: type) -> str:
    return f"{event.__module__.split('.')[0]}.{event.__name__}"


def all_events() -> set[str]:
    """Every event class of every app but those that only others are made from."""
    found = set()
    for app in APPS:
        if app == "core" or not (ROOT / app / "events.py").exists():
            continue
        module = importlib.import_module(f"{app}.events")
        for value in vars(module).values():
            own = isinstance(value, type) and value.__module__ == module.__name__
            if own and dataclasses.is_dataclass(value) and not value.__subclasses__():
                found.add(named(value))
    return found


def test_the_page_lists_every_listener():
    listening = [
        (
            named(subscription.event),
            f"`{subscription.handler.__module__}.{subscription.handler.__name__}`",
            "after commit" if subscription.on_commit else "in the transaction",
        )
        for subscription in subscriptions()
    ]
    assert sorted(section("Who listens")) == sorted(listening)


def test_listeners_live_in_receivers():
    modules = {subscription.handler.__module__ for subscription in subscriptions()}
    assert {module.split(".")[1] for module in modules} == {"receivers"}


def test_an_event_that_nobody_hears_says_why():
    heard = {named(subscription.event) for subscription in subscriptions()}
    unheard = {event: reason for event, reason, _rest in section("Nobody listens")}
    assert set(unheard) == all_events() - heard
    assert all(len(reason) > 20 for reason in unheard.values())


def test_the_page_lists_every_topic_of_the_outbox():
    topics = {
        name: f"`{topic.handler.__module__}.{topic.handler.__name__}`"
        for name, topic in outbox._topics.items()
    }
    assert {name: handler for name, handler, _rest in section("Outbox")} == topics
