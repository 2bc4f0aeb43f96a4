"""Addresses of the inbox."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/count/", views.count, name="count"),
    path("inbox/about/<int:pk>/", views.about, name="about"),
    path("inbox/read/", views.read, name="read"),
    path("inbox/clear/", views.clear, name="clear"),
    path("inbox/preferences/", views.preferences, name="preferences"),
    path("inbox/preferences/reset/", views.reset_preferences, name="reset_preferences"),
    path("inbox/mute/<str:number>/", views.mute, name="mute"),
    path("inbox/told/<str:number>/", views.told, name="told"),
    path("inbox/deliveries/<int:pk>/retry/", views.retry, name="retry"),
    path("announcements/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
]
