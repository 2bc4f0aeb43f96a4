"""Indexes of trigrams over the texts of articles: by words, and by their letters (NFD)."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

COLUMNS = ["title_ko", "title_en", "summary_ko", "summary_en", "body_ko", "body_en"]
TEXT = r" || E'\n' || ".join(COLUMNS)
TABLE = "knowledge_articleversion"


def index(name: str, expression: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE INDEX {name} ON {TABLE} USING gin ({expression} gin_trgm_ops)",
        f"DROP INDEX {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]
    operations = [
        TrigramExtension(),
        index("search_article_words", f"lower({TEXT})"),
        index("search_article_letters", f"(normalize(lower({TEXT}), NFD))"),
    ]
