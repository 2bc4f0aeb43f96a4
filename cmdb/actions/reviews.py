"""Reviews: a service is looked through every few months, and who forgets it is reminded."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from cmdb.access import require_editor
from cmdb.enums import ServiceStatus
from cmdb.events import ReviewDue
from cmdb.models import Service, ServiceReview
from core.errors import ActionError
from core.events import emit

LONGEST_NOTE = 1000
WEEK = 7
# After so many days administrators hear of it, too.
PATIENCE = 14


def next_review(after: date, months: int | None) -> date | None:
    """The day so many months after `after`; at the end of a shorter month, its last day."""
    if months is None:
        return None
    total = after.year * 12 + after.month - 1 + months
    first = date(total // 12, total % 12 + 1, 1)
    following = date((total + 1) // 12, (total + 1) % 12 + 1, 1)
    return min(first + timedelta(days=after.day - 1), following - timedelta(days=1))


@transaction.atomic
def mark_reviewed(service: Service, note: str = "", *, by: User | None) -> Service:
    """What is written about the service is right as of now; the next review is planned."""
    service = Service.objects.select_for_update().get(pk=service.pk)
    require_editor(by, service)
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        message = _("Shorten this to %(limit)s characters.") % {"limit": LONGEST_NOTE}
        raise ActionError(message, field="note", code="too_long")
    if service.status == ServiceStatus.RETIRED:
        raise ActionError(_("A retired service is not reviewed any more."), code="retired")
    today = timezone.localdate()
    changes = audit.put(
        service,
        {
            "reviewed_at": timezone.now(),
            "reviewed_by": by,
            "review_due_on": next_review(today, service.review_every),
        },
    )
    service.save(update_fields=sorted(changes))
    ServiceReview.objects.create(service=service, by=by, note=note)
    audit.record(service, AuditVerb.CHANGED, by=by, changes=changes)
    return service


def chase_reviews(today: date | None = None) -> int:
    """Emit `ReviewDue` for each service whose review is due; how many there are.

    Doing it twice a day changes nothing: who is told keeps to the week in the event.
    """
    today = today or timezone.localdate()
    due = Service.objects.exclude(status=ServiceStatus.RETIRED).filter(review_due_on__lte=today)
    found = list(due.select_related("owner").order_by("pk"))
    for service in found:
        due_on = service.review_due_on or today
        late = (today - due_on).days
        owner_is_here = service.owner is not None and service.owner.is_active
        with transaction.atomic():
            emit(ReviewDue(service.pk, due_on, late // WEEK, not owner_is_here or late >= PATIENCE))
    return len(found)
