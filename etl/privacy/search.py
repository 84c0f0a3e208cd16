"""Looking for a person in every byte of a home: in files as they lie, and in what they hold unpacked.

Archives and workbooks are unpacked; DuckDB, SQLite and Parquet files are also read as tables, because they
compress text or cut it at the end of a page. What was deleted in a DuckDB file but is still inside it,
compressed, cannot be looked into: such a file is never called clean.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

import duckdb

from etl.errors import ReleaseError
from etl.warehouse import open_release, quote_name, quote_text, scratch

if TYPE_CHECKING:
    from etl.home import Home

CHUNK = 32 * 1024 * 1024
DEEPEST = 4
MOST_UNPACKED = 1024 * 1024 * 1024
SQLITE, DUCKDB, PARQUET = b"SQLite format 3\0", b"DUCK", b"PAR1"
ZIP, GZIP, BZIP, XZ = b"PK\3\4", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"
NEAR = 200
READ_ERRORS = (
    OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error,
    lzma.LZMAError,
)  # fmt: skip


@dataclass(frozen=True)
class Needle:
    """A text to look for. With `near`, only where that stands close to it: a name beside an organisation."""

    text: str
    near: str | None = None


@dataclass(frozen=True)
class Searched:
    """Looking through one home. `found` names files, never what was found; `unread` could not be unpacked."""

    files: int
    bytes: int
    found: tuple[str, ...]
    unread: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found, and nothing was left unread."""
        return not self.found and not self.unread


class Finder:
    """Looks for the same needles in many places."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._patterns = [
            (set(_written(needle.text)), set(_written(needle.near)) if needle.near else None)
            for needle in needles
            if needle.text.strip()
        ]
        lengths = [len(each) for patterns, _ in self._patterns for each in patterns]
        self.longest = max(lengths, default=1) + 2 * NEAR

    def in_bytes(self, data: bytes) -> bool:
        """Whether a piece of a file holds one of them, in whatever encoding."""
        lowered = data.lower()
        return any(
            _close(lowered, pattern, near) if near else pattern in lowered
            for patterns, near in self._patterns
            for pattern in patterns
        )

    def in_text(self, text: str) -> bool:
        """Whether a text holds one of them."""
        return self.in_bytes(unicodedata.normalize("NFC", text).lower().encode(errors="surrogatepass"))


def _written(text: str) -> Iterator[bytes]:
    """The ways in which a text may stand in a file, in lower case."""
    for form in ("NFC", "NFD"):
        plain = unicodedata.normalize(form, text)
        for said in {plain, plain.lower(), plain.upper()}:  # bytes know the capitals of ASCII only
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp1252"):
                try:
                    yield said.encode(encoding).lower()
                except UnicodeEncodeError:
                    continue
            yield json.dumps(said)[1:-1].encode().lower()
            yield quote(said).encode().lower()
            yield quote(said, safe="").encode().lower()


def _close(data: bytes, pattern: bytes, near: set[bytes]) -> bool:
    at = data.find(pattern)
    while at >= 0:
        around = data[max(0, at - NEAR) : at + len(pattern) + NEAR]
        if any(each in around for each in near):
            return True
        at = data.find(pattern, at + 1)
    return False


def search(home: Home, needles: Iterable[Needle]) -> Searched:
    """Look through every file of the home for any of the needles."""
    finder = Finder(needles)
    count, size = 0, 0
    found: list[str] = []
    unread: list[str] = []
    for path in files_of(home):
        count += 1
        size += path.stat().st_size
        name = path.relative_to(home.root).as_posix()
        try:
            if finder.in_text(name) or holds(path, finder):
                found.append(_safe(name, finder))
            elif _hides_rows(path):
                unread.append(_safe(name, finder))
        except (duckdb.Error, sqlite3.Error, ReleaseError):
            unread.append(_safe(name, finder))
    return Searched(count, size, tuple(found), tuple(unread))


def files_of(home: Home) -> list[Path]:
    """Every file of the home but the note that says whom to look for."""
    return [
        path
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and not path.is_symlink() and path != home.erasing_file
    ]


def holds(path: Path, finder: Finder, is_raw: bool = True) -> bool:
    """Whether a file holds one of the needles, as it lies or unpacked."""
    if is_raw and _bytes_hold(path, finder):
        return True
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(SQLITE):
        return any(finder.in_text(text) for text in _sqlite_texts(path))
    if head[8:12] == DUCKDB:
        return any(finder.in_text(text) for text in _duckdb_texts(path))
    if head.startswith(PARQUET):
        return any(finder.in_text(text) for text in _parquet_texts(path))
    return any(finder.in_bytes(piece) for piece in _unpacked(path.open("rb"), head, 0))


def _bytes_hold(path: Path, finder: Finder) -> bool:
    with path.open("rb") as file:
        kept = b""
        while chunk := file.read(CHUNK):
            if finder.in_bytes(kept + chunk):
                return True
            kept = chunk[-finder.longest :]
    return False


def _unpacked(file: IO[bytes], head: bytes, depth: int) -> Iterator[bytes]:
    """What an archive holds, and the archives within it. What is damaged gives what can be read of it."""
    with file:
        opener = _opener(head)
        if opener is None or depth >= DEEPEST:
            return
        try:
            for content in opener(file):
                yield content
                yield from _unpacked(io.BytesIO(content), content[:16], depth + 1)
                if content.startswith(PARQUET):
                    yield from (text.lower().encode(errors="surrogatepass") for text in _parquet_in(content))
        except READ_ERRORS:
            return


def _opener(head: bytes) -> Callable[[IO[bytes]], Iterator[bytes]] | None:
    openers = ((ZIP, _zip_members), (GZIP, _gunzipped), (BZIP, _bunzipped), (XZ, _unxzipped))
    return next((opener for magic, opener in openers if head.startswith(magic)), None)


def _gunzipped(file: IO[bytes]) -> Iterator[bytes]:
    with gzip.open(file) as stream:
        yield stream.read(MOST_UNPACKED)


def _bunzipped(file: IO[bytes]) -> Iterator[bytes]:
    with bz2.open(file) as stream:
        yield stream.read(MOST_UNPACKED)


def _unxzipped(file: IO[bytes]) -> Iterator[bytes]:
    with lzma.open(file) as stream:
        yield stream.read(MOST_UNPACKED)


def _zip_members(file: IO[bytes]) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            with archive.open(info) as member:
                yield member.read(MOST_UNPACKED)


def _sqlite_texts(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
        connection.text_factory = lambda data: data.decode(errors="replace")
        named = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        tables = [str(row[0]) for row in named]
        for table in tables:
            for row in connection.execute(f"select * from {quote_name(table)}"):
                for value in row:
                    if isinstance(value, str):
                        yield value
                    elif isinstance(value, bytes):
                        yield value.decode(errors="replace")


def _duckdb_texts(path: Path) -> Iterator[str]:
    with open_release(path) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
        ).fetchall()
        for schema, table in tables:
            yield from _column_texts(connection, f"{quote_name(schema)}.{quote_name(table)}")


def _hides_rows(path: Path) -> bool:
    """Whether a DuckDB file still holds rows that were deleted."""
    with path.open("rb") as file:
        if file.read(16)[8:12] != DUCKDB:
            return False
    with open_release(path) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
        ).fetchall()
        for schema, table in tables:
            name = f"{quote_name(schema)}.{quote_name(table)}"
            stored = connection.execute(
                f"select coalesce(sum(count), 0) from pragma_storage_info({quote_text(name)})"
                " where column_id = 0 and segment_type <> 'VALIDITY'"
            ).fetchone()
            shown = connection.execute(f"select count(*) from {name}").fetchone()
            if stored and shown and int(stored[0]) > int(shown[0]):
                return True
    return False


def _parquet_texts(path: Path) -> Iterator[str]:
    with scratch() as connection:
        yield from _column_texts(connection, f"read_parquet({quote_text(str(path))})")


def _parquet_in(content: bytes) -> Iterator[str]:
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(content))
    for column in table.columns:
        if str(column.type) in ("string", "large_string"):
            yield from (value for value in column.unique().to_pylist() if value)


def _column_texts(connection: duckdb.DuckDBPyConnection, relation: str) -> Iterator[str]:
    described = connection.execute(f"describe from {relation}").fetchall()
    for name, kind, *_ in described:
        if "VARCHAR" not in str(kind) and "BLOB" not in str(kind):
            continue
        column = quote_name(str(name))
        cursor = connection.cursor()
        cursor.execute(f"select distinct {column}::varchar from {relation} where {column} is not null")
        while rows := cursor.fetchmany(10_000):
            yield from (str(row[0]) for row in rows)


def _safe(name: str, finder: Finder) -> str:
    """A path that may be said: the parts that hold what was looked for are left out."""
    return "/".join("…" if finder.in_text(part) else part for part in name.split("/"))
