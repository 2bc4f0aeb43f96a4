"""The commands of `./maru`."""

import sys

from itsm.stack import assets
from itsm.stack.console import Failure


def main() -> None:
    name, *_ = sys.argv[1:] or ["help"]
    try:
        if name == "assets":
            assets.bring()
    except Failure as failure:
        sys.exit(f"maru: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
