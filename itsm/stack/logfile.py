"""Log files that don't grow for ever."""

import shutil
from pathlib import Path
from typing import BinaryIO

LARGEST = 10 * 1024 * 1024
KEPT = 5


def rotate(path: Path) -> None:
    """Shifts path.1 … path.4 up by one and copies `path` to path.1, then empties it.

    Copied, not renamed: a server that appends to the file goes on in the same one.
    """
    for number in range(KEPT - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    shutil.copyfile(path, path.with_name(f"{path.name}.1"))
    with path.open("r+b") as file:
        file.truncate(0)


def rotate_if_large(path: Path, largest: int = LARGEST) -> None:
    if path.exists() and path.stat().st_size > largest:
        rotate(path)


class LogFile:
    """Appends lines to one file and rotates it when it has become large."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self.path = path
        self.largest = largest
        self._file: BinaryIO = path.open("ab", buffering=0)

    def write(self, line: bytes) -> None:
        self._file.write(line)
        if self._file.tell() > self.largest:
            rotate(self.path)

    def close(self) -> None:
        self._file.close()
