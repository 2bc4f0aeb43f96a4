"""Changes of one part of a draft: what an editor does with sections, questions, tasks and lines.

All but `change`, which saves what they do, are pure: they alter a definition's data in place,
tolerate whatever else is wrong with it, and raise ActionError when the part they are to change
has gone.
"""

import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.actions import offerings
from catalog.models import Offering, OfferingVersion
from catalog.queries.editing import draft_of, token
from core.errors import ActionError, Conflict

Data = dict[str, Any]
Edit = Callable[[Data], Any]
LONGEST_KEY = 40
_NUMBER = re.compile(r"-\d+$")


@transaction.atomic
def change(
    offering: Offering,
    edit: Edit,
    *,
    by: User | None,
    seen: str | None = None,
    of: Callable[[Data], Any] | None = None,
) -> tuple[OfferingVersion, Any]:
    """Change the draft as it is now, and save it; the version and what `edit` returned.

    `seen` is the token of the part `of` that somebody looked at: Conflict when another person
    changed that part since. Two people in different parts both succeed.
    """
    Offering.objects.select_for_update().get(pk=offering.pk)
    draft = draft_of(offering)
    if of is not None and seen and token(of(draft.data)) != seen:
        raise Conflict(_("Somebody else changed this part meanwhile."), [])
    data = deepcopy(draft.data)
    told = edit(data)
    edition = draft.edition if draft.is_draft else None
    return offerings.save_draft(offering, data, edition=edition, by=by), told


def tried(data: Data, edit: Edit) -> Data:
    """The definition as an edit would make it; nothing is saved."""
    made = deepcopy(data)
    edit(made)
    return made


def sections(data: Data) -> list[Data]:
    """The sections of the form, to read and to change."""
    found: list[Data] = data.setdefault("form", {}).setdefault("sections", [])
    return found


def questions(data: Data) -> list[Data]:
    """Every question in the order of the form."""
    return [one for section in sections(data) for one in section.setdefault("fields", [])]


def section(data: Data, key: str) -> Data:
    return _named(sections(data), key)


def question(data: Data, key: str) -> Data:
    return _named(questions(data), key)


def tasks(data: Data) -> list[Data]:
    found: list[Data] = data.setdefault("tasks", [])
    return found


def task(data: Data, key: str) -> Data:
    return _named(tasks(data), key)


def lines(data: Data) -> list[Data]:
    """What a bundle brings along."""
    found: list[Data] = data.setdefault("bundle", [])
    return found


def _named(rows: Iterable[Data], key: str) -> Data:
    for row in rows:
        if row.get("key") == key:
            return row
    raise ActionError(_("This part is no longer there. Somebody may have taken it out."))


def free_key(taken: Iterable[str], wanted: str, otherwise: str) -> str:
    """A key that is not taken, made of a name; of `otherwise` where that has no Latin letters."""
    known = set(taken)
    base = slugify(wanted).replace("-", "_").strip("_")[:LONGEST_KEY] or otherwise
    if not base[0].isalpha():
        base = f"{otherwise}_{base}"[:LONGEST_KEY]
    candidates = (base if n == 1 else f"{base}_{n}" for n in range(1, 10_000))
    return next(key for key in candidates if key not in known)


def add_section(data: Data, title: Data) -> str:
    """Put a section at the end of the form; its key."""
    taken = [row.get("key", "") for row in sections(data)]
    key = free_key(taken, title.get("en", ""), f"section{len(taken) + 1}")
    sections(data).append({"key": key, "title": title, "hint": {}, "fields": []})
    return key


def add_question(data: Data, where: str, kind: str, label: Data) -> str:
    """Put a question at the end of a section; its key."""
    taken = [row.get("key", "") for row in questions(data)]
    key = free_key(taken, label.get("en", ""), f"q{len(taken) + 1}")
    row: Data = {"key": key, "type": kind, "label": label, "help": {}, "required": False}
    section(data, where).setdefault("fields", []).append(row)
    return key


def put_question(data: Data, key: str, values: Data) -> None:
    """Replace a question's settings. Its key stays: answers and conditions know it by that."""
    row = question(data, key)
    row.clear()
    row.update(values, key=key)


def move_section(data: Data, key: str, step: int) -> None:
    _move(sections(data), section(data, key), step)


def move_question(data: Data, key: str, step: int) -> None:
    """One place up or down; from the edge of a section into the one beside it."""
    rows = sections(data)
    row = question(data, key)
    at = next(i for i, each in enumerate(rows) if any(one is row for one in each["fields"]))
    beside = rows[at]["fields"]
    place = next(i for i, one in enumerate(beside) if one is row)
    if 0 <= place + step < len(beside):
        _move(beside, row, step)
    elif 0 <= at + step < len(rows):
        beside.pop(place)
        target = rows[at + step].setdefault("fields", [])
        target.insert(len(target) if step < 0 else 0, row)


def _move(rows: list[Data], row: Data, step: int) -> None:
    at = next(i for i, one in enumerate(rows) if one is row)
    to = min(max(at + step, 0), len(rows) - 1)
    rows.insert(to, rows.pop(at))


def place_question(data: Data, key: str, where: str, at: int) -> None:
    """Put a question at a place of a section: what dragging does."""
    row = question(data, key)
    target = section(data, where).setdefault("fields", [])
    for each in sections(data):
        each["fields"] = [one for one in each.get("fields", []) if one is not row]
    target = section(data, where)["fields"]
    target.insert(min(max(at, 0), len(target)), row)


def copy_question(data: Data, key: str) -> str:
    """A copy right behind it."""
    row = question(data, key)
    made = deepcopy(row)
    made["key"] = _next_key([one.get("key", "") for one in questions(data)], key)
    for each in sections(data):
        for at, one in enumerate(each["fields"]):
            if one is row:
                each["fields"].insert(at + 1, made)
                return str(made["key"])
    return str(made["key"])


def copy_section(data: Data, key: str) -> str:
    """A copy behind it, its questions with keys of their own and conditions among themselves."""
    row = section(data, key)
    made = deepcopy(row)
    made["key"] = _next_key([one.get("key", "") for one in sections(data)], key)
    taken = [one.get("key", "") for one in questions(data)]
    renamed: dict[str, str] = {}
    for one in made.get("fields", []):
        renamed[one["key"]] = _next_key([*taken, *renamed.values()], one["key"])
        one["key"] = renamed[one["key"]]
    for one in made.get("fields", []):
        one["shown_if"] = _rename(one.get("shown_if"), renamed)
    rows = sections(data)
    rows.insert(next(i for i, one in enumerate(rows) if one is row) + 1, made)
    return str(made["key"])


def _next_key(taken: Iterable[str], key: str) -> str:
    return free_key(taken, re.sub(r"_\d+$", "", key)[: LONGEST_KEY - 4], "q")


def _rename(condition: Any, names: dict[str, str]) -> Any:
    if not isinstance(condition, dict):
        return condition
    if "field" in condition:
        return condition | {"field": names.get(condition["field"], condition["field"])}
    return {
        word: [_rename(one, names) for one in inner]
        if isinstance(inner, list)
        else _rename(inner, names)
        for word, inner in condition.items()
    }


def remove_section(data: Data, key: str) -> None:
    """Take out a section and its questions; what refers to them is reported as a problem."""
    row = section(data, key)
    data["form"]["sections"] = [one for one in sections(data) if one is not row]


def remove_question(data: Data, key: str) -> None:
    row = question(data, key)
    for each in sections(data):
        each["fields"] = [one for one in each.get("fields", []) if one is not row]


def add_task(data: Data, title: Data) -> str:
    """Put a task at the end of the plan, after the last one there is; its key."""
    taken = [row.get("key", "") for row in tasks(data)]
    key = free_key(taken, title.get("en", ""), f"task{len(taken) + 1}")
    tasks(data).append(
        {"key": key, "title": title, "description": {}, "team": None, "after": taken[-1:]}
    )
    return key


def put_task(data: Data, key: str, values: Data) -> None:
    row = task(data, key)
    row.clear()
    row.update(values, key=key)


def copy_task(data: Data, key: str) -> str:
    """A copy that starts when the first one does: beside it."""
    row = task(data, key)
    made = deepcopy(row)
    made["key"] = _next_key([one.get("key", "") for one in tasks(data)], key)
    tasks(data).insert(tasks(data).index(row) + 1, made)
    return str(made["key"])


def move_task(data: Data, key: str, step: int) -> None:
    _move(tasks(data), task(data, key), step)


def remove_task(data: Data, key: str) -> None:
    """Take a task out; those after it wait for what it waited for."""
    row = task(data, key)
    before = list(row.get("after") or [])
    data["tasks"] = [one for one in tasks(data) if one is not row]
    for one in data["tasks"]:
        after = one.get("after") or []
        if key in after:
            kept = [name for name in after if name != key]
            one["after"] = list(dict.fromkeys([*kept, *before]))


def put_line(data: Data, at: int | None, values: Data) -> None:
    """Replace a line of the bundle, or add one where `at` is None."""
    rows = lines(data)
    if at is None:
        rows.append(values)
        return
    if not 0 <= at < len(rows):
        raise ActionError(_("This part is no longer there. Somebody may have taken it out."))
    rows[at] = values


def remove_line(data: Data, at: int) -> None:
    if not 0 <= at < len(lines(data)):
        raise ActionError(_("This part is no longer there. Somebody may have taken it out."))
    lines(data).pop(at)
