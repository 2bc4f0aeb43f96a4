"""The list on screen as a file."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import person
from core import export
from core.errors import NotFound
from desk.boards import BOARDS
from desk.filters import PREFIX
from desk.views.base import desk_page
from tickets import exports
from tickets.filters import Filter


@desk_page
@require_GET
def tickets(request: HttpRequest) -> HttpResponse:
    """The same address as the queue's, without its page: every row that the reader may see."""
    user = person(request)
    board, kind = BOARDS.get(request.GET.get("view", "")), request.GET.get("format", "csv")
    if board is None or kind not in export.FORMATS:
        raise NotFound(_("There is no such view."))
    chosen = Filter.parse(request.GET, prefix=PREFIX, sort=board.sort)
    found = chosen.order.apply(chosen.apply(board.tickets(user), user))
    columns = exports.columns()
    name = f"{board.label} {timezone.localdate():%Y-%m-%d}"
    return export.answer(
        name, kind, [column.label for column in columns], exports.rows(found, columns)
    )
