"""Addresses of records: /tickets/ for all kinds, and one folder for each kind."""

from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from core.api.docs import ETAG, IDEMPOTENCY, IF_MATCH, key, number, operation, page_of, paging
from core.text import LONGEST_QUERY
from tickets import kinds
from tickets.api import (
    answers,
    conversation,
    finding,
    forms,
    lookups,
    own,
    records,
    timeline,
    verbs,
    work,
)
from tickets.api.filters import TicketFilters
from tickets.kinds import Kind

TAG = "tickets"
ONE = [number()]
CHANGES = (403, 409, 412, 422)
REPEATS = (409, 422)  # what an Idempotency-Key adds


def record_views(kind: Kind | None) -> tuple[Any, Any, Any]:
    """List, record and transitions of one kind, or of all, each with its schema."""
    opening: type[forms.Opening]
    if kind is None:
        tag, noun, record = TAG, "ticket", answers.Ticket
        opening, editing = forms.OpeningAny, forms.Editing
        own_kinds = kinds.all_kinds()
    else:
        tag, noun, record = own.folder(kind), kind.key, answers.of_kind(kind)
        opening, editing = forms.opening_form(kind), forms.editing_form(kind)
        own_kinds = [kind]
    moving = own.transition_form(own_kinds, f"Move{noun.title()}")
    listed = [
        parameter
        for parameter in TicketFilters.parameters()
        if kind is None or parameter.name != "kind"
    ]
    names = {parameter.name for parameter in (*listed, *paging(records.SORTS))}
    common = {"kind": kind.key if kind else ""}
    record_list = extend_schema_view(
        get=operation(
            tag,
            f"list_{tag}",
            f"List {tag}",
            answer=page_of(answers.TicketSummary),
            parameters=[*listed, *paging(records.SORTS)],
        ),
        post=operation(
            tag,
            f"open_{noun}",
            f"Open a {noun}" if kind is None else f"Open an {noun}",
            body=opening,
            answer=record,
            status=201,
            parameters=[IDEMPOTENCY, ETAG],
            refuses=REPEATS,
        ),
    )(
        type(
            "RecordList",
            (records.RecordList,),
            {**common, "opening": opening, "parameters": frozenset(names)},
        )
    )
    one = extend_schema_view(
        get=operation(
            tag,
            f"read_{noun}",
            f"Read one {noun}",
            answer=record,
            parameters=[*ONE, ETAG],
            also={304: OpenApiResponse(description="You have this version already")},
        ),
        patch=operation(
            tag,
            f"change_{noun}",
            "Change fields",
            body=editing,
            answer=record,
            parameters=[*ONE, IF_MATCH, ETAG],
            refuses=CHANGES,
        ),
    )(type("Record", (records.Record,), {**common, "editing": editing}))
    moves = extend_schema_view(
        get=operation(
            tag,
            f"list_{noun}_transitions",
            "The steps the reader may take now",
            answer=answers.Transitions,
            parameters=ONE,
        ),
        post=operation(
            tag,
            f"move_{noun}",
            "Take a step",
            body=moving,
            answer=record,
            parameters=[*ONE, IF_MATCH, IDEMPOTENCY, ETAG],
            refuses=CHANGES,
        ),
    )(type("Transitions", (records.Transitions,), {**common, "moving": moving}))
    return record_list, one, moves


def _adds(
    view: Any,
    noun: str,
    answer: Any,
    body: Any,
    *,
    plural: str,
    whole: Any = None,
    sorts: Any = None,
) -> Any:
    """A collection of a record: listed and added to."""
    listed = whole or page_of(answer)
    more = paging(sorts) if sorts else []
    return extend_schema_view(
        get=operation(
            TAG, f"list_{plural}", f"List {plural}", answer=listed, parameters=[*ONE, *more]
        ),
        post=operation(
            TAG,
            f"add_{noun}",
            f"Add a {noun}",
            body=body,
            answer=answer,
            status=201,
            parameters=[*ONE, IDEMPOTENCY],
            refuses=REPEATS,
        ),
    )(view)


def _drops(view: Any, name: str, summary: str, variable: str = "id", **more: Any) -> Any:
    """One member of a collection that can be taken away."""
    where = [*ONE, key(variable)]
    delete = operation(TAG, name, summary, status=204, parameters=where, refuses=(422,))
    return extend_schema_view(delete=delete, **more)(view)


def _does(view: Any, name: str, summary: str, body: Any, **more: Any) -> Any:
    """A verb of a record."""
    given = [*ONE, IF_MATCH, IDEMPOTENCY, ETAG]
    kept = {"answer": answers.Ticket, "refuses": CHANGES, **more}
    return extend_schema_view(
        post=operation(TAG, name, summary, body=body, parameters=given, **kept)
    )(view)


def _lookup(view: Any, name: str) -> URLPattern:
    described = extend_schema_view(
        get=operation(
            "lookups",
            f"list_{name.replace('-', '_')}",
            f"List {name.replace('-', ' ')}",
            answer=page_of(view.row),
            parameters=[*view.filters.parameters(), *paging(lookups.SORTS)],
        )
    )(view)
    return path(f"{name}/", described.as_view(), name=name)


def _records(folder: str, kind: Kind | None) -> list[URLPattern]:
    record_list, one, moves = record_views(kind)
    return [
        path(f"{folder}/", record_list.as_view(), name=folder),
        path(f"{folder}/<number:number>/", one.as_view(), name=f"{folder}-one"),
        path(
            f"{folder}/<number:number>/transitions/", moves.as_view(), name=f"{folder}-transitions"
        ),
    ]


comments = _adds(
    conversation.Comments,
    "comment",
    answers.Comment,
    forms.Commenting,
    plural="comments",
    sorts=conversation.BY_ID,
)
attachments = _adds(
    conversation.Attachments,
    "attachment",
    answers.Attachment,
    {"multipart/form-data": forms.Attaching},
    plural="attachments",
    sorts=conversation.BY_ID,
)
links = _adds(work.Links, "link", answers.Link, forms.Linking, plural="links", whole=answers.Links)
tasks = _adds(
    work.Tasks, "task", answers.Task, forms.AddingTask, plural="tasks", whole=answers.Tasks
)
checklist = _adds(
    work.Checklist,
    "checklist_line",
    answers.ChecklistLine,
    forms.AddingLine,
    plural="checklist_lines",
    whole=answers.Checklist,
)
watchers = _adds(
    work.Watchers,
    "watcher",
    answers.Watcher,
    forms.Watching,
    plural="watchers",
    whole=answers.Watchers,
)
comment = _drops(
    conversation.OneComment, "retract_comment", "Take a comment back, seconds after writing it"
)
attachment = _drops(
    conversation.OneAttachment,
    "remove_attachment",
    "Take a file away",
    get=operation(
        TAG,
        "download_attachment",
        "Download a file",
        answer=OpenApiResponse(OpenApiTypes.BINARY, description="The file's bytes"),
        media="*/*",
        parameters=[*ONE, key("id")],
    ),
)
link = _drops(work.OneLink, "remove_link", "Take a link away")
line = _drops(
    work.OneLine,
    "remove_checklist_line",
    "Take a line off the list",
    patch=operation(
        TAG,
        "tick_checklist_line",
        "Tick a line off, or open it again",
        body=forms.Ticking,
        answer=answers.ChecklistLine,
        parameters=[*ONE, key("id")],
    ),
)
watcher = _drops(work.OneWatcher, "remove_watcher", "Stop watching (by the person's id)")
task = extend_schema_view(
    patch=operation(
        TAG,
        "change_task",
        "Change a task, or move it on",
        body=forms.ChangingTask,
        answer=answers.Task,
        parameters=[*ONE, number("task")],
    )
)(work.OneTask)
events = extend_schema_view(
    get=operation(
        TAG,
        "list_events",
        "The timeline: what happened, oldest first",
        answer=page_of(answers.Event),
        parameters=[*ONE, *paging(timeline.SORTS)],
    )
)(timeline.Events)
assign = _does(
    verbs.Assign,
    "assign_ticket",
    "Give it to a team or a person",
    forms.Assigning,
    also={204: OpenApiResponse(description="Done; it is no longer yours to see")},
)
priority = _does(
    verbs.Priority, "override_priority", "Set the priority by hand", forms.Prioritising
)
restriction = _does(
    verbs.Restriction, "restrict_ticket", "Keep it to its team and named people", forms.Restricting
)
follow_up = _does(
    verbs.FollowUp,
    "follow_up_ticket",
    "Open a new record that continues a closed one",
    forms.FollowingUp,
    status=201,
)

merge = _does(
    verbs.Merge,
    "merge_ticket",
    "Close it as a duplicate of another record, where it goes on",
    forms.Merging,
)
unmerge = _does(verbs.Unmerge, "unmerge_ticket", "Undo a merge (of the merged record)", None)
split = _does(
    verbs.Split,
    "split_ticket",
    "Open a new record from one of its comments",
    forms.Splitting,
    status=201,
)
unsplit = _does(verbs.Unsplit, "unsplit_ticket", "Undo a split (of the new record)", None)

search = extend_schema_view(
    get=operation(
        TAG,
        "search",
        "Find records by number or words, in comments and file names too",
        answer=finding.Hits,
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY, "pattern": "\\S"},
                OpenApiParameter.QUERY,
                required=True,
            )
        ],
    )
)(finding.Search)

ON_ONE: list[tuple[str, Any]] = [
    ("assign", assign),
    ("priority", priority),
    ("restriction", restriction),
    ("follow-up", follow_up),
    ("merge", merge),
    ("unmerge", unmerge),
    ("split", split),
    ("unsplit", unsplit),
    ("comments", comments),
    ("comments/<key:pk>", comment),
    ("attachments", attachments),
    ("attachments/<key:pk>", attachment),
    ("links", links),
    ("links/<key:pk>", link),
    ("tasks", tasks),
    ("tasks/<number:task>", task),
    ("checklist", checklist),
    ("checklist/<key:pk>", line),
    ("watchers", watchers),
    ("watchers/<key:pk>", watcher),
    ("events", events),
]

urlpatterns = [
    *_records(TAG, None),
    *(address for kind in kinds.all_kinds() for address in _records(own.folder(kind), kind)),
    *(path(f"tickets/<number:number>/{end}/", view.as_view()) for end, view in ON_ONE),
    path("search/", search.as_view(), name="search"),
    _lookup(lookups.CategoryList, "categories"),
    _lookup(lookups.PendingReasonList, "pending-reasons"),
    _lookup(lookups.ResolutionCodeList, "resolution-codes"),
    _lookup(lookups.CauseCategoryList, "cause-categories"),
]
