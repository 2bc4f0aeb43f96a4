"""The seal box (담당 | 검토 | 승인) for PDFs: what `ui/_seals.html` is for pages."""

from django.utils.html import escape
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Table, TableStyle

from core import formats
from core.pdf import INK, PLAIN, QUIET, SEAL, STRONG, fonts, style
from tickets.approvalline import Box, Shown

CELL = 26 * mm
WIDEST = 170 * mm


def seal_box(line: Shown) -> Table:
    """One column for each person, under the step they decide in; at the right of the page."""
    fonts()
    boxes = [box for part in line.parts for box in part.boxes]
    width = min(CELL, WIDEST / max(1, len(boxes)))
    heads = [
        _text(part.name, STRONG) if at == 0 else ""
        for part in line.parts
        for at, _box in enumerate(part.boxes)
    ]
    rows = [
        heads,
        [_seal(box) for box in boxes],
        [_text(f"{box.name}\n{box.title}".strip()) for box in boxes],
        [_text(formats.moment(box.at) if box.at else "–", small=True) for box in boxes],
    ]
    table = Table(rows, colWidths=[width] * len(boxes), rowHeights=[None, 17 * mm, None, None])
    table.hAlign = "RIGHT"
    table.setStyle(TableStyle([*_lines(), *_spans(line)]))
    return table


def _lines() -> list[tuple[object, ...]]:
    return [
        ("GRID", (0, 0), (-1, -1), 0.6, INK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("ALIGN", (0, 0), (-1, -1), "CENTER"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ]


def _spans(line: Shown) -> list[tuple[object, ...]]:
    """The name of a step stands over all its people."""
    spans: list[tuple[object, ...]] = []
    at = 0
    for part in line.parts:
        spans.append(("SPAN", (at, 0), (at + len(part.boxes) - 1, 0)))
        at += len(part.boxes)
    return spans


def _seal(box: Box) -> Paragraph:
    if not box.mark.is_sealed:
        return _text(box.mark.word, quiet=True)
    words = f"<b>{escape(box.sealed_by)}</b><br/>{escape(box.mark.word)}"
    return Paragraph(words, style(PLAIN, 8.5, 11, SEAL, centred=True))


def _text(words: str, font: str = PLAIN, *, quiet: bool = False, small: bool = False) -> Paragraph:
    size = 7.5 if small else 8.5
    shown = escape(words).replace("\n", "<br/>")
    return Paragraph(shown, style(font, size, size + 3, QUIET if quiet else INK, centred=True))
