"""Approval policies and the offerings that need them."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Offering
from core.errors import ActionError
from tickets.actions import policies
from tickets.models import ApprovalPolicy

MOST_NAMED = 3


def used_by(policy: ApprovalPolicy) -> list[Offering]:
    """The offerings whose live version asks this policy."""
    live = Offering.objects.filter(is_active=True, live__data__approval__policy=policy.pk)
    return list(live.order_by("name_en", "pk"))


@transaction.atomic
def switch(policy: ApprovalPolicy, active: bool, *, by: User | None) -> None:
    """Take a policy into use or out of it.

    One that offerings ask stays in use: without it, what they need approved would go through.
    """
    uses = [] if active else used_by(policy)
    if uses:
        names = ", ".join(one.name for one in uses[:MOST_NAMED])
        raise ActionError(
            _("Offerings need it: %(names)s. Give them another policy first.") % {"names": names},
            code="in_use",
        )
    policies.switch_policy(policy, active, by=by)
