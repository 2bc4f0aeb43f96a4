"""Back-up and restore: database, attachments and secret key in one tar file."""

import argparse
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2
import redis

from itsm import env
from itsm.stack.commands import forget_tables
from itsm.stack.console import fail, say, step
from itsm.stack.installation import Installation, open_installation
from itsm.stack.programs import client_bin

FORMAT = 1
DUMP, FACTS, SECRET, FILES = "database.dump", "maru.json", "secret_key", "attachments"


def backup(arguments: list[str]) -> None:
    """Writes FILE aside and renames it when it is whole; Maru may go on running."""
    parser = argparse.ArgumentParser(prog="maru backup")
    parser.add_argument("file", type=Path, help="tar file to write")
    parser.add_argument("--data", type=Path, help="data folder (var/data)")
    chosen = parser.parse_args(arguments)
    installation = open_installation(chosen.data)
    target = chosen.file.expanduser().absolute()
    if not target.parent.is_dir():
        fail(f"{target.parent} is no folder", "make it first")
    with installation.servers(), tempfile.TemporaryDirectory(dir=target.parent) as place:
        work = Path(place)
        with step("Dumping the database"):
            _run_client(installation, "pg_dump", "--format=custom", f"--file={work / DUMP}")
        with step("Packing the attachments"):
            whole = _pack(installation, work)
        whole.replace(target)
    say(
        f"  Written: {target} ({target.stat().st_size / 1e6:.1f} MB). It holds secrets: keep it so."
    )


def _pack(installation: Installation, work: Path) -> Path:
    (work / FACTS).write_text(
        json.dumps({"format": FORMAT, "made": datetime.now(UTC).isoformat(timespec="seconds")})
    )
    (work / SECRET).write_text(env.SECRET_KEY(installation.environment))
    whole = work / "whole.tar"
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        for name in (FACTS, DUMP, SECRET):
            tar.add(work / name, name)
        # After the database: a file that a row speaks of is always there.
        tar.add(installation.data / FILES, FILES)
    return whole


def restore(arguments: list[str]) -> None:
    """Puts a back-up in place of what is there; Maru must be stopped."""
    parser = argparse.ArgumentParser(prog="maru restore")
    parser.add_argument("file", type=Path, help="tar file that `maru backup` wrote")
    parser.add_argument("--data", type=Path, help="data folder (var/data)")
    parser.add_argument("--force", action="store_true", help="replace what is there")
    chosen = parser.parse_args(arguments)
    installation = open_installation(chosen.data)
    with installation.held() as alone:
        if not alone:
            fail(f"Maru is running in {installation.data}", "stop it first")
    with installation.servers(), tempfile.TemporaryDirectory(dir=installation.data) as place:
        work = Path(place)
        _unpack(chosen.file, work)
        _make_room(installation, force=chosen.force)
        with step("Restoring the database"):
            options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
            _run_client(installation, "pg_restore", *options, str(work / DUMP), restore=True)
        redis.Redis.from_url(env.REDIS_URL(installation.environment)).flushdb()
        _put_files(installation, work)
    forget_tables(installation)
    say("  Restored. The next start brings the tables up to date.")


def _unpack(file: Path, work: Path) -> None:
    with step("Unpacking"):
        try:
            with tarfile.open(file) as tar:
                _extract(tar, work)
            facts = json.loads((work / FACTS).read_text())
        except (OSError, tarfile.TarError, ValueError) as error:
            fail(f"{file} can't be read: {error}", "name a file that ./maru backup wrote")
    if facts.get("format") != FORMAT or not (work / DUMP).is_file():
        fail(f"{file} is no back-up of this version", "take the version of Maru that wrote it")


def _extract(tar: tarfile.TarFile, work: Path) -> None:
    """Only plain files and folders inside `work`: Python before 3.11.4 does not see to that."""
    for member in tar.getmembers():
        inside = (work / member.name).resolve().is_relative_to(work.resolve())
        if not inside or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(f"unexpected entry {member.name}")
        tar.extract(member, work)


def _make_room(installation: Installation, *, force: bool) -> None:
    """Refuses a database with tables in it, or empties it when told to."""
    address, password = _address(installation)
    with psycopg2.connect(address, password=password) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        tables = cursor.fetchone()
        if tables and tables[0]:
            if not force:
                fail("the database is not empty", "add --force to replace what is in it")
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()


def _put_files(installation: Installation, work: Path) -> None:
    files = installation.data / FILES
    shutil.rmtree(files)
    (work / FILES).replace(files)
    files.chmod(0o700)
    secret = (work / SECRET).read_text()
    own = installation.data / "secret_key"
    if installation.environment.get("MARU_SECRET_KEY_FILE") == str(own):
        own.write_text(secret)
    elif env.SECRET_KEY(installation.environment) != secret:
        say("  MARU_SECRET_KEY differs from the back-up's: everybody has to sign in again.")


def _address(installation: Installation) -> tuple[str, str]:
    """The database's address without its password, and the password."""
    url = urlsplit(env.DATABASE_URL(installation.environment))
    account, _, host = url.netloc.rpartition("@")
    name, _, given = account.partition(":")
    address = urlunsplit(url._replace(netloc=f"{name}@{host}" if account else host))
    return address, env.DATABASE_PASSWORD(installation.environment) or unquote(given)


def _run_client(
    installation: Installation, program: str, *arguments: str, restore: bool = False
) -> None:
    """A PostgreSQL client program on our database; the password never stands in a command line."""
    address, password = _address(installation)
    folder = client_bin(embedded=installation.postgres is not None)
    target = ["--dbname", address] if restore else [address]
    done = subprocess.run(
        [folder / program, *target, *arguments],
        env={**os.environ, "PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        fail(f"{program} failed: {done.stderr.strip().splitlines()[-1]}")
