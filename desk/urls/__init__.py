"""Addresses of the agent's workspace."""

from django.urls import include, path

from desk.views import create, objectives, oncall, order, pick, queue, search, similar, sla_explain

app_name = "desk"
urlpatterns = [
    path("desk/", queue.home, name="home"),
    path("desk/q/<slug:view>/", queue.queue, name="queue"),
    path("desk/q/<slug:view>/changes/", queue.changes, name="changes"),
    path("desk/q/<slug:view>/filter/<slug:key>/", queue.filter_form, name="filter"),
    path("desk/q/<slug:view>/display/", queue.display, name="display"),
    path("desk/pick/<slug:source>/", pick.pick, name="pick"),
    path("desk/new/", create.new, name="new"),
    path("desk/new/request/", order.order, name="new_request"),
    path("desk/new/draft/", create.new_draft, name="new_draft"),
    path("desk/new/proposal/", similar.proposal, name="proposal"),
    path("desk/oncall/", oncall.oncall, name="oncall"),
    path("desk/oncall/new/", oncall.new, name="oncall_new"),
    path("desk/oncall/<int:pk>/edit/", oncall.edit, name="oncall_edit"),
    path("desk/oncall/<int:pk>/change/", oncall.change, name="oncall_change"),
    path("desk/oncall/<int:pk>/swap/", oncall.swap, name="oncall_swap"),
    path(
        "desk/oncall/<int:pk>/change/<int:change_pk>/back/",
        oncall.take_back,
        name="oncall_take_back",
    ),
    path("", include("desk.urls.costs")),
    path("", include("desk.urls.csat")),
    path("desk/sla/objectives/", objectives.overview, name="sla_objectives"),
    path("desk/sla/objectives/<int:pk>/", objectives.service, name="sla_service"),
    path("desk/sla/outages/<int:pk>/", objectives.correct, name="outage_correct"),
    path("desk/sla/outages/<int:pk>/end/", objectives.end, name="outage_end"),
    path("desk/sla/outages/<int:pk>/withdraw/", objectives.withdraw, name="outage_withdraw"),
    path("desk/sla/what-if/", sla_explain.what_if, name="sla_what_if"),
    path("", include("desk.urls.kb")),
    path("search/", search.search, name="search"),
    path("r/<str:reference>/", queue.resolve, name="resolve"),
]
