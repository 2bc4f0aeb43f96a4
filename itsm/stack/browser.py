"""Finds Chromium for the browser tests, and brings it where that is allowed."""

import os
import shutil
import subprocess

from itsm.stack.console import colour, say, step

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Told to every Chromium of the tests; it is our own page that it opens.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "no Chromium here: install the package chromium, or name the program in MARU_CHROMIUM"


def find() -> str | None:
    """The program, of MARU_CHROMIUM or of PATH."""
    named = os.environ.get("MARU_CHROMIUM")
    if named:
        return named if shutil.which(named) else None
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def bring() -> None:
    """Installs Debian's Chromium when nothing is here, and we are root, and apt is there."""
    if find():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
    if not find():
        say(colour(f"  BROWSER TESTS WILL NOT RUN: {MISSING}", "1;33"))


def _install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["chromium", "fonts-noto-cjk"]
    with step("Installing Chromium"):
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run(
                ["apt-get", "-q", *arguments], env=environment, capture_output=True, check=False
            )
