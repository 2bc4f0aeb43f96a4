"""`./maru lock`: writes the lock files anew from what the .in files and package.json ask for."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from itsm.stack.assets import npm
from itsm.stack.console import fail, say, step
from itsm.stack.paths import ROOT, VENV

NAMES = ("requirements", "requirements-dev", "requirements-uv", "requirements-node")
# One file for every system and Python from 3.11 on, with hashes and without addresses.
_OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--no-annotate",
    "--quiet",
)


def lock(arguments: list[str]) -> None:
    """Re-locks; `--upgrade` also takes newer versions where the .in files leave room."""
    for name in NAMES:
        with step(f"Locking {name}.in"):
            _python(name, arguments)
    with step("Locking package.json"):
        _front_end()
    say("  Read the difference before you commit it.")


def _python(name: str, arguments: list[str]) -> None:
    uv = shutil.which("uv") or str(VENV / "bin" / "uv")
    files = [f"{name}.in", "--output-file", f"{name}.lock"]
    done = subprocess.run(
        [uv, "pip", "compile", *_OPTIONS, *arguments, *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        say(done.stderr)
        fail(f"{name}.in can't be locked")


def _front_end() -> None:
    """In a folder of its own, so that no node_modules appears in the project."""
    with tempfile.TemporaryDirectory() as place:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, Path(place) / name)
        npm(["install", "--package-lock-only", "--ignore-scripts", "--no-progress"], Path(place))
        shutil.copy(Path(place) / "package-lock.json", ROOT / "package-lock.json")
