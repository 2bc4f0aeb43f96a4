"""Links between two records: typed, two-way, without parent/child circles."""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from core.events import emit
from tickets import access, events
from tickets.actions.base import lock_both, record
from tickets.enums import LinkType, Verb
from tickets.models import Link, Ticket

# One lock for all parent/child writes: two links made at once could close a circle together.
_PARENT_LOCK = 7_201_301


@transaction.atomic
def link(source: Ticket, link_type: LinkType, target: Ticket, *, by: User | None) -> Link:
    """`source` is … `target`. Needs the right to link on the source and to see the target."""
    if source.pk == target.pk:
        raise ActionError(_("A record can't be linked to itself."), field="target")
    source, target = lock_both(source, target)
    access.require(by, "link", source)
    access.require(by, "view", target)
    if link_type == LinkType.PARENT_OF:
        _check_family(source, target)
    made, created = Link.objects.get_or_create(source=source, target=target, type=link_type.value)
    if created:
        _record_both(made, source, target, Verb.LINKED, by)
    return made


@transaction.atomic
def unlink(made: Link, *, by: User | None) -> None:
    """Take a link away; both histories keep that it was there.

    Needs what making it needs: a link to a record out of sight does not exist.
    """
    source, target = lock_both(made.source, made.target)
    access.require(by, "view", target)
    access.require(by, "link", source)
    if Link.objects.filter(pk=made.pk).exists():
        _record_both(made, source, target, Verb.UNLINKED, by)
        Link.objects.filter(pk=made.pk).delete()


def _record_both(made: Link, source: Ticket, target: Ticket, verb: Verb, by: User | None) -> None:
    for one, other in ((source, target), (target, source)):
        data = {
            "link": made.pk,
            "type": made.type,
            "other": other.number,
            "inverse": one.pk == target.pk,
        }
        event = record(one, verb, by=by, data=data)
        if verb == Verb.LINKED:
            emit(events.Linked(one.pk, event.pk, by.pk if by else None, made.pk))


def _check_family(parent: Ticket, child: Ticket) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PARENT_LOCK])
    other = Link.objects.filter(target=child, type=LinkType.PARENT_OF).exclude(source=parent)
    if other.exists():
        raise ActionError(
            _("%(number)s already has a parent. Take that link away first.")
            % {"number": child.number},
            field="target",
            code="has_parent",
        )
    above: int | None = parent.pk
    while above is not None:
        if above == child.pk:
            raise ActionError(
                _("%(child)s is above %(parent)s: this would make a circle.")
                % {"child": child.number, "parent": parent.number},
                field="target",
                code="circle",
            )
        parents = Link.objects.filter(target_id=above, type=LinkType.PARENT_OF)
        above = parents.values_list("source_id", flat=True).first()
