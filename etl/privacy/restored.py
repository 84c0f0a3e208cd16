"""What a restore brings together instead of replacing: a backup is older than what was done since.

Of a home that is there, three things are never behind: every line of the audit log, whoever was erased, and
whatever was published. They are first brought together in the backup's own unpacked stores; then these take
the place of the home's, the ledger in one transaction. Nothing of them is removed at any moment, so a restore
may be broken off anywhere and done again.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from etl.durable import sync, write_file
from etl.errors import ReleaseError
from etl.home import PUBLIC_RIGHTS, make_folder
from etl.ledger import MIGRATIONS
from etl.manifest import ASIDE
from etl.privacy import audit
from etl.privacy.register import Erasure, Suppressions
from etl.privacy.screen import screen_of
from etl.privacy.search import Finder
from etl.privacy.sweep import compact, sweep
from etl.public_manifest import publication_folders, read_publication
from etl.published import PublishedFigures
from etl.store import open_store
from etl.warehouse import quote_name

if TYPE_CHECKING:
    from etl.home import Home

OF_THE_LOG = "audit_head"  # goes with the audit log that is kept
DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
FIRST_BYTE = 0xFF


def is_damaged(store: Path) -> bool:
    """Whether a store is there and is none that SQLite can read."""
    if not store.exists():
        return False
    try:
        with closing(sqlite3.connect(store, timeout=30)) as connection:
            return bool(connection.execute("pragma quick_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & FIRST_BYTE) in DAMAGED:
            return True
        raise


def bring_together(
    unpacked: Home, home: Home, erasures: Sequence[Erasure], seen: Sequence[str]
) -> tuple[int, int]:
    """Let the stores of an unpacked backup know what was erased and published since, and clean them of whom.

    `seen`: publications as everyone saw them, where no ledger tells of them. Gives how many erasures and how
    many publications the backup did not know.
    """
    key = unpacked.secrets / "privacy.key"
    if not key.exists() and (home.secrets / key.name).exists():
        make_folder(unpacked.secrets)
        shutil.copy(home.secrets / key.name, key)
    with PublishedFigures(unpacked) as published:
        publications = published.take_over(home.ledger_file) if home.ledger_file.exists() else 0
        publications += sum(published.take_over_seen(text) for text in seen)
    with closing(open_store(unpacked.ledger_file, MIGRATIONS)) as ledger:
        if home.ledger_file.exists():
            ledger.execute("attach ? as theirs", (str(home.ledger_file),))
            ledger.execute("insert or ignore into main.audit_subject select * from theirs.audit_subject")
            if home.roles_file.exists():  # they stay, so what they were at the last run does
                ledger.execute(
                    "insert or replace into main.watched_file"
                    " select * from theirs.watched_file where name = ?",
                    (home.roles_file.name,),
                )
    with Suppressions(unpacked) as suppressions:
        new = suppressions.take_over(erasures)
    if screen := screen_of(unpacked):
        sweep(unpacked, screen.marked(), Finder(()))
        compact(unpacked)
    return new, publications


def put_in_place(home: Home, unpacked: Home) -> None:
    """Have the audit log, the ledger and the publications of the home be what was brought together."""
    lines = unpacked.audit_file.read_bytes() if unpacked.audit_file.exists() else b""
    audit.take_over(home, lines, audit.head_of(unpacked.ledger_file))
    _put_ledger(home.ledger_file, unpacked.ledger_file)
    _put_publications(home, unpacked)


def forget_damaged(store: Path) -> None:
    """Remove a store that cannot be read, so that the backup's takes its place."""
    for end in ("", "-wal", "-shm"):
        store.with_name(f"{store.name}{end}").unlink(missing_ok=True)


def _put_ledger(own: Path, theirs: Path) -> None:
    """All rows of one ledger in place of the other's, at once; but for the end of the log, which stays."""
    with closing(open_store(own, MIGRATIONS)) as ledger:
        ledger.execute("pragma secure_delete = on")
        ledger.execute("pragma foreign_keys = off")
        ledger.execute("attach ? as theirs", (str(theirs),))
        tables = ledger.execute("select name from theirs.sqlite_master where type = 'table'").fetchall()
        ledger.execute("begin immediate")
        try:
            for name in (quote_name(str(row[0])) for row in tables if row[0] != OF_THE_LOG):
                ledger.execute(f"delete from main.{name}")
                ledger.execute(f"insert into main.{name} select * from theirs.{name}")
        except BaseException:
            ledger.execute("rollback")
            raise
        ledger.execute("commit")


def _put_publications(home: Home, unpacked: Home) -> None:
    """Add the publications that the home has not; what is served is the newest of both."""
    if not unpacked.public.is_dir():
        return
    make_folder(home.public, PUBLIC_RIGHTS)
    for folder in publication_folders(unpacked):
        if not (home.public / folder.name).exists():
            aside = home.public / f"{ASIDE}{folder.name}"  # public/ may be on another disk
            shutil.rmtree(aside, ignore_errors=True)
            shutil.copytree(folder, aside)
            aside.rename(home.public / folder.name)
    if unpacked.public_pointer.exists() and _pointed(unpacked) > _pointed(home):
        aside = home.public / f"{ASIDE}pointer"
        write_file(aside, unpacked.public_pointer.read_bytes())
        aside.replace(home.public_pointer)
    sync(home.public)


def _pointed(home: Home) -> str:
    """The publication that a pointer names; empty when that cannot be served."""
    try:
        served = read_publication(home)
    except ReleaseError:
        return ""
    return served.publication if served else ""
