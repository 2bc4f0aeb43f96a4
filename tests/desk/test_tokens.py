"""The look keeps its promises: contrast of every pair, known icons, budgets, strict pages."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
# Mails have no style sheet of ours to point at.
TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*.html") if "mail" not in p.name)
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
GROUNDS = ("app", "surface", "surface-2", "selected")
TONES = ("success", "warning", "orange", "danger", "info", "neutral", "purple")
TEXT, PART = 4.5, 3.0


def tokens() -> dict[str, tuple[str, str]]:
    text = (STATIC / "css" / "tokens.css").read_text()
    return {name: (light, dark) for name, light, dark in TOKEN.findall(text)}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    texts = [
        (text, ground, TEXT) for text in ("text", "muted", "subtle", "link") for ground in GROUNDS
    ]
    tones = [(tone, ground, TEXT) for tone in TONES for ground in (f"{tone}-soft", "surface")]
    parts = [("control", "surface", PART), ("focus", "surface", PART), ("focus", "app", PART)]
    memo = [("text", "memo", TEXT), ("memo-edge", "memo", PART)]
    charts = [(f"chart-{n}", "surface", PART) for n in range(1, 7)]
    return [*texts, *tones, *parts, *memo, *charts]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_pair_keeps_its_contrast(theme: int) -> None:
    known = tokens()
    poor = {
        (text, ground): round(ratio, 2)
        for text, ground, least in pairs()
        if (ratio := contrast(known[text][theme], known[ground][theme])) < least
    }
    assert not poor


@pytest.mark.parametrize("fill", ["primary", "primary-hover", "danger-solid"])
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_white_labels_are_readable_on_solid_fills(fill: str, theme: int) -> None:
    assert contrast("#ffffff", tokens()[fill][theme]) >= TEXT


def test_every_icon_that_a_template_or_script_names_is_in_the_list() -> None:
    listed = set((STATIC / "icons.txt").read_text().split("\n"))
    named = set()
    for path in TEMPLATES:
        named |= set(re.findall(r"{% icon \"([a-z0-9-]+)\"", path.read_text()))
        named |= set(re.findall(r"\bicon=\"([a-z0-9-]+)\"", path.read_text()))
    for path in [*(ROOT / "desk").rglob("*.py"), ROOT / "core" / "templatetags" / "ui.py"]:
        named |= set(re.findall(r"icon_markup\(\"([a-z0-9-]+)\"", path.read_text()))
    assert named - listed == set()


def test_pages_hold_no_inline_style_script_or_handler() -> None:
    forbidden = re.compile(r"\sstyle=\"|\son[a-z]+=\"|<style|<script(?![^>]*\bsrc=)|javascript:")
    guilty = [path.name for path in TEMPLATES if forbidden.search(path.read_text())]
    assert guilty == []


def test_colours_are_only_written_in_the_token_file() -> None:
    # White on a solid fill, hatch shadows and the icons inside data: addresses aside.
    own = re.compile(r"#[0-9a-fA-F]{3,6}\b")
    allowed = {"#fff", "#ffffff"}
    for path in (STATIC / "css").glob("*.css"):
        if path.name == "tokens.css":
            continue
        text = re.sub(r"url\(\"data:[^\"]*\"\)|light-dark\([^)]*\)", "", path.read_text())
        assert {colour.lower() for colour in own.findall(text)} <= allowed, path.name


def _gzipped(paths: list[Path]) -> float:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths) / 1024


def _loaded_with(name: str, *known: str) -> list[Path]:
    """A module and all that it imports: what every page of the desk loads."""
    found = [STATIC / "js" / name]
    for other in re.findall(r'from "\./([a-z_-]+\.js)"', found[0].read_text()):
        if other not in known and other not in {path.name for path in found}:
            found += _loaded_with(other, *known, *(path.name for path in found))
    return list(dict.fromkeys(found))


def _sheets() -> dict[str, list[Path]]:
    """What each page loads: the sheets of the frame, and its own."""
    link = re.compile(r"{% static [\"']css/([\w-]+\.css)[\"'] %}")
    frame = link.findall((ROOT / "templates" / "base.html").read_text())
    return {
        path.name: [STATIC / "css" / name for name in dict.fromkeys([*frame, *own])]
        for path in TEMPLATES
        if (own := link.findall(path.read_text())) or path.name == "base.html"
    }


def test_styles_and_scripts_stay_within_their_budget() -> None:
    import django_htmx

    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    morph = ROOT / "var" / "vendor" / "idiomorph" / "idiomorph-ext.min.js"
    scripts = [*_loaded_with("app.js"), htmx]
    for page, sheets in _sheets().items():
        assert _gzipped(sheets) <= 35, page
    assert _gzipped([*scripts, *([morph] if morph.exists() else [])]) <= 45
