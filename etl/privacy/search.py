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
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

import duckdb

from etl.errors import ReleaseError, SealError
from etl.sealing import MAGIC, key_beside, opened
from etl.warehouse import open_release, quote_name, quote_text, scratch

if TYPE_CHECKING:
    from etl.home import Home

CHUNK = 32 * 1024 * 1024
DEEPEST = 4
MOST_UNPACKED = 1024 * 1024 * 1024
SQLITE, DUCKDB, PARQUET = b"SQLite format 3\0", b"DUCK", b"PAR1"
ZIP, GZIP, BZIP, XZ = b"PK\3\4", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"
NEAR = 200
PAIR = ("full_name", "organisation")
BETWEEN = "\x1f"
INNER = b"abcdefghijklmnopqrstuvwxyz0123456789-_"  # what goes on with a word
WAYS: tuple[tuple[Callable[[str], bytes], int, bool], ...] = (
    (lambda text: text.encode("utf-8"), 1, False),
    (lambda text: text.encode("cp1252"), 1, False),
    (lambda text: text.encode("utf-16-le"), 2, False),
    (lambda text: text.encode("utf-16-be"), 2, True),
    (lambda text: json.dumps(text)[1:-1].encode(), 1, False),
    (lambda text: quote(text).encode(), 1, False),
    (lambda text: quote(text, safe="").encode(), 1, False),
)
"""How a text becomes bytes: the encoding, its bytes a letter, and whether the high byte comes first."""
READ_ERRORS = (
    OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error,
    lzma.LZMAError,
)  # fmt: skip


@dataclass(frozen=True)
class Needle:
    """A text to look for. With `near`, only where that is on the same line: a name beside an organisation.

    `within`: longer names, of others, in which it is not this text: Anna de Vries in Anna de Vries Bakker.
    """

    text: str
    near: str | None = None
    within: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class _Pattern:
    """One way in which a needle may stand in a file. `width`: bytes a letter; `is_big`: high byte first.

    `around`: what stands before and behind it where it is a part of somebody else's name.
    """

    data: bytes
    width: int
    is_big: bool
    is_address: bool
    around: frozenset[tuple[bytes, bytes]] = frozenset()

    def places(self, data: bytes, is_bounded: bool) -> Iterator[int]:
        """Where it stands; bounded: not as a part of a longer word or address."""
        at = data.find(self.data)
        while at >= 0:
            if (not is_bounded or self._stands_alone(data, at)) and not self._is_of_another(data, at):
                yield at
            at = data.find(self.data, at + 1)

    def line(self, data: bytes, at: int) -> bytes:
        """What stands close to a place, on its line."""
        first, end = max(0, at - NEAR), at + len(self.data)
        line_end = b"\n" if self.width == 1 else b"\0\n" if self.is_big else b"\n\0"
        before = data[first:at].rpartition(line_end)[2]
        return before + self.data + data[end : end + NEAR].partition(line_end)[0]

    def _is_of_another(self, data: bytes, at: int) -> bool:
        end = at + len(self.data)
        return any(
            data[max(0, at - len(before)) : at] == before and data.startswith(after, end)
            for before, after in self.around
        )

    def _stands_alone(self, data: bytes, at: int) -> bool:
        before = self._letter(data[max(0, at - self.width) : at])
        end = at + len(self.data)
        after = self._letter(data[end : end + self.width])
        return before not in (INNER + b".+" if self.is_address else INNER) and after not in INNER

    def _letter(self, data: bytes) -> bytes:
        """A letter of one byte; a sign outside ASCII, or the end, is one that stands in no word."""
        if len(data) < self.width:
            return b" "
        if self.width == 1:
            return data
        high, low = (data[:1], data[1:]) if self.is_big else (data[1:], data[:1])
        return low if high == b"\0" else b" "


class Finder:
    """Looks for the same needles in many places."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._patterns = [
            (
                set(_written(needle.text, needle.within)),
                set(_written(needle.near)) if needle.near else None,
            )
            for needle in needles
            if needle.text.strip()
        ]
        lengths = [len(each.data) for patterns, _ in self._patterns for each in patterns]
        self.longest = max(lengths, default=1) + 2 * NEAR
        self.has_near = any(near is not None for _, near in self._patterns)

    def in_bytes(self, data: bytes, is_bounded: bool = True, has_lines: bool = True) -> bool:
        """Whether a piece of a file holds one of them, in whatever encoding.

        Where words run together, unbounded or without lines, a name beside an organisation says nothing: the
        two may be of two people who are listed one after the other.
        """
        lowered = data.lower()
        return any(
            near is None or _is_beside(pattern.line(lowered, at), near)
            for patterns, near in self._patterns
            if near is None or (is_bounded and has_lines)
            for pattern in patterns
            for at in pattern.places(lowered, is_bounded)
        )

    def in_text(self, text: str, is_bounded: bool = True) -> bool:
        """Whether a text holds one of them."""
        plain = unicodedata.normalize("NFC", text).lower()
        return self.in_bytes(plain.encode(errors="surrogatepass"), is_bounded)


def _written(text: str, within: Iterable[str] = ()) -> Iterator[_Pattern]:
    """The ways in which a text may stand in a file, in lower case; `within`: longer texts that hold it."""
    found: dict[tuple[bytes, int, bool], set[tuple[bytes, bytes]]] = {}
    longer = list(_around(text, within))
    for form in ("NFC", "NFD"):
        for case in (str, str.lower, str.upper):  # bytes know the capitals of ASCII only
            said, *rest = (case(unicodedata.normalize(form, each)) for each in (text, *chain(*longer)))
            for encode, width, is_big in WAYS:
                data = _encoded(said, encode)
                if data is None:
                    continue
                around = found.setdefault((data, width, is_big), set())
                for before, after in zip(rest[::2], rest[1::2], strict=True):
                    around |= _pairs(_encoded(before, encode), _encoded(after, encode))
                    if width == 2:
                        around |= _a_byte_further(before, after, is_big)
    for (data, width, is_big), pairs in found.items():
        yield _Pattern(data, width, is_big, "@" in text, frozenset(pairs))


def _pairs(before: bytes | None, after: bytes | None) -> set[tuple[bytes, bytes]]:
    return {(before, after)} if before is not None and after is not None else set()


def _a_byte_further(before: str, after: str, is_big: bool) -> set[tuple[bytes, bytes]]:
    """The same in the other order of bytes, in which plain letters are found too, a byte to one side."""
    other = "utf-16-le" if is_big else "utf-16-be"
    front, back = before.encode(other).lower(), after.encode(other).lower()
    if is_big:
        return _pairs(front[:-1], b"\0" + back if back else b"")
    return _pairs(front + b"\0" if front else b"", back[1:])


def _encoded(text: str, encode: Callable[[str], bytes]) -> bytes | None:
    try:
        return encode(text).lower()
    except UnicodeEncodeError:
        return None


def _around(text: str, within: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What stands before and behind a text in longer ones."""
    wanted = unicodedata.normalize("NFC", text).lower()
    for each in within:
        longer = unicodedata.normalize("NFC", each)
        lowered = longer.lower()
        if len(lowered) != len(longer):
            longer = lowered
        at = lowered.find(wanted)
        while at >= 0:
            pair = (longer[:at], longer[at + len(wanted) :])
            if any(pair):
                yield pair
            at = lowered.find(wanted, at + 1)


def _is_beside(line: bytes, near: Iterable[_Pattern]) -> bool:
    return any(True for each in near for _ in each.places(line, is_bounded=True))


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


def holds(path: Path, finder: Finder) -> bool:
    """Whether a file holds one of the needles, as it lies or unpacked."""
    with path.open("rb") as file:
        head = file.read(16)
    texts = _table_texts(path, head, finder.has_near)
    if texts is not None:
        return _table_holds(texts, finder, lambda: _bytes_hold(path, finder, is_bounded=False))
    is_packed = head == MAGIC or _opener(head) is not None
    if _bytes_hold(path, finder, not path.name.endswith(("-wal", ".wal")), has_lines=not is_packed):
        return True
    if head == MAGIC:
        return _sealed_holds(path, finder)
    if _opener(head) is None:
        return False
    return any(_content_holds(content, finder, 1) for content in _unpacked(path.open("rb"), head))


def _sealed_holds(path: Path, finder: Finder) -> bool:
    """Whether a backup holds a needle. One that the home's key does not open may hold anything."""
    try:
        return any(_content_holds(each, finder, 1) for each in _zip_members(opened(path, key_beside(path))))
    except (SealError, *READ_ERRORS):
        return True


def _table_texts(path: Path, head: bytes, with_pairs: bool) -> Iterator[str] | None:
    """The texts of a table; with pairs also each name together with the organisation beside it."""
    if head.startswith(SQLITE):
        return _sqlite_texts(path)
    if head[8:12] == DUCKDB:
        return _duckdb_texts(path, with_pairs)
    return _parquet_texts(path, with_pairs) if head.startswith(PARQUET) else None


def _table_holds(texts: Iterable[str], finder: Finder, in_bytes: Callable[[], bool]) -> bool:
    """Whether tables hold a needle. In their bytes texts stand side by side without a space between them.

    So what is found there counts, unless a text that is longer, of somebody else, explains it.
    """
    is_explained = False
    for text in texts:
        is_inside = finder.in_text(text, is_bounded=False)
        if (is_inside or finder.has_near) and finder.in_text(text):
            return True
        is_explained = is_explained or is_inside
    return not is_explained and in_bytes()


def _content_holds(content: bytes, finder: Finder, depth: int) -> bool:
    """Whether what an archive held holds a needle, tables and archives in it too."""
    if content.startswith(PARQUET):
        texts = _parquet_in(content, finder.has_near)
        return _table_holds(texts, finder, lambda: finder.in_bytes(content, is_bounded=False))
    if content.startswith(SQLITE):
        return _table_holds(_sqlite_in(content), finder, lambda: finder.in_bytes(content, is_bounded=False))
    if finder.in_bytes(content, has_lines=_opener(content[:16]) is None):
        return True
    if depth >= DEEPEST or _opener(content[:16]) is None:
        return False
    packed = _unpacked(io.BytesIO(content), content[:16])
    return any(_content_holds(each, finder, depth + 1) for each in packed)


def _bytes_hold(path: Path, finder: Finder, is_bounded: bool, has_lines: bool = True) -> bool:
    with path.open("rb") as file:
        kept = b""
        while chunk := file.read(CHUNK):
            if finder.in_bytes(kept + chunk, is_bounded, has_lines):
                return True
            kept = chunk[-finder.longest :]
    return False


def _unpacked(file: IO[bytes], head: bytes) -> Iterator[bytes]:
    """What an archive holds. What is damaged gives what can be read of it."""
    with file:
        opener = _opener(head)
        if opener is None:
            return
        try:
            yield from opener(file)
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
        yield from _stored_texts(connection)


def _sqlite_in(content: bytes) -> Iterator[str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        # a copy made while the store was in WAL mode says so in two bytes, and would not open in memory
        connection.deserialize(content[:18] + b"\1\1" + content[20:])
        yield from _stored_texts(connection)


def _stored_texts(connection: sqlite3.Connection) -> Iterator[str]:
    connection.text_factory = lambda data: data.decode(errors="replace")
    named = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    for (table,) in named:
        for row in connection.execute(f"select * from {quote_name(str(table))}"):
            for value in row:
                if isinstance(value, str):
                    yield value
                elif isinstance(value, bytes):
                    yield value.decode(errors="replace")


def _duckdb_texts(path: Path, with_pairs: bool) -> Iterator[str]:
    with open_release(path) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
        ).fetchall()
        for schema, table in tables:
            yield from _column_texts(connection, f"{quote_name(schema)}.{quote_name(table)}", with_pairs)


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


def _parquet_texts(path: Path, with_pairs: bool) -> Iterator[str]:
    with scratch() as connection:
        yield from _column_texts(connection, f"read_parquet({quote_text(str(path))})", with_pairs)


def _parquet_in(content: bytes, with_pairs: bool) -> Iterator[str]:
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(content))
    for column in table.columns:
        if str(column.type) in ("string", "large_string"):
            yield from (value for value in column.unique().to_pylist() if value)
    if with_pairs and set(PAIR) <= set(table.column_names):
        rows = zip(*(table.column(name).to_pylist() for name in PAIR), strict=True)
        yield from (BETWEEN.join(row) for row in set(rows) if all(row))


def _column_texts(connection: duckdb.DuckDBPyConnection, relation: str, with_pairs: bool) -> Iterator[str]:
    described = connection.execute(f"describe from {relation}").fetchall()
    for name, kind, *_ in described:
        if "VARCHAR" not in str(kind) and "BLOB" not in str(kind):
            continue
        column = quote_name(str(name))
        cursor = connection.cursor()
        cursor.execute(f"select distinct {column}::varchar from {relation} where {column} is not null")
        while rows := cursor.fetchmany(10_000):
            yield from (str(row[0]) for row in rows)
    if with_pairs and set(PAIR) <= {str(name) for name, *_ in described}:
        name, organisation = PAIR
        pairs = connection.cursor().execute(
            f"select distinct {name} || {quote_text(BETWEEN)} || {organisation} as pair from {relation}"
            " where pair is not null"
        )
        while rows := pairs.fetchmany(10_000):
            yield from (str(row[0]) for row in rows)


def _safe(name: str, finder: Finder) -> str:
    """A path that may be said: the parts that hold what was looked for are left out."""
    return "/".join("…" if finder.in_text(part) else part for part in name.split("/"))
