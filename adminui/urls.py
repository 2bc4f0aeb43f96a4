"""Addresses of the administration."""

from django.urls import include, path

from adminui.views import cmdb, home, lists, notices, organisation, people, priority, teams

app_name = "adminui"
urlpatterns = [
    path("", home.home, name="home"),
    path("people/", people.show_people, name="people"),
    path("people/new/", people.create, name="new_person"),
    path("people/<int:pk>/", people.edit, name="person"),
    path("people/<int:pk>/roles/", people.grant, name="grant"),
    path("people/<int:pk>/roles/<int:grant_pk>/revoke/", people.revoke, name="revoke"),
    path("people/<int:pk>/mail-link/", people.mail_link, name="mail_link"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("people/<int:pk>/anonymise/", people.anonymise, name="anonymise"),
    path("people/<int:pk>/tokens/", people.issue_token, name="issue_token"),
    path("people/<int:pk>/tokens/<int:token_pk>/revoke/", people.revoke_token, name="revoke_token"),
    path("teams/", teams.show_teams, name="teams"),
    path("teams/new/", teams.create, name="new_team"),
    path("teams/<int:pk>/", teams.edit, name="team"),
    path("teams/<int:pk>/active/", teams.switch, name="switch_team"),
    path("teams/<int:pk>/members/", teams.add_member, name="add_member"),
    path(
        "teams/<int:pk>/members/<int:member_pk>/remove/", teams.remove_member, name="remove_member"
    ),
    path(
        "teams/<int:pk>/members/<int:member_pk>/available/",
        teams.set_available,
        name="set_available",
    ),
    path("departments/", teams.show_departments, name="departments"),
    path("departments/new/", teams.create_department, name="new_department"),
    path("departments/<int:pk>/", teams.edit_department, name="department"),
    path("roles/", home.roles, name="roles"),
    path("priority/", priority.edit, name="priority"),
    path("priority/preview/", priority.preview, name="priority_preview"),
    path("lists/<slug:key>/", lists.show_list, name="list"),
    path("lists/<slug:key>/new/", lists.create, name="list_new"),
    path("lists/<slug:key>/<int:pk>/", lists.edit, name="list_edit"),
    path("lists/<slug:key>/<int:pk>/active/", lists.switch, name="list_switch"),
    path("lists/<slug:key>/<int:pk>/move/", lists.move, name="list_move"),
    path("services/", cmdb.show_services, name="services"),
    path("services/new/", cmdb.create_service, name="new_service"),
    path("services/<int:pk>/", cmdb.edit_service, name="service"),
    path("items/", cmdb.show_items, name="items"),
    path("items/new/", cmdb.create_item, name="new_item"),
    path("items/<int:pk>/", cmdb.edit_item, name="item"),
    path("items/<int:pk>/relations/", cmdb.relate, name="relate"),
    path("items/<int:pk>/relations/<int:relation_pk>/drop/", cmdb.unrelate, name="unrelate"),
    path("import/", include("imports.urls")),
    path("organisation/", organisation.edit_options, name="organisation"),
    path("notices/", notices.show_notices, name="notices"),
    path("notices/preview/", notices.preview, name="notice_preview"),
    path("notices/<slug:what>/<slug:audience>/", notices.edit, name="notice"),
    path("notices/<slug:what>/<slug:audience>/reset/", notices.reset, name="notice_reset"),
    path("outbox/", organisation.show_outbox, name="outbox"),
    path("outbox/act/", organisation.act_on_messages, name="outbox_act"),
    path("audit/", organisation.show_log, name="audit"),
]
