"""The pages of the administration: what the menu, the start page and the headings show."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Section:
    """One page. `view` is its URL name in adminui; one that does not exist (yet) is left out."""

    key: str
    label: Any
    text: Any
    icon: str
    view: str
    args: tuple[str, ...] = ()
    for_auditors: bool = False
    for_owners: bool = False

    @property
    def url(self) -> str:
        try:
            return reverse(f"adminui:{self.view}", args=self.args)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Group:
    title: Any
    sections: tuple[Section, ...]


def _list(key: str, label: Any, text: Any, icon: str) -> Section:
    return Section(key, label, text, icon, "list", (key,))


GROUPS = (
    Group(
        _("People"),
        (
            Section(
                "people",
                _("People"),
                _("Accounts of people and machines, with their roles"),
                "user",
                "people",
            ),
            Section(
                "teams", _("Teams"), _("Members, lead, how work is given out"), "users", "teams"
            ),
            Section(
                "departments",
                _("Departments"),
                _("Where people belong, and who heads it"),
                "building",
                "departments",
            ),
            Section(
                "roles",
                _("Roles"),
                _("Who may do what, and who holds it"),
                "shield",
                "roles",
                for_auditors=True,
            ),
        ),
    ),
    Group(
        _("Records"),
        (
            Section(
                "priority",
                _("Priority matrix"),
                _("Priority from impact and urgency"),
                "chevrons-up",
                "priority",
            ),
            _list("categories", _("Categories"), _("What a record is about"), "category"),
            _list("routing", _("Routing rules"), _("Which team gets a new record"), "route"),
            _list(
                "pending-reasons",
                _("Pending reasons"),
                _("Why a record waits, and for whom"),
                "hourglass",
            ),
            _list(
                "resolution-codes",
                _("Resolution codes"),
                _("How a record was resolved"),
                "circle-check",
            ),
            _list(
                "cause-categories",
                _("Cause categories"),
                _("What kind of cause was behind it"),
                "git-fork",
            ),
            _list(
                "task-templates",
                _("Task templates"),
                _("Tasks and checklists to put on a record"),
                "checklist",
            ),
            _list("saved-replies", _("Saved replies"), _("Answers kept ready"), "message-reply"),
        ),
    ),
    Group(
        _("Services"),
        (
            Section(
                "services",
                _("Services"),
                _("What people use, and which team supports it"),
                "lifebuoy",
                "services",
            ),
            Section(
                "items",
                _("Configuration items"),
                _("What services run on, and how it hangs together"),
                "server",
                "items",
            ),
            Section(
                "suppliers",
                _("Suppliers"),
                _("Firms that something is bought from, and whom to reach there"),
                "truck",
                "suppliers",
            ),
            Section(
                "contracts",
                _("Contracts"),
                _("What suppliers have promised, for which services, until when"),
                "file-text",
                "contracts",
            ),
        ),
    ),
    Group(
        _("Catalog"),
        (
            Section(
                "catalog",
                _("Offerings"),
                _("What people can ask for: forms, approval, tasks, prices"),
                "category",
                "catalog",
                for_owners=True,
            ),
            Section(
                "approvals",
                _("Approval policies"),
                _("Who approves what, in which order, up to which amount"),
                "sitemap",
                "approvals",
            ),
        ),
    ),
    Group(
        _("Service levels"),
        (
            Section(
                "calendars",
                _("Calendars"),
                _("When work is done: hours, holidays, special days"),
                "calendar",
                "sla_calendars",
            ),
            Section(
                "sla-policies",
                _("Policies"),
                _("What is promised for which records, and who is told"),
                "list-check",
                "sla_policies",
            ),
            Section(
                "sla-publish",
                _("Publish and history"),
                _("Let what was edited count, and see what it does first"),
                "upload",
                "sla_publish",
            ),
            Section(
                "sla-objectives",
                _("Objectives"),
                _("How available and how quick services are to be"),
                "activity",
                "sla_objectives",
            ),
        ),
    ),
    Group(
        pgettext_lazy("administration", "System"),
        (
            Section(
                "organisation",
                _("Organisation"),
                _("Name, closing, holidays, limits"),
                "settings",
                "organisation",
            ),
            Section(
                "announcements",
                _("Announcements"),
                _("What everybody, the desk or some departments should know"),
                "speakerphone",
                "announcements",
            ),
            Section(
                "surveys",
                _("Surveys"),
                _("When requesters are asked, and what follows from a low score"),
                "mood-smile",
                "surveys",
            ),
            _list(
                "survey-reasons",
                _("Survey reasons"),
                _("What can be ticked with an answer"),
                "list-check",
            ),
            Section(
                "notices",
                _("Mail texts"),
                _("What the mails say, in both languages"),
                "mail",
                "notices",
            ),
            Section(
                "deliveries",
                _("Who was told"),
                _("Notices and mails, and why somebody got none"),
                "bell",
                "deliveries",
                for_auditors=True,
            ),
            Section(
                "webhooks",
                _("Webhooks"),
                _("Chats and programs that hear of records"),
                "world",
                "webhooks",
            ),
            Section(
                "import",
                _("Import"),
                _("People, services and items from a file"),
                "upload",
                "import",
            ),
            Section(
                "outbox",
                _("Set-aside work"),
                _("What failed for good, to try again"),
                "send",
                "outbox",
            ),
            Section(
                "audit",
                _("Audit log"),
                _("Who changed what, and when"),
                "history",
                "audit",
                for_auditors=True,
            ),
        ),
    ),
)
BY_KEY = {section.key: section for group in GROUPS for section in group.sections}


def menu(*, administers: bool, oversees: bool = True, owns: bool = False) -> list[dict[str, Any]]:
    """The groups with the pages that exist and that the reader may open."""

    def opens(section: Section) -> bool:
        if administers:
            return True
        return (oversees and section.for_auditors) or (owns and section.for_owners)

    groups = [
        {
            "title": group.title,
            "sections": [each for each in group.sections if each.url and opens(each)],
        }
        for group in GROUPS
    ]
    return [group for group in groups if group["sections"]]
