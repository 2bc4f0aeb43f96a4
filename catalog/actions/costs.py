"""What a request costs, in the books of the department that pays."""

from django.utils import timezone

from accounts.models import Department, User
from catalog.definition import parse
from catalog.enums import CostKind, Payer, Period
from catalog.models import Cost, Request
from core import options


def book(request: Request) -> Cost | None:
    """Book what the requester agreed to, once; None where nothing is to be paid.

    The department of the person it is for pays, as they are on the day it is accepted, or that of
    the IT budget. Without a department it stands in the books without one.
    """
    if not request.amount or request.made_with is None:
        return None
    payer = parse(request.made_with.data).price.payer
    if payer == Payer.NOBODY:
        return None
    made, _created = Cost.objects.get_or_create(
        request=request,
        kind=CostKind.BOOKED,
        defaults={
            "department": _department(payer, request.beneficiary or request.requester),
            "amount": request.amount,
            "currency": request.currency,
            "period": request.period or Period.ONCE,
            "booked_at": timezone.now(),
        },
    )
    return made


def _department(payer: Payer, person: User) -> Department | None:
    if payer == Payer.IT:
        return Department.objects.filter(pk=options.get("it_department")).first()
    return person.department


def reverse(request: Request) -> Cost | None:
    """Take a booked amount back, once; the booking itself stays as it was."""
    booked = Cost.objects.filter(request=request, kind=CostKind.BOOKED).first()
    if booked is None:
        return None
    made, _created = Cost.objects.get_or_create(
        request=request,
        kind=CostKind.REVERSED,
        defaults={
            "department_id": booked.department_id,
            "amount": -booked.amount,
            "currency": booked.currency,
            "period": booked.period,
            "booked_at": timezone.now(),
        },
    )
    return made
