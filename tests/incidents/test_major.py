"""Major incidents from candidate to review: rules.md section 4."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.enums import Role, Scope
from accounts.models import User
from core import outbox
from core.errors import ActionError, NotAllowed, NotFound
from core.events import emit
from incidents import access, actions
from incidents.enums import MajorState, ResponseRole, Step
from incidents.models import LogEntry, LogRevision, MajorIncident, ReviewAction, Update
from incidents.queries import impact, majors, portal, timeline
from sla.actions.outages import open_outage
from sla.enums import OutageSource
from sla.events import CandidateMajor
from sla.models import Outage
from tests.factories import (
    join,
    make_agent,
    make_department,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
)
from tickets import actions as kernel
from tickets.enums import LinkType, Verb
from tickets.models import Comment, Event, Task, Ticket, Watch, WorkTemplate

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return make_team("Network")


@pytest.fixture
def lead(team: Any) -> User:
    lead = make_agent("이서연", team, role=Role.TEAM_LEAD)
    team.lead = lead
    team.save()
    return lead


@pytest.fixture
def agent(team: Any) -> User:
    return make_agent("김하늘", team)


@pytest.fixture
def service(team: Any) -> Any:
    return make_service("VPN", team, owner=make_user("박준호", role=Role.SERVICE_OWNER))


@pytest.fixture
def ticket(lead: User, agent: User, service: Any) -> Ticket:
    return open_incident("VPN is down", by=make_user(), service=service)


@pytest.fixture
def major(ticket: Ticket, lead: User) -> MajorIncident:
    return actions.declare(ticket, by=lead, why="All remote work stands still.", severity=1)


def steps(ticket: Ticket) -> list[str]:
    found = Event.objects.filter(ticket=ticket, verb=Verb.MAJOR).order_by("id")
    return [event.data["step"] for event in found]


def last_step(ticket: Ticket) -> dict[str, Any]:
    found = Event.objects.filter(ticket=ticket, verb=Verb.MAJOR).order_by("id").last()
    assert found is not None
    return dict(found.data)


def soon(minutes: int = 20) -> Any:
    return timezone.now() + timedelta(minutes=minutes)


def publish(ticket: Ticket, by: User, **fields: Any) -> Update:
    values = {
        "stage": "investigating",
        "condition": "major",
        "text_ko": "VPN 장애를 확인하고 있습니다.",
        "text_en": "We are looking into the VPN outage.",
        "next_update_at": soon(),
        **fields,
    }
    return actions.publish(ticket, by=by, **values)


def review_texts() -> dict[str, str]:
    return {
        "impact": "2,140 people for two hours.",
        "causes": "An expired certificate.",
        "went_well": "Fast roll call.",
        "went_badly": "No alarm before it expired.",
    }


# From candidate to declared ------------------------------------------------------------------


def test_a_candidate_is_proposed_once_and_decided_by_a_lead(ticket, agent, lead):
    major = actions.propose(ticket, by=agent, why="Many calls.")
    again = actions.propose(ticket, by=agent, why="Still many.")
    assert (major.state, again.proposed_why) == (MajorState.PROPOSED, "Many calls.")
    assert steps(ticket) == ["proposed"]
    with pytest.raises(NotAllowed):
        actions.declare(ticket, by=agent, why="Mine.")
    major = actions.declare(ticket, by=lead, why="All of them.", severity=1)
    assert (major.state, major.severity, major.proposed_by) == (MajorState.DECLARED, 1, agent)
    assert steps(ticket) == ["proposed", "declared"]


def test_what_a_person_rejected_no_rule_proposes_again(ticket, agent, lead):
    actions.propose(ticket, by=agent, why="Many calls.")
    actions.reject(ticket, by=lead, why="One building only.")
    emit(CandidateMajor(ticket.pk, 0, None, "Resolution is at risk."))
    assert ticket.major.state == MajorState.REJECTED
    assert actions.propose(ticket, by=agent, why="Two buildings.").state == MajorState.PROPOSED


def test_an_agreement_proposes_by_itself(ticket):
    emit(CandidateMajor(ticket.pk, 0, None, "90 % of the resolution time is used."))
    major = MajorIncident.objects.get(ticket=ticket)
    assert (major.state, major.proposed_by) == (MajorState.PROPOSED, None)
    assert major.proposed_why == "90 % of the resolution time is used."


def test_only_open_incidents_become_major(ticket, lead, agent):
    kernel.transition(ticket, "resolve", by=agent, **resolution())
    with pytest.raises(ActionError) as refused:
        actions.declare(ticket, by=lead, why="Too late.")
    assert refused.value.code == "not_open"


def test_declaring_twice_is_refused(ticket, lead, major):
    with pytest.raises(ActionError) as refused:
        actions.declare(ticket, by=lead, why="Again.")
    assert refused.value.code == "declared"


def test_the_first_template_that_fits_the_service_is_put_on_it(ticket, lead, service, team):
    def template(key: str, **fields: Any) -> WorkTemplate:
        lines = [{"type": "task", "title": key, "team": team.pk}, {"type": "check", "title": "c"}]
        return WorkTemplate.objects.create(key=key, name_en=key, lines=lines, **fields)

    WorkTemplate.objects.all().delete()
    template("ordinary", position=1)
    template("any", for_major=True, position=2)
    template("other", for_major=True, position=3, service=make_service())
    template("own", for_major=True, position=4, service=service)
    actions.declare(ticket, by=lead, why="Down.")
    assert [task.title for task in ticket.tasks.all()] == ["own"]
    assert ticket.checklist.count() == 1
    actions.stand_down(ticket, by=lead)
    actions.declare(ticket, by=lead, why="Down again.")
    assert ticket.tasks.count() == 1


# The update clock ----------------------------------------------------------------------------


def test_declaring_and_each_notice_say_when_the_next_one_is_due(ticket, lead, major):
    assert last_step(ticket)["next_update_at"] == major.next_update_at.isoformat()
    promised = soon(30)
    publish(ticket, lead, next_update_at=promised)
    assert last_step(ticket)["step"] == Step.UPDATE
    assert last_step(ticket)["next_update_at"] == promised.isoformat()
    assert MajorIncident.objects.get().next_update_at == promised
    actions.stand_down(ticket, by=lead)
    assert last_step(ticket) == {"step": "stood_down", "next_update_at": None}
    assert MajorIncident.objects.get().next_update_at is None


def test_a_notice_promises_the_next_unless_it_is_over(ticket, lead, major):
    for wrong in (None, timezone.now() - timedelta(minutes=1)):
        with pytest.raises(ActionError) as refused:
            publish(ticket, lead, next_update_at=wrong)
        assert refused.value.field == "next_update_at"
    over = publish(ticket, lead, stage="resolved", condition="operational", next_update_at=None)
    assert over.next_update_at is None
    assert last_step(ticket)["next_update_at"] is None


def test_a_notice_needs_a_text_in_one_language(ticket, lead, major):
    with pytest.raises(ActionError) as refused:
        publish(ticket, lead, text_ko=" ", text_en="")
    assert refused.value.field == "text_ko"
    assert publish(ticket, lead, text_ko="").text == "We are looking into the VPN outage."


def test_published_notices_never_change(ticket, lead, major):
    update = publish(ticket, lead)
    with pytest.raises(DatabaseError), transaction.atomic():
        Update.objects.filter(pk=update.pk).update(text_en="Something else")
    with pytest.raises(DatabaseError), transaction.atomic():
        update.delete()


def test_a_public_notice_answers_the_requester(ticket, lead, major):
    publish(ticket, lead, audience="stakeholders")
    assert Ticket.objects.get(pk=ticket.pk).responded_at is None
    publish(ticket, lead)
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert fresh.responded_at
    assert not fresh.requester_waits


def test_public_notices_hold_no_internal_words(ticket, lead, major):
    actions.log(ticket, "Secret: the firewall of ACME", by=lead)
    actions.save_summary(ticket, {"hypothesis": "Secret supplier"}, by=lead)
    publish(ticket, lead)
    told = str([event.data for event in Event.objects.filter(ticket=ticket)])
    shown = str(portal.outages(make_user()))
    assert "Secret" not in told
    assert "Secret" not in shown
    assert "All remote work" not in told


# Children ------------------------------------------------------------------------------------


def test_reports_on_the_same_service_are_suggested_and_attached(ticket, lead, service, major):
    mine = open_incident("VPN?", service=service)
    open_incident("Printer", service=make_service())
    secret = open_incident("VPN secret", service=service, detail={"security": True})
    old = open_incident("VPN long ago", service=service)
    Ticket.objects.filter(pk=old.pk).update(opened_at=ticket.opened_at - timedelta(days=1))
    assert impact.suggested_children(lead, ticket) == [mine]
    attached, left = actions.attach_children(ticket, [mine, secret], by=lead)
    assert mine in attached
    assert left == [] or secret in left
    assert impact.suggested_children(lead, ticket) == []
    assert mine in impact.children_of(lead, ticket)


def test_children_are_told_the_public_text_in_their_language(ticket, lead, service, major):
    korean = open_incident("VPN", by=make_user(language="ko"), service=service)
    english = open_incident("VPN", by=make_user(language="en"), service=service)
    actions.attach_children(ticket, [korean], by=lead)
    publish(ticket, lead)
    outbox.dispatch_due()
    actions.attach_children(ticket, [english], by=lead)
    said = {
        comment.ticket_id: comment.body
        for comment in Comment.objects.filter(visibility="public").exclude(ticket=ticket)
    }
    assert said == {
        korean.pk: "VPN 장애를 확인하고 있습니다.",
        english.pk: "We are looking into the VPN outage.",
    }
    assert Ticket.objects.get(pk=korean.pk).responded_at


def test_children_hear_a_notice_once_and_none_meant_for_stakeholders(ticket, lead, service, major):
    child = open_incident("VPN", service=service)
    actions.attach_children(ticket, [child], by=lead)
    publish(ticket, lead, audience="stakeholders")
    outbox.dispatch_due()
    assert not Comment.objects.filter(ticket=child).exists()
    publish(ticket, lead)
    outbox.dispatch_due()
    outbox.dispatch_due()
    assert Comment.objects.filter(ticket=child).count() == 1


def test_a_child_of_another_is_left_out(ticket, lead, service, major):
    parent, child = open_incident("VPN", service=service), open_incident("VPN", service=service)
    kernel.link(parent, LinkType.PARENT_OF, child, by=lead)
    assert actions.attach_children(ticket, [child], by=lead) == ([], [child])


def test_reach_counts_each_person_once_and_services_above(ticket, lead, service, major):
    above = make_service("Remote work")
    above.depends_on.add(service)
    twice = make_user()
    for _n in range(2):
        child = open_incident("VPN", by=twice, service=service)
        actions.attach_children(ticket, [child], by=lead)
    found = impact.reach_of(ticket)
    assert found.services == [service, above]
    assert (found.reports, found.people) == (2, 2)


# Roles ---------------------------------------------------------------------------------------


def test_who_commands_holds_no_other_role(ticket, lead, agent, major):
    actions.set_role(ticket, ResponseRole.SCRIBE, agent, by=lead)
    with pytest.raises(ActionError) as refused:
        actions.set_role(ticket, ResponseRole.COMMANDER, agent, by=lead)
    assert refused.value.code == "commands_only"
    actions.set_role(ticket, ResponseRole.COMMANDER, lead, by=lead)
    with pytest.raises(ActionError):
        actions.set_role(ticket, ResponseRole.COMMUNICATIONS, lead, by=lead)
    actions.set_role(ticket, ResponseRole.COMMUNICATIONS, agent, by=lead)
    with pytest.raises(DatabaseError), transaction.atomic():
        MajorIncident.objects.update(deputy=lead)


def test_a_new_commander_needs_a_handover_note(ticket, lead, agent, major):
    actions.set_role(ticket, ResponseRole.COMMANDER, lead, by=lead)
    with pytest.raises(ActionError) as refused:
        actions.set_role(ticket, ResponseRole.COMMANDER, agent, by=lead)
    assert refused.value.field == "handover"
    actions.set_role(
        ticket, ResponseRole.COMMANDER, agent, by=lead, handover="Vendor calls back at ten."
    )
    line = next(line for line in timeline.story(ticket, major) if line.text)
    assert (line.title, line.text) == (
        "Incident commander: 이서연 → 김하늘",
        "Vendor calls back at ten.",
    )


def test_a_role_names_its_holder_on_a_restricted_record(ticket, lead, major):
    kernel.restrict(ticket, True, by=lead)
    outsider = make_agent(team=make_team("Other"))
    assert not access.abilities(outsider, Ticket.objects.get(pk=ticket.pk), major)["log"]
    actions.set_role(ticket, ResponseRole.SCRIBE, outsider, by=lead)
    assert Watch.objects.filter(ticket=ticket, user=outsider).exists()
    actions.log(ticket, "Roll call", by=outsider)


def test_roles_are_for_people_of_the_desk(ticket, lead, major):
    with pytest.raises(ActionError):
        actions.set_role(ticket, ResponseRole.SCRIBE, make_user(), by=lead)


def test_calling_for_help_mentions_the_teams_available_people(ticket, lead, major):
    there, away = make_agent(), make_agent()
    other = make_team("Database", there)
    join(other, away, is_available=False)
    actions.call_for_help(ticket, "Join the bridge please.", by=lead, team=other)
    assert last_step(ticket) == {"step": "call", "team": other.pk, "people": 1}
    said = Comment.objects.get(ticket=ticket)
    assert (said.visibility, said.body) == ("internal", "Join the bridge please.")
    with pytest.raises(ActionError):
        actions.call_for_help(ticket, "Anybody?", by=lead, team=make_team("Empty"))


# Timeline ------------------------------------------------------------------------------------


def test_the_timeline_writes_itself(ticket, lead, agent, service, major):
    kernel.assign(ticket, by=lead, assignee=agent)
    kernel.comment(ticket, "Rebooting.", by=agent, visibility="internal")
    actions.set_role(ticket, ResponseRole.COMMANDER, lead, by=lead)
    for _n in range(3):
        actions.attach_children(ticket, [open_incident("VPN", service=service)], by=lead)
    actions.set_severity(ticket, 2, by=lead)
    publish(ticket, lead)
    actions.stand_down(ticket, by=lead)
    titles = [line.title for line in timeline.story(ticket, major)]
    assert titles[0] == "Reported"
    assert titles[1] == "Declared a major incident: Severity 1"
    assert "Assignee: 김하늘" in " ".join(titles)
    assert "3 reports attached" in titles
    assert "Severity 1 → Severity 2" in titles
    assert [title for title in titles if title.startswith("Notice #1")]
    assert titles[-1] == "The response stood down"
    assert "Internal note" not in titles


def test_any_event_can_be_taken_in_and_any_line_left_out(ticket, lead, agent, major):
    kernel.comment(ticket, "Rebooting.", by=agent, visibility="internal")
    event = Event.objects.get(ticket=ticket, verb=Verb.COMMENTED)
    actions.pin(ticket, event, by=agent)
    assert "Rebooting." in [line.text for line in timeline.story(ticket, major)]
    opened = Event.objects.get(ticket=ticket, verb=Verb.OPENED)
    actions.pin(ticket, opened, by=agent, shown=False)
    assert "Reported" not in [line.title for line in timeline.story(ticket, major)]
    assert "Reported" in [line.title for line in timeline.activity(ticket, major)]
    other = Event.objects.filter(ticket=open_incident()).get()
    with pytest.raises(NotFound):
        actions.pin(ticket, other, by=agent)


def test_a_line_is_worded_for_the_record_and_its_original_kept(ticket, agent, lead, major):
    first = timezone.now() - timedelta(minutes=5)
    entry = actions.log(ticket, "Certificat expired", by=agent, at=first)
    earlier = first - timedelta(minutes=10)
    actions.edit_log(entry, by=agent, title="Certificate expired", at=earlier)
    actions.edit_log(entry, by=lead, text="Since midnight.")
    line = next(line for line in timeline.story(ticket, major) if line.entry == entry.pk)
    assert (line.title, line.at, line.edited) == ("Certificate expired", earlier, True)
    assert (line.original, line.original_at) == ("Certificat expired", first)
    assert [row.replaced_by for row in LogRevision.objects.order_by("id")] == [agent, lead]
    with pytest.raises(DatabaseError), transaction.atomic():
        LogRevision.objects.update(title="Nothing was said")


def test_lines_of_others_are_edited_by_scribe_commander_and_leads(ticket, agent, lead, major):
    entry = actions.log(ticket, "Roll call", by=lead)
    with pytest.raises(NotAllowed):
        actions.edit_log(entry, by=agent, title="Roll-call")
    actions.set_role(ticket, ResponseRole.SCRIBE, agent, by=lead)
    actions.edit_log(entry, by=agent, title="Roll-call")
    assert LogEntry.objects.get().title == "Roll-call"


def test_the_timeline_says_which_promise_escalated(ticket, agent, major):
    data = {"metric": "resolution", "step": "75", "due_at": None}
    Event.objects.create(ticket=ticket, at=timezone.now(), verb="escalated", data=data)
    last = timeline.story(ticket, major)[-1]
    assert last.title == "75% of the target used: Resolution, due –"


def test_the_timeline_knows_no_future(ticket, agent, major):
    with pytest.raises(ActionError) as refused:
        actions.log(ticket, "Will be fine", by=agent, at=soon())
    assert refused.value.field == "at"


# Standing down, review, closing --------------------------------------------------------------


def test_resolving_stands_down_and_nothing_closes_by_itself(ticket, agent, major):
    done = kernel.transition(ticket, "resolve", by=agent, **resolution())
    fresh = Ticket.objects.get(pk=done.pk)
    major.refresh_from_db()
    assert fresh.auto_close_at is None
    assert major.state == MajorState.STOOD_DOWN
    assert major.review_due_at > timezone.now() + timedelta(days=4)
    assert major.review.impact == major.impact


def test_it_closes_only_after_its_review(ticket, agent, lead, major):
    with pytest.raises(ActionError) as refused:
        kernel.transition(ticket, "cancel", by=agent, reason="Nothing.")
    assert refused.value.code == "review_missing"
    kernel.transition(ticket, "resolve", by=agent, anyway=True, **resolution())
    with pytest.raises(ActionError) as refused:
        kernel.transition(ticket, "close", by=lead, anyway=True)
    assert refused.value.code == "review_missing"
    actions.save_review(ticket, review_texts(), by=agent)
    actions.approve_review(ticket, by=lead)
    assert kernel.transition(ticket, "close", by=lead, anyway=True).status == "closed"


def test_a_review_is_complete_with_four_answers_and_its_actions_become_tasks(
    ticket, agent, lead, major
):
    kernel.transition(ticket, "resolve", by=agent, anyway=True, **resolution())
    with pytest.raises(NotAllowed):
        actions.approve_review(ticket, by=agent)
    with pytest.raises(ActionError) as refused:
        actions.approve_review(ticket, by=lead)
    assert set(refused.value.errors) == {"impact", "causes", "went_well", "went_badly"}
    actions.save_review(ticket, review_texts(), by=agent)
    day = timezone.localdate() + timedelta(days=14)
    actions.add_review_action(ticket, "Alarm 60 days before", owner=agent, due_on=day, by=agent)
    dropped = actions.add_review_action(ticket, "Blame", owner=lead, due_on=day, by=agent)
    actions.drop_review_action(ticket, dropped.pk, by=agent)
    review = actions.approve_review(ticket, by=lead)
    task = Task.objects.get(title="Alarm 60 days before")
    assert (task.assignee, task.ticket_id) == (agent, ticket.pk)
    assert timezone.localtime(task.planned_end).date() == day
    assert ReviewAction.objects.get().task == task
    assert (review.approved_by, ticket.major.state) == (lead, MajorState.REVIEWED)
    with pytest.raises(ActionError):
        actions.save_review(ticket, {"impact": "Less."}, by=agent)


def test_an_action_is_for_a_day_to_come_and_somebody_of_the_desk(ticket, agent, lead, major):
    actions.stand_down(ticket, by=lead)
    with pytest.raises(ActionError) as refused:
        actions.add_review_action(ticket, "x", owner=agent, due_on=date(2020, 1, 1), by=agent)
    assert refused.value.field == "due_on"
    day = timezone.localdate()
    with pytest.raises(ActionError):
        actions.add_review_action(ticket, "x", owner=make_user(), due_on=day, by=agent)


def test_it_is_merged_into_no_other_before_its_review(ticket, lead, service, major):
    other = open_incident("VPN again", service=service)
    with pytest.raises(ActionError) as refused:
        kernel.merge(ticket, other, by=lead)
    assert refused.value.code == "review_missing"
    assert kernel.merge(other, ticket, by=lead)


def test_reopened_it_can_be_declared_again(ticket, agent, lead, major):
    kernel.transition(ticket, "resolve", by=agent, anyway=True, **resolution())
    kernel.transition(ticket, "reopen", by=agent)
    again = actions.declare(ticket, by=lead, why="It is back.")
    assert (again.state, again.stood_down_at, again.review_due_at) == ("declared", None, None)


# The outage ----------------------------------------------------------------------------------


def test_an_outage_opens_and_ends_with_it(ticket, service, lead, major):
    outage = Outage.objects.get()
    assert (outage.service, outage.ticket, outage.started_at) == (service, ticket, ticket.opened_at)
    assert outage.source == OutageSource.INCIDENT
    actions.stand_down(ticket, by=lead)
    outage.refresh_from_db()
    assert outage.ended_at
    actions.declare(ticket, by=lead, why="It is back.")
    assert Outage.objects.filter(ended_at=None).get().started_at > outage.ended_at


def test_a_known_outage_is_not_opened_twice(ticket, service, lead):
    known = open_outage(service, by=None)
    actions.declare(ticket, by=lead, why="Down.")
    assert Outage.objects.get() == known
    actions.stand_down(ticket, by=lead)
    assert Outage.objects.get().ended_at is None


def test_a_restricted_one_opens_no_outage(ticket, lead):
    kernel.restrict(ticket, True, by=lead)
    actions.declare(ticket, by=lead, why="Attack.")
    assert not Outage.objects.exists()


# Who may -------------------------------------------------------------------------------------

# verb: who may, among those below
MATRIX = {
    "view": "agent lead owner manager commander communications scribe",
    "propose": "agent lead owner commander communications scribe",
    "declare": "lead owner manager",
    "reject": "lead owner manager",
    "severity": "lead owner manager commander",
    "role": "agent lead owner commander communications scribe",
    "summary": "agent lead owner commander communications scribe",
    "log": "agent lead owner commander communications scribe",
    "edit_log": "lead owner commander scribe",
    "call": "agent lead owner commander communications scribe",
    "attach": "agent lead owner commander communications scribe",
    "update": "lead owner commander communications",
    "stand_down": "lead owner manager commander",
    "review": "agent lead owner commander communications scribe",
    "approve": "lead owner manager",
}


def test_every_verb_for_every_role(ticket, major, agent, lead, service):
    people = {
        "agent": agent,
        "lead": lead,
        "owner": service.owner,
        "manager": make_user(role=Role.MANAGER),
        "auditor": make_user(role=Role.CHANGE_MANAGER, scope=Scope.TEAMS),
        "requester": ticket.requester,
        "stranger": make_user(department=make_department()),
        "commander": make_agent(role=Role.AGENT),
        "communications": make_agent(role=Role.AGENT),
        "scribe": make_agent(role=Role.AGENT),
    }
    for role in ("commander", "communications", "scribe"):
        actions.set_role(ticket, role, people[role], by=lead)
    ticket = Ticket.objects.select_related("service", "requester").get(pk=ticket.pk)
    known = access.of(ticket)
    able = {name: access.abilities(user, ticket, known) for name, user in people.items()}
    assert set(MATRIX) == set(able["lead"])
    for verb, those in MATRIX.items():
        assert {name for name, rights in able.items() if rights[verb]} == set(those.split()), verb


def test_what_one_may_not_see_does_not_exist(ticket, major, lead, agent):
    assert access.get(agent, ticket.number)[1] == major
    for nobody in (ticket.requester, make_user()):
        with pytest.raises(NotFound):
            access.get(nobody, ticket.number)
    kernel.restrict(ticket, True, by=lead)
    outsider = make_agent(team=make_team("Other"))
    with pytest.raises(NotFound):
        access.get(outsider, ticket.number)
    assert majors.lists(outsider).running == []
    assert majors.lists(lead).running == [major]


# The portal ----------------------------------------------------------------------------------


def test_an_outage_is_known_once_it_was_told_to_everybody(ticket, lead, major):
    reader = make_user()
    assert portal.outages(reader) == []
    publish(ticket, lead, audience="stakeholders")
    assert portal.outages(reader) == []
    publish(ticket, lead)
    (shown,) = portal.outages(reader)
    assert (shown.service, shown.condition_key, shown.concerned) == ("VPN", "major", False)
    actions.join_affected(ticket, by=reader)
    assert portal.outages(reader)[0].concerned
    assert Watch.objects.filter(ticket=ticket, user=reader).exists()
    assert Ticket.objects.count() == 1
    actions.stand_down(ticket, by=lead)
    assert portal.outages(reader) == []
    with pytest.raises(NotFound):
        actions.join_affected(ticket, by=make_user())


def test_a_restricted_one_is_nobodys_business(ticket, lead, major):
    publish(ticket, lead)
    kernel.restrict(ticket, True, by=lead)
    assert portal.outages(make_user()) == []
    with pytest.raises(NotFound):
        actions.join_affected(ticket, by=make_user())


# Security ------------------------------------------------------------------------------------


def test_security_milestones_are_noted_once(lead, agent, team):
    ticket = open_incident("Phishing", by=agent, detail={"security": True})
    with pytest.raises(ActionError):
        actions.contain(open_incident("Printer"), by=agent)
    contained = actions.contain(ticket, by=agent).contained_at
    assert actions.contain(ticket, by=agent).contained_at == contained
    assert actions.mark_patched(ticket, by=agent).patched_at
    found = Event.objects.filter(ticket=ticket, verb=Verb.MILESTONE).order_by("id")
    assert [event.data for event in found] == [{"milestone": "contained"}, {"milestone": "patched"}]
    with pytest.raises(NotFound):
        actions.contain(ticket, by=make_agent(team=make_team("Other")))
