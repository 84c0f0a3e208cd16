"""Large tables that a mapping fits: a check of the bytes, then DuckDB's CSV reader, to typed Parquet.

DuckDB is let in only when the check finds what the strict reader would read the same way: UTF-8 throughout,
no NUL, every quote opening or closing a cell, no line break within quotes, and on every line as many cells
as the heading has. Anything else is read by the strict reader itself, a piece at a time, with the same
expressions. Either way memory does not grow with the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from etl.errors import InputError
from etl.reading.convert import (
    LACKS_FIRST_GROUP,
    MOST_REJECTS_KEPT,
    SPACES,
    TIMED,
    Converted,
    Reading,
    decimal_marks,
    marks_of,
    refused,
    to_parquet,
    typed_rows_sql,
)
from etl.reading.delimited import Dialect, find_dialect, read_rows, too_many_rows
from etl.reading.sniff import FileKind
from etl.reading.table import TextRow, TextTable
from etl.schema.model import DateShape
from etl.sources.date_order import OrderUnknown
from etl.sources.mapping import heading_row, must_be_cut, named_shapes, read_mapped, timed_columns
from etl.sources.source import Reject
from etl.warehouse import quote_name, quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from numpy import bool_, int64, uint8
    from numpy.typing import NDArray

    from etl.settings import Settings, TableMapping

LARGE_BYTES = 8 * 1024 * 1024
HEAD_CHARACTERS = 256 * 1024
CHECKED_BYTES = 1024 * 1024  # at a time: little enough to stay near the processor
PROMISING_CHUNKS = 16
PIECE_ROWS = 100_000
SAMPLE_ROWS = 2_000
EVIDENCE_ROWS = 200_000
MOST_VOTES = 20  # times that one way of writing a date counts as evidence for the order of its numbers
HEADING_SEARCH_ROWS = 30
FIRST_LINE = (
    "first_line"  # in the Parquet's metadata: the line of its first row, when it has no column of lines
)
NEWLINE, RETURN, QUOTE, ZERO = 10, 13, 34, 48
STAMP, DAY = b"0000-00-00 00:00:00", b"0000-00-00"
SIXES = 0x0606060606060606
WIDE_SPACE_STARTS = (0xC2, 0xE1, 0xE2, 0xE3, 0xEF)  # first bytes of the spaces beyond ASCII, and of others
WIDE_SPACE_MIDDLES = (0xC2, 0x9A, 0x80, 0x81, 0xBB)  # their last byte but one


@dataclass(frozen=True)
class LargeTable:
    """A large file as its head shows it: how it is cut, and where its heading and mapped columns are."""

    path: Path
    kind: FileKind
    dialect: Dialect
    heading: TextRow
    places: tuple[int, ...]
    mapping: TableMapping

    @property
    def width(self) -> int:
        """Cells in the heading, and so in every row."""
        return len(self.heading.cells)

    @property
    def timed_places(self) -> tuple[int, ...]:
        """Where the mapped columns of dates and moments are."""
        kinds = {column.name: column.type for column in self.mapping.feed.columns}
        fields = (field for _, field in self.mapping.columns)
        return tuple(place for place, field in zip(self.places, fields, strict=True) if kinds[field] in TIMED)


@dataclass(frozen=True)
class LargeReading:
    """The typed rows and how many rows of data the file had. `rejected` is of this reading altogether."""

    converted: Converted
    rows_read: int
    is_fast: bool


def read_large(
    path: Path,
    kind: FileKind,
    mapping: TableMapping,
    settings: Settings,
    scratch: DuckDBPyConnection,
    target: Path,
) -> LargeReading:
    """Read a large mapped table to one Parquet file. Raises InputError when nothing of it can be used."""
    table = _look(path, kind, mapping, settings)
    if kind is FileKind.UTF8 and not table.dialect.is_wrapped and not must_be_cut(mapping):
        found = _read_checked(table, settings, scratch, target)
        if found is not None:
            return found
    return _in_pieces(table, settings, scratch, target)


def _read_checked(
    table: LargeTable, settings: Settings, scratch: DuckDBPyConnection, target: Path
) -> LargeReading | None:
    """Read as the first bytes promise, while the rest is checked; again when the rest breaks the promise."""
    chunks = _whole_lines(table.path, table.heading.line)
    promised = _check(islice(chunks, PROMISING_CHUNKS), table, settings)
    if promised is None:
        return None
    with ThreadPoolExecutor(1) as beside:
        checking = beside.submit(_check, chunks, table, settings, promised)
        reading = _attempt(table, promised, settings, scratch, target)
        clean = checking.result()
    if clean is not None and (reading is None or not clean.keeps(promised)):
        reading = _attempt(table, clean, settings, scratch, target)
    if clean is not None and reading is None and clean.stamps:
        reading = _attempt(table, replace(clean, stamps=frozenset()), settings, scratch, target)
    found = None
    if clean is not None and reading is not None:
        with suppress(duckdb.Error):
            found = _settle(reading, table, scratch, target, clean.rows)
    if found is None:
        target.unlink(missing_ok=True)
    return found


def _attempt(
    table: LargeTable, clean: CleanBytes, settings: Settings, scratch: DuckDBPyConnection, target: Path
) -> Reading | None:
    try:
        return _fast(table, clean, settings, scratch, target)
    except duckdb.Error:
        return None


def _look(path: Path, kind: FileKind, mapping: TableMapping, settings: Settings) -> LargeTable:
    with path.open(encoding=kind.encoding, errors="replace", newline="") as file:
        text = file.read(HEAD_CHARACTERS).removeprefix("\ufeff")
    dialect = find_dialect(text)
    rows: list[TextRow] = []
    for item in read_rows(io.StringIO(text, newline=""), dialect, settings.limits):
        if isinstance(item, TextRow):
            rows.append(item)
        if len(rows) == HEADING_SEARCH_ROWS:
            break
    start, where = heading_row(TextTable("", rows), mapping)
    places = tuple(where[column] for column, _ in mapping.columns)
    return LargeTable(path, kind, dialect, rows[start], places, mapping)


def most_rows(mapping: TableMapping, settings: Settings) -> int:
    """How many rows a file of this mapping may have."""
    return mapping.max_rows or settings.limits.rows


def most_bytes(mapping: TableMapping | None, settings: Settings) -> int:
    """How many bytes: a mapping that allows more rows allows as much more bytes."""
    limits = settings.limits
    if mapping is None or not mapping.max_rows or mapping.max_rows <= limits.rows:
        return limits.file_bytes
    return limits.file_bytes * mapping.max_rows // limits.rows


# The check of the bytes


@dataclass(frozen=True)
class CleanBytes:
    """What the check found. `is_trimmed`: no cell has spaces around it.

    `stamps`: the columns of dates of which every cell is empty or written as a cast reads it and nothing else
    does, `2026-03-16 14:00:00` throughout or `2026-03-16` throughout.
    """

    rows: int
    is_trimmed: bool
    stamps: frozenset[int]
    line_end: bool

    def keeps(self, promised: CleanBytes) -> bool:
        """Whether what was read on a promise was read as these bytes must be."""
        return self.is_trimmed >= promised.is_trimmed and self.stamps >= promised.stamps

    def and_then(self, following: CleanBytes) -> CleanBytes | None:
        """Both together; None when their lines end differently."""
        if self.line_end != following.line_end:
            return None
        return CleanBytes(
            self.rows + following.rows,
            self.is_trimmed and following.is_trimmed,
            self.stamps & following.stamps,
            self.line_end,
        )


def check_bytes(table: LargeTable, settings: Settings) -> CleanBytes | None:
    """Whether every line after the heading is clean; None when the strict reader must read them."""
    return _check(_whole_lines(table.path, table.heading.line), table, settings)


def _check(
    chunks: Iterable[bytes], table: LargeTable, settings: Settings, before: CleanBytes | None = None
) -> CleanBytes | None:
    most, found = most_rows(table.mapping, settings), before
    for chunk in chunks:
        clean = _clean_lines(chunk, table, settings.limits.field_characters)
        found = clean.and_then(found) if clean and found else clean
        if found is None:
            return None
        if found.rows > most:
            raise too_many_rows(most)
    return found


def _whole_lines(path: Path, skipped_lines: int) -> Iterator[bytes]:
    """The file after its first lines, in chunks that end at a line end; the last line gets one."""
    with path.open("rb") as file:
        for _ in range(skipped_lines):
            file.readline()
        rest = b""
        while chunk := file.read(CHECKED_BYTES):
            end = chunk.rfind(b"\n") + 1
            if end:
                yield rest + chunk[:end]
                rest = chunk[end:]
            else:
                rest += chunk
        if rest:
            yield rest + (b"\r\n" if rest.endswith(b"\r") else b"\n")


def _clean_lines(chunk: bytes, table: LargeTable, most_characters: int) -> CleanBytes | None:
    """What the lines of a chunk have in common; None when any of them is not clean."""
    import numpy as np

    if b"\0" in chunk or not _is_utf8(chunk):
        return None
    data = np.frombuffer(chunk, dtype=np.uint8)
    newlines = data == NEWLINE
    count = int(np.count_nonzero(newlines))
    has_returns = b"\r" in chunk
    if has_returns and not chunk.count(b"\r") == chunk.count(b"\r\n") == count:
        return None
    cuts = newlines | (data == ord(table.dialect.delimiter))
    has_quotes = b'"' in chunk
    if has_quotes:
        inside = _inside_quotes(data, table.dialect.delimiter)
        if inside is None or bool((inside & newlines).any()):
            return None
        cuts &= ~inside
    places = np.flatnonzero(cuts)
    if len(places) != count * table.width:
        return None
    ends = places[table.width - 1 :: table.width]
    if not bool((data[ends] == NEWLINE).all()):
        return None
    longest = int(np.diff(ends, prepend=-1).max())
    if longest > most_characters:
        return None
    is_trimmed = not has_quotes and (not _has_spaces(chunk) or _is_trimmed(data, places))
    stamps = _stamps(chunk, places, table, has_returns) if is_trimmed else frozenset[int]()
    return CleanBytes(count, is_trimmed, stamps, has_returns)


def _stamps(chunk: bytes, cuts: NDArray[int64], table: LargeTable, has_returns: bool) -> frozenset[int]:
    """The columns of dates that a cast reads as they are meant, so that nothing else need look at them."""
    import numpy as np

    found: set[int] = set()
    for place in table.timed_places:
        before = cuts[place - 1 :: table.width] if place else np.roll(cuts[table.width - 1 :: table.width], 1)
        starts = before + 1
        if not place:
            starts[0] = 0
        lengths = cuts[place :: table.width] - starts - (has_returns and place == table.width - 1)
        if not bool(lengths.all()):
            starts, lengths = starts[lengths > 0], lengths[lengths > 0]
        shape = STAMP if len(lengths) and lengths[0] == len(STAMP) else DAY
        if bool((lengths == len(shape)).all()) and _are_shaped(chunk, starts, shape):
            found.add(place)
    return frozenset(found)


def _are_shaped(chunk: bytes, starts: NDArray[int64], shape: bytes) -> bool:
    """Whether the texts that start there have a digit for each 0 of the shape, and its other signs as given.

    Eight bytes at a time: beside a sign that must be there, nothing may differ; a digit's upper half is that
    of "0", also with six added.
    """
    import numpy as np

    windows = np.ndarray(len(chunk) - 7, dtype="<u8", buffer=chunk, strides=(1,))
    high = np.uint64(0xF0F0F0F0F0F0F0F0)
    for offset in (*range(0, len(shape) - 8, 8), len(shape) - 8):
        part = shape[offset : offset + 8]
        wanted = np.frombuffer(part, dtype="<u8")[0]
        digits = np.frombuffer(bytes(255 * (sign == ZERO) for sign in part), dtype="<u8")[0]
        differs = windows[starts + offset] ^ wanted
        wrong = (differs & ~digits) | (differs & high) | (((differs & digits) + (digits & SIXES)) & high)
        if bool(wrong.any()):
            return False
    return True


def _has_spaces(chunk: bytes) -> bool:
    return b" " in chunk or b"\t" in chunk or not chunk.isascii()


def _is_trimmed(data: NDArray[uint8], cuts: NDArray[int64]) -> bool:
    """Whether no cell starts or ends with a space of any kind; in doubt, no."""
    import numpy as np

    first = data[cuts[:-1] + 1]
    last_places = np.maximum(cuts - 1, 0)
    last = data[last_places]
    if data[0] <= 32 or bool(((first <= 32) & (first != NEWLINE) & (first != RETURN)).any()):
        return False
    if bool(((last <= 32) & (last != NEWLINE) & (last != RETURN)).any()):
        return False
    if bool(np.isin(first, WIDE_SPACE_STARTS).any()):
        return False
    wide = last_places[last >= 0x80]
    return not bool(np.isin(data[np.maximum(wide - 1, 0)], WIDE_SPACE_MIDDLES).any())


def _is_utf8(chunk: bytes) -> bool:
    if chunk.isascii():
        return True
    try:
        chunk.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _inside_quotes(data: NDArray[uint8], delimiter: str) -> NDArray[bool_] | None:
    """Which bytes stand within quotes; None when a quote does anything but open, close or double itself."""
    import numpy as np

    quotes = np.flatnonzero(data == QUOTE)
    if len(quotes) % 2:
        return None
    opening, closing = quotes[0::2], quotes[1::2]
    before = data[np.maximum(opening - 1, 0)]
    after = data[np.minimum(closing + 1, len(data) - 1)]
    cut = ord(delimiter)
    opens = (before == cut) | (before == NEWLINE) | (opening == 0)
    doubled = np.zeros(len(opening), dtype=bool)
    doubled[1:] = opening[1:] == closing[:-1] + 1
    closes = (after == cut) | (after == NEWLINE) | (after == RETURN)
    followed = np.zeros(len(closing), dtype=bool)
    followed[:-1] = doubled[1:]
    if not bool((opens | doubled).all() and (closes | followed).all()):
        return None
    steps = np.zeros(len(data), dtype=np.int8)
    steps[opening] = 1
    steps[closing] = -1
    return np.cumsum(steps, dtype=np.int8).astype(bool)


# DuckDB's reader


def _fast(
    table: LargeTable, clean: CleanBytes, settings: Settings, scratch: DuckDBPyConnection, target: Path
) -> Reading:
    relation = _relation(table)
    marks = decimal_marks(scratch, table.mapping.feed, _fields(table.mapping), relation)
    shapes = _sampled_shapes(table, scratch, relation, SAMPLE_ROWS)
    stamped = {
        field: place
        for place, (_, field) in zip(table.places, table.mapping.columns, strict=True)
        if place in clean.stamps and field not in shapes
    }
    reading = Reading(
        table.mapping.feed,
        _fields(table.mapping),
        shapes,
        settings.network.time_zone,
        marks,
        is_trimmed=clean.is_trimmed,
        is_plain=True,
        stamped=frozenset(stamped),
    )
    _copy(reading, _relation(table, frozenset(stamped.values())), table, scratch, target)
    if _is_doubtful(table, reading, scratch, target):
        shapes = _sampled_shapes(table, scratch, relation, EVIDENCE_ROWS)
        reading = replace(reading, shapes=shapes, is_plain=False, stamped=frozenset())
        _copy(reading, relation, table, scratch, target)
    return reading


def _relation(table: LargeTable, stamps: frozenset[int] = frozenset()) -> str:
    """The SELECT of the mapped columns as text, those at `stamps` as the moments that they are."""
    names = _cell_names(table)
    columns = ", ".join(
        f"{name}: '{'TIMESTAMP' if place in stamps else 'VARCHAR'}'" for place, name in enumerate(names)
    )
    options = (
        f"auto_detect = false, header = false, skip = {table.heading.line}, "
        f"delim = {quote_text(table.dialect.delimiter)}, "
        f"quote = '\"', escape = '\"', strict_mode = true, null_padding = false, "
        f"columns = {{{columns}}}"
    )
    fields = [
        f"{names[place]} AS {quote_name(field)}"
        for place, (_, field) in zip(table.places, table.mapping.columns, strict=True)
    ]
    fixed = [f"{quote_text(value)} AS {quote_name(field)}" for field, value in table.mapping.constants]
    file = f"read_csv({quote_text(str(table.path))}, {options})"
    return f"(SELECT {', '.join([*fields, *fixed, *names])} FROM {file})"


def _cell_names(table: LargeTable) -> list[str]:
    return [f"c{number}" for number in range(table.width)]


def _fields(mapping: TableMapping) -> tuple[str, ...]:
    return tuple(field for _, field in mapping.columns) + tuple(field for field, _ in mapping.constants)


def _sampled_shapes(
    table: LargeTable, scratch: DuckDBPyConnection, relation: str, most: int
) -> dict[str, DateShape]:
    """The shape of each date column by its first values, as the mapping reader judges it; else by all."""
    for limit in sorted({most, EVIDENCE_ROWS}):
        try:
            return _shapes_of(table, scratch, f"(SELECT * FROM {relation} LIMIT {limit})")
        except OrderUnknown:
            continue
    return _shapes_of(table, scratch, relation)


def _shapes_of(table: LargeTable, scratch: DuckDBPyConnection, relation: str) -> dict[str, DateShape]:
    columns: dict[str, list[str | None]] = {}
    field_of = dict(table.mapping.columns)
    for column, _ in timed_columns(table.mapping):
        name = quote_name(field_of[column])
        found = scratch.execute(f"SELECT {name}, count(*) FROM {relation} GROUP BY ALL").fetchall()
        columns[column] = [
            value.strip() for value, times in found if value for _ in range(min(times, MOST_VOTES))
        ]
    return named_shapes(table.mapping, columns, table.heading.cells)


def _is_doubtful(table: LargeTable, reading: Reading, scratch: DuckDBPyConnection, target: Path) -> bool:
    """Whether the plain reading, by a sample, may be wrong: it refused dates, or two orders fit."""
    if not reading.typed(TIMED):
        return False
    orders = (DateShape.DAY_MONTH_YEAR, DateShape.MONTH_DAY_YEAR)
    if table.mapping.dates is None and any(shape in orders for shape in reading.shapes.values()):
        return True
    sql = f"SELECT 1 FROM {_codes(target)} WHERE refused BETWEEN 1 AND {LACKS_FIRST_GROUP - 1} LIMIT 1"
    return bool(scratch.execute(sql).fetchall())


def _copy(
    reading: Reading, relation: str, table: LargeTable, scratch: DuckDBPyConnection, target: Path
) -> None:
    """Straight from the file to Parquet, in the order of the file, so that a row's place gives its line."""
    sql = typed_rows_sql(reading, relation, ())
    scratch.execute(
        f"COPY ({sql}) TO {quote_text(str(target))} (FORMAT parquet, COMPRESSION lz4_raw, "
        f"KV_METADATA {{{FIRST_LINE}: '{table.heading.line + 1}'}})"
    )


def _codes(target: Path) -> str:
    return f"read_parquet({quote_text(str(target))})"


def _settle(
    reading: Reading, table: LargeTable, scratch: DuckDBPyConnection, target: Path, expected: int
) -> LargeReading | None:
    """Take the refused and blank rows out, if there are any. None when there are not the rows expected."""
    first = table.heading.line + 1
    counted = scratch.execute(
        f"SELECT count(*), count(*) FILTER (refused <> 0), count(*) FILTER (refused >= {LACKS_FIRST_GROUP}) "
        f"FROM {_codes(target)}"
    ).fetchone()
    total, marked, lacking = counted or (0, 0, 0)
    if total != expected:
        return None
    if not marked:
        return LargeReading(Converted(reading.feed, target, total, 0, ()), total, True)
    is_blank = f"trim(concat_ws('', {', '.join(_cell_names(table))}), {quote_text(SPACES)}) = ''"
    numbered = (
        f"SELECT row_number() OVER () + {first - 1} AS line, {is_blank} AS is_blank FROM {_relation(table)}"
    )
    scratch.execute(
        "CREATE OR REPLACE TEMP TABLE blank_row AS "
        f"SELECT line FROM ({numbered}) WHERE is_blank AND {lacking > 0}"
    )
    source = f"read_parquet({quote_text(str(target))}, file_row_number = true)"
    lines = f"SELECT file_row_number + {first} AS line, refused FROM {source}"
    listed, rejected = refused(scratch, reading, f"SELECT * FROM ({lines}) ANTI JOIN blank_row USING (line)")
    aside = target.with_suffix(".kept")
    stored = ", ".join(quote_name(name) for name in reading.stored)
    scratch.execute(
        f"COPY (SELECT file_row_number + {first} AS line, {stored} FROM {source} WHERE refused = 0) "
        f"TO {quote_text(str(aside))} (FORMAT parquet, COMPRESSION lz4_raw)"
    )
    scratch.execute("DROP TABLE blank_row")
    aside.replace(target)
    used = total - marked
    return LargeReading(Converted(reading.feed, target, used, rejected, listed), used + rejected, True)


# The strict reader, a piece at a time


def _in_pieces(
    table: LargeTable, settings: Settings, scratch: DuckDBPyConnection, target: Path
) -> LargeReading:
    read, used, rejected, pieces = 0, 0, 0, []
    rejects: list[Reject] = []
    shapes = _shapes_by_piece(table, settings)
    marks: dict[str, str] | None = None
    most = most_rows(table.mapping, settings)
    for number, piece in enumerate(_pieces(table, settings)):
        result = read_mapped(piece, table.mapping, shapes)
        rows = result.feeds[0]
        path = target.with_suffix(f".{number}")
        if marks is None:
            marks = marks_of(scratch, rows)
        converted = to_parquet(scratch, rows, settings.network.time_zone, path, marks)
        found = (*piece.rejects, *result.rejects, *converted.rejects)
        read += result.rows_read + len(piece.rejects)
        used += converted.rows
        rejected += len(piece.rejects) + len(result.rejects) + converted.rejected
        rejects += sorted(found, key=lambda reject: reject.line)[: MOST_REJECTS_KEPT - len(rejects)]
        pieces.append(quote_text(str(path)))
        if read > most:
            raise too_many_rows(most)
    if not pieces:
        raise InputError(
            table.mapping.name, "the table has no rows under its heading", "rows", "Export it again."
        )
    scratch.execute(
        f"COPY (FROM read_parquet([{', '.join(pieces)}])) TO {quote_text(str(target))} "
        "(FORMAT parquet, COMPRESSION lz4_raw)"
    )
    for number in range(len(pieces)):
        target.with_suffix(f".{number}").unlink()
    return LargeReading(Converted(table.mapping.feed, target, used, rejected, tuple(rejects)), read, False)


def _shapes_by_piece(table: LargeTable, settings: Settings) -> dict[str, DateShape]:
    """The shapes of the first piece that shows them; the question of the first piece when none does."""
    unknown: OrderUnknown | None = None
    for piece in _pieces(table, settings):
        try:
            return read_mapped(piece, table.mapping).feeds[0].shapes
        except OrderUnknown as error:
            unknown = unknown or error
    if unknown:
        raise unknown
    return {}


def _pieces(table: LargeTable, settings: Settings) -> Iterator[TextTable]:
    """The rows under the heading, each piece with the heading on top."""
    rows: list[TextRow] = []
    rejects: list[Reject] = []
    try:
        with table.path.open(encoding=table.kind.encoding, newline="") as file:
            for item in read_rows(file, table.dialect, settings.limits):
                if item.line <= table.heading.line:
                    continue
                if isinstance(item, Reject):
                    rejects.append(item)
                else:
                    rows.append(item)
                if len(rows) + len(rejects) == PIECE_ROWS:
                    yield TextTable("", [table.heading, *rows], tuple(rejects))
                    rows, rejects = [], []
    except UnicodeDecodeError as error:
        raise InputError(
            "the file",
            f"{table.kind.value} that is cut off or damaged",
            "whole characters",
            "Export it again.",
        ) from error
    if rows or rejects:
        yield TextTable("", [table.heading, *rows], tuple(rejects))
