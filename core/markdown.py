"""Markdown as safe HTML: what people write in articles, shown to others. Pure.

Raw HTML is shown as text, never passed on. The result is cleaned once more by a list of what is
allowed, so that a mistake in one of the two does no harm. Pictures come only from the caller's
own files, written as `![what it shows](file:12)`; a picture from elsewhere becomes a link.
"""

import html
import re
from collections.abc import Mapping
from typing import Any

import nh3
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 100_000
_TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "hr", "img", "li", "ol", "p", "pre", "strong"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "ul"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "th": {"class"},
    "td": {"class"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_FILE = re.compile(r"file:([0-9]{1,18})\Z")
_ALIGNED = {
    "text-align:left": "start",
    "text-align:center": "center",
    "text-align:right": "num",
}
_DEEPEST = 6


def render(text: str, files: Mapping[int, str] | None = None, *, shift: int = 1) -> SafeString:
    """The text as HTML. `files` gives the address of each file that `file:…` may mean.

    Headings are moved down by `shift` levels, below the page's own.
    """
    parser = _parser()
    tokens = parser.parse(text[:LONGEST])
    _settle(tokens, dict(files or {}), shift)
    cleaned = nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener",
    )
    # Code is scrolled sideways with the keyboard too.
    scrolled = cleaned.replace("<pre>", '<pre tabindex="0">')
    return mark_safe(scrolled)  # noqa: S308 - cleaned by the list above


def plain(text: str) -> str:
    """The words alone, on one line: for excerpts."""
    return " ".join(html.unescape(strip_tags(render(text))).split())


def file_ids(text: str) -> set[int]:
    """The files that a text speaks of."""
    return {int(found) for found in re.findall(r"\(\s*<?file:([0-9]{1,18})\b", text)}


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    parser.enable(["table", "strikethrough"])
    # Addresses are checked by the cleaning, `file:` among them by _settle.
    parser.validateLink = _may_be_an_address  # type: ignore[method-assign]
    return parser


def _may_be_an_address(url: str) -> bool:
    scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", url, re.IGNORECASE)
    return scheme is None or scheme[1].lower() in _SCHEMES | {"file"}


def _settle(tokens: list[Token], files: dict[int, str], shift: int) -> None:
    """Move headings, resolve files, and turn what would be styles into classes."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(_DEEPEST, int(token.tag[1]) + shift)}"
        if token.type in ("th_open", "td_open"):
            token.attrs = _aligned(token.attrs)
        if token.children:
            token.children = _children(token.children, files)


def _aligned(attrs: dict[str, Any]) -> dict[str, Any]:
    name = _ALIGNED.get(str(attrs.get("style", "")))
    return {"class": name} if name else {}


def _children(tokens: list[Token], files: dict[int, str]) -> list[Token]:
    settled: list[Token] = []
    for token in tokens:
        if token.type == "image":
            settled += _picture(token, files)
        elif token.type == "link_open":
            token.attrs["href"] = _address(str(token.attrs.get("href", "")), files) or "#"
            settled.append(token)
        else:
            settled.append(token)
    return settled


def _picture(token: Token, files: dict[int, str]) -> list[Token]:
    given = str(token.attrs.get("src", ""))
    if _FILE.match(given):
        address = _address(given, files)
        if not address:
            return [_text(token.content)]
        token.attrs["src"] = address
        return [token]
    opening = Token("link_open", "a", 1, attrs={"href": given})
    return [opening, _text(token.content or given), Token("link_close", "a", -1)]


def _address(given: str, files: dict[int, str]) -> str:
    named = _FILE.match(given)
    return files.get(int(named[1]), "") if named else given


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
