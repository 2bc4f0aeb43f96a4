"""The commands of `./maru`."""

import sys
from collections.abc import Callable

from itsm.stack import assets, catalogue, commands
from itsm.stack.checking import check
from itsm.stack.console import Failure, say
from itsm.stack.locking import lock
from itsm.stack.settings_page import settings
from itsm.stack.testing import test
from itsm.stack.up import up

Command = Callable[[list[str]], None]


def bring_assets(_arguments: list[str]) -> None:
    assets.bring()


def messages(arguments: list[str]) -> None:
    from itsm.stack import messages as module  # noqa: PLC0415 - Babel is slow to load

    if arguments == ["--check"]:
        module.check()
    elif arguments == ["--compile"]:
        catalogue.compile_stale()
    else:
        module.update()


def backup(arguments: list[str]) -> None:
    from itsm.stack import archive  # noqa: PLC0415 - needs the database driver

    archive.backup(arguments)


def restore(arguments: list[str]) -> None:
    from itsm.stack import archive  # noqa: PLC0415 - needs the database driver

    archive.restore(arguments)


COMMANDS: dict[str, tuple[Command, str]] = {
    "up": (up, "set up what is missing and start; --port N --host H --data DIR --no-demo"),
    "demo": (commands.demo, "make the demo organisation"),
    "manage": (commands.manage, "one of Django's commands, such as createadmin"),
    "backup": (backup, "FILE: database, attachments and secret key into one file"),
    "restore": (restore, "FILE: back from such a file; --force replaces what is there"),
    "settings": (settings, "show every setting in force"),
    "test": (test, "the whole suite; `test fast` the quick part; or pytest's own arguments"),
    "check": (check, "lint, format, types, imports, templates, migrations, deployment, Korean"),
    "bench": (commands.bench, "measure speed"),
    "messages": (messages, "bring the Korean catalogue in step with the sources"),
    "assets": (bring_assets, "bring fonts, icons and scripts into var/vendor"),
    "lock": (lock, "write the lock files anew; --upgrade takes newer versions"),
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
