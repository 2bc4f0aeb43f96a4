"""A form as far as somebody has filled it in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import User
from catalog import access
from catalog.answers import Cleaned, clean
from catalog.definition import Definition, parse
from catalog.enums import FieldType
from catalog.models import Offering, Request
from catalog.queries.answered import known_for
from core.text import row_id
from portal.asked import PRESENT, SEVERAL, SINGLE, file_slot, mend_slot, slot_of
from portal.models import StagedFile
from portal.queries import asking as pages
from tickets.models import Draft


@dataclass(frozen=True)
class Form:
    """An offering's form with what the person has typed so far.

    `requester` asks; `user` fills it in, for themselves or for somebody who called.
    """

    offering: Offering
    definition: Definition
    typed: dict[str, Any]
    cleaned: Cleaned
    user: User
    requester: User
    whom: User

    @property
    def caller(self) -> User | None:
        """The requester, when somebody else fills it in."""
        return None if self.requester == self.user else self.requester

    @property
    def slot(self) -> str:
        return place_of(self.offering, self.user, self.requester)

    def address(self, page: str = "request", *parts: str, **query: Any) -> str:
        """A page of this form, for the same caller."""
        if self.caller is not None:
            query["requester"] = self.caller.pk
        url = reverse(f"portal:{page}", args=[self.offering.slug, *parts])
        return f"{url}?{urlencode(query)}" if query else url

    @property
    def steps(self) -> list[int]:
        """The sections to go through, one after the other; empty when there is one page."""
        if not pages.is_stepped(self.definition):
            return []
        return pages.steps_shown(self.definition, self.cleaned.visible)

    @property
    def for_other(self) -> bool:
        return self.definition.for_others and self.typed.get("for") == "other"


def place_of(offering: Offering, user: User, requester: User) -> str:
    """Where the person's draft of the form is kept: one for themselves, one for each caller."""
    return slot_of(offering.pk, None if requester == user else requester.pk)


def read_form(user: User, slug: str, requester: User | None = None) -> Form:
    """The form as far as the person has filled it in, for themselves or for `requester`.

    NotFound when the one who asks may not ask for it.
    """
    requester = requester or user
    offering = access.asked_by(requester, slug)
    definition = parse(offering.live.data)  # type: ignore[union-attr]
    slot = place_of(offering, user, requester)
    held = kept(slot, definition, by=user)
    whom = (beneficiary_of(held) if definition.for_others else None) or requester
    names = staged_names(slot, by=user)
    raw = pages.resolved(definition, raw_answers(definition, held, names))
    cleaned = clean(
        definition,
        raw,
        today=timezone.localdate(),
        known=known_for(definition, raw),
        beneficiary_id=whom.pk,
    )
    return Form(offering, definition, held, cleaned, user, requester, whom)


def kept(slot: str, definition: Definition, *, by: User) -> dict[str, Any]:
    """What the form's controls hold: what was typed, and defaults where nobody looked yet."""
    draft = Draft.objects.filter(user=by, slot=slot).first()
    typed = dict(draft.data) if draft else {}
    seen = {prefix + key for key in typed.get(PRESENT, ()) for prefix in (SINGLE, SEVERAL)}
    fresh = pages.defaults(definition, timezone.localdate())
    return {**{name: value for name, value in fresh.items() if name not in seen}, **typed}


def raw_answers(
    definition: Definition, typed: Mapping[str, Any], names: Mapping[str, list[str]]
) -> dict[str, Any]:
    """The answers in a form's controls; `names`: those of the files added, by question."""
    found: dict[str, Any] = {}
    for field in definition.fields:
        if field.type == FieldType.FILE:
            found[field.key] = names.get(field.key, [])
        elif field.type == FieldType.CHOICES:
            found[field.key] = typed.get(SEVERAL + field.key)
        else:
            found[field.key] = typed.get(SINGLE + field.key)
    return {key: value for key, value in found.items() if value is not None}


def staged_names(slot: str, *, by: User) -> dict[str, list[str]]:
    """The names of the files added to each question of the form at `slot`; one query."""
    start = file_slot(slot, "")
    rows = StagedFile.objects.filter(user=by, slot__startswith=start).order_by("id")
    found: dict[str, list[str]] = {}
    for slot, name in rows.values_list("slot", "name"):
        found.setdefault(slot.removeprefix(start), []).append(name)
    return found


def answers_of(
    made: Request, definition: Definition, typed: Mapping[str, Any], *, by: User
) -> dict[str, Any]:
    """The answers of a request that came back, with what the person has changed of them so far.

    Files that are with the request stay unless they were taken out; added ones come after.
    """
    seen, added = set(typed.get(PRESENT, ())), staged_names(mend_slot(made.number), by=by)
    names = {}
    for field in definition.fields:
        if field.type == FieldType.FILE:
            sent = made.answers.get(field.key) or []
            stays = typed.get(SEVERAL + field.key, ()) if field.key in seen else sent
            names[field.key] = [one for one in sent if one in stays] + added.get(field.key, [])
    before = {key: value for key, value in made.answers.items() if key not in seen}
    return pages.resolved(definition, {**before, **raw_answers(definition, typed, names)})


def beneficiary_of(typed: Mapping[str, Any]) -> User | None:
    """Whom it is for, when for somebody else. None for oneself, and while nobody is chosen."""
    said = str(typed.get("beneficiary") or "").strip() if typed.get("for") == "other" else ""
    if not said:
        return None
    pk = row_id(said)
    # Where no script runs, people are named by their address.
    named = Q(pk=pk) if pk else Q(email__iexact=said)
    found = User.objects.filter(named, is_active=True, is_machine=False)
    return found.select_related("department").first()
