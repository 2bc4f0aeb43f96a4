"""Finding people by any part of a name, address or number, by initial consonants (ㅎㄱㄷ), and as
typed with the keyboard in the wrong mode (ghdrlfehd)."""

from typing import Any

from django.db.models import Case, Func, Q, TextField, Value, When

from accounts.models import User
from core import text as words_of
from core.wording import Word

COLUMNS = ("display_name", "roman_name", "email", "employee_no")


class Initials(Func):
    """The initial consonants of a name: the expression that the index holds."""

    template = "regexp_replace(normalize(%(expressions)s, NFD), '[^\u1100-\u1112]', '', 'g')"
    output_field = TextField()


def people(query: str, among: Any = None) -> Any:
    """The people whom every word of `query` fits, best first; active ones unless `among` is given.

    Names that begin with the first word come first. Nobody for an empty query.
    """
    found = User.objects.filter(is_active=True) if among is None else among
    words = words_of.words(query)
    if not words:
        return found.none()
    for word in words:
        found = found.filter(_fits(word))
    first = words_of.from_keys(words[0]) or words[0]
    begins = Q(display_name__startswith=first) | Q(roman_name__istartswith=words[0])
    rank = Case(When(begins, then=Value(0)), default=Value(1))
    return found.order_by(rank, "display_name", "pk")


def _fits(word: str) -> Q:
    initials = words_of.initial_letters(word)
    if initials:
        return Q(pk__in=_with_initials(initials))
    hangul = words_of.from_keys(word)
    return Word((word, hangul) if hangul else (word,)).within(*COLUMNS)


def _with_initials(initials: str) -> Any:
    named = User.objects.annotate(initials=Initials("display_name"))
    return named.filter(initials__startswith=initials).order_by().values("pk")
