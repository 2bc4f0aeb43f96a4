"""The words of mails: a list, and an editor with a preview in both languages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui.base import administration, attempt, show, tell
from adminui.forms.notices import WordsForm
from core.errors import NotFound
from notifications.actions import templates
from notifications.enums import Audience, What
from notifications.letters import words_for
from notifications.models import Template
from notifications.texts import PLACEHOLDERS, WORDS, Words


@administration
def show_notices(request: HttpRequest) -> HttpResponse:
    """Every mail there is, by who reads it."""
    own = set(Template.objects.values_list("what", "audience"))
    groups = [
        {
            "audience": audience,
            "rows": [
                {"what": what, "subject": words, "is_own": (what.value, audience.value) in own}
                for (what, to), words in WORDS.items()
                if to == audience
            ],
        }
        for audience in Audience
    ]
    return show(request, "notices.html", "notices", mails=groups)


def _mail(what: str, audience: str) -> tuple[What, Audience]:
    try:
        found = What(what), Audience(audience)
    except ValueError:
        found = None
    if found not in WORDS:
        raise NotFound(_("There is no such mail."))
    return found


@administration
def edit(request: HttpRequest, what: str, audience: str) -> HttpResponse:
    mail = _mail(what, audience)
    words = words_for(*mail)
    form = WordsForm(request.POST or None, initial=vars(words))
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: templates.save_template(*mail, form.words(), by=person(request)),
        _("Saved. The next mail uses these words."),
    )
    if done:
        return redirect("adminui:notice", what, audience)
    context = {
        "form": form,
        "what": mail[0],
        "audience": mail[1],
        "is_own": Template.objects.filter(what=what, audience=audience).exists(),
        "placeholders": PLACEHOLDERS.items(),
        "previews": _previews(words),
    }
    return show(request, "notice.html", "notices", status=422 if form.errors else 200, **context)


@administration
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What is typed, as mails; saves nothing."""
    form = WordsForm(request.POST)
    form.is_valid()
    return render(request, "adminui/_notice_preview.html", {"previews": _previews(form.words())})


def _previews(words: Words) -> list[dict[str, Any]]:
    shown = []
    for language, name in (("ko", "한국어"), ("en", "English")):
        with translation.override(language):
            subject, body = templates.preview(words, language)
        shown.append({"language": language, "name": name, "subject": subject, "body": body})
    return shown


@administration
@require_POST
def reset(request: HttpRequest, what: str, audience: str) -> HttpResponse:
    """Back to the words as delivered."""
    mail = _mail(what, audience)
    said = _("The words as delivered are used again.")
    tell(request, lambda: templates.reset_template(*mail, by=person(request)), said)
    return redirect("adminui:notice", what, audience)
