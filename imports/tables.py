"""What can be imported as a table: people, services, items and relations between items.

Headings, values, and what is new.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.actions.people import create_person, edit_person
from accounts.models import Department, Team, User
from cmdb.actions.items import create_item, edit_item, relate
from cmdb.actions.services import create_service, edit_service
from cmdb.enums import Criticality, ItemStatus, ItemType, RelationType, ServiceStatus
from cmdb.models import ConfigurationItem, Relation, Service

Parse = Callable[[str, "Known"], Any]


class BadCell(Exception):
    """Why a cell can't be taken, in the reader's language."""


class Known:
    """Rows that cells may name, by every spelling; read once for a whole table."""

    def __init__(self) -> None:
        self.people = {user.email.lower(): user for user in User.objects.filter(is_active=True)}
        self.departments = _by_name(Department.objects.all())
        self.teams = _by_name(Team.objects.filter(is_active=True))
        self.teams |= {team.slug.lower(): team for team in Team.objects.filter(is_active=True)}
        self.services = _by_name(Service.objects.all())

    @cached_property
    def items(self) -> dict[str, ConfigurationItem]:
        return {item.name.lower(): item for item in ConfigurationItem.objects.all()}


def _by_name(rows: Any) -> dict[str, Any]:
    return {
        name.lower(): row
        for row in rows.order_by("-pk")
        for name in (row.name_ko, row.name_en)
        if name
    }


@dataclass(frozen=True)
class Field:
    """A column of ours: what it may be called in a file, and how a cell is read."""

    key: str
    label: Any
    called: tuple[str, ...]
    parse: Parse = lambda text, known: text
    longest: int = 120


@dataclass(frozen=True)
class Table:
    """One kind of row. `keys` are the fields that tell one from another, first come first.

    `together`: only all of them do. `mistake` says what is wrong with values that are each right.
    """

    key: str
    label: Any
    fields: tuple[Field, ...]
    keys: tuple[str, ...]
    required: tuple[str, ...]
    existing: Callable[[], dict[str, Any]]
    create: Callable[..., Any]
    edit: Callable[..., Any]
    together: bool = False
    mistake: Callable[[Mapping[str, Any]], str] = lambda values: ""


def _address(text: str, _known: Known) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise BadCell(_("is not an e-mail address")) from None
    return text.lower()


def _flag(text: str, _known: Known) -> bool:
    low = text.lower()
    if low in ("y", "yes", "true", "1", "o", "예", "네", "vip"):
        return True
    if low in ("n", "no", "false", "0", "x", "아니오", "아니요"):
        return False
    raise BadCell(_("is neither yes nor no"))


def _choice(words: Any) -> Parse:
    def parse(text: str, _known: Known) -> Any:
        found = _spellings(words).get(text.lower())
        if found is None:
            offered = ", ".join(str(label) for _value, label in words.choices)
            raise BadCell(_("is none of: %(offered)s") % {"offered": offered})
        return found

    return parse


@lru_cache(maxsize=16)
def _spellings(words: Any) -> dict[str, Any]:
    known = {str(value).lower(): value for value in words.values}
    for language in ("en", "ko"):
        with override(language):
            known |= {str(label).lower(): value for value, label in words.choices}
    return known


def _named(kind: str, message: Any) -> Parse:
    def parse(text: str, known: Known) -> Any:
        found = getattr(known, kind).get(text.lower())
        if found is None:
            raise BadCell(str(message))
        return found

    return parse


def _many_services(text: str, known: Known) -> list[Service]:
    names = [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]
    parse = _named("services", gettext_lazy("names a service that does not exist"))
    return [parse(name, known) for name in names]


def _language(text: str, _known: Known) -> str:
    found = {"ko": "ko", "korean": "ko", "한국어": "ko", "en": "en", "english": "en", "영어": "en"}
    if text.lower() not in found:
        raise BadCell(_("is neither Korean nor English"))
    return found[text.lower()]


_person = _named("people", gettext_lazy("is not the e-mail address of anybody here"))
_team = _named("teams", gettext_lazy("is no team here"))
_department = _named("departments", gettext_lazy("is no department here"))

PEOPLE = Table(
    "people",
    gettext_lazy("People"),
    (
        Field(
            "email",
            gettext_lazy("E-mail"),
            ("email", "e-mail", "mail", "이메일", "메일", "메일주소"),
            _address,
            longest=254,
        ),
        Field(
            "display_name",
            gettext_lazy("Name"),
            ("name", "display name", "full name", "이름", "성명"),
            longest=80,
        ),
        Field(
            "roman_name",
            gettext_lazy("Romanised name"),
            ("roman name", "romanised name", "english name", "영문이름", "영문명", "로마자"),
            longest=80,
        ),
        Field(
            "employee_no",
            gettext_lazy("Employee number"),
            ("employee no", "employee number", "employee id", "사번"),
            longest=40,
        ),
        Field(
            "job_title",
            gettext_lazy("Job title"),
            ("job title", "title", "직책", "직무"),
            longest=80,
        ),
        Field("job_grade", gettext_lazy("Job grade"), ("job grade", "grade", "직급"), longest=80),
        Field(
            "department",
            gettext_lazy("Department"),
            ("department", "dept", "부서", "소속"),
            _department,
        ),
        Field(
            "manager",
            gettext_lazy("Manager (e-mail)"),
            ("manager", "manager email", "상급자", "관리자", "팀장"),
            _person,
        ),
        Field(
            "phone",
            gettext_lazy("Phone"),
            ("phone", "mobile", "전화", "휴대폰", "전화번호"),
            longest=40,
        ),
        Field(
            "extension",
            gettext_lazy("Extension"),
            ("extension", "ext", "내선", "내선번호"),
            longest=20,
        ),
        Field("location", gettext_lazy("Location"), ("location", "office", "위치", "근무지")),
        Field("is_vip", gettext_lazy("VIP"), ("vip",), _flag),
        Field("language", gettext_lazy("Language"), ("language", "언어"), _language),
    ),
    ("email",),
    ("email", "display_name"),
    lambda: {user.email.lower(): user for user in User.objects.all()},
    lambda values, by: create_person(values, by=by, invite=False),
    edit_person,
)

SERVICES = Table(
    "services",
    gettext_lazy("Services"),
    (
        Field(
            "name_ko",
            gettext_lazy("Name (Korean)"),
            ("name_ko", "name (korean)", "korean name", "서비스명", "이름", "이름(한국어)"),
        ),
        Field(
            "name_en",
            gettext_lazy("Name (English)"),
            ("name_en", "name (english)", "name", "service", "영문명", "이름(영어)"),
        ),
        Field(
            "summary_ko",
            gettext_lazy("Summary (Korean)"),
            ("summary_ko", "summary (korean)", "설명", "요약"),
            longest=300,
        ),
        Field(
            "summary_en",
            gettext_lazy("Summary (English)"),
            ("summary_en", "summary (english)", "summary", "description", "영문 설명"),
            longest=300,
        ),
        Field("status", gettext_lazy("State"), ("status", "state", "상태"), _choice(ServiceStatus)),
        Field(
            "criticality",
            gettext_lazy("Criticality"),
            ("criticality", "중요도"),
            _choice(Criticality),
        ),
        Field(
            "owner",
            gettext_lazy("Service owner (e-mail)"),
            ("owner", "service owner", "책임자", "서비스 책임자"),
            _person,
        ),
        Field(
            "support_team",
            gettext_lazy("Support team"),
            ("support team", "team", "지원팀", "담당팀", "담당 팀"),
            _team,
        ),
    ),
    ("name_en", "name_ko"),
    (),
    lambda: _by_name(Service.objects.prefetch_related("depends_on")),
    create_service,
    edit_service,
)

ITEMS = Table(
    "items",
    gettext_lazy("Configuration items"),
    (
        Field(
            "name",
            gettext_lazy("Name"),
            ("name", "hostname", "ci", "이름", "자산명", "구성 항목"),
            longest=160,
        ),
        Field("type", gettext_lazy("Type"), ("type", "유형", "종류"), _choice(ItemType)),
        Field("status", gettext_lazy("Status"), ("status", "상태"), _choice(ItemStatus)),
        Field(
            "serial",
            gettext_lazy("Serial number"),
            ("serial", "serial number", "시리얼", "일련번호"),
        ),
        Field("location", gettext_lazy("Location"), ("location", "위치", "설치 장소"), longest=160),
        Field("owner", gettext_lazy("Owner (e-mail)"), ("owner", "소유자", "사용자"), _person),
        Field(
            "support_team",
            gettext_lazy("Support team"),
            ("support team", "team", "지원팀", "담당팀", "담당 팀"),
            _team,
        ),
        Field(
            "services",
            gettext_lazy("Services"),
            ("services", "service", "서비스"),
            _many_services,
            600,
        ),
    ),
    ("name",),
    ("name",),
    lambda: {
        item.name.lower(): item for item in ConfigurationItem.objects.prefetch_related("services")
    },
    create_item,
    edit_item,
)

_item = _named("items", gettext_lazy("is no item here. Import the items first, or mend the name"))


def _to_itself(values: Mapping[str, Any]) -> str:
    ends = values.get("source"), values.get("target")
    same = None not in ends and ends[0] == ends[1]
    return _("An item is not related to itself.") if same else ""


RELATIONS = Table(
    "relations",
    gettext_lazy("Relations between items"),
    (
        Field(
            "source",
            gettext_lazy("Item"),
            ("source", "item", "from", "구성 항목", "출발", "항목"),
            _item,
            160,
        ),
        Field(
            "type",
            gettext_lazy("Relation"),
            ("type", "relation", "관계", "유형"),
            _choice(RelationType),
        ),
        Field(
            "target",
            gettext_lazy("Other item"),
            ("target", "other item", "to", "대상", "다른 구성 항목"),
            _item,
            160,
        ),
    ),
    ("source", "type", "target"),
    ("source", "type", "target"),
    lambda: {
        _together((row.source_id, row.type, row.target_id)): row for row in Relation.objects.all()
    },
    lambda values, by: relate(values["source"], values["type"], values["target"], by=by),
    lambda row, values, by: row,
    together=True,
    mistake=_to_itself,
)

TABLES = {table.key: table for table in (PEOPLE, SERVICES, ITEMS, RELATIONS)}


def guess(table: Table, header: Sequence[str]) -> list[str]:
    """For each column of the file the field it seems to be, or ""; each field at most once."""
    free = {name: field.key for field in table.fields for name in field.called}
    free |= {field.key: field.key for field in table.fields}
    free |= {str(field.label).lower(): field.key for field in table.fields}
    taken: set[str] = set()
    chosen = []
    for title in header:
        key = free.get(" ".join(title.lower().replace("_", " ").split())) or free.get(title.lower())
        chosen.append(key if key and key not in taken else "")
        taken.add(key or "")
    return chosen


@dataclass
class Row:
    """One row judged: `does` is new, changed, same or error."""

    line: int
    does: str
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    row: Any = None


def judge(
    table: Table, lines: Sequence[int], rows: Sequence[Sequence[str]], columns: Sequence[str]
) -> list[Row]:
    """What importing each row would do. Reads the database, writes nothing."""
    known, here = Known(), table.existing()
    fields = {entry.key: entry for entry in table.fields}
    used = [(place, fields[key]) for place, key in enumerate(columns) if key in fields]
    seen: dict[str, int] = {}
    judged = []
    for line, cells in zip(lines, rows, strict=True):
        found = Row(line, "error", [cells[place] for place, _field in used])
        _read(found, used, cells, known)
        _match(table, found, here, seen)
        judged.append(found)
    return judged


def _read(
    found: Row, used: Sequence[tuple[int, Field]], cells: Sequence[str], known: Known
) -> None:
    for place, entry in used:
        text = cells[place]
        if not text:
            continue
        if len(text) > entry.longest:
            limit = _("is longer than %(limit)s characters") % {"limit": entry.longest}
            found.problems.append(f"{entry.label}: {limit}")
            continue
        try:
            found.values[entry.key] = entry.parse(text, known)
        except BadCell as problem:
            found.problems.append(f"{entry.label}: “{text[:60]}” {problem}")


def _match(table: Table, found: Row, here: Mapping[str, Any], seen: dict[str, int]) -> None:
    keys = _keys(table, found.values)
    if wrong := table.mistake(found.values):
        found.problems.append(wrong)
        return
    if not keys:
        if not found.problems:
            found.problems += _missing(table, found) if table.together else []
        if not found.problems:
            found.problems.append(_("There is nothing to tell it from others by."))
        return
    for key in keys:
        if key in seen:
            message = _("The same as line %(line)s.") % {"line": seen[key]}
            found.problems.append(message)
            return
    seen.update(dict.fromkeys(keys, found.line))
    found.row = next((here[key] for key in keys if key in here), None)
    if found.row is None:
        found.problems += _missing(table, found)
    else:
        found.changes = [
            name for name, value in found.values.items() if _differs(found.row, name, value)
        ]
    if not found.problems:
        found.does = "new" if found.row is None else "changed" if found.changes else "same"


def _keys(table: Table, values: Mapping[str, Any]) -> list[str]:
    """What tells the row from others, as `table.existing` names it."""
    if not table.together:
        return [str(values[key]).lower() for key in table.keys if values.get(key)]
    given = [values.get(key) for key in table.keys]
    return [_together(given)] if all(given) else []


def _together(values: Sequence[Any]) -> str:
    return "/".join(str(getattr(value, "pk", value)) for value in values)


def _missing(table: Table, found: Row) -> list[str]:
    labels = {entry.key: entry.label for entry in table.fields}
    return [
        _("%(field)s is missing.") % {"field": labels[name]}
        for name in table.required
        if not found.values.get(name)
    ]


def _differs(row: Any, name: str, value: Any) -> bool:
    if isinstance(value, list):
        return {entry.pk for entry in value} != {entry.pk for entry in getattr(row, name).all()}
    current = getattr(row, getattr(row._meta.get_field(name), "attname", name))
    wanted = getattr(value, "pk", value)
    if name == "email":
        return str(current).lower() != str(wanted).lower()
    return bool(current != wanted)
