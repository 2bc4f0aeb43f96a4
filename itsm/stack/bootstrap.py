"""First half of `./maru`: makes the virtual environment and goes on inside it.

Runs on any Python ≥ 3.11 with nothing installed, so it imports only the standard library and
nothing of this project. The second half is `itsm.stack.cli`.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".maru"
# These need the tools of requirements-dev.lock as well.
DEVELOPER_COMMANDS = {"test", "check", "bench", "lock", "messages"}


def stop(what: str, remedy: str) -> None:
    sys.exit(f"maru: {what} – {remedy}")


def state(lock: str) -> str:
    """What the environment is made from: a changed lock or another Python makes it anew."""
    content = (ROOT / lock).read_bytes()
    return f"{lock} {platform.python_version()} {hashlib.sha256(content).hexdigest()}"


def up_to_date(developer: bool) -> bool:
    """Whether the environment has what the command needs."""
    if not PYTHON.exists() or not STAMP.exists():
        return False
    have = STAMP.read_text().splitlines()
    if state("requirements-dev.lock") in have:
        return True
    return not developer and state("requirements.lock") in have


def run(what: str, command: list[str], *, may_fail: bool = False) -> bool:
    """Runs one slow step and says how long it took; its output is shown only when it failed."""
    started = time.monotonic()
    print(f"  {what} …", end="", flush=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    print(f" {'done' if done.returncode == 0 else 'failed'} ({seconds:.1f} s)", flush=True)
    if done.returncode and not may_fail:
        print((done.stdout + done.stderr).strip(), file=sys.stderr)
    return done.returncode == 0


def wait(what: str, process: "subprocess.Popen[bytes]") -> None:
    """Waits for a step that went on beside the others."""
    if process.poll() is None:
        print(f"  {what} …", end="", flush=True)
        process.wait()
        print(" done", flush=True)


def make_environment() -> None:
    """An empty environment with this Python."""
    shutil.rmtree(VENV, ignore_errors=True)
    if uv := shutil.which("uv"):
        command = [uv, "venv", "--quiet", "--python", sys.executable, str(VENV)]
        if run("Making the virtual environment", command, may_fail=True):
            return
    if not run("Making the virtual environment", [sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)
        stop("python3 -m venv failed", "install python3-venv or uv, then try again")


def environment_python() -> str:
    """The version of the environment's Python, empty when there is none that runs."""
    if not PYTHON.exists():
        return ""
    code = "import platform; print(platform.python_version())"
    asked = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def find_uv() -> str:
    """uv of the machine or of the environment; empty when it can't be had."""
    if found := shutil.which("uv"):
        return found
    own = VENV / "bin" / "uv"
    if not own.exists():
        lock = str(ROOT / "requirements-uv.lock")
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
        run("Installing uv", [*command, "--disable-pip-version-check"], may_fail=True)
    return str(own) if own.exists() else ""


def install(lock: str) -> None:
    """Installs exactly what the lock file names, checked by hash: with uv, else with pip.

    pip also has its turn when uv fails: it knows the machine's own certificates and settings.
    """
    arguments = ["--quiet", "--require-hashes", "-r", str(ROOT / lock)]
    if uv := find_uv():
        command = [uv, "pip", "install", "--python", str(PYTHON), *arguments]
        if run("Installing Python packages with uv", command, may_fail=True):
            STAMP.write_text(state(lock))
            return
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    if not run("Installing Python packages with pip, a minute or two", command):
        stop("Python packages could not be installed", "check the network, then try again")
    STAMP.write_text(state(lock))


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what says so
        stop(f"this is Python {platform.python_version()}", "install Python 3.11 or newer")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    developer = command in DEVELOPER_COMMANDS
    if not up_to_date(developer):
        # Meanwhile, as it has to be done anyway; what fails here is tried again, aloud, later.
        front_end = subprocess.Popen(
            [sys.executable, "-m", "itsm.stack.assets"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if environment_python() != platform.python_version():
            make_environment()
        install("requirements-dev.lock" if developer else "requirements.lock")
        wait("Bringing front-end packages", front_end)
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "itsm.stack", *sys.argv[1:]])


if __name__ == "__main__":
    main()
