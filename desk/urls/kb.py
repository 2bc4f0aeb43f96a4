"""Addresses of articles at the desk, taken into the namespace of the desk."""

from django.urls import path, re_path

from desk.views.kb import read, write

urlpatterns = [
    path("kb/", read.listing, name="kb"),
    path("kb/new/", read.new, name="article_new"),
    path("kb/review/", read.review, name="kb_review"),
    path("kb/reports/", read.reports, name="kb_reports"),
    re_path(r"^kb/[Kk][Bb]-(?P<pk>[1-9][0-9]{0,17})/$", read.named, name="article_named"),
    path("kb/<int:pk>/", read.article, name="article"),
    path("kb/<int:pk>/edit/", write.edit, name="article_edit"),
    path("kb/<int:pk>/draft/", write.draft, name="article_draft"),
    path("kb/<int:pk>/discard/", write.discard, name="article_discard"),
    path("kb/<int:pk>/preview/<slug:language>/", write.preview, name="article_preview"),
    path("kb/<int:pk>/files/", write.add_files, name="article_files"),
    path("kb/<int:pk>/files/<int:file_pk>/drop/", write.drop_file, name="article_drop_file"),
    path("kb/<int:pk>/history/", read.history, name="article_history"),
    path("kb/<int:pk>/restore/<int:revision>/", read.restore, name="article_restore"),
    path("kb/<int:pk>/do/<slug:name>/", read.move, name="article_move"),
    path("kb/<int:pk>/confirm/", read.confirm, name="article_confirm"),
    path("kb/<int:pk>/vote/", read.vote, name="article_vote"),
]
