"""Differences read like a marked-up page."""

import time

from knowledge.differences import Piece, differences


def test_words_are_marked_not_lines() -> None:
    assert differences("Open the old client.", "Open the new client.") == [
        Piece("same", "Open the "),
        Piece("removed", "old "),
        Piece("added", "new "),
        Piece("same", "client."),
    ]


def test_korean_is_marked_by_word() -> None:
    pieces = differences("비밀번호를 바꿉니다", "비밀번호를 정합니다")
    assert [piece.kind for piece in pieces] == ["same", "removed", "added"]


def test_long_stretches_of_the_same_are_left_out() -> None:
    same = "word " * 400
    pieces = differences(f"{same}old", f"{same}new")
    assert [piece.kind for piece in pieces] == ["gap", "same", "removed", "added"]


def test_both_texts_can_be_put_together_again() -> None:
    old, new = "a b c, d.\n\ne", "a x c. d\ne f"
    pieces = differences(old, new, whole=True)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new


def test_line_ends_of_other_systems_are_no_difference() -> None:
    assert differences("a\r\nb", "a\nb") == []


def test_huge_texts_take_no_ages() -> None:
    began = time.perf_counter()
    differences("\n".join(map(str, range(16_000))), "\n".join(map(str, range(1, 16_001))))
    assert time.perf_counter() - began < 10
