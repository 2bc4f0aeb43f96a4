"""Words as people type and search them: Korean particles, keyboard slips, initial consonants."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LONGEST_QUERY = 200
MOST_WORDS = 8
LONGEST_WORD = 60

# Particles, longest first: what is left of a word when one of them is taken off is its stem.
_PARTICLES = re.findall(
    r"\S+",
    "에서는 으로는 에서도 이라고 에서 에게 한테 까지 부터 이나 라도 처럼 보다 하고 이랑 께서 "
    "라고 에는 에도 로는 으로 은 는 이 가 을 를 에 의 와 과 도 만 로 나 랑",
)
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_KEYS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        strict=True,
    )
)
_DOUBLE = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ", "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ",
    "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
_RUN = re.compile(r"[^\W_]+")
_SYLLABLES = re.compile(r"[가-힣]+")


def row_id(text: object) -> int | None:
    """The id of a row that a request names; None where it is none the database could hold.

    Stricter than str.isdigit, which takes "²" for a digit.
    """
    given = str(text or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def row_ids(texts: Iterable[str]) -> list[int]:
    """Those of the texts that are ids."""
    return [pk for pk in map(row_id, texts) if pk is not None]


def without_nul(text: str) -> str:
    """Text as the database can hold it."""
    return text.replace("\x00", "")


def words(query: str) -> list[str]:
    """The words of a query: composed (NFC), lower case, without doubles, bounded in number."""
    text = unicodedata.normalize("NFC", query.replace("\x00", " "))[:LONGEST_QUERY]
    found = dict.fromkeys(fold(word)[:LONGEST_WORD] for word in text.split())
    return list(found)[:MOST_WORDS]


def fold(text: str) -> str:
    """Lower case, one character for one, as the database folds it."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(low if len(low := ch.lower()) == 1 else ch for ch in text)


def letters(text: str) -> str:
    """Decomposed (NFD): each Korean syllable as its two or three letters."""
    return unicodedata.normalize("NFD", text)


def has_trigram(text: str) -> bool:
    """Whether an index of trigrams helps to find `text` anywhere, inside words too."""
    return any(len(run) >= 3 for run in _RUN.findall(text))


def letters_have_trigram(text: str) -> bool:
    """Whether it helps to find `text` by its letters: from two syllables up it does."""
    return any(len(letters(run)) >= 3 for run in _SYLLABLES.findall(text))


def stem(word: str) -> str:
    """A Korean word without its particle (서버에서 → 서버); empty where none is taken off."""
    if not _SYLLABLES.search(word[-1:]):
        return ""
    for particle in _PARTICLES:
        rest = word.removesuffix(particle)
        if rest != word and len(rest) >= 2:
            return rest
    return ""


def from_keys(word: str) -> str:
    """Hangul typed with the keyboard in Latin mode (ghdrlfehd → 홍길동); empty if it is none."""
    if not word.isascii() or not word.isalpha():
        return ""
    plain = "".join(ch if ch in _KEYS else ch.lower() for ch in word)
    joined = _join([_KEYS[ch] for ch in plain])
    return joined if _SYLLABLES.fullmatch(joined) else ""


def _join(typed: Sequence[str]) -> str:
    """Syllables from letters as an input method joins them; a letter left over stays a letter."""
    out, at = [], 0
    while at < len(typed):
        taken, syllable = _syllable(typed, at)
        out.append(syllable)
        at += taken
    return "".join(out)


def _syllable(typed: Sequence[str], at: int) -> tuple[int, str]:
    """(letters taken, text) of the syllable that starts at `at`."""
    initial = typed[at]
    if initial not in _INITIALS or at + 1 >= len(typed) or typed[at + 1] not in _VOWELS:
        return 1, initial
    vowel, used = _pair(typed, at + 1, _VOWELS)
    end = at + 1 + used
    final = ""
    if end < len(typed) and typed[end] in _FINALS and not _starts(typed, end):
        final, used = _pair(typed, end, _FINALS)
        if used == 2 and _starts(typed, end + 1):
            final, used = typed[end], 1
        end += used
    code = (_INITIALS.index(initial) * 21 + _VOWELS.index(vowel)) * 28 + _FINALS.index(final)
    return end - at, chr(0xAC00 + code)


def _pair(typed: Sequence[str], at: int, known: Sequence[str]) -> tuple[str, int]:
    double = _DOUBLE.get("".join(typed[at : at + 2]), "")
    return (double, 2) if double and double in known else (typed[at], 1)


def _starts(typed: Sequence[str], at: int) -> bool:
    """Whether a syllable starts at `at`: a consonant before a vowel."""
    return typed[at] in _INITIALS and at + 1 < len(typed) and typed[at + 1] in _VOWELS


def initial_letters(word: str) -> str:
    """`ㅎㄱㄷ` as the decomposed initials that a name has; empty where it is something else."""
    if not word or any(ch not in _INITIALS for ch in word):
        return ""
    return "".join(chr(0x1100 + _INITIALS.index(ch)) for ch in word)


def marked(text: str, wanted: Sequence[str], *, around: int = 60) -> SafeString:
    """An excerpt around the first of `wanted`, escaped, with every match in <mark>."""
    found = re.compile("|".join(map(re.escape, sorted(wanted, key=len, reverse=True))) or "$^")
    low = fold(text)
    first = found.search(low)
    start = max(0, first.start() - around) if first else 0
    end = min(len(text), (first.end() if first else 0) + 2 * around)
    parts, at = ["… " if start else ""], start
    for hit in found.finditer(low, start, end):
        parts += [
            escape(text[at : hit.start()]),
            f"<mark>{escape(text[slice(*hit.span())])}</mark>",
        ]
        at = hit.end()
    parts += [escape(text[at:end]), " …" if end < len(text) else ""]
    return mark_safe("".join(parts))  # noqa: S308 - every part was escaped
