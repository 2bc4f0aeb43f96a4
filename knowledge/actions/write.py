"""Writing articles: a new one, one out of a record, a changed one, an older text taken back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError, Clash, Conflict, NotAllowed, NotFound
from core.text import row_id
from knowledge import access
from knowledge.actions.base import (
    FIELDS,
    LINKED,
    SETTINGS,
    clean,
    fingerprint,
    fingerprints,
    lock,
    months_after,
    record,
    slug_for,
    values_of,
)
from knowledge.enums import ArticleKind, Audience, How, Step
from knowledge.models import DRAFT, PUBLISHED, RETIRED, TEXTS, Article, ArticleUse, ArticleVersion
from tickets import access as tickets
from tickets.models import Ticket

LONGEST_INTERVAL = 60


@transaction.atomic
def create(given: Mapping[str, Any], *, by: User, from_ticket: Ticket | None = None) -> Article:
    """A new draft. Its author owns it until somebody else is named."""
    access.require_writer(by)
    values = clean({name: given[name] for name in FIELDS if name in given})
    if not (values.get("title_ko") or values.get("title_en")):
        raise ActionError(_("Give it a title, in one language at least."), field="title_ko")
    _check(values)
    owner = values.pop("owner", None) or by.pk
    plain = {n: values[n] for n in SETTINGS if n in values and n not in LINKED}
    article = Article.objects.create(author=by, owner_id=owner, slug=_placeholder(by), **plain)
    article.working = ArticleVersion.objects.create(
        article=article, number=1, writers=[by.pk], **{n: values.get(n, "") for n in TEXTS}
    )
    article.slug = slug_for(article.working.title_en or article.working.title_ko, article.pk)
    article.save(update_fields=["working", "slug"])
    for name in LINKED:
        if name in values:
            getattr(article, name).set(values[name])
    data: dict[str, Any] = {"ticket": from_ticket.pk} if from_ticket else {}
    record(article, Step.CREATED, by=by, **data)
    return article


def _placeholder(by: User) -> str:
    return f"-{by.pk}-{timezone.now().timestamp()}"


@transaction.atomic
def write_from(ticket: Ticket, *, by: User) -> Article:
    """A draft out of a record: its title, what was wrong and how it was solved.

    It is for the desk until somebody says otherwise: a record may hold what is nobody's business.
    Nothing internal is taken over. Asked again it gives the draft of the first time.
    """
    access.require_writer(by)
    tickets.require(by, "work", ticket)
    if ticket.restricted:
        raise ActionError(
            _("This record is restricted, and a draft is read by others. Write an article by hand.")
        )
    known = ArticleUse.objects.filter(ticket=ticket, how=How.SOURCE, article__author=by)
    use = known.exclude(article__state=RETIRED).select_related("article__working").first()
    if use is not None:
        return use.article
    language = "ko" if any("가" <= ch <= "힣" for ch in ticket.title) else "en"
    article = create(
        {
            f"title_{language}": ticket.title[:200],
            f"body_{language}": _story(ticket, language),
            "kind": ArticleKind.FAULT,
            "audience": Audience.DESK,
            "services": [ticket.service_id] if ticket.service_id else [],
        },
        by=by,
        from_ticket=ticket,
    )
    ArticleUse.objects.create(article=article, ticket=ticket, how=How.SOURCE, by=by)
    return article


HEADINGS = {"ko": ("증상", "해결 방법"), "en": ("What happens", "What helps")}


def _story(ticket: Ticket, language: str) -> str:
    problem, remedy = HEADINGS[language]
    return f"## {problem}\n\n{ticket.description.strip()}\n\n## {remedy}\n\n{_remedy(ticket)}\n"


def _remedy(ticket: Ticket) -> str:
    """What the record's own row tells its requester at length: how it was solved."""
    kind = ticket.kind_info
    names = [field.name for field in kind.details if field.long and field.public]
    row = kind.detail_model.objects.filter(pk=ticket.pk).values(*names).first() if names else None
    return "\n\n".join(text.strip() for text in (row or {}).values() if text)


@transaction.atomic
def save(
    article: Article,
    given: Mapping[str, Any],
    *,
    by: User,
    seen: Mapping[str, str] | None = None,
    revision: int | None = None,
) -> Article:
    """Change texts and settings, only those that differ.

    `seen` (fingerprints of what the person had before them) lets two people change different
    fields; the same field changed by both is a Conflict with both values, and nothing is written.
    Texts of what is published begin a new version, and what is live stays. Settings count at once.
    """
    article = lock(article)
    access.require(by, "edit", article)
    if article.state == RETIRED:
        raise ActionError(_("It is retired. Take it up again first."))
    wanted = _merged(article, clean(given), seen, revision)
    now = values_of(article)
    changed = {name: value for name, value in wanted.items() if value != now[name]}
    if not changed:
        return article
    _check({**now, **changed})
    texts = {name: changed[name] for name in TEXTS if name in changed}
    settings = {name: value for name, value in changed.items() if name not in texts}
    if settings:
        _put_settings(article, settings, by)
    if texts:
        _put_texts(article, texts, by)
        record(article, Step.EDITED, by=by, fields=sorted(texts))
    return article


def _merged(
    article: Article,
    wanted: dict[str, Any],
    seen: Mapping[str, str] | None,
    revision: int | None,
) -> dict[str, Any]:
    """What the person changed; Conflict where somebody else changed the same meanwhile."""
    now = values_of(article)
    if seen is None:
        if revision is not None and revision != article.revision:
            clashes = [Clash(n, None, now[n], v) for n, v in wanted.items() if v != now[n]]
            raise Conflict(_("Somebody else changed this meanwhile."), clashes)
        return wanted
    current = fingerprints(article)
    mine = {name: v for name, v in wanted.items() if fingerprint(v) != seen.get(name)}
    clashes = [
        Clash(name, None, now[name], value)
        for name, value in mine.items()
        if name in seen and current[name] != seen[name] and value != now[name]
    ]
    if clashes:
        raise Conflict(_("Somebody else changed this meanwhile. Both texts are shown."), clashes)
    return mine


def _check(values: Mapping[str, Any]) -> None:
    months = values.get("review_every_months", 12)
    if not isinstance(months, int) or not 0 <= months <= LONGEST_INTERVAL:
        raise ActionError(
            _("Enter 0 to %(most)s months; 0 means never.") % {"most": LONGEST_INTERVAL},
            field="review_every_months",
        )
    if values.get("kind", ArticleKind.HOW_TO) not in ArticleKind.values:
        raise ActionError(_("Choose what it answers."), field="kind")
    if values.get("audience", Audience.EVERYBODY) not in Audience.values:
        raise ActionError(_("Choose for whom it is."), field="audience")
    owner = values.get("owner")
    if owner is not None and not access.writes_by_id(owner):
        raise ActionError(_("The owner must be somebody who writes articles."), field="owner")


def _put_settings(article: Article, settings: dict[str, Any], by: User) -> None:
    """Settings count at once, so who reads a live article is for editors to widen."""
    if article.is_live and {"audience", "departments"} & settings.keys():
        _allow(by, "set_audience", article, "audience")
    if "owner" in settings:
        _allow(by, "set_owner", article, "owner")
    audience = settings.get("audience", article.audience)
    departments = settings.get("departments") or ("departments" not in settings)
    if article.is_live and audience == Audience.DEPARTMENTS and not departments:
        raise ActionError(_("Choose the departments that it is for."), field="departments")
    for name in LINKED:
        if name in settings:
            getattr(article, name).set(settings[name])
    plain = {name: value for name, value in settings.items() if name not in LINKED}
    for name, value in plain.items():
        setattr(article, "owner_id" if name == "owner" else name, value)
    if "review_every_months" in plain and article.reviewed_on:
        article.review_due_on = months_after(article.reviewed_on, article.review_every_months)
        plain["review_due_on"] = None
    if plain:
        article.save(update_fields=sorted(plain))
    record(article, Step.SETTINGS, by=by, fields=sorted(settings))


def _allow(by: User, verb: str, article: Article, field: str) -> None:
    if access.can(by, verb, article):
        return
    if field == "owner":
        raise NotAllowed(
            _("Only its owner or a knowledge editor names another owner."), field=field
        )
    raise NotAllowed(
        _("It is published: a knowledge editor decides who else may read it."), field=field
    )


def _put_texts(article: Article, texts: dict[str, str], by: User) -> None:
    """Into the text being written; a new one where there is none."""
    working = article.working
    if working is None:  # pragma: no cover - there is one from the first moment on
        raise NotFound(_("There is no such article."))
    if article.state == PUBLISHED:
        newest = article.versions.order_by("-number").values_list("number", flat=True)[0]
        working = ArticleVersion(article=article, number=newest + 1, **working.texts())
        working.writers = []
        article.state = DRAFT
    for name, value in texts.items():
        setattr(working, name, value)
    if by.pk not in working.writers:
        working.writers = [*working.writers, by.pk]
    working.save()
    article.working = working
    changed = ["working", "state"]
    if article.live_id is None:
        article.slug = slug_for(working.title_en or working.title_ko, article.pk)
        changed.append("slug")
    article.save(update_fields=changed)


@transaction.atomic
def take_back(article: Article, number: int, *, by: User) -> Article:
    """Make an older text the one being written. It is reviewed like any other."""
    article = lock(article)
    access.require(by, "edit", article)
    old = article.versions.filter(number=number).first()
    if old is None:
        raise NotFound(_("There is no such version."))
    if article.working_id == old.pk:
        raise ActionError(_("This is the newest text already."))
    if article.state == RETIRED:
        raise ActionError(_("It is retired. Take it up again first."))
    _put_texts(article, old.texts(), by)
    record(article, Step.RESTORED, by=by, of=number)
    return article


def day(text: str) -> date | None:
    """A day as forms and programs write it; ActionError when it is none."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ActionError(_("Enter a day like 2027-01-31."), field="expires_on") from None


def ids(texts: Any) -> list[int]:
    return [pk for pk in map(row_id, texts) if pk is not None]
