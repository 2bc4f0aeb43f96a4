"""Who is told that a service is due for review."""

from accounts.enums import Role
from accounts.models import User
from cmdb.events import ReviewDue
from cmdb.models import Service
from notifications.actions.reminding import About, tell_about
from notifications.enums import What


def remind_of_review(event: ReviewDue) -> None:
    """Tell its owner, and administrators where the event says so; once in each week of it."""
    service = Service.objects.select_related("owner").get(pk=event.service_id)
    people: set[User] = {service.owner} if service.owner else set()
    if event.for_administrators:
        people |= set(User.objects.filter(is_active=True, grants__role=Role.ADMINISTRATOR))
    about = About(
        service.name_ko, service.name_en, f"/services/{service.slug}/", due_on=event.due_on
    )
    key = f"service-review:{service.pk}:{event.due_on}:{event.week}"
    tell_about(people, What.SERVICE_REVIEW, about, key=key)
