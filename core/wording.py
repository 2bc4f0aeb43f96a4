"""Words as conditions on texts: in the form that the indexes of trigrams answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Func, Q, TextField
from django.db.models.lookups import Contains

from core import text


class Folded(Func):
    """Texts joined by line breaks, in lower case: the expression that the indexes hold."""

    template = "lower(%(expressions)s)"
    arg_joiner = r" || E'\n' || "
    output_field = TextField()


class Letters(Folded):
    """The same, each Korean syllable decomposed into its letters."""

    template = "normalize(lower(%(expressions)s), NFD)"


@dataclass(frozen=True)
class Word:
    """A word to find, in any of its `forms`: as typed, without its particle, in Hangul."""

    forms: tuple[str, ...]

    @property
    def is_indexed(self) -> bool:
        """Whether an index helps to find it; single letters and syllables are too short."""
        return all(text.has_trigram(f) or text.letters_have_trigram(f) for f in self.forms)

    @property
    def length(self) -> int:
        """How telling it is: a syllable counts as the two or three letters it has."""
        return min(len(text.letters(form)) for form in self.forms)

    @property
    def is_a_code(self) -> bool:
        """Whether it has a digit: names of hosts and errors are rarer than words."""
        return any(ch.isdigit() for form in self.forms for ch in form)

    def within(self, *columns: str) -> Q:
        """Whether one of these text columns holds the word."""
        return reduce(or_, [_holds(columns, form) for form in self.forms])


def as_typed(query: str) -> list[Word]:
    """The words of a query, the most telling first."""
    return _sorted(Word((word,)) for word in text.words(query))


def with_alternatives(words: Sequence[Word]) -> list[Word]:
    """The words with what else may be meant: without a particle, or typed in the wrong mode."""
    widened = []
    for word in words:
        typed = word.forms[0]
        others = [form for form in (text.stem(typed), text.from_keys(typed)) if form]
        widened.append(Word((typed, *others)))
    return _sorted(widened)


def _sorted(words: Iterable[Word]) -> list[Word]:
    return sorted(words, key=lambda word: (not word.is_indexed, not word.is_a_code, -word.length))


def _holds(columns: Sequence[str], form: str) -> Q:
    plain: Any = Q(Contains(Folded(*columns), form))
    if text.has_trigram(form) or not text.letters_have_trigram(form):
        return plain
    # By letters there are false hits (각 holds the letters of 가), so the word itself is asked too.
    return Q(Contains(Letters(*columns), text.letters(form))) & plain
