"""What the portal's pages share: signing in without losing what was typed, drafts, files."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.definition import Definition
from catalog.enums import FieldType
from core import options
from core.errors import ActionError
from portal import actions, asked
from portal.models import StagedFile
from tickets.actions.attach import Upload
from tickets.models import Draft

View = Callable[..., HttpResponse]
_SALT = "portal.author"
_PUT_BY = "portal_put_by"
_LONGEST_AUTHORSHIP = 30 * 24 * 3600
_LONGEST_KEPT = 100_000
_SLOT = re.compile(
    rf"portal:(report|reply:[A-Z]{{2,5}}-[0-9]{{1,15}}|approval:[0-9]{{1,18}})|{asked.SLOT}"
)
# The fields of the portal's forms that are worth keeping.
TYPED = ("title", "details", "service", "affected", "working", "article", "text")


def portal_page(view: View) -> View:
    """For everybody signed in. What somebody sends after their session ended waits for them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            _take_up(request)
            return view(request, *args, **kwargs)
        if by_script(request):
            expired = {"X-Session-Expired": reverse("accounts:login")}
            return HttpResponse(status=401, headers=expired)
        if request.method == "POST":
            _put_by(request)
        return redirect_to_login(request.get_full_path())

    return cast(View, login_not_required(guarded))


def by_script(request: HttpRequest) -> bool:
    """Whether a script of the page asks for a fragment, not a person for a page."""
    return request.headers.get("X-Requested-With") == "fetch" or bool(
        getattr(request, "htmx", False)
    )


def _put_by(request: HttpRequest) -> None:
    """Keep an unsigned-in person's text in their session, for the one who was signed in here.

    The form says whose page it was, signed, so that nobody else who signs in gets to read it.
    """
    slot = slot_in(request)
    try:
        author = signing.loads(
            request.POST.get("author", ""), salt=_SALT, max_age=_LONGEST_AUTHORSHIP
        )
    except signing.BadSignature:
        return
    data = typed(request)
    if slot and sum(len(str(value)) for value in data.values()) <= _LONGEST_KEPT:
        request.session[_PUT_BY] = {"author": author, "slot": slot, "data": data}


def _take_up(request: HttpRequest) -> None:
    """Turn what was put by into a draft, now that its author is back."""
    if _PUT_BY not in request.session:
        return
    kept = request.session.pop(_PUT_BY)
    if kept["author"] == request.user.pk:
        actions.keep_typed(asked.form_of(kept["slot"]), kept["data"], by=person(request))
        messages.info(
            request,
            _("Your session had ended before this was sent. Your text is here: send it again."),
        )


def person(request: HttpRequest) -> User:
    """Who is asking; only behind portal_page."""
    return cast(User, request.user)


def slot_in(request: HttpRequest) -> str:
    """The form that a request is about; empty when it names none."""
    slot = request.POST.get("slot", "")
    return slot if _SLOT.fullmatch(slot) else ""


def typed(request: HttpRequest) -> dict[str, Any]:
    """What the form's fields hold."""
    if asked.PRESENT in request.POST:
        return asked.typed_in(request.POST)
    return {name: words(request.POST[name]) for name in TYPED if name in request.POST}


def words(text: str) -> str:
    """Text that the database can hold."""
    return text.replace("\x00", "")


def draft_of(user: User, slot: str) -> Draft | None:
    """What the person typed into a form and has not sent."""
    return Draft.objects.filter(user=user, slot=slot).first()


def form_marks(request: HttpRequest, slot: str) -> dict[str, Any]:
    """What the template portal/_marks.html and the list of files need."""
    user = person(request)
    megabytes = options.get("attachment_megabytes")
    return {
        "slot": slot,
        "token": request.POST.get("token") or str(uuid4()),
        "author": signing.dumps(user.pk, salt=_SALT),
        "staged": StagedFile.objects.filter(user=user, slot=slot).order_by("id"),
        "megabytes": megabytes,
        "max_bytes": megabytes * 1024 * 1024,
    }


def stage_files(request: HttpRequest, slot: str, name: str = "files") -> list[str]:
    """Keep the files that came with a request; what is wrong with those refused."""
    refused = []
    for file in request.FILES.getlist(name):
        try:
            actions.stage(slot, Upload.of(file), by=person(request))
        except ActionError as error:
            refused.append(str(error.message))
    return refused


def stage_answers(request: HttpRequest, slot: str, definition: Definition) -> dict[str, str]:
    """Keep the files that came for the questions of a form; what is wrong with those refused."""
    refused = {}
    for field in definition.fields:
        if field.type == FieldType.FILE:
            place = asked.file_slot(slot, field.key)
            complaints = stage_files(request, place, asked.SINGLE + field.key)
            if complaints:
                refused[field.key] = " ".join(complaints)
    return refused
