"""A new installation can be worked with; what somebody changed is never put back."""

import pytest
from django.apps import apps

from tickets import defaults
from tickets.models import (
    Category,
    CauseCategory,
    PendingReason,
    PriorityCell,
    PriorityLevel,
    ResolutionCode,
)

pytestmark = pytest.mark.django_db
LISTS = (PendingReason, ResolutionCode, CauseCategory, Category, PriorityLevel)


def test_every_default_has_both_names():
    for model in LISTS:
        assert model.objects.exists()
        assert not model.objects.filter(name_ko="").exists()
        assert not model.objects.filter(name_en="").exists()


def test_only_waiting_for_the_requester_pauses_the_clocks():
    pausing = PendingReason.objects.filter(pauses_clocks=True)
    assert [reason.waits_for for reason in pausing] == ["requester"]


def test_installing_again_adds_nothing_and_keeps_what_was_edited():
    PriorityCell.objects.filter(impact=1, urgency=1).update(priority=3)
    ResolutionCode.objects.filter(key="fixed").update(name_en="Repaired", is_active=False)
    before = [model.objects.count() for model in LISTS]
    defaults.install(apps)
    assert [model.objects.count() for model in LISTS] == before
    assert PriorityCell.objects.get(impact=1, urgency=1).priority == 3
    assert ResolutionCode.objects.get(key="fixed").name_en == "Repaired"
