"""Telling people that an article of theirs is due."""

from accounts.models import User
from knowledge.events import ReviewDue
from notifications.actions.reminding import About, tell_about
from notifications.enums import What


def remind_of_article(event: ReviewDue) -> None:
    """Tell whoever looks after it; once for each day that it is due by."""
    people = User.objects.filter(pk__in=event.user_ids)
    about = About(event.title_ko, event.title_en, event.path, due_on=event.due_on)
    key = f"article-review:{event.article_id}:{event.due_on}"
    tell_about(people, What.ARTICLE_REVIEW, about, key=key)
