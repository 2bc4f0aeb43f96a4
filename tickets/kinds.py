"""The kind registry: what differs between kinds of records is named here, once per kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from core.states import Machine


@dataclass(frozen=True)
class DetailField:
    """A field on the kind's own row. `public`: its text is also the requester's to read."""

    name: str
    label: Any
    model: str = ""  # "app.Model" where the field points at a row
    long: bool = False
    editable: bool = True
    public: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of record.

    key: stored in Ticket.kind · prefix: of its numbers · path: folder in addresses ·
    model: "app.Model" of its detail row · machine: its states · sequence: its number sequence ·
    details: fields on its own row · opens_restricted: whether such details make it restricted ·
    logged: further columns of its own row that the opening event says ·
    guard(ticket, transition name, data): raises ActionError where the kind has a rule of its own.
    """

    key: str
    prefix: str
    path: str
    label: Any
    label_plural: Any
    icon: str
    model: str
    machine: Machine
    details: tuple[DetailField, ...] = ()
    logged: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    opens_in_portal: bool = False
    detail_template: str = "tickets/detail.html"
    follow_up: bool = True
    opens_restricted: Callable[[Mapping[str, Any]], bool] | None = None
    guard: Callable[[Any, str, Mapping[str, Any]], None] | None = None

    @property
    def sequence(self) -> str:
        return f"ticket_{self.key}_seq"

    @property
    def detail_model(self) -> Any:
        return apps.get_model(self.model)

    @property
    def detail_names(self) -> frozenset[str]:
        return frozenset(detail.name for detail in self.details)

    @property
    def logged_names(self) -> frozenset[str]:
        return self.detail_names | frozenset(self.logged)


_by_key: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; a prefix or path can only be taken once."""
    for other in _by_key.values():
        taken = {other.key, other.prefix, other.path} & {kind.key, kind.prefix, kind.path}
        if other.key != kind.key and taken:
            raise ValueError(f"{kind.key}: {taken} already belong to {other.key}")
    _by_key[kind.key] = kind


def get(key: str) -> Kind:
    """The kind called `key`; KeyError when no such kind is installed."""
    return _by_key[key]


def all_kinds() -> list[Kind]:
    return list(_by_key.values())


def by_prefix(prefix: str) -> Kind | None:
    """The kind whose numbers start with `prefix`, however it is written."""
    wanted = prefix.upper()
    return next((kind for kind in _by_key.values() if kind.prefix == wanted), None)


def by_path(path: str) -> Kind | None:
    return next((kind for kind in _by_key.values() if kind.path == path), None)
