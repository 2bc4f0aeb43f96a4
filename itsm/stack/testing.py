"""`./maru test`: all set-up, then pytest against servers of its own."""

import os
import sys

from itsm.stack import assets, browser, catalogue
from itsm.stack.paths import ROOT

FAST = "not browser and not slow and not fault"


def test(arguments: list[str]) -> None:
    """Runs the whole suite, the fast part (`fast` first), or what pytest's own arguments choose."""
    fast = arguments[:1] == ["fast"]
    rest = arguments[1:] if fast else arguments
    assets.bring()
    catalogue.compile_stale()
    command = [sys.executable, "-m", "pytest"]
    if fast:
        command += ["-m", FAST]
    else:
        browser.bring()
    if not any(word.startswith(("-n", "-p", "--pdb")) for word in rest):
        command += ["-n", "2", "--dist", "loadgroup"]
    os.chdir(ROOT)
    os.execv(sys.executable, [*command, *rest])
