"""Files row by row: CSV and XES, plain or gzipped. Each row lists the wanted columns in order."""

import csv
import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from imports.mapping import FileShape

CASE = "case:"  # how a mapping names the attributes of an XES trace
_CHUNK = 1 << 18
csv.field_size_limit(1 << 20)


class Damaged(Exception):
    """The file can't be read to its end; says where and why."""


class Row(NamedTuple):
    """`cells` in the order of the shape's columns; `same` tells equal rows apart from others."""

    line: int
    cells: tuple[str | None, ...]
    same: int


class BadRow(NamedTuple):
    """A row that does not fit its header."""

    line: int
    text: str
    problem: str


class Reader:
    """Reads one file. `absent` lists wanted columns that it does not have, once reading began."""

    def __init__(self, path: Path, shape: FileShape) -> None:
        self.path = path
        self.shape = shape
        self.absent: list[str] = []

    def rows(self) -> Iterator[Row | BadRow]:
        reader: Callable[[IO[bytes]], Iterator[Row | BadRow]] = (
            self._xes if self.shape.format == "xes" else self._csv
        )
        try:
            with self._open() as stream:
                yield from reader(stream)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Damaged(f"{self.path.name} is damaged: {error}") from None
        except OSError as error:
            raise Damaged(f"{self.path.name}: {error.strerror or error}") from None

    def _open(self) -> Any:
        with self.path.open("rb") as stream:
            zipped = stream.read(2) == b"\x1f\x8b"
        return gzip.open(self.path, "rb") if zipped else self.path.open("rb")

    def _csv(self, stream: IO[bytes]) -> Iterator[Row | BadRow]:
        text = io.TextIOWrapper(
            stream, encoding=self.shape.encoding, errors="surrogateescape", newline=""
        )
        first = text.readline()
        lines = csv.reader(chain([first], text), delimiter=self._delimiter(first))
        header = next(_lenient(lines), [])
        if isinstance(header, csv.Error):
            raise Damaged(f"{self.path.name}: its header can't be read: {header}")
        places = self._places(header)
        width = len(header)
        intern = sys.intern
        for cells in _lenient(lines):
            line = lines.line_num
            if isinstance(cells, csv.Error):
                yield BadRow(line, "", f"can't be split into columns: {cells}")
            elif len(cells) != width:
                if cells:
                    problem = f"has {len(cells)} columns where the header has {width}"
                    yield BadRow(line, " | ".join(cells)[:500], problem)
            else:
                wanted = tuple(
                    intern(cells[place]) if place is not None else None for place in places
                )
                yield Row(line, wanted, hash(tuple(cells)))

    def _delimiter(self, header: str) -> str:
        if self.shape.delimiter != "auto":
            return self.shape.delimiter
        return max(";,\t|", key=header.count)

    def _places(self, header: Sequence[str]) -> list[int | None]:
        seen: dict[str, int] = {}
        where: dict[str, int] = {}
        for place, title in enumerate(header):
            name = title.strip().lower()
            seen[name] = seen.get(name, 0) + 1
            where.setdefault(name, place)
            where[f"{name}#{seen[name]}"] = place
        places: list[int | None] = []
        for column, names in self.shape.columns.items():
            found = next((where[n.lower()] for n in names if n.lower() in where), None)
            if found is None:
                self.absent.append(column)
            places.append(found)
        return places

    def _xes(self, stream: IO[bytes]) -> Iterator[Row | BadRow]:
        wanted = [tuple(names) for names in self.shape.columns.values()]
        met: set[str] = set()
        for line, attributes in _xes_events(stream, self.path.name):
            met.update(attributes)
            cells = tuple(
                next((attributes[name] for name in names if name in attributes), None)
                for names in wanted
            )
            yield Row(line, cells, hash(tuple(sorted(attributes.items()))))
        self.absent = [
            column
            for column, names in self.shape.columns.items()
            if met and not met.intersection(names)
        ]


def _lenient(lines: Iterator[list[str]]) -> Iterator[list[str] | csv.Error]:
    """Rows, with the error in place of one that can't be split."""
    while True:
        try:
            yield next(lines)
        except csv.Error as error:
            yield error
        except StopIteration:
            return


def _xes_events(stream: IO[bytes], name: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """(line, attributes) of each event; those of its trace carry the prefix `case:`."""
    handler = _XesHandler()
    parser = handler.parser
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            yield from handler.take()
        parser.Parse(b"", True)
        yield from handler.take()
    except expat.ExpatError as error:
        raise Damaged(f"{name} is not well-formed XML: {error}") from None


class _XesHandler:
    """Collects events as the parser meets them. A document type is refused: logs need none."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.trace: dict[str, str] = {}
        self.event: dict[str, str] | None = None
        self.line = 0
        self.depth = 0
        self.inside = 0
        self.done: list[tuple[int, dict[str, str]]] = []

    def take(self) -> list[tuple[int, dict[str, str]]]:
        done, self.done = self.done, []
        return done

    def _refuse(self, *_args: object) -> None:
        raise Damaged("the file declares a document type, which is not read")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        tag = tag.rpartition(":")[2]
        if tag == "trace":
            self.trace, self.inside = {}, self.depth
        elif tag == "event":
            self.event, self.inside = {}, self.depth
            self.line = self.parser.CurrentLineNumber
        elif "key" in attributes and self.inside and self.depth == self.inside + 1:
            kept = sys.intern(attributes.get("value", ""))
            if self.event is not None:
                self.event[sys.intern(attributes["key"])] = kept
            else:
                self.trace[sys.intern(CASE + attributes["key"])] = kept

    def _end(self, tag: str) -> None:
        self.depth -= 1
        tag = tag.rpartition(":")[2]
        if tag == "event" and self.event is not None:
            self.done.append((self.line, {**self.trace, **self.event}))
            self.event, self.inside = None, self.depth
        elif tag == "trace":
            self.trace, self.inside = {}, 0


def fingerprint(paths: Sequence[Path], *more: bytes) -> str:
    """What tells this reading from every other: the bytes of the files, and of the mapping."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        digest.update(b"\x00")
    for extra in more:
        digest.update(extra)
    return digest.hexdigest()
