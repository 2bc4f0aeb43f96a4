"""The variable parts of addresses: what can't be one is 404 before anything is asked."""

from django.urls import register_converter

from core.api.docs import NUMBER_PATTERN


class Number:
    """A record's number, as people write it."""

    regex = NUMBER_PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Key:
    """A row's id, no longer than the database's own."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Number, "number")
register_converter(Key, "key")
