"""Markdown becomes HTML that does nothing but show text."""

import re
import time

import pytest

from core.markdown import file_ids, plain, render

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    '[x](http://a "onmouseover=alert(1) x=")',
    '![x](file:1 "\\" onerror=alert(1) x=\\"")',
    "[x]: javascript:alert(1)\n[x]",
    "```<script>\nalert(1)\n```",
    "`<iframe src=javascript:alert(1)>`",
    "<style>*{display:none}</style>",
    "<a href=javascript:alert(1)>x</a>",
    "<!-- --><form action=/x><input></form>",
    "| <script> |\n|---|\n| <img onerror=x> |",
    "\x00<scr\x00ipt>alert(1)</script>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_markdown_runs(payload: str) -> None:
    html = render(payload, {1: "/kb/files/1/"}).lower()
    tags = re.findall(r"<[^>]*>", html)
    assert not re.search(r"<\s*(script|iframe|svg|style|form|input|math|object|embed)", html)
    for tag in tags:
        assert not re.search(r"\son\w+\s*=", re.sub(r'"[^"]*"', '""', tag))
        assert not re.search(r"(href|src)\s*=\s*\"?\s*(javascript|vbscript|data)", tag)
        assert "style=" not in tag


def test_pictures_come_from_own_files_only() -> None:
    assert '<img src="/kb/files/7/" alt="Router"' in render(
        "![Router](file:7)", {7: "/kb/files/7/"}
    )
    assert "<img" not in render("![Router](file:8)", {7: "/kb/files/7/"})
    assert "<img" not in render("![Router](https://evil.example/x.png)")
    assert "<img" not in render("![Router](/api/v1/me/)")


def test_a_picture_from_elsewhere_becomes_a_link() -> None:
    html = render("![Map](https://example.com/map.png)")
    assert '<a href="https://example.com/map.png" rel="nofollow noopener">Map</a>' in html


def test_links_follow_nothing() -> None:
    assert 'rel="nofollow noopener"' in render("[a](https://example.com)")


def test_headings_go_below_the_pages_own() -> None:
    assert "<h2>One</h2>" in render("# One")
    assert "<h6>Six</h6>" in render("###### Six")


def test_tables_and_code_are_shown() -> None:
    html = render("| a | b |\n|--:|---|\n| 1 | 2 |\n\n```\nping <host>\n```")
    assert '<td class="num">1</td>' in html
    assert '<pre tabindex="0"><code>ping &lt;host&gt;' in html


def test_plain_is_words_only() -> None:
    assert plain("# 제목\n\n**a** & <b> [link](http://x)") == "제목 a & <b> link"


def test_the_files_of_a_text_are_known() -> None:
    assert file_ids("![a](file:1) [b](file:22) file:3 [c](file:x)") == {1, 22}


@pytest.mark.parametrize(
    "text",
    [">" * 90_000, "[" * 90_000, "*a " * 30_000, "![](" * 20_000, "- " * 40_000, "`" * 90_000],
)
def test_spoilt_markdown_takes_no_ages(text: str) -> None:
    began = time.perf_counter()
    render(text)
    assert time.perf_counter() - began < 10
