"""Taking somebody out of what is not rebuilt: the SQLite stores, logs, caches, refused files and backups."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.privacy.marks import IsMarked, found_in, redacted
from etl.privacy.screen import raw_holds
from etl.privacy.search import SQLITE, Finder, holds
from etl.warehouse import quote_name

if TYPE_CHECKING:
    from etl.home import Home

PERSON_DECISIONS = ("handle_a", "handle_b", "kept", "taken")
HANDLE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OWN_TABLES = ("erasure", "suppressed_key", "audit_head")
BUSY_SECONDS = 30


@dataclass(frozen=True)
class Swept:
    """How much was changed or removed."""

    cells: int
    decisions: int
    files: int
    backups: int

    def with_more(self, other: Swept) -> Swept:
        """Both together."""
        return Swept(
            self.cells + other.cells,
            self.decisions + other.decisions,
            self.files + other.files,
            self.backups + other.backups,
        )


def sweep(home: Home, is_marked: IsMarked, finder: Finder) -> Swept:
    """Take a person out of every store that a rebuild does not make again."""
    cells, decisions = 0, 0
    for path in sqlite_files(home):
        with suppress(sqlite3.DatabaseError):
            changed, gone = _clean_sqlite(path, is_marked)
            cells, decisions = cells + changed, decisions + gone
    shutil.rmtree(home.preview, ignore_errors=True)
    files = sum(_clean_file(path, is_marked, finder) for path in _loose_files(home))
    refused = _remove_holding(home.quarantine, is_marked, finder)
    return Swept(cells, decisions, files + refused, _remove_holding(home.backups, is_marked, finder))


def sqlite_files(home: Home) -> list[Path]:
    """The SQLite files of the home."""
    found = sorted(home.root.rglob("*"))
    return [path for path in found if path.is_file() and _head(path).startswith(SQLITE)]


def forget_texts(home: Home, hashes: set[str]) -> int:
    """Forget where texts were placed that no file holds any more; `hashes` are those that one does."""
    with closing(sqlite3.connect(home.ledger_file, timeout=BUSY_SECONDS, isolation_level=None)) as ledger:
        ledger.execute("pragma secure_delete = on")
        known = {str(row[0]) for row in ledger.execute("select distinct text_hash from theme_member")}
        gone = known - hashes
        ledger.executemany("delete from theme_member where text_hash = ?", [(each,) for each in gone])
    return len(gone)


def compact(home: Home) -> None:
    """Write the SQLite stores afresh, so that nothing deleted is left in them or in their logs."""
    for path in sqlite_files(home):
        with (
            suppress(sqlite3.DatabaseError),
            closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as store,
        ):
            store.execute("vacuum")
            store.execute("pragma wal_checkpoint(truncate)")


def _clean_sqlite(path: Path, is_marked: IsMarked) -> tuple[int, int]:
    """Redact every text that names the person, and drop decisions about them. Gives how many of each."""
    changed, gone = 0, 0
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as store:
        store.execute("pragma secure_delete = on")
        store.execute("begin immediate")
        tables = store.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            if table in OWN_TABLES or table.startswith("sqlite_"):
                continue
            columns = [str(row[1]) for row in store.execute(f"pragma table_info({quote_name(table)})")]
            if set(PERSON_DECISIONS) <= set(columns):
                gone += _drop_decisions(store, table, is_marked)
            for rowid, column, text in list(_marked_cells(store, table, columns, is_marked)):
                _redact_cell(store, table, column, rowid, redacted(text, is_marked))
                changed += 1
        if gone and ("revision",) in tables:
            store.execute("update revision set number = number + 1")
        store.execute("commit")
    return changed, gone


def _drop_decisions(store: sqlite3.Connection, table: str, is_marked: IsMarked) -> int:
    """Remove decisions about somebody whose handle is marked."""
    listed = ", ".join(quote_name(column) for column in PERSON_DECISIONS)
    gone = [
        (int(rowid),)
        for rowid, *cells in store.execute(f"select rowid, {listed} from {quote_name(table)}")
        if any(is_marked(f"handle:{each}") for cell in cells for each in HANDLE.findall(str(cell)))
    ]
    store.executemany(f"delete from {quote_name(table)} where rowid = ?", gone)
    return len(gone)


def _marked_cells(
    store: sqlite3.Connection, table: str, columns: list[str], is_marked: IsMarked
) -> Iterator[tuple[int, str, str]]:
    listed = ", ".join(quote_name(column) for column in columns)
    try:
        rows = store.execute(f"select rowid, {listed} from {quote_name(table)}").fetchall()
    except sqlite3.OperationalError:  # a table without rowid, or a virtual one
        return
    for rowid, *values in rows:
        for column, value in zip(columns, values, strict=True):
            if isinstance(value, str) and any(True for _ in found_in(value, is_marked)):
                yield int(rowid), column, value


def _redact_cell(store: sqlite3.Connection, table: str, column: str, rowid: int, text: str) -> None:
    """Put the redacted text in place; where that may not be, because it is a key, the row goes."""
    name = quote_name(table)
    try:
        store.execute(f"update {name} set {quote_name(column)} = ? where rowid = ?", (text, rowid))
    except sqlite3.IntegrityError:
        store.execute(f"delete from {name} where rowid = ?", (rowid,))


def _loose_files(home: Home) -> list[Path]:
    """Logs, caches, and what a scheduler keeps, but no SQLite files."""
    folders = (home.logs, home.prefect, home.root / "cache")
    found = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*"))]
    return [path for path in found if path.is_file() and not path.is_symlink() and not _of_sqlite(path)]


def _clean_file(path: Path, is_marked: IsMarked, finder: Finder) -> bool:
    """Redact a text file in place, so that whoever is writing it goes on; another kind of file goes."""
    if any(True for _ in found_in(path.name, is_marked)):
        path.unlink()
        return True
    if not holds(path, finder) and not raw_holds(path, is_marked):
        return False
    try:
        text = path.read_bytes().decode("utf-8")
        with path.open("r+b") as file:
            file.write(redacted(text, is_marked).encode())
            file.truncate()
    except UnicodeDecodeError:
        path.unlink()
        return True
    if holds(path, finder):
        path.unlink()
    return True


def _remove_holding(folder: Path, is_marked: IsMarked, finder: Finder) -> int:
    """Remove the files of a folder that hold the person."""
    gone = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file() and (holds(path, finder) or raw_holds(path, is_marked)):
            path.unlink()
            gone += 1
    return gone


def _of_sqlite(path: Path) -> bool:
    return path.name.endswith(("-wal", "-shm")) or _head(path).startswith(SQLITE)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)
