"""What articles were good for: read, voted on, sent in replies, searched in vain.

Every counter is one statement that adds to what is there, so that two at once both count.
"""

import re
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from core.text import fold, without_nul
from knowledge import access
from knowledge.enums import How, Reader
from knowledge.models import Article, ArticleUse, Feedback
from tickets.models import Comment, Ticket

LONGEST_COMMENT = 2000
COUNTERS = frozenset({"views", "solved", "unsolved", "deflected", "used"})
# What could name a person or an account is not kept: addresses, and runs of digits.
_PERSONAL = re.compile(r"@|\d{5,}|\d[\d -]{7,}\d")
_NAMED = re.compile(r"\bKB-([1-9][0-9]{0,17})\b")


@transaction.atomic
def read(article: Article, *, by: User) -> None:
    """Somebody has the live text before them; once a person and day."""
    day = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO knowledge_articleview (article_id, user_id, day) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [article.pk, by.pk, day],
        )
        is_first = cursor.rowcount == 1
    if is_first:
        _count(article, views=1)


@transaction.atomic
def vote(
    article: Article,
    solved: bool,
    *,
    by: User,
    place: str = Reader.PORTAL,
    comment: str = "",
    form: str = "",
) -> Feedback:
    """Say whether the article solved it. One answer a person and day: a later one replaces it.

    A yes in the portal counts as a request that was not needed (`deflected`); `form` names the
    form that was half filled in.
    """
    access.require(by, "vote", article)
    comment = without_nul(comment).strip()
    if len(comment) > LONGEST_COMMENT:
        raise ActionError(
            _("Shorten this to %(most)s characters.") % {"most": LONGEST_COMMENT}, field="comment"
        )
    day = timezone.localdate()
    with connection.cursor() as cursor:
        # Two answers of one person at one moment: the second waits for the first.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, by.pk % 2**31])
    before = Feedback.objects.filter(article=article, user=by, day=day).first()
    values: dict[str, Any] = {
        "solved": solved,
        "place": place,
        "form": form[:80] or (before.form if before and before.solved == solved else ""),
        "comment": comment or (before.comment if before and before.solved == solved else ""),
        "version": article.live.number if article.live else 0,
        "at": timezone.now(),
    }
    given, _created = Feedback.objects.update_or_create(
        article=article, user=by, day=day, defaults=values
    )
    _count(article, **_change(before, given))
    return given


_LOCK = 0x4B42


def _change(before: Feedback | None, now: Feedback) -> dict[str, int]:
    """How the day's counters change by this answer."""
    change = dict.fromkeys(("solved", "unsolved", "deflected"), 0)
    for answer, sign in ((before, -1), (now, 1)):
        if answer is not None:
            change["solved" if answer.solved else "unsolved"] += sign
            change["deflected"] += sign * (answer.solved and answer.place == Reader.PORTAL)
    return {name: by for name, by in change.items() if by}


@transaction.atomic
def did_not_solve(reference: str, ticket: Ticket, *, by: User) -> ArticleUse | None:
    """A record was made although the article was read; None where it is not for the reader."""
    article = access.named(by, reference)
    if article is None:
        return None
    use = _use(article, ticket, How.LED_TO, by)
    today = Feedback.objects.filter(article=article, user=by, day=timezone.localdate())
    if not today.exists():
        vote(article, False, by=by)
    return use


@transaction.atomic
def note_reply(comment_id: int) -> int:
    """Note the articles that a message names; how many. Safe to be told of twice."""
    said = Comment.objects.select_related("ticket", "author").filter(pk=comment_id).first()
    if said is None or said.by_requester:
        return 0
    ids = {int(found) for found in _NAMED.findall(said.body)}
    if not ids or len(ids) > 20:
        return 0
    articles = Article.objects.visible_to(said.author).filter(pk__in=ids)
    return sum(_use(one, said.ticket, How.REPLY, said.author) is not None for one in articles)


def _use(article: Article, ticket: Ticket, how: How, by: User | None) -> ArticleUse | None:
    """None where it was noted before."""
    use, is_new = ArticleUse.objects.get_or_create(
        article=article, ticket=ticket, how=how, defaults={"by": by}
    )
    if is_new and how == How.REPLY:
        _count(article, used=1)
    return use if is_new else None


def unreadable(body: str, ticket: Ticket) -> list[Article]:
    """The articles that a public reply names and its requester is not meant to read."""
    ids = {int(found) for found in _NAMED.findall(body)}
    if not ids:
        return []
    meant = Article.objects.meant_for(ticket.requester).values("pk")
    return list(Article.objects.filter(pk__in=ids).exclude(pk__in=meant).order_by("pk")[:20])


def miss(query: str, place: str) -> None:
    """A search found nothing. What could be about a person is not kept."""
    said = " ".join(fold(without_nul(query)).split())[:120]
    if len(said) < 2 or _PERSONAL.search(said):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO knowledge_searchmiss AS miss (query, place, count, first_on, last_on) "
            "VALUES (%s, %s, 1, %s, %s) ON CONFLICT (query, place) "
            "DO UPDATE SET count = miss.count + 1, last_on = EXCLUDED.last_on",
            [said, place, *[timezone.localdate()] * 2],
        )


def _count(article: Article, **by: int) -> None:
    """Add to today's row of an article."""
    unknown = by.keys() - COUNTERS
    if unknown:
        raise ValueError(f"no such counters: {unknown}")
    if not by:
        return
    names = sorted(COUNTERS)
    added = ", ".join(f"{name} = GREATEST(0, d.{name} + %s)" for name in names)
    amounts = [by.get(name, 0) for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO knowledge_articleday AS d (article_id, day, {', '.join(names)}) "  # noqa: S608 - the names are ours
            f"VALUES (%s, %s, {', '.join(['%s'] * len(names))}) "
            f"ON CONFLICT (article_id, day) DO UPDATE SET {added}",
            [
                article.pk,
                timezone.localdate(),
                *[max(0, n) for n in amounts],
                *amounts,
            ],
        )


__all__ = ["did_not_solve", "miss", "note_reply", "read", "unreadable", "vote"]
