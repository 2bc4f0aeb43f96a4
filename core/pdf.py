"""What every PDF of ours shares: fonts of our own, so that Korean reads the same everywhere."""

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from core import formats

PLAIN, STRONG = "Pretendard", "Pretendard-SemiBold"
_FILES = {PLAIN: "Pretendard-Regular.ttf", STRONG: "Pretendard-SemiBold.ttf"}
INK, QUIET, RULE = HexColor("#1a1f26"), HexColor("#5f6a76"), HexColor("#d3d9e0")
SEAL = HexColor("#b1241b")


@cache
def fonts() -> None:
    """Whole TrueType files, of which only the glyphs used go into a document."""
    for name, file in _FILES.items():
        found = finders.find(f"pretendard/print/{file}")
        if not found:
            raise FileNotFoundError(f"{file} is missing: run ./maru assets")
        pdfmetrics.registerFont(TTFont(name, str(Path(found))))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=STRONG, italic=PLAIN, boldItalic=STRONG)


def style(
    font: str, size: float, leading: float, colour: Any = INK, *, centred: bool = False
) -> ParagraphStyle:
    """How a paragraph is set, in the reader's language."""
    return ParagraphStyle(
        f"{font}-{size}-{colour}-{centred}",
        fontName=font,
        fontSize=size,
        leading=leading,
        textColor=colour,
        alignment=1 if centred else 0,
        wordWrap="CJK" if formats.is_korean() else None,
    )
