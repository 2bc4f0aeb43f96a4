"""Compiles the message catalogues where they are older than their sources."""

from pathlib import Path

from itsm.stack.paths import ROOT

LOCALES = ROOT / "locale"


def stale() -> list[Path]:
    """Catalogues whose compiled form is missing or older."""
    found = []
    for source in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            found.append(source)
    return found


def compile_stale() -> int:
    """Compiles what is stale, without GNU gettext; returns how many catalogues that were."""
    sources = stale()
    if not sources:
        return 0
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - slow, and seldom needed
    from babel.messages.pofile import read_po  # noqa: PLC0415 - the same

    for source in sources:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        fresh = source.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(source.with_suffix(".mo"))
    return len(sources)
