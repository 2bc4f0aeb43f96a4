"""The page docs/admin/configure.md, and `./maru settings`: every setting out of itsm/env.py."""

from itsm.env import SETTINGS, Setting
from itsm.stack.console import fail, say
from itsm.stack.installation import open_installation
from itsm.stack.paths import ROOT

PAGE = ROOT / "docs" / "admin" / "configure.md"
_HEAD = """\
# Configure

<!-- Written by `./maru settings --write` out of itsm/env.py: change it there. -->

Settings are environment variables. `./maru up` also reads them from `maru.env` in the data folder
(`NAME=value` lines; what the shell sets wins). A value that can't be used stops the start with one
line that says what to write instead. `./maru settings` shows what is in force.

Every secret may come from a file instead: `NAME_FILE` holds the file's path, as Docker and
Kubernetes hand secrets over.

What an administrator tunes while Maru runs (teams, roles, priorities, routing, texts) is not here:
it is on the administration pages.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD]
    for section in dict.fromkeys(setting.section for setting in SETTINGS):
        parts.append(f"\n## {section}\n\n| Name | Default | Meaning |\n| --- | --- | --- |\n")
        parts += [_row(setting) for setting in SETTINGS if setting.section == section]
    return "".join(parts)


def _row(setting: Setting[object]) -> str:
    secret = " Secret." if setting.secret else ""
    default = setting.shown_default or f"`{_text(setting.default)}`"
    return f"| `{setting.name}` | {default} | {setting.meaning}{secret} |\n"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def settings(arguments: list[str]) -> None:
    """Shows what is in force; `--write` renews the page of the documentation."""
    if arguments == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
        say(f"  Written: {PAGE.relative_to(ROOT)}")
        return
    if arguments:
        fail(f"settings takes no {arguments[0]}", "./maru settings, or ./maru settings --write")
    environment = open_installation().environment
    for setting in SETTINGS:
        given = setting.is_given(environment)
        value = "(secret)" if setting.secret and given else _shown(setting, environment)
        say(f"  {setting.name} = {value}{'' if given else '   (default)'}")


def _shown(setting: Setting[object], environment: dict[str, str]) -> str:
    value = setting(environment)
    return ", ".join(value) if isinstance(value, tuple) else _text("" if value is None else value)
