"""The forgiving search of short texts."""

import time

import pytest

from core.fuzzy import Document, alike, rank

DOCUMENTS = [
    Document("password", (("비밀번호 초기화", 3), ("암호 패스워드 로그인 안됨", 2))),
    Document("printer", (("프린터 용지 걸림 해결", 3), ("Printer paper jam", 3))),
    Document("vpn", (("VPN 접속 안내", 3), ("Connecting to the VPN", 3), ("재택 원격근무", 2))),
    Document("laptop", (("노트북 신청", 3), ("랩탑 PC", 2), ("Order a laptop", 3))),
    Document("mail", (("메일 용량 늘리기", 3), ("Outlook mailbox full", 2))),
]


def best(query: str) -> str | None:
    found = rank(query, DOCUMENTS)
    return str(found[0][0]) if found else None


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("비밀번호", "password"),
        ("비밀번호를", "password"),  # a particle
        ("비밀 번호", "password"),  # a space put in
        ("비밀번호초기화", "password"),  # a space left out
        ("비밀벌호", "password"),  # a letter wrong
        ("비밀번", "password"),  # still typing
        ("비밀번ㅎ", "password"),  # still typing, in the middle of a syllable
        ("ㅂㅁㅂㅎ", "password"),  # initials
        ("qlalfqjsgh", "password"),  # the keyboard in the wrong mode
        ("페스워드", "password"),  # a synonym, misspelt
        ("프린타 용지", "printer"),
        ("프린터가 안 돼요", "printer"),
        ("pritner", "printer"),  # two letters swapped
        ("prin", "printer"),
        ("vpn", "vpn"),
        ("VPN에 접속합니다", "vpn"),
        ("종이가 걸렸어요", "printer"),
        ("노트북 주문", "laptop"),
        ("labtop", "laptop"),
        ("how do I order a laptop", "laptop"),
        ("매일 용량", "mail"),
    ],
)
def test_finds_what_is_meant(query: str, wanted: str) -> None:
    assert best(query) == wanted


@pytest.mark.parametrize("query", ["", "   ", "…!?", "\x00", "회의실 예약", "xyzzy", "카풀"])
def test_finds_nothing_where_nothing_is_meant(query: str) -> None:
    assert best(query) is None


def test_light_words_alone_do_not_decide() -> None:
    assert best("회의실 안됨") is None


def test_a_better_match_comes_first() -> None:
    documents = [
        Document(1, (("Order", 1), ("printer paper", 1))),
        Document(2, (("printer", 1),)),
        Document(3, (("printers", 1),)),
    ]
    assert [key for key, _score in rank("printer", documents)] == [2, 1, 3]


def test_the_heavier_field_wins() -> None:
    documents = [
        Document("body", (("Mail", 3), ("about the VPN", 1))),
        Document("title", (("VPN", 3), ("about the mail", 1))),
    ]
    assert [key for key, _score in rank("vpn", documents)] == ["title", "body"]


def test_scores_lie_between_nought_and_one() -> None:
    for query in ("비밀번호", "프린타", "the laptop", "vpn 접속 안내"):
        assert all(0 < score <= 1 for _key, score in rank(query, DOCUMENTS))


def test_all_words_may_be_asked_for() -> None:
    assert rank("노트북 프린터", DOCUMENTS)
    assert rank("노트북 프린터", DOCUMENTS, least=1.0) == []


def test_decomposed_texts_are_found_as_composed_ones() -> None:
    assert rank("한글", [Document(1, (("한글", 1),))])  # as macOS names files


def test_short_words_forgive_no_slip() -> None:
    assert alike("vpn", "vpm") == 0
    assert alike("printer", "printers") > 0.8
    assert alike("프린터", "프린타") > 0.8


def test_long_queries_are_bounded() -> None:
    assert rank("a" * 100_000, DOCUMENTS) == []
    assert isinstance(rank("ㅂ " * 50_000, DOCUMENTS), list)


def test_two_thousand_documents_take_a_moment() -> None:
    documents = [
        Document(n, ((f"오퍼링 {n} 신청서 {n % 97}번 장비", 3), (f"Offering number {n}", 2)))
        for n in range(2000)
    ]
    rank("장비 신청서", documents)
    began = time.perf_counter()
    rank("offeribg 97번 신쳥서를", documents)
    assert time.perf_counter() - began < 1.5
