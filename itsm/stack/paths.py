"""Where things lie: in the project, and in an installation's data folder."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VAR = ROOT / "var"
DEFAULT_DATA = VAR / "data"
NOBODY_YET = "  Nobody can sign in yet. Make the first administrator: ./maru manage createadmin\n"
VENDOR_STAMP = VAR / "vendor" / ".stamp"


def fingerprint(*parts: Path | str) -> str:
    """One hash over texts and the contents of files; a missing file counts as empty."""
    total = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else _content(part)
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def tree_fingerprint(paths: Iterable[Path]) -> str:
    """One hash over names, sizes and times of all files below, without reading them."""
    total = hashlib.sha256()
    for top in paths:
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file():
                facts = path.stat()
                total.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return total.hexdigest()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


@dataclass(frozen=True)
class Stamp:
    """Remembers that a step was done for one state of its inputs."""

    file: Path

    def holds(self, value: str) -> bool:
        return self.file.is_file() and self.file.read_text() == value

    def set(self, value: str) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        fresh.write_text(value)
        fresh.replace(self.file)
