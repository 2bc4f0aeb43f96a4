"""Who would have to approve a request: of one that is made, and of one before it is sent."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.definition import Definition, shown
from catalog.models import Offering, Request
from catalog.pricing import quote
from tickets.lines import Line, Subject, line_for
from tickets.models import ApprovalPolicy


def policy_of(definition: Definition) -> ApprovalPolicy | None:
    """The policy that the offering is approved by, if it is in use."""
    if definition.policy is None:
        return None
    return ApprovalPolicy.objects.filter(pk=definition.policy, is_active=True).first()


def preview(
    offering: Offering,
    definition: Definition,
    values: Mapping[str, Any],
    *,
    requester: User,
    beneficiary: User | None = None,
    by: User | None = None,
) -> Line:
    """The line that these answers would have. ActionError where nobody could decide a stage."""
    price = quote(definition, values, timezone.localdate())
    people = {requester.pk, *(user.pk for user in (beneficiary, by) if user is not None)}
    facts = {
        "amount": str(price.amount),
        "currency": price.currency if price.amount else "",
        "period": price.period if price.amount else "",
        "offering": offering.pk,
        "service": offering.service_id,
        "department": requester.department_id,
        **_answers(definition, values),
    }
    subject = Subject(requester, offering.service, frozenset(people), facts)
    return line_for(policy_of(definition), subject)


def line_of(request: Request, definition: Definition) -> Line:
    """The line of a request as it is now."""
    subject = Subject(
        request.requester, request.service, involved_in(request), facts_of(request, definition)
    )
    return line_for(policy_of(definition), subject)


def involved_in(request: Request) -> frozenset[int]:
    """Nobody of these decides: they ask, wrote it down, or it is for them."""
    people = {request.requester_id, request.opened_by_id, request.beneficiary_id}
    return frozenset(pk for pk in people if pk is not None)


def facts_of(request: Request, definition: Definition) -> dict[str, Any]:
    """What conditions of policies may look at."""
    return {
        "amount": str(request.amount or 0),
        "currency": request.currency,
        "period": request.period,
        "offering": request.offering_id,
        "service": request.service_id,
        "department": request.requester.department_id,
        **_answers(definition, request.answers),
    }


def _answers(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    asked = shown(definition, values, timezone.localdate())
    return {f"answer.{key}": value for key, value in asked.items() if value is not None}
