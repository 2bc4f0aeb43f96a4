"""Addresses of records: /inc/INC-1042/ and what can be done there. The folder is the kind's."""

from django.urls import include, path, re_path

from desk.views import (
    approvals,
    clocks,
    conversation,
    merge,
    properties,
    similar,
    sla_explain,
    ticket,
    work,
)
from desk.views.kb import beside
from desk.views.major import steps
from tickets import urls as kernel

app_name = "tickets"
record = [
    path("", ticket.detail, name="detail"),
    path("peek/", ticket.peek, name="peek"),
    path("print/", ticket.printed, name="print"),
    path("seen/", ticket.seen, name="seen"),
    path("sla/card/", clocks.card, name="sla_card"),
    path("news/", ticket.news, name="news"),
    path("sla/", sla_explain.explain, name="sla"),
    path("kb/", beside.beside, name="kb"),
    path("kb/write/", beside.write, name="kb_write"),
    path("kb/pick/", beside.pick, name="kb_pick"),
    path("similar/", similar.beside, name="similar"),
    path("menu/canned/", conversation.canned, name="canned"),
    path("menu/<slug:what>/", ticket.menu, name="menu"),
    path("do/<slug:name>/", ticket.move, name="move"),
    path("panel/<slug:name>/", ticket.panel, name="panel"),
    path("say/", conversation.send, name="say"),
    path("say/<int:pk>/undo/", conversation.undo, name="undo"),
    path("draft/<slug:mode>/", conversation.draft, name="draft"),
    path("edit/title/", properties.title, name="title"),
    path("edit/description/", properties.description, name="description"),
    path("edit/<slug:name>/", properties.edit, name="edit"),
    path("assign/", properties.assign, name="assign"),
    path("team/", properties.team, name="team"),
    path("priority/", properties.priority, name="priority"),
    path("watch/", properties.watch, name="watch"),
    path("restrict/", properties.restrict, name="restrict"),
    path("milestone/<slug:name>/", steps.milestone, name="milestone"),
    path("links/", work.add_link, name="add_link"),
    path("links/<int:pk>/drop/", work.drop_link, name="drop_link"),
    path("tasks/", work.add_task, name="add_task"),
    path("tasks/<int:pk>/", work.change_task, name="change_task"),
    path("checks/", work.add_check, name="add_check"),
    path("checks/<int:pk>/", work.tick, name="tick"),
    path("approval/recall/", approvals.recall, name="recall_approval"),
    path("approval/void/", approvals.void, name="void_approval"),
    path("template/", work.template, name="template"),
    path("files/", work.add_files, name="add_files"),
    path("files/<int:pk>/drop/", work.drop_file, name="drop_file"),
    path("follow-up/", work.follow_up, name="follow_up"),
    path("merge/", merge.merge, name="merge"),
    path("unmerge/", merge.unmerge, name="unmerge"),
    path("say/<int:pk>/split/", merge.split, name="split"),
    path("unsplit/", merge.unsplit, name="unsplit"),
]
urlpatterns = [
    *kernel.urlpatterns,
    path("", include("tickets.urls")),
    re_path(r"^(?P<folder>[a-z]{2,5})/(?P<number>[A-Za-z]{2,5}-[0-9]{1,15})/", include(record)),
]
