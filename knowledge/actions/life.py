"""The steps of an article's life: review, publishing, retiring, looking it over."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from core.errors import ActionError, Conflict
from core.events import emit
from core.states import IllegalTransition, Transition
from knowledge import access
from knowledge.actions.base import check_complete, lock, months_after, record
from knowledge.enums import Step
from knowledge.events import ReviewDue
from knowledge.models import Article, ArticleView, SearchMiss
from knowledge.states import MACHINE

# Owners hear of an expiry so many days ahead.
AHEAD = timedelta(days=14)
_VIEWS_KEPT = timedelta(days=3)
_MISSES_KEPT = timedelta(days=365)
STEPS = {
    "submit": Step.SUBMITTED,
    "publish": Step.PUBLISHED,
    "send_back": Step.SENT_BACK,
    "discard": Step.DISCARDED,
    "retire": Step.RETIRED,
    "reopen": Step.REOPENED,
}


def allowed(article: Article, user: User) -> list[Transition]:
    """The steps that the person may take now, in the table's order."""
    able = access.abilities(user, article)
    return [
        move
        for move in MACHINE.from_state(article.state)
        if not move.automatic and able[move.rule] and _fits(article, move.name)
    ]


def _fits(article: Article, name: str) -> bool:
    return name != "discard" or (
        article.live_id is not None and article.live_id != article.working_id
    )


@transaction.atomic
def move(
    article: Article, name: str, *, by: User, reason: str = "", revision: int | None = None
) -> Article:
    """Take one step. `revision` is what the person had before them; publishing other than that
    is a Conflict, so that nobody approves a text that they have not read.

    Effects: the state; the live text; dates of review; a line of the history.
    """
    article = lock(article)
    access.require(by, "read_draft", article)
    try:
        found = MACHINE.find(article.state, name)
    except IllegalTransition:
        raise ActionError(
            _("That step is not open any more. The page shows the current state.")
        ) from None
    if found.rule == "review" and access.can(by, "send_back", article):
        _not_ones_own(article, by)
    access.require(by, found.rule, article)
    if found.automatic or not _fits(article, name):
        raise ActionError(_("There is nothing to throw away."))
    if "reason" in found.required and not reason.strip():
        raise ActionError(_("Say why."), field="reason")
    if revision is not None and revision != article.revision and name in ("publish", "submit"):
        raise Conflict(_("It was changed since you opened it. Read it again first."), [])
    _EFFECTS.get(name, _nothing)(article, by)
    article.state = found.target
    article.save(update_fields=["state", *_WRITTEN.get(name, ())])
    record(article, STEPS[name], by=by, text=reason.strip()[:2000])
    return article


def _not_ones_own(article: Article, by: User) -> None:
    if article.working and by.pk in article.working.writers:
        raise ActionError(
            _("You wrote part of this text. Somebody else has to approve it."), code="own_text"
        )


def _nothing(article: Article, by: User) -> None:
    """Only the state changes."""


def _submit(article: Article, by: User) -> None:
    check_complete(article)


def _publish(article: Article, by: User) -> None:
    check_complete(article)
    if article.is_expired():
        raise ActionError(
            _("Its expiry date has passed. Choose a later one first."), field="expires_on"
        )
    now = timezone.now()
    working = article.working
    if working is not None:
        working.published_at, working.published_by = now, by
        working.save(update_fields=["published_at", "published_by"])
    article.live = working
    article.published_at = now
    _looked_at(article, timezone.localdate())


def _discard(article: Article, by: User) -> None:
    article.working = article.live


_EFFECTS = {"submit": _submit, "publish": _publish, "discard": _discard}
_DATES = ("reviewed_on", "review_due_on")
_WRITTEN = {"publish": ("live", "published_at", *_DATES), "discard": ("working",)}


def _looked_at(article: Article, today: date) -> None:
    article.reviewed_on = today
    article.review_due_on = months_after(today, article.review_every_months)


@transaction.atomic
def confirm(article: Article, *, by: User, expires_on: date | None = None) -> Article:
    """What is live is still right: the next review is due an interval from now.

    An expired article needs a later `expires_on`, or none; it is found again then.
    """
    article = lock(article)
    access.require(by, "confirm", article)
    today = timezone.localdate()
    if not article.is_live:
        raise ActionError(_("Only what is published is reviewed."))
    if expires_on is not None and expires_on <= today:
        raise ActionError(_("Choose a day to come, or leave it empty."), field="expires_on")
    article.expires_on = expires_on
    _looked_at(article, today)
    article.save(update_fields=["expires_on", *_DATES])
    record(article, Step.REVIEWED, by=by)
    return article


def due(today: date) -> Iterator[tuple[Article, date, bool]]:
    """Live articles to be looked at: (article, by when, whether it expires then)."""
    review = Q(review_due_on__lte=today)
    expiry = Q(expires_on__lte=today + AHEAD)
    found = Article.objects.live().filter(review | expiry).select_related("live", "owner")
    for article in found.order_by("pk"):
        if article.expires_on is not None and article.expires_on <= today + AHEAD:
            yield article, article.expires_on, True
        elif article.review_due_on is not None:
            yield article, article.review_due_on, False


@transaction.atomic
def look_over(today: date | None = None) -> int:
    """Say which articles are due, and forget who read what; the number due.

    May run as often as it likes: who is told was told once for each such day.
    """
    today = today or timezone.localdate()
    editors: tuple[int, ...] | None = None
    told = 0
    for article, day, expires in due(today):
        ids: tuple[int, ...] = (article.owner_id,)
        if not article.owner.is_active:
            editors = _editors() if editors is None else editors
            ids = editors
        live = article.live
        emit(
            ReviewDue(
                article.pk,
                ids,
                live.title_ko if live else "",
                live.title_en if live else "",
                article.get_absolute_url(),
                day,
                expires,
            )
        )
        told += 1
    ArticleView.objects.filter(day__lt=today - _VIEWS_KEPT).delete()
    SearchMiss.objects.filter(last_on__lt=today - _MISSES_KEPT).delete()
    return told


def _editors() -> tuple[int, ...]:
    """Who looks after articles whose owner has left."""
    people = User.objects.filter(is_active=True, is_machine=False, grants__isnull=False)
    for role in (Role.KNOWLEDGE_EDITOR, Role.ADMINISTRATOR):
        if found := tuple(people.filter(grants__role=role).values_list("pk", flat=True).distinct()):
            return found
    return ()


__all__ = ["AHEAD", "allowed", "confirm", "due", "look_over", "move"]
