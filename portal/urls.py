"""Addresses of the portal."""

from django.urls import include, path, re_path

from portal.views import (
    approvals,
    approve,
    detail,
    home,
    kb,
    mine,
    outages,
    report,
    status,
    survey,
    typing,
)

app_name = "portal"
request = [
    path("", detail.detail, name="detail"),
    path("received/", report.received, name="received"),
    path("reply/", detail.reply, name="reply"),
    path("confirm/", detail.confirm, name="confirm"),
    path("reopen/", detail.reopen, name="reopen"),
    path("withdraw/", detail.withdraw, name="withdraw"),
    path("follow-up/", detail.follow_up, name="follow_up"),
    path("watch/", detail.watch, name="watch"),
    path("news/", detail.news, name="news"),
    path("seen/", detail.seen, name="seen"),
    path("survey/", survey.of_record, name="record_survey"),
]
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
    path("portal/approvals/", approvals.inbox, name="approvals"),
    path("portal/approvals/<int:pk>/", approvals.detail, name="approval"),
    path("portal/approvals/<int:pk>/decide/", approvals.decide, name="approval_decide"),
    path("portal/approvals/<int:pk>/hold/", approvals.hold, name="approval_hold"),
    path("portal/approvals/<int:pk>/question/", approvals.question, name="approval_question"),
    path("portal/approvals/<int:pk>/hand-over/", approvals.hand_over, name="approval_hand_over"),
    path("portal/approvals/<int:pk>/recall/", approvals.recall, name="approval_recall"),
    path("portal/approvals/<int:pk>/print/", approvals.printed, name="approval_print"),
    path("approve/<str:key>/", approve.by_key, name="approve"),
    path("portal/my/", mine.my, name="my"),
    path("portal/kb/", kb.listing, name="kb"),
    path("portal/kb/<str:slug>/", kb.article, name="article"),
    path("portal/kb/<str:slug>/vote/", kb.vote, name="article_vote"),
    path("portal/kb/<str:slug>/solved/", kb.solved, name="article_solved"),
    path("portal/status/", status.status, name="status"),
    path("portal/survey/<str:token>/", survey.by_link, name="survey"),
    path("portal/feedback/<int:pk>/", survey.of_service, name="feedback"),
    re_path(
        r"^portal/outages/(?P<number>[A-Za-z]{2,5}-?[0-9]{1,15})/affected/$",
        outages.affected,
        name="affected",
    ),
    re_path(r"^portal/my/(?P<number>[A-Za-z]{2,5}-?[0-9]{1,15})/", include(request)),
]
