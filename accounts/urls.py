"""Addresses of signing in and of the pages about oneself."""

from django.urls import path

from accounts.views import delegation, me, passwords, signin

app_name = "accounts"
urlpatterns = [
    path("login/", signin.SignIn.as_view(), name="login"),
    path("logout/", signin.SignOut.as_view(), name="logout"),
    path("session/renew/", signin.renew, name="renew"),
    path("password/", passwords.ask_link, name="password_reset"),
    path("password/asked/", passwords.link_asked, name="password_asked"),
    path("password/<uidb64>/<token>/", passwords.ChooseByLink.as_view(), name="password_link"),
    path("me/", me.profile, name="me"),
    path("me/preferences/", me.edit_preferences, name="preferences"),
    path("me/preferences/quiet/", me.edit_quiet_hours, name="quiet_hours"),
    path("me/password/", passwords.change, name="password"),
    path("me/sessions/", me.list_sessions, name="sessions"),
    path("me/sessions/<int:pk>/end/", me.end_session, name="end_session"),
    path("me/sessions/end-others/", me.end_other_sessions, name="end_other_sessions"),
    path("me/delegation/", delegation.delegation, name="delegation"),
    path("me/delegation/<int:pk>/cancel/", delegation.cancel, name="cancel_delegation"),
    path("me/colleagues/", delegation.colleagues, name="colleagues"),
    path("me/tokens/", me.list_tokens, name="tokens"),
    path("me/tokens/<int:pk>/revoke/", me.revoke_token, name="revoke_token"),
]
