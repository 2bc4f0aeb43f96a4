"""Addresses of satisfaction, taken into the namespace of the desk."""

from django.urls import path

from desk.views import csat

urlpatterns = [
    path("desk/csat/", csat.results, name="csat"),
    path("desk/csat/groups/", csat.groups, name="csat_groups"),
    path("desk/csat/answers/", csat.answers, name="csat_answers"),
    path("desk/csat/answers/file/", csat.answers_file, name="csat_file"),
    path("desk/csat/answers/<int:pk>/", csat.answer, name="csat_answer"),
    path("desk/csat/feedback/", csat.feedback, name="csat_feedback"),
    path("desk/csat/feedback/<int:pk>/hide/", csat.hide, name="csat_hide"),
    path("desk/csat/feedback/<int:pk>/show/", csat.show, name="csat_show"),
]
