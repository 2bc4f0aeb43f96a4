"""The schema of what the API answers about major incidents."""

from typing import Any

from rest_framework import serializers

from core.api.shapes import Named
from incidents.enums import Condition, MajorState, ResponseRole, Stage, UpdateAudience
from tickets.enums import TaskState

Base = serializers.Serializer


class MajorIncident(Base[Any]):
    """A candidate or a major incident, with its summary."""

    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=MajorState.values)
    severity = serializers.IntegerField(min_value=1, max_value=3)
    service = Named(allow_null=True)
    team = Named()
    proposed_by = Named(allow_null=True, help_text="null: Maru itself, or not proposed.")
    proposed_at = serializers.DateTimeField(allow_null=True)
    proposed_why = serializers.CharField(allow_blank=True)
    declared_by = Named(allow_null=True)
    declared_at = serializers.DateTimeField(allow_null=True)
    declared_why = serializers.CharField(allow_blank=True)
    stood_down_at = serializers.DateTimeField(allow_null=True)
    commander = Named(allow_null=True)
    deputy = Named(allow_null=True)
    communications = Named(allow_null=True)
    scribe = Named(allow_null=True)
    technical_team = Named(allow_null=True)
    bridge_url = serializers.CharField(allow_blank=True)
    next_update_at = serializers.DateTimeField(allow_null=True)
    review_due_at = serializers.DateTimeField(allow_null=True)
    symptoms = serializers.CharField(allow_blank=True)
    impact = serializers.CharField(allow_blank=True)
    hypothesis = serializers.CharField(allow_blank=True)
    current_action = serializers.CharField(allow_blank=True)
    next_steps = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(help_text="Of the incident.")
    web_url = serializers.CharField()


class Line(Base[Any]):
    """One line of the timeline as it stands for the record."""

    id = serializers.IntegerField(allow_null=True, help_text="null: it came by itself.")
    event = serializers.IntegerField(allow_null=True, help_text="The event it tells of.")
    kind = serializers.ChoiceField(choices=["manual", "auto", "update", "pinned"])
    at = serializers.DateTimeField()
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    actor = serializers.CharField()
    edited = serializers.BooleanField()


class Lines(Base[Any]):
    results = Line(many=True)


class Entry(Base[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    title = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    shown = serializers.BooleanField()


class Update(Base[Any]):
    """A published notice."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()
    stage = serializers.ChoiceField(choices=Stage.values)
    condition = serializers.ChoiceField(choices=Condition.values)
    text_ko = serializers.CharField(allow_blank=True)
    text_en = serializers.CharField(allow_blank=True)
    audience = serializers.ChoiceField(choices=UpdateAudience.values)
    next_update_at = serializers.DateTimeField(allow_null=True)
    published_by = Named()
    published_at = serializers.DateTimeField()


class Updates(Base[Any]):
    results = Update(many=True)


class Attached(Base[Any]):
    attached = serializers.ListField(child=serializers.CharField())
    left_out = serializers.ListField(
        child=serializers.CharField(), help_text="They have a parent already, or are not yours."
    )


class Role(Base[Any]):
    role = serializers.ChoiceField(choices=ResponseRole.values)
    user = Named(allow_null=True)


class ReviewAction(Base[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    owner = Named()
    due_on = serializers.DateField()
    task = serializers.CharField(allow_null=True, help_text="Once the review is complete.")
    task_state = serializers.ChoiceField(choices=TaskState.values, allow_null=True)


class Review(Base[Any]):
    impact = serializers.CharField(allow_blank=True)
    course = serializers.CharField(allow_blank=True)
    causes = serializers.CharField(allow_blank=True)
    went_well = serializers.CharField(allow_blank=True)
    went_badly = serializers.CharField(allow_blank=True)
    approved_by = Named(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    actions = ReviewAction(many=True)


class Milestones(Base[Any]):
    contained_at = serializers.DateTimeField(allow_null=True)
    patched_at = serializers.DateTimeField(allow_null=True)
