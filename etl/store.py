"""Opening an SQLite file of the home: WAL, its rights, and migrations that only go forward."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.errors import HomeError
from etl.home import create_private

CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)
FIRST_BYTE = 0xFF  # of SQLite's extended codes: the kind of error
CLOSED_TO_SQLITE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def open_store(path: Path, migrations: tuple[str, ...]) -> sqlite3.Connection:
    """A connection to the store, brought up to the newest of `migrations` first.

    HomeError when this user may not write it: SQLite keeps a log beside the file, also for who only reads.
    """
    with _rights_said(path):
        create_private(path)
        return _opened(path, migrations)


def _opened(path: Path, migrations: tuple[str, ...]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        _migrate(connection, path, migrations)
    except Exception:
        connection.close()
        raise
    return connection


def is_closed(error: Exception) -> bool:
    """Whether an error says that this user may not read or write a file."""
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", 0) & FIRST_BYTE) in CLOSED_TO_SQLITE
    return isinstance(error, OSError) and error.errno in CLOSED


@contextmanager
def _rights_said(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if not is_closed(error):
            raise
        raise HomeError(
            path.name, "it may not be written by who runs Kring", "a home that is yours",
            "kring doctor names what is closed",
        ) from error  # fmt: skip


def _migrate(connection: sqlite3.Connection, path: Path, migrations: tuple[str, ...]) -> None:
    version = _version(connection)
    if version > len(migrations):
        raise HomeError(
            path.name, f"written by a newer Kring (version {version})", f"at most version {len(migrations)}",
            "Update Kring, or restore a backup that this version made.",
        )  # fmt: skip
    if version == len(migrations):
        return
    connection.execute("begin immediate")
    try:
        for number in range(_version(connection), len(migrations)):
            for statement in migrations[number].split(";"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"pragma user_version = {number + 1}")
        connection.execute("commit")
    except Exception:
        connection.execute("rollback")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])
