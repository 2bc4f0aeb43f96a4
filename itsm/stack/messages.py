"""Message catalogues: what the sources say, what is translated, and whether both agree.

Extraction is Babel's, so GNU gettext is not needed; templates go through Django's own reader.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from itsm.stack.console import fail, say
from itsm.stack.paths import ROOT

LANGUAGE = "ko"
CATALOGUE = ROOT / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
_SKIPPED = {"tests", "bench", "var", "node_modules", "migrations", "stack", ".venv"}
_PLAIN = ("_", "gettext", "gettext_lazy", "gettext_noop")
_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(_PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_VOLATILE = tuple(
    f'"{name}'
    for name in (
        "Report-Msgid",
        "POT-Creation",
        "PO-Revision",
        "Last-Tr",
        "Language-T",
        "Generated",
    )
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def _sources() -> Iterator[Path]:
    for pattern in ("*.py", "*.html", "*.txt"):
        for path in sorted(ROOT.rglob(pattern)):
            inner = path.relative_to(ROOT)
            if _SKIPPED & set(inner.parts) or inner.parts[0].startswith("."):
                continue
            if path.suffix == ".py" or "templates" in inner.parts:
                yield path


def _python(path: Path) -> str:
    """The file as Python that Babel can read; a template becomes its gettext calls."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    calls = templatize(text, origin=str(path.relative_to(ROOT)))
    return "\n".join(line.lstrip() for line in calls.splitlines())


def extract_all() -> Catalog:
    """What the sources say today."""
    if not settings.configured:
        settings.configure()
    found = Catalog(project="Maru", charset="utf-8")
    for path in _sources():
        source = BytesIO(_python(path).encode())
        entries = extract("python", source, _KEYWORDS, comment_tags=("Translators:",))
        for _line, message, comments, context in entries:
            place = [(str(path.relative_to(ROOT)), 1)]
            found.add(message, None, place, auto_comments=comments, context=context)
    return found


def stored() -> Catalog:
    """What is written in the catalogue; an empty one when there is none yet."""
    if not CATALOGUE.exists():
        return Catalog(locale=LANGUAGE, project="Maru", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def update() -> None:
    """Brings the catalogue in step with the sources; translations that fit are kept."""
    catalogue, said = stored(), extract_all()
    catalogue.update(said, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    save(catalogue)
    missing = sum(not _complete(message) for message in catalogue if message.id)
    say(f"  {len(catalogue)} messages, {missing} without a translation")


def save(catalogue: Catalog) -> None:
    """Writes it without what would differ at every run: dates, and the names of tools."""
    catalogue.header_comment = "# Korean words of Maru."
    catalogue.fuzzy = False
    text = BytesIO()
    write_po(text, catalogue, width=100, sort_by_file=True, include_lineno=False)
    lines = text.getvalue().decode().splitlines(keepends=True)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text("".join(line for line in lines if not line.startswith(_VOLATILE)))


def problems() -> list[str]:
    """What is wrong with the catalogue, one line each."""
    said, written = extract_all(), stored()
    said_keys = {_key(message): message for message in said if message.id}
    written_keys = {_key(message): message for message in written if message.id}
    found = [f"not in the catalogue: {_shown(key)}" for key in said_keys if key not in written_keys]
    for key, message in written_keys.items():
        if key not in said_keys:
            found.append(f"no longer in the sources: {_shown(key)}")
        elif message.fuzzy:
            found.append(f"fuzzy: {_shown(key)}")
        elif not _complete(message):
            found.append(f"not translated: {_shown(key)}")
        elif not _same_placeholders(message):
            found.append(f"other placeholders than the source: {_shown(key)}")
    return found


def check() -> None:
    """Fails with a line per problem."""
    if found := problems():
        say("\n".join(found))
        fail(f"{len(found)} problems in {CATALOGUE.relative_to(ROOT)}", "./maru messages")


def _texts(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [value or ""] if isinstance(value, str | None) else list(value)


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, _texts(message.id)[0]


def _shown(key: tuple[str | None, str]) -> str:
    context, text = key
    return f"{text!r} ({context})" if context else repr(text)


def _complete(message: Message) -> bool:
    return all(_texts(message.string))


def _same_placeholders(message: Message) -> bool:
    """Each form has the source's placeholders; a singular may leave its number out."""
    wanted = set().union(*(_placeholders(text) for text in _texts(message.id)))
    return all(_placeholders(text) == wanted for text in _texts(message.string))


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text.replace("%%", ""))}
