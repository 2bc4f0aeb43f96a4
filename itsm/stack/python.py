"""Installs locked Python packages with uv where it is, else with pip."""

import shutil
import subprocess
import sys
from pathlib import Path

from itsm.stack.console import fail, say
from itsm.stack.paths import VENV


def installer() -> list[str]:
    """The command that installs into this environment."""
    own = VENV / "bin" / "uv"
    uv = shutil.which("uv") or (str(own) if own.exists() else "")
    if uv:
        return [uv, "pip", "install", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]


def install(lock: Path, *, target: Path) -> None:
    """Installs what `lock` names, checked by hash, into a folder outside the environment."""
    command = [*installer(), "--quiet", "--require-hashes", "--target", str(target)]
    done = subprocess.run([*command, "-r", str(lock)], capture_output=True, text=True, check=False)
    if done.returncode:
        say(done.stdout + done.stderr)
        fail(f"{lock.name} could not be installed", "check the network, then try again")
