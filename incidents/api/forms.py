"""What requests on major incidents may contain. They parse; what is allowed, the actions say."""

from typing import Any

from rest_framework import serializers

from accounts.models import Team, User
from core.api.fields import Choice, Flag, Input, Instant, Reference, Text
from incidents.enums import (
    Condition,
    Milestone,
    ResponseRole,
    Severity,
    Stage,
    UpdateAudience,
)

LONG: dict[str, Any] = {"required": False, "allow_blank": True, "max_length": 4000}
PERSON_HELP = "Id or e-mail address."


class Proposing(Input):
    why = Text(max_length=2000)
    severity = Choice(Severity.values, required=False, help_text="1 is the most severe.")


class Declaring(Proposing):
    commander = Reference(User, key="email", required=False, help_text=PERSON_HELP)


class Rejecting(Input):
    why = Text(max_length=2000)


class Nothing(Input):
    """Nothing is asked."""


class Changing(Input):
    """The severity, and the summary for those who work on it."""

    severity = Choice(Severity.values, required=False)
    reason = Text(required=False, allow_blank=True, max_length=500, help_text="Of the severity.")
    symptoms = Text(**LONG)
    impact = Text(**LONG)
    hypothesis = Text(**LONG)
    current_action = Text(**LONG)
    next_steps = Text(**LONG)
    bridge_url = Text(required=False, allow_blank=True, max_length=500)
    technical_team = Reference(
        Team, key="slug", required=False, allow_null=True, help_text="Id or slug."
    )


class GivingRole(Input):
    role = Choice(ResponseRole.values)
    user = Reference(User, key="email", allow_null=True, help_text=f"{PERSON_HELP} null: nobody.")
    handover = Text(**LONG, help_text="Needed where the command changes hands.")


class Logging(Input):
    title = Text(max_length=250)
    text = Text(required=False, allow_blank=True, max_length=8000)
    at = Instant(required=False, help_text="When it happened; now if missing.")


class Rewording(Input):
    """For the record; what the line said before is kept."""

    title = Text(required=False, allow_blank=True, max_length=250)
    text = Text(required=False, allow_blank=True, max_length=8000)
    at = Instant(required=False)
    shown = Flag(required=False, help_text="false leaves it out of the timeline.")


class Publishing(Input):
    """What the public reads. At least one of the two texts."""

    stage = Choice(Stage.values)
    condition = Choice(Condition.values)
    text_ko = Text(**LONG)
    text_en = Text(**LONG)
    audience = Choice(UpdateAudience.values, required=False, help_text="Default: everybody.")
    next_update_at = Instant(
        required=False, allow_null=True, help_text="Needed unless the stage is “resolved”."
    )


class AttachingReports(Input):
    tickets = serializers.ListField(
        child=serializers.RegexField(r"^[A-Za-z]{2,5}-?[0-9]{1,15}\Z"),
        min_length=1,
        max_length=200,
        help_text="Numbers of the reports.",
    )


class Calling(Input):
    message = Text(max_length=2000)
    team = Reference(Team, key="slug", required=False, help_text="Id or slug.")
    person = Reference(User, key="email", required=False, help_text=PERSON_HELP)


class Reviewing(Input):
    impact = Text(required=False, allow_blank=True, max_length=20_000)
    course = Text(required=False, allow_blank=True, max_length=20_000)
    causes = Text(required=False, allow_blank=True, max_length=20_000)
    went_well = Text(required=False, allow_blank=True, max_length=20_000)
    went_badly = Text(required=False, allow_blank=True, max_length=20_000)


class AddingAction(Input):
    title = Text(max_length=250)
    owner = Reference(User, key="email", help_text=PERSON_HELP)
    due_on = serializers.DateField()


class Reaching(Input):
    milestone = Choice([one.value for one in Milestone])
