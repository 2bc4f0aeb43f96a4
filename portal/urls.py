"""Addresses of the portal."""

from django.urls import path

from portal.views import detail, home, mine, report, typing

app_name = "portal"
urlpatterns = [
    path("", home.start, name="start"),
    path("portal/", home.home, name="home"),
    path("portal/search/", home.search, name="search"),
    path("portal/report/", report.report, name="report"),
    path("portal/report/similar/", report.similar, name="similar"),
    path("portal/services/", report.services, name="services"),
    path("portal/draft/", typing.draft, name="draft"),
    path("portal/draft/discard/", typing.discard, name="discard"),
    path("portal/files/", typing.files, name="files"),
    path("portal/files/<int:pk>/remove/", typing.remove_file, name="remove_file"),
    path("portal/my/", mine.my, name="my"),
    path("portal/my/<str:number>/", detail.detail, name="detail"),
    path("portal/my/<str:number>/received/", report.received, name="received"),
    path("portal/my/<str:number>/reply/", detail.reply, name="reply"),
    path("portal/my/<str:number>/confirm/", detail.confirm, name="confirm"),
    path("portal/my/<str:number>/reopen/", detail.reopen, name="reopen"),
    path("portal/my/<str:number>/withdraw/", detail.withdraw, name="withdraw"),
    path("portal/my/<str:number>/follow-up/", detail.follow_up, name="follow_up"),
    path("portal/my/<str:number>/watch/", detail.watch, name="watch"),
    path("portal/my/<str:number>/seen/", detail.seen, name="seen"),
]
