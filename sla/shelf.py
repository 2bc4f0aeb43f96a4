"""The published books from the database, read once by each process and book."""

from functools import lru_cache

from sla import book
from sla.book import Shelf
from sla.facts import seconds
from sla.models import Book


def shelf() -> Shelf:
    """All books as they are now. One query when nothing was published since the last time."""
    return _shelf(tuple(Book.objects.order_by("pk").values_list("pk", flat=True)))


def one(key: int) -> book.Book:
    """A published book by its key: it never changes, so each process reads it once."""
    return _book(key)


@lru_cache(maxsize=4)
def _shelf(keys: tuple[int, ...]) -> Shelf:
    return Shelf(tuple(_book(key) for key in keys))


@lru_cache(maxsize=512)
def _book(key: int) -> book.Book:
    row = Book.objects.get(pk=key)
    return read(row)


def read(row: Book) -> book.Book:
    """A row as the rules read it."""
    return book.read(row.pk, seconds(row.published_at), row.reach, row.data)
