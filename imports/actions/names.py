"""People, teams, services, categories and items of another tool: found or made here, once each."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models.functions import Lower
from django.utils.text import slugify

from accounts.models import Team, User
from cmdb.models import ConfigurationItem, Service
from imports.models import Counterpart
from imports.story import UNDER
from tickets.models import Category, PendingReason

Type = Counterpart.Type
Key = tuple[str, str]


class Directory:
    """Ids behind the names of one tool. What it makes is marked by a Counterpart row."""

    def __init__(self, system: str, machines: Iterable[str] = ()) -> None:
        self.system = system
        self.machines = frozenset(machines)
        known = Counterpart.objects.filter(system=system)
        self.ids: dict[Key, int] = {
            (kind, name): pk for kind, name, pk in known.values_list("type", "name", "object_id")
        }
        self.made: dict[str, int] = {}
        self.matched: dict[str, int] = {}

    def unknown(self, wanted: Iterable[Key]) -> dict[str, list[str]]:
        """Names that nobody is behind yet, by type, in order of appearance."""
        found: dict[str, dict[str, None]] = {}
        for kind, name in wanted:
            if (kind, name) not in self.ids:
                found.setdefault(kind, {})[name] = None
        return {kind: list(names) for kind, names in found.items()}

    def ensure(self, wanted: Iterable[Key]) -> None:
        """Find or make everybody and everything named. Call it inside a transaction."""
        for kind, names in self.unknown(wanted).items():
            if kind == Type.CATEGORY:
                parents = dict.fromkeys(name.split(UNDER)[0] for name in names if UNDER in name)
                self._add(kind, list(parents))
            self._add(kind, names)

    def _add(self, kind: str, wanted: list[str]) -> None:
        names = [name for name in wanted if (kind, name) not in self.ids]
        if not names:
            return
        here = _FINDERS[kind](names)
        # Spellings that differ in case only are one name.
        missing = {name.lower(): name for name in reversed(names) if name.lower() not in here}
        keys = _MAKERS[kind](self, list(missing.values()))
        made = dict(zip(missing, keys, strict=True))
        ids = {name: made.get(name.lower()) or here[name.lower()] for name in names}
        self.ids |= {(kind, name): pk for name, pk in ids.items()}
        Counterpart.objects.bulk_create(
            Counterpart(
                system=self.system,
                type=kind,
                name=name,
                object_id=pk,
                made_here=name.lower() in made,
            )
            for name, pk in ids.items()
        )
        self.made[kind] = self.made.get(kind, 0) + len(made)
        self.matched[kind] = self.matched.get(kind, 0) + len(names) - len(made)


def handle(system: str, name: str, longest: int) -> str:
    """A key that is the same for the same name in every run, and readable where it can be."""
    plain = slugify(name)
    if plain == name.lower().replace(" ", "-") and len(system) + 1 + len(plain) <= longest:
        return f"{system}-{plain}"
    mark = hashlib.sha256(name.encode()).hexdigest()[:10]
    return f"{system}-{plain[: longest - len(system) - 12]}-{mark}".replace("--", "-")


def _people(names: Iterable[str]) -> dict[str, int]:
    """Somebody is the same person only where the log names them by their e-mail address."""
    mails = [name.lower() for name in names if "@" in name]
    found = User.objects.annotate(mail=Lower("email")).filter(mail__in=mails)
    return dict(found.values_list("mail", "pk"))


def _named(model: Any) -> Callable[[Iterable[str]], dict[str, int]]:
    def find(names: Iterable[str]) -> dict[str, int]:
        wanted = [name.lower() for name in names]
        found: dict[str, int] = {}
        for column in ("name_ko", "name_en"):
            rows = model.objects.annotate(low=Lower(column)).filter(low__in=wanted)
            found |= dict(rows.order_by("-pk").values_list("low", "pk"))
        return found

    return find


def _items(names: Iterable[str]) -> dict[str, int]:
    rows = ConfigurationItem.objects.annotate(low=Lower("name"))
    return dict(rows.filter(low__in=[name.lower() for name in names]).values_list("low", "pk"))


def _no_categories(_names: Iterable[str]) -> dict[str, int]:
    return {}


def _make_people(directory: Directory, names: list[str]) -> list[int]:
    """They can't sign in: no password, not active. An administrator may change both."""
    return _pks(
        User.objects.bulk_create(
            User(
                email=name.lower()
                if "@" in name
                else f"{handle(directory.system, name, 60)}@import.invalid",
                display_name=name[:80],
                password=make_password(None),
                is_active=False,
                is_machine=name in directory.machines,
            )
            for name in names
        )
    )


def _make_teams(directory: Directory, names: list[str]) -> list[int]:
    return _pks(
        Team.objects.bulk_create(
            Team(slug=handle(directory.system, name, 60), name_en=name) for name in names
        )
    )


def _make_services(directory: Directory, names: list[str]) -> list[int]:
    return _pks(
        Service.objects.bulk_create(
            Service(slug=handle(directory.system, name, 80), name_en=name) for name in names
        )
    )


def _make_categories(directory: Directory, names: list[str]) -> list[int]:
    """Not offered in the portal: they are another tool's words."""
    return _pks(
        Category.objects.bulk_create(
            Category(
                key=handle(directory.system, name, 60),
                name_en=name.rpartition(UNDER)[2],
                parent_id=directory.ids.get((Type.CATEGORY, name.split(UNDER)[0]))
                if UNDER in name
                else None,
                in_portal=False,
                position=1000,
            )
            for name in names
        )
    )


def _make_items(directory: Directory, names: list[str]) -> list[int]:
    return _pks(
        ConfigurationItem.objects.bulk_create(ConfigurationItem(name=name) for name in names)
    )


def _pks(rows: Iterable[Any]) -> list[int]:
    return [row.pk for row in rows]


_FINDERS: dict[str, Callable[[Iterable[str]], dict[str, int]]] = {
    Type.PERSON: _people,
    Type.TEAM: _named(Team),
    Type.SERVICE: _named(Service),
    Type.CATEGORY: _no_categories,
    Type.ITEM: _items,
}
_MAKERS: dict[str, Callable[[Directory, list[str]], list[int]]] = {
    Type.PERSON: _make_people,
    Type.TEAM: _make_teams,
    Type.SERVICE: _make_services,
    Type.CATEGORY: _make_categories,
    Type.ITEM: _make_items,
}


def reasons_for(system: str, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Pending reasons by the mapping's word: the one with that key, else a new one."""
    found = {}
    for word, spec in wanted.items():
        row, _made = PendingReason.objects.get_or_create(
            key=spec.get("key") or f"{system}-{word}",
            defaults={
                "name_en": spec.get("name_en", word),
                "name_ko": spec.get("name_ko", ""),
                "waits_for": spec.get("waits_for", PendingReason.WaitsFor.OTHER),
                "pauses_clocks": spec.get("waits_for") == PendingReason.WaitsFor.REQUESTER,
            },
        )
        found[word] = row.pk
    return found
