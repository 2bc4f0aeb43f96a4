"""Addresses of major incidents: their list, and one's console, notices, timeline and review."""

from django.urls import include, path, re_path

from desk.views.major import notices, pages, people, review, steps, work

app_name = "major"
one = [
    path("", pages.console, name="console"),
    path("propose/", steps.propose, name="propose"),
    path("declare/", steps.declare, name="declare"),
    path("reject/", steps.reject, name="reject"),
    path("severity/", steps.severity, name="severity"),
    path("resolve/", steps.resolve, name="resolve"),
    path("stand-down/", steps.stand_down, name="stand_down"),
    path("summary/", work.summary, name="summary"),
    path("role/<slug:role>/", people.role, name="role"),
    path("call/", people.call, name="call"),
    path("log/", work.log, name="log"),
    path("log/<int:pk>/", work.edit_log, name="edit_log"),
    path("pin/<int:pk>/", work.pin, name="pin"),
    path("tasks/<int:pk>/", work.task, name="task"),
    path("checks/<int:pk>/", work.check, name="check"),
    path("children/", work.children, name="children"),
    path("timeline/", pages.timeline, name="timeline"),
    path("notices/", notices.notices, name="notices"),
    path("notices/new/", notices.publish, name="publish"),
    path("review/", review.review, name="review"),
    path("review/actions/", review.add_action, name="add_action"),
    path("review/actions/<int:pk>/drop/", review.drop_action, name="drop_action"),
    path("review/approve/", review.approve, name="approve"),
    path("review/pdf/", review.pdf, name="pdf"),
]
urlpatterns = [
    path("major/", pages.majors, name="list"),
    re_path(r"^major/(?P<number>[A-Za-z]{2,5}-?[0-9]{1,15})/", include(one)),
]
