"""The commands of `./maru`."""

import sys
from collections.abc import Callable

from itsm.stack import assets
from itsm.stack.console import Failure, say
from itsm.stack.up import up

Command = Callable[[list[str]], None]


def bring_assets(_arguments: list[str]) -> None:
    assets.bring()


COMMANDS: dict[str, tuple[Command, str]] = {
    "up": (up, "set up what is missing and start Maru; --port --host --data DIR --no-demo"),
    "assets": (bring_assets, "bring fonts, icons and scripts into var/vendor"),
}


def show_help() -> None:
    say("./maru COMMAND\n")
    for name, (_command, meaning) in COMMANDS.items():
        say(f"  {name:<10} {meaning}")


def main() -> None:
    name, *arguments = sys.argv[1:] or ["help"]
    if name in {"help", "-h", "--help"}:
        show_help()
        return
    if name not in COMMANDS:
        show_help()
        sys.exit(f"\nmaru: there is no command {name}")
    try:
        COMMANDS[name][0](arguments)
    except Failure as failure:
        sys.exit(f"maru: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
