"""The documents name files and pages that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
CODE_PATH = re.compile(r"`((?:[a-z_]+/)+[a-z0-9_]+\.(?:py|md|html|css|js|toml|svg))`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    text = document.read_text()
    broken = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("name", ["house.md", "adding-a-process.md"])
def test_files_named_in_the_house_documents_exist(name):
    text = (ROOT / "docs" / "dev" / name).read_text()
    missing = [path for path in CODE_PATH.findall(text) if not (ROOT / path).exists()]
    assert missing == []
