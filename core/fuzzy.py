"""Finding short texts although they are typed wrongly: names, titles, synonyms.

Pure, in memory, for up to a few thousand documents. What is forgiven: Korean particles, a word
typed in the wrong keyboard mode, spaces left out or put in, initial consonants for a word (ㅂㅁㅂㅎ
→ 비밀번호), the start of a word while it is typed, other endings of a verb, and slips of a letter
or two. Korean is compared letter by letter (NFD), so that 프린타 is one slip from 프린터.
"""

import re
import unicodedata
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core import text

# How sure a match is, by the way it was found.
EXACT, START, INITIALS, INSIDE = 1.0, 0.9, 0.8, 0.75
# Of a slip: how alike the two words are, times this.
SLIP = 0.8
# The same beginning with another ending, as Korean verbs have them.
ENDING = 0.6
# A word without its particle, or typed in the wrong keyboard mode.
MEANT = 0.95
# This share of what is asked (by weight of its words) must be found in a document.
LEAST = 0.5
# What a text that starts as the whole query does gains, by how much of it that is.
BONUS = 0.05
# Words that say little: they neither find nor hinder much.
_WORD = re.compile(r"[^\W_]+")
_LIGHT = frozenset(
    _WORD.findall(
        "the a an to of in on is are my me it i can not cannot how do does what when with for and "
        "or please 안 못 좀 또 왜 및 수 것 때 돼요 되요 안돼요 안되요 안됨 안돼 돼 해주세요 주세요 "
        "자꾸 계속 갑자기 합니다 됩니다 하는 하고 있는 싶어요 어떻게 하나요 있나요 되나요 방법 문의"
    )
)
_LIGHT_WEIGHT = 0.5
# A short name (VPN) tells as much as two syllables.
_LEAST_WEIGHT = 5
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# In letters: 서버 has four, 메일 five.
_SHORTEST_SLIP = 4
_SHORTEST_INSIDE = 4
_TWO_SLIPS = 8
_SHORTEST_STEM = 4
_SHORTEST_ENDED = 7


@dataclass(frozen=True)
class Document:
    """What can be found: its key, and its texts with what each weighs (the title most)."""

    key: Hashable
    fields: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class _Asked:
    """A word of the query: its forms with how sure each is, its initials, and its weight."""

    forms: tuple[tuple[str, float], ...]
    initials: str
    weight: float


def rank(
    query: str, documents: Iterable[Document], *, least: float = LEAST
) -> list[tuple[Any, float]]:
    """The documents that match `query`, best first, as (key, score from 0 to 1).

    `least` is the share of the query (by weight of its words) that a document must hold: half
    suits sentences, 1.0 asks for every word. Equal scores keep the order given.
    """
    asked = _asked(query)
    if not asked:
        return []
    total = sum(word.weight for word in asked)
    whole = _squeezed(query)
    known: list[dict[str, float]] = [{} for _word in asked]
    found = []
    for document in documents:
        top = max((weight for _text, weight in document.fields), default=0) or 1
        score = held = 0.0
        for word, cache in zip(asked, known, strict=True):
            best = max(
                (weight * _match(word, said, cache) for said, weight in document.fields if said),
                default=0.0,
            )
            score += word.weight * best / top
            held += word.weight if best else 0
        if held and held >= least * total - 1e-9:
            fields = [_squeezed(field) for field, _weight in document.fields]
            share = max((len(whole) / len(f) for f in fields if f.startswith(whole)), default=0)
            found.append((document.key, (1 - BONUS) * score / total + BONUS * share))
    return sorted(found, key=lambda pair: -pair[1])


def alike(one: str, other: str) -> float:
    """How alike two words are, 0 to 1; 0 where they differ by more than a slip or two."""
    return _slip(text.letters(text.fold(one)), text.letters(text.fold(other)))


def _asked(query: str) -> list[_Asked]:
    plain = unicodedata.normalize("NFC", query.replace("\x00", " "))[: text.LONGEST_QUERY]
    found = []
    for typed in list(dict.fromkeys(_WORD.findall(plain)))[: text.MOST_WORDS * 2]:
        low = text.fold(typed)[: text.LONGEST_WORD]
        forms = [(_decomposed(low), 1.0)]
        # The keyboard's mode is told from the word as typed: a capital is a doubled consonant.
        others = [text.stem(low), text.from_keys(typed), text.from_keys(low)]
        forms += [(text.letters(form), MEANT) for form in others if form]
        weight = (
            _LIGHT_WEIGHT if low in _LIGHT else float(min(max(len(forms[0][0]), _LEAST_WEIGHT), 12))
        )
        found.append(_Asked(tuple(forms), text.initial_letters(low), weight))
    return found


def _decomposed(word: str) -> str:
    """Letters of a word; a consonant left over at the end begins the syllable still to come."""
    if len(word) > 1 and word[-1] in _INITIALS:
        return text.letters(word[:-1]) + chr(0x1100 + _INITIALS.index(word[-1]))
    return text.letters(word)


@lru_cache(maxsize=20_000)
def _words(said: str) -> tuple[str, ...]:
    """The words of a text, each by its letters."""
    low = text.fold(unicodedata.normalize("NFC", said))
    return tuple(dict.fromkeys(text.letters(word) for word in _WORD.findall(low)))


@lru_cache(maxsize=20_000)
def _squeezed(said: str) -> str:
    """A text by its letters, without what stands between its words."""
    low = text.fold(unicodedata.normalize("NFC", said))
    return text.letters("".join(_WORD.findall(low)))


@lru_cache(maxsize=20_000)
def _initials(letters: str) -> str:
    """The consonants that its syllables start with."""
    return "".join(ch for ch in letters if "\u1100" <= ch <= "\u1112")


def _match(word: _Asked, said: str, cache: dict[str, float]) -> float:
    """How well a text holds a word. `cache` keeps what is known of the words of all texts."""
    best = 0.0
    for other in _words(said):
        if other not in cache:
            cache[other] = max(_one(form, other) * sure for form, sure in word.forms)
        best = max(best, cache[other])
    if best >= START * MEANT:
        return best
    squeezed = _squeezed(said)
    if word.initials and len(word.initials) > 1:
        return max(best, INITIALS * (word.initials in _initials(squeezed)))
    for form, sure in word.forms:
        if len(form) >= _SHORTEST_INSIDE and form in squeezed:
            best = max(best, INSIDE * sure)
    return best


def _one(form: str, other: str) -> float:
    """How well one word of a text is the word asked for, both by their letters."""
    if form == other:
        return EXACT
    if other.startswith(form):
        return START
    if len(form) >= _SHORTEST_INSIDE and form in other:
        return INSIDE
    return max(SLIP * _slip(form, other), ENDING * _same_stem(form, other))


def _same_stem(one: str, other: str) -> bool:
    """Whether two Korean words begin alike and end differently: 끊깁니다, 끊길 때."""
    shorter, longer = sorted((len(one), len(other)))
    if longer < _SHORTEST_ENDED or not "\u1100" <= one[0] <= "\u1112":
        return False
    alike = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    return alike >= _SHORTEST_STEM and alike >= 0.6 * shorter


@lru_cache(maxsize=50_000)
def _slip(one: str, other: str) -> float:
    shorter, longer = sorted((len(one), len(other)))
    if shorter < _SHORTEST_SLIP:
        return 0.0
    most = 2 if shorter >= _TWO_SLIPS else 1
    if longer - shorter > most or not _trigrams(one) & _trigrams(other):
        return 0.0
    slips = _slips(one, other, most)
    return 1 - slips / longer if slips <= most else 0.0


@lru_cache(maxsize=20_000)
def _trigrams(letters: str) -> frozenset[str]:
    padded = f"  {letters} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def _slips(one: str, other: str, most: int) -> int:
    """Letters put in, left out, changed or swapped with the next; more than `most` is enough."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, mine in enumerate(one, 1):
        oldest, before, row = before, row, [i]
        for j, yours in enumerate(other, 1):
            step = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (mine != yours))
            if oldest and j > 1 and mine == other[j - 2] and one[i - 2] == yours:
                step = min(step, oldest[j - 2] + 1)
            row.append(step)
        if min(row) > most:
            return most + 1
    return row[-1]
