"""Text to typed rows, by one set of SQL expressions for small files and large ones alike.

A row with a value that is not what its column needs is refused with its line and that column; so is a row
that lacks a field the feed cannot do without. No reason ever holds the value. The result is one Parquet file
per feed that holds only the columns the file has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from etl.cleaning.dates import monday_of_week, plain_moment, written_moment
from etl.cleaning.local_time import NO_SUCH_HOUR, utc_offset_sql, wall_offset_sql
from etl.schema.feeds import Feed
from etl.schema.model import Column, ColumnType, DateShape
from etl.sources.source import FeedRows, Reject
from etl.warehouse import quote_name, quote_text

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

MOST_REJECTS_KEPT = 1_000
EVIDENCE_ROWS = 100_000
TIMED = (ColumnType.DATE, ColumnType.TIMESTAMP)
PLACE = ("line", "part")
SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\ufeff\u200b"
LACKS_FIRST_GROUP, BELOW_ZERO, BEFORE, NOT_A_WALL_TIME = 240, 200, 160, 120
AFTER = {
    ("membership", "left_on"): "joined_on",
    ("event", "ends_at"): "starts_at",
    ("attendance", "left_at"): "joined_at",
    ("document", "decided_on"): "received_on",
}
"""A field of a feed and the one that it cannot lie before. A list of who was at a meeting with such an end is
kept: then the meeting has none."""
COUNTED = ("headcount", "minutes", "hours")
TRUE_WORDS = ("true", "yes", "y", "1", "x", "ja", "j", "waar", "aan", "on", "checked", "aanwezig", "✓")
FALSE_WORDS = ("false", "no", "n", "0", "nee", "onwaar", "uit", "off", "unchecked", "afwezig")
APPROXIMATELY = (
    r"^(?:ca\.?|circa|c\.|±|\+/-|\+-|~|≈|about|approximately|approx\.?|around|ongeveer|plm\.?"
    r"|rond(?: de)?|zo''n)\s*"
)
NUMBER_NOISE = r"[€$£\s\x{00a0}\x{202f}\x{2009}]|(?i:eur)|%$|[.,][-–—]+$"
WEEK = "week"
NO_WEEK = "not a week with its year, such as 2026-W03, nor a date"
IDS = ("external_id", "event_id")
SHORTENED = r"\d[.,]\d+E\+\d+"  # 1,23E+15: how a spreadsheet saves a long number as CSV
REASONS = {
    ColumnType.TEXT: "a long number that a spreadsheet shortened, so that its last digits are gone",
    ColumnType.DATE: "not a date that exists, written as the other dates of this column",
    ColumnType.TIMESTAMP: "not a moment that exists, written as the others of this column",
    ColumnType.INTEGER: "not a whole number",
    ColumnType.NUMBER: "not a number",
    ColumnType.BOOLEAN: "neither yes nor no",
}


@dataclass(frozen=True)
class Converted:
    """The typed rows of one feed. `rejects` are the first of `rejected` refused rows."""

    feed: Feed
    path: Path
    rows: int
    rejected: int
    rejects: tuple[Reject, ...]


@dataclass(frozen=True)
class Reading:
    """How the text columns of one feed of one file are to be read.

    `is_trimmed`: no cell has spaces around it, as somebody checked. `is_plain`: dates are expected in the
    usual way of writing only, at full speed; others are refused, and the caller then reads again without
    this. `met`: the first and last wall time there is, where somebody looked, so that the SQL is short.
    `stamped`: fields that are wall times already.
    """

    feed: Feed
    fields: tuple[str, ...]
    shapes: Mapping[str, DateShape]
    zone: str
    decimal_marks: Mapping[str, str]
    is_trimmed: bool = False
    is_plain: bool = False
    met: tuple[datetime, datetime] | None = None
    stamped: frozenset[str] = frozenset()

    def column(self, field: str) -> Column:
        """The feed's column of that name."""
        return next(column for column in self.feed.columns if column.name == field)

    def typed(self, kinds: Iterable[ColumnType]) -> tuple[str, ...]:
        """The fields of these types, in the order of the file."""
        wanted = tuple(kinds)
        return tuple(field for field in self.fields if self.column(field).type in wanted)

    @property
    def stored(self) -> tuple[str, ...]:
        """The fields of the typed rows: those of the file, and the mark of an estimate beside a headcount."""
        derived = "headcount_is_approximate"
        return (*self.fields, derived) if self._derives_estimate else self.fields

    @property
    def _derives_estimate(self) -> bool:
        return "headcount" in self.fields and "headcount_is_approximate" not in self.fields


def to_parquet(
    scratch: DuckDBPyConnection,
    rows: FeedRows,
    zone: str,
    path: Path,
    marks: Mapping[str, str] | None = None,
) -> Converted:
    """Convert the rows that a source read, and write them to `path`."""
    if marks is None:
        marks = marks_of(scratch, rows)
    plain = Reading(rows.feed, rows.columns, rows.shapes, zone, marks, is_plain=True)
    with registered(scratch, [rows]) as name:
        reading = make_typed(scratch, plain, name)
        if _refuses_dates(scratch, reading):
            reading = make_typed(scratch, replace(plain, is_plain=False), name)
    listed, rejected = refused(scratch, reading, "SELECT line, refused FROM typed")
    stored = ", ".join(quote_name(name) for name in (*PLACE, *reading.stored))
    scratch.execute(
        f"COPY (SELECT {stored} FROM typed WHERE refused = 0) TO {quote_text(str(path))} (FORMAT parquet)"
    )
    scratch.execute("DROP TABLE typed")
    return Converted(rows.feed, path, len(rows.rows) - rejected, rejected, listed)


def make_typed(
    scratch: DuckDBPyConnection,
    reading: Reading,
    relation: str,
    kept: Sequence[str] = PLACE,
    table: str = "typed",
) -> Reading:
    """Make a table of typed rows, in two steps so that the second knows which years it meets."""
    scratch.execute(f"CREATE OR REPLACE TEMP TABLE taken AS {moments_sql(reading, relation, kept)}")
    walls = [_wall(field) for field in reading.typed(TIMED)]
    if walls:
        ends = ", ".join(f"min({wall}), max({wall})" for wall in walls)
        met = [moment for moment in scratch.execute(f"SELECT {ends} FROM taken").fetchone() or () if moment]
        reading = replace(reading, met=(min(met), max(met)) if met else (datetime.max, datetime.max))
    scratch.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {values_sql(reading, 'taken', kept)}")
    scratch.execute("DROP TABLE taken")
    return reading


def _refuses_dates(scratch: DuckDBPyConnection, reading: Reading) -> bool:
    """Whether the plain reading met a date that is not written the usual way."""
    if not reading.typed(TIMED):
        return False
    found = scratch.execute(
        f"SELECT 1 FROM typed WHERE refused BETWEEN 1 AND {LACKS_FIRST_GROUP - 1} LIMIT 1"
    )
    return bool(found.fetchall())


def marks_of(scratch: DuckDBPyConnection, rows: FeedRows) -> dict[str, str]:
    """The decimal mark of each column of numbers among these rows."""
    if not number_fields(rows.feed, rows.columns):
        return {}
    with registered(scratch, [rows]) as name:
        return decimal_marks(scratch, rows.feed, rows.columns, name)


@contextmanager
def registered(scratch: DuckDBPyConnection, files: Sequence[FeedRows]) -> Iterator[str]:
    """The rows of one file, or of several with the same columns, as a relation that SQL can name meanwhile.

    `file_number` is the place of a row's file among `files`.
    """
    import pyarrow as pa

    scratch.register("read_rows", pa.concat_tables([_text_table(rows, n) for n, rows in enumerate(files)]))
    try:
        yield "read_rows"
    finally:
        scratch.unregister("read_rows")


def _text_table(rows: FeedRows, number: int) -> pa.Table:
    import pyarrow as pa

    columns = list(zip(*rows.rows, strict=True)) or [() for _ in rows.columns]
    text = {name: pa.array(cells, pa.string()) for name, cells in zip(rows.columns, columns, strict=True)}
    lines = {"line": pa.array(rows.lines, pa.int64()), "part": pa.array(_parts(rows.lines), pa.int64())}
    return pa.table({"file_number": pa.repeat(pa.scalar(number), len(rows.lines)), **lines, **text})


def typed_rows_sql(reading: Reading, relation: str, kept: Sequence[str]) -> str:
    """SELECT of typed fields, the columns `kept` as they are, and `refused`: 0, or a code for the reason."""
    return values_sql(reading, f"({moments_sql(reading, relation, kept)})", kept)


def moments_sql(reading: Reading, relation: str, kept: Sequence[str]) -> str:
    """The first step: clean texts, and what clock and zone each date is written with."""
    clean = _emptied if reading.is_trimmed else _cleaned
    keep = "".join(f"{quote_name(name)}, " for name in kept)
    cells = {f: quote_name(f) if f in reading.stamped else clean(quote_name(f)) for f in reading.fields}
    if WEEK in cells and WEEK not in reading.stamped:
        cells[WEEK] = monday_of_week(f"({cells[WEEK]})")
    texts = ", ".join(f"{cell} AS {_text(field)}" for field, cell in cells.items())
    return _moments(f"SELECT {keep}{texts} FROM {relation}", reading)


def values_sql(reading: Reading, relation: str, kept: Sequence[str]) -> str:
    """The second step: values, UTC, and what is refused."""
    keep = "".join(f"{quote_name(name)}, " for name in kept)
    values = ", ".join(f"{_value(reading, field)} AS {quote_name(field)}" for field in reading.fields)
    sql = _layer(f"SELECT *, {values} FROM {relation}", (f"{_refused(reading)} AS refused",))
    return f"SELECT {keep}{', '.join(_stored(reading))}, refused FROM ({sql})"


def _moments(sql: str, reading: Reading) -> str:
    """Layers that add the wall time of each date, and the zone it is written with, if any."""
    timed = reading.typed(TIMED)
    shapes = {field: reading.shapes.get(field, DateShape.ISO) for field in timed}
    if not timed:
        return sql
    if reading.is_plain:
        walls = {f: _text(f) if f in reading.stamped else plain_moment(_text(f), shapes[f]) for f in timed}
        sql = _layer(sql, (f"{wall} AS {_read(f)}, NULL AS {_zone(f)}" for f, wall in walls.items()))
    else:
        moments = {field: written_moment(_text(field), _parts_name(field), shapes[field]) for field in timed}
        sql = _layer(sql, (f"{moment.parts} AS {_parts_name(field)}" for field, moment in moments.items()))
        sql = _layer(
            sql,
            (
                f"{each.wall} AS {_read(field)}, {each.zone_seconds} AS {_zone(field)}"
                for field, each in moments.items()
            ),
        )
    return _layer(sql, (f"{_plausible(_read(field))} AS {_wall(field)}" for field in timed))


def decimal_marks(
    scratch: DuckDBPyConnection, feed: Feed, fields: Sequence[str], relation: str
) -> dict[str, str]:
    """The decimal mark of each column of numbers, shown by the first value that can have only one.

    `1.250` alone may be 1250 or one and a quarter. Without a value that decides, three digits after a mark
    are thousands.
    """
    marks = {}
    for field in number_fields(feed, fields):
        shown = shown_mark_sql(field)
        found = scratch.execute(
            f"SELECT mark FROM (SELECT {shown} AS mark FROM (SELECT {quote_name(field)} FROM {relation} "
            f"LIMIT {EVIDENCE_ROWS})) WHERE mark IS NOT NULL LIMIT 1"
        ).fetchone()
        if found:
            marks[field] = str(found[0])
    return marks


def number_fields(feed: Feed, fields: Sequence[str]) -> tuple[str, ...]:
    """The fields that hold numbers."""
    numbers = {column.name for column in feed.columns if column.type is ColumnType.NUMBER}
    return tuple(field for field in fields if field in numbers)


def shown_mark_sql(field: str) -> str:
    """The decimal mark that a value can only have; NULL where it may be either."""
    text = f"regexp_replace({quote_name(field)}, '{NUMBER_NOISE}', '', 'g')"
    return f"""CASE
        WHEN regexp_full_match({text}, '[-+]?\\d{{1,3}}(\\.\\d{{3}})+,\\d+') THEN ','
        WHEN regexp_full_match({text}, '[-+]?\\d{{1,3}}(,\\d{{3}})+\\.\\d+') THEN '.'
        WHEN regexp_full_match({text}, '[-+]?[1-9]\\d{{0,2}}[.,]\\d{{3}}') THEN NULL
        WHEN regexp_full_match({text}, '[-+]?\\d*,\\d+') THEN ','
        WHEN regexp_full_match({text}, '[-+]?\\d*\\.\\d+') THEN '.' END"""


def refused(
    scratch: DuckDBPyConnection, reading: Reading, lines_and_codes: str
) -> tuple[tuple[Reject, ...], int]:
    """The first refused rows of a SELECT of line and code, and how many there are."""
    found = scratch.execute(
        f"WITH found AS MATERIALIZED (SELECT line, refused FROM ({lines_and_codes}) WHERE refused <> 0) "
        "SELECT line, refused, (SELECT count(*) FROM found) FROM found "
        f"ORDER BY line LIMIT {MOST_REJECTS_KEPT}"
    ).fetchall()
    rejects = tuple(reject(reading, int(line), int(code)) for line, code, _ in found)
    return rejects, int(found[0][2]) if found else 0


def reject(reading: Reading, line: int, code: int) -> Reject:
    """A refused row, by the code of what is wrong with it."""
    if code >= LACKS_FIRST_GROUP:
        group = reading.feed.required[code - LACKS_FIRST_GROUP]
        return Reject(
            line, None, f"no {' or '.join(group)}, which {_an(reading.feed.name)} cannot do without"
        )
    if code >= BELOW_ZERO:
        return Reject(line, reading.fields[code - BELOW_ZERO], "below zero")
    if code >= BEFORE:
        return Reject(line, reading.fields[code - BEFORE], "earlier than the beginning")
    if code >= NOT_A_WALL_TIME:
        return Reject(line, reading.fields[code - NOT_A_WALL_TIME], NO_SUCH_HOUR)
    field = reading.fields[code - 1]
    return Reject(line, field, NO_WEEK if field == WEEK else REASONS[reading.column(field).type])


def _an(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _refused(reading: Reading) -> str:
    """The code of the first thing wrong with a row; columns in the order of the file."""
    cases = []
    for number, field in enumerate(reading.fields):
        kind = reading.column(field).type
        value = quote_name(field)
        if kind is ColumnType.TIMESTAMP:
            cases.append(
                f"WHEN {_wall(field)} IS NOT NULL AND {value} IS NULL THEN {NOT_A_WALL_TIME + number}"
            )
        if kind is not ColumnType.TEXT or field in IDS:
            cases.append(f"WHEN {_text(field)} IS NOT NULL AND {value} IS NULL THEN {number + 1}")
        first = AFTER.get((reading.feed.name, field))
        if first in reading.fields:
            cases.append(f"WHEN {value} < {quote_name(first)} THEN {BEFORE + number}")
        if field in COUNTED:
            cases.append(f"WHEN {value} < 0 THEN {BELOW_ZERO + number}")
    for number, group in enumerate(reading.feed.required):
        given = [quote_name(field) for field in group if field in reading.fields]
        lacking = " AND ".join(f"{field} IS NULL" for field in given) or "true"
        cases.append(f"WHEN {lacking} THEN {LACKS_FIRST_GROUP + number}")
    return f"(CASE {' '.join(cases)} ELSE 0 END)::UTINYINT"


def _stored(reading: Reading) -> list[str]:
    """The fields as they are stored; an estimate is marked beside its headcount."""
    stored = [quote_name(field) for field in reading.fields]
    if "headcount" not in reading.fields:
        return stored
    guessed = f"CASE WHEN headcount IS NOT NULL THEN {_is_estimate(_text('headcount'))} END"
    if "headcount_is_approximate" in reading.fields:
        place = reading.fields.index("headcount_is_approximate")
        stored[place] = (
            f"({guessed} OR coalesce(headcount_is_approximate, false)) AS headcount_is_approximate"
        )
        return stored
    return [*stored, f"{guessed} AS headcount_is_approximate"]


def _value(reading: Reading, field: str) -> str:
    kind = reading.column(field).type
    text = _text(field)
    if kind is ColumnType.TIMESTAMP:
        ahead = wall_offset_sql(_wall(field), reading.zone, reading.met)
        ahead = ahead if reading.is_plain else f"coalesce({_zone(field)}, {ahead})"
        return f"make_timestamp(epoch_us({_wall(field)}) - 1000000::BIGINT * ({ahead}))"
    if kind is ColumnType.DATE:
        return f"{_wall(field)}::DATE" if reading.is_plain else _local_day(field, reading)
    if kind is ColumnType.INTEGER:
        bare = f"regexp_replace({text}, '{APPROXIMATELY}', '', 'i')" if field == "headcount" else text
        plain = f"regexp_full_match({text}, '\\d{{1,18}}')"
        return f"CASE WHEN {plain} THEN try_cast({text} AS BIGINT) ELSE {_whole(bare)} END"
    if kind is ColumnType.NUMBER:
        mark = reading.decimal_marks.get(field)
        plain = f"regexp_full_match({text}, '\\d{{1,15}}')"
        return f"CASE WHEN {plain} THEN try_cast({text} AS DOUBLE) ELSE {_number(text, mark)} END"
    if kind is ColumnType.BOOLEAN:
        yes, no = _words(TRUE_WORDS), _words(FALSE_WORDS)
        return f"CASE WHEN lower({text}) IN {yes} THEN true WHEN lower({text}) IN {no} THEN false END"
    if field in IDS:
        shortened = f"contains({text}, 'E+') AND regexp_full_match({text}, '{SHORTENED}')"
        return f"CASE WHEN {shortened} THEN NULL ELSE {text} END"
    return text


def _local_day(field: str, reading: Reading) -> str:
    """The day on the wall's calendar: a moment in another zone may be another day here."""
    moment = f"({_wall(field)} - to_seconds({_zone(field)}))"
    return (
        f"CASE WHEN {_zone(field)} IS NULL THEN {_wall(field)} "
        f"ELSE {moment} + to_seconds({utc_offset_sql(moment, reading.zone, reading.met)}) END::DATE"
    )


def _whole(text: str) -> str:
    """A whole number: a mark before three digits is one of thousands, for nobody counts in thousandths."""
    number = _number(text, None)
    return f"CASE WHEN ({number}) % 1 = 0 AND abs({number}) < 1e15 THEN ({number})::BIGINT END"


def _number(text: str, decimal_mark: str | None) -> str:
    """A number as people write it: `1.234,5`, `€ 1.250,-`; `12,5 %` is 0.125, as a spreadsheet keeps it."""
    bare = f"regexp_replace({text}, '{NUMBER_NOISE}', '', 'g')"
    share = f"CASE WHEN suffix({text}, '%') THEN 100 ELSE 1 END"
    dot_thousands = f"replace(replace({bare}, '.', ''), ',', '.')"
    comma_thousands = f"replace({bare}, ',', '')"
    ambiguous = {None: f"replace({dot_thousands}, '.', '')", ",": dot_thousands, ".": comma_thousands}
    return f"""try_cast(CASE
        WHEN regexp_full_match({bare}, '[-+]?\\d+') THEN {bare}
        WHEN regexp_full_match({bare}, '[-+]?[1-9]\\d{{0,2}}[.,]\\d{{3}}') THEN {ambiguous[decimal_mark]}
        WHEN regexp_full_match({bare}, '[-+]?\\d{{1,3}}(\\.\\d{{3}})+(,\\d+)?') THEN {dot_thousands}
        WHEN regexp_full_match({bare}, '[-+]?\\d{{1,3}}(,\\d{{3}})+(\\.\\d+)?') THEN {comma_thousands}
        WHEN regexp_full_match({bare}, '[-+]?\\d*[.,]\\d+([eE][-+]?\\d+)?') THEN replace({bare}, ',', '.')
        WHEN regexp_full_match({bare}, '[-+]?\\d+[eE][-+]?\\d+') THEN {bare}
        END AS DOUBLE) / {share}"""


def _is_estimate(text: str) -> str:
    return f"regexp_matches({text}, '{APPROXIMATELY}', 'i')"


def _cleaned(text: str) -> str:
    """Without spaces around it; nothing left is no value. That most cells need none shows cheaply."""
    spaces = quote_text(SPACES)
    return (
        f"CASE WHEN {text} = '' THEN NULL "
        f"WHEN ascii({text}) BETWEEN 33 AND 126 AND ascii(right({text}, 1)) BETWEEN 33 AND 126 THEN {text} "
        f"ELSE nullif(trim({text}, {spaces}), '') END"
    )


def _emptied(text: str) -> str:
    """For a column without spaces around its cells: nothing is no value."""
    return f"nullif({text}, '')"


def _plausible(wall: str) -> str:
    return f"CASE WHEN ({wall}) BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31' THEN ({wall}) END"


def _layer(sql: str, expressions: Iterable[str]) -> str:
    return f"SELECT *, {', '.join(expressions)} FROM ({sql})"


def _parts(lines: Sequence[int]) -> list[int]:
    """0 for the first fact of a line, 1 for the second, and so on."""
    if len(set(lines)) == len(lines):
        return [0] * len(lines)
    seen: dict[int, int] = {}
    parts = []
    for line in lines:
        seen[line] = seen.get(line, -1) + 1
        parts.append(seen[line])
    return parts


def _words(words: Sequence[str]) -> str:
    return "(" + ", ".join(quote_text(word) for word in words) + ")"


def _text(field: str) -> str:
    return f"text_{field}"


def _parts_name(field: str) -> str:
    return f"parts_{field}"


def _read(field: str) -> str:
    return f"read_{field}"


def _wall(field: str) -> str:
    return f"wall_{field}"


def _zone(field: str) -> str:
    return f"zone_{field}"
