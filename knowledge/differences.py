"""What changed between two texts, word by word. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_PIECES = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
# Beyond so many pieces it is compared line by line: word by word would take ages.
_MOST_PIECES = 6000
_AROUND = 240


@dataclass(frozen=True)
class Piece:
    """A stretch: "same", "added", "removed", or "gap" where what is the same is left out."""

    kind: str
    text: str


def differences(old: str, new: str, *, whole: bool = False) -> list[Piece]:
    """The pieces of both texts in reading order; long stretches of the same are shortened.

    Newlines of different systems are the same.
    """
    old, new = (text.replace("\r\n", "\n") for text in (old, new))
    if old == new:
        return [Piece("same", new)] if new and whole else []
    one, other = _PIECES.findall(old), _PIECES.findall(new)
    if len(one) + len(other) > _MOST_PIECES:
        one, other = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces = list(_pieces(one, other))
    return pieces if whole else list(_shortened(pieces))


def _pieces(one: list[str], other: list[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(other[c:d]))
            continue
        if a < b:
            yield Piece("removed", "".join(one[a:b]))
        if c < d:
            yield Piece("added", "".join(other[c:d]))


def _shortened(pieces: list[Piece]) -> Iterator[Piece]:
    last = len(pieces) - 1
    for at, piece in enumerate(pieces):
        if piece.kind != "same" or len(piece.text) <= 3 * _AROUND:
            yield piece
            continue
        if at > 0:
            yield Piece("same", piece.text[:_AROUND])
        yield Piece("gap", "")
        if at < last:
            yield Piece("same", piece.text[-_AROUND:])
