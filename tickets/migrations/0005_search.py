"""Indexes of trigrams, so that a word is found anywhere in a text.

Two on each text: over the words as they are, for three characters and more; and over their
letters (NFD), since two Korean syllables have no trigram of characters but several of letters.
Made without locking the tables against writing.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

TEXTS = {
    "ticket": ("tickets_ticket", r"title || E'\n' || description"),
    "comment": ("tickets_comment", "body"),
    "file": ("tickets_attachment", "name"),
    "person": (
        "accounts_user",
        r"display_name || E'\n' || roman_name || E'\n' || email || E'\n' || employee_no",
    ),
}
INITIALS = "regexp_replace(normalize(display_name, NFD), '[^\u1100-\u1112]', '', 'g')"


def index(name: str, table: str, method: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} USING {method}",
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
    )


def both(name: str, table: str, text: str) -> list[migrations.RunSQL]:
    return [
        index(f"search_{name}_words", table, f"gin (lower({text}) gin_trgm_ops)"),
        index(
            f"search_{name}_letters", table, f"gin ((normalize(lower({text}), NFD)) gin_trgm_ops)"
        ),
    ]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tickets", "0004_defaults"), ("accounts", "0001_initial")]
    operations = [
        TrigramExtension(),
        *(operation for name, text in TEXTS.items() for operation in both(name, *text)),
        index("search_person_initials", "accounts_user", f"btree (({INITIALS}) text_pattern_ops)"),
    ]
