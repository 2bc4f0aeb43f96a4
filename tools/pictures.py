"""Makes the pictures of the README: starts a demo installation, signs in, photographs pages.

Run it with `.venv/bin/python tools/pictures.py`; it needs Chromium and takes about a minute.
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from itsm.stack import browser as chromium  # noqa: E402

TARGET = ROOT / "docs" / "pictures"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# name, who, language, theme, viewport, path ("@first" is the first record of the queue)
SHOTS = (
    ("queue", "engineer", "en", "light", WIDE, "/desk/q/open/"),
    ("queue-ko-dark", "agent", "ko", "dark", WIDE, "/desk/q/team/"),
    ("ticket", "engineer", "en", "light", WIDE, "@first"),
    ("ticket-ko", "agent", "ko", "light", WIDE, "@first"),
    ("portal-ko-phone", "user", "ko", "light", PHONE, "/portal/"),
    ("portal-phone", "guest", "en", "light", PHONE, "/portal/"),
    ("catalog", "guest", "en", "light", WIDE, "/portal/catalog/"),
    ("catalog-ko", "user", "ko", "light", WIDE, "/portal/catalog/"),
)


def main() -> None:
    """Write docs/pictures/*.png anew."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with installation() as (address, sign_ins), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.ARGUMENTS)
        )
        for name, who, language, theme, viewport, path in SHOTS:
            page = signed_in(browser, address, sign_ins, who, language, theme, viewport)
            page.goto(address + ("/desk/q/team/" if path == "@first" else path))
            if path == "@first":
                page.goto(
                    address + str(page.locator("a[href*='/inc/']").first.get_attribute("href"))
                )
            page.wait_for_load_state("networkidle")
            page.screenshot(path=TARGET / f"{name}.png")
            page.context.close()
            print(f"docs/pictures/{name}.png")
        browser.close()


@contextmanager
def installation() -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """A demo installation in a folder of its own: (address, {name: (e-mail, password)})."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="maru-pictures-") as folder:
        command = [str(ROOT / "maru"), "up", "--port", str(port), "--data", f"{folder}/data"]
        log = Path(folder) / "log"
        with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as running:
            try:
                wait_for(running, log)
                yield address, sign_ins(log)
            finally:
                running.terminate()
                running.wait(30)


def wait_for(running: subprocess.Popen, log: Path) -> None:
    """Until it says that it is ready; at most three minutes."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and running.poll() is None:
        if "is ready" in log.read_text():
            return
        time.sleep(0.5)
    sys.exit(log.read_text())


def sign_ins(log: Path) -> dict[str, tuple[str, str]]:
    """The demo accounts that `./maru up` printed."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text())
    people = re.findall(r"(\w+)(@\S+\.example)", text)
    password = re.search(r"with the password (\S+)", text)
    if password is None:
        sys.exit(text)
    return {name: (name + rest, password[1]) for name, rest in people}


def signed_in(
    browser: Browser,
    address: str,
    accounts: dict[str, tuple[str, str]],
    who: str,
    language: str,
    theme: Any,
    viewport: Any,
) -> Page:
    """A page of a person, in one language and theme."""
    context = browser.new_context(
        viewport=viewport, color_scheme=theme, locale=language, device_scale_factor=1
    )
    page = context.new_page()
    page.goto(f"{address}/login/")
    email, password = accounts[who]
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/(desk|portal)/"))
    return page


if __name__ == "__main__":
    main()
