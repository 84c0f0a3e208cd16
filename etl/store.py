"""Opening an SQLite file of the home: WAL, its rights, and migrations that only go forward."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from etl.errors import HomeError
from etl.home import create_private


def open_store(path: Path, migrations: tuple[str, ...]) -> sqlite3.Connection:
    """A connection to the store, brought up to the newest of `migrations` first."""
    create_private(path)
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    try:
        _migrate(connection, path, migrations)
    except Exception:
        connection.close()
        raise
    return connection


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
