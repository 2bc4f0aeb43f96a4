"""Roles in words, and what they open, read from the same sets that the rules use."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import DESK_ROLES, LEADING_ROLES, WORKING_ROLES, Role


@dataclass(frozen=True)
class Ability:
    label: Any
    roles: frozenset[Role]


ABILITIES = (
    Ability(_("Opens the desk"), DESK_ROLES),
    Ability(_("Works on records"), WORKING_ROLES),
    Ability(_("Overrules priority"), LEADING_ROLES),
    Ability(_("Reads the audit log"), frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
    Ability(_("Administers"), frozenset({Role.ADMINISTRATOR})),
)
MEANING = {
    Role.AGENT: _("Works on records: answers, assigns, resolves."),
    Role.TEAM_LEAD: _("An agent who also spreads the work and may overrule a priority."),
    Role.PROBLEM_MANAGER: _("Looks after recurring faults and their causes."),
    Role.CHANGE_MANAGER: _("Judges changes and their calendar."),
    Role.CAB_MEMBER: _("Reads records and votes on changes."),
    Role.RELEASE_MANAGER: _("Takes approved changes through to deployment."),
    Role.SERVICE_OWNER: _("Answers for services: description, support team, agreements."),
    Role.KNOWLEDGE_EDITOR: _("Writes and reviews articles."),
    Role.MANAGER: _("Reads records and figures."),
    Role.AUDITOR: _("Reads everything that is not restricted, writes nothing."),
    Role.ADMINISTRATOR: _("People, teams, lists, rules. Works on records as well."),
}
