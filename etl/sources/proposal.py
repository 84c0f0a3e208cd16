"""A mapping proposed for a table that nobody mapped yet: text to be read, corrected and put in kring.toml.

It looks at the headings (in Dutch and English) and at the shape of the values: addresses, LinkedIn profiles
and dates. A table whose columns are open questions is a form: each of them is proposed as the text of a
contribution, with what it asks for. Nothing is loaded through it; it only saves typing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etl.cleaning.dates import is_week
from etl.cleaning.names import email_key, linkedin_slug
from etl.schema.feeds import CONTRIBUTION, FEEDS, Feed
from etl.schema.model import ColumnType
from etl.schema.moments import CLOCK, DAY, END_OF, is_part, part_fields, whole_field
from etl.settings import MANY_FIELD
from etl.sources.answers import open_questions
from etl.sources.date_order import date_shapes
from etl.sources.headings import likely_fields, likely_times
from etl.sources.split_moments import stretch_of
from etl.sources.stamps import read_stamp, worded_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from etl.reading.table import TextRow, TextTable

SAMPLE_ROWS = 200
HEADING_SEARCH_ROWS = 30
ORDER_UNKNOWN = '# dates = "day-first"  # or "month-first": nothing in the file shows which; choose one'
TELLING_FIELDS = {
    "attendance": ("joined_at", "left_at", "minutes", "checked_in"),
    "registration": ("registered_at",),
    "event": ("headcount", "place", "starts_at", "ends_at"),
    "contribution": ("text",),
    "reach": ("channel", "measured_on", "value"),
    "exchange": ("from_party", "to_party"),
    "effort": ("hours", "week"),
    "pulse": ("statement", "score"),
    "document": ("version",),
    "membership": ("joined_on", "left_on", "working_group"),
}
"""Feeds by the fields that only they are about, the most particular first."""


def propose(name: str, table: TextTable) -> str:
    """A `[[tables]]` block for this table, or a sentence that says why there is none."""
    heading = _heading_row(table)
    if heading is None:
        return "# No heading row was found, so no mapping can be proposed: give every column a heading."
    at, cells = heading
    rows = table.rows[at + 1 : at + 1 + SAMPLE_ROWS]
    likely = [_likely(cell, _values(rows, place)) for place, cell in enumerate(cells)]
    asked = _questions(cells, rows, likely)
    feed = _feed(likely, len(asked))
    if feed is CONTRIBUTION:
        likely = [(MANY_FIELD,) if place in asked else fields for place, fields in enumerate(likely)]
    columns, left_over = _columns(cells, likely, feed)
    told = {field for _, field in columns}
    kinds = {_heading(cells[place]): kind for place, kind in asked.items() if kind != "question"}
    dated = {heading for heading, field in columns if field in _TIMED or field.endswith(DAY)}
    written = {
        _heading(cell): [row.cells[place] for row in table.rows[at + 1 :] if place < len(row.cells)]
        for place, cell in enumerate(cells)
        if _heading(cell) in dated
    }
    return _block(
        name, feed, columns, left_over, kinds if feed is CONTRIBUTION and "kind" not in told else {},
        None in date_shapes(written, cells).values(),
    )  # fmt: skip


def rows_below_heading(table: TextTable) -> int:
    """How many rows of data the table seems to hold."""
    heading = _heading_row(table)
    return len(table.rows) - heading[0] - 1 if heading else len(table.rows)


def _heading_row(table: TextTable) -> tuple[int, tuple[str, ...]] | None:
    """The first row as wide as the widest of the first rows; None when it holds values, as data does."""
    first = table.rows[:HEADING_SEARCH_ROWS]
    widths = [sum(1 for cell in row.cells if cell.strip()) for row in first]
    if not widths or max(widths) < 2:
        return None
    at = next(index for index, width in enumerate(widths) if width >= max(2, max(widths) * 0.6))
    cells = first[at].cells
    return None if any(_is_value(cell.strip()) for cell in cells) else (at, cells)


def _is_value(cell: str) -> bool:
    """An address, a profile, a date with a year or a telephone number: nobody calls a column that."""
    return (
        email_key(cell) is not None
        or linkedin_slug(cell) is not None
        or _is_date(cell)
        or bool(_TELEPHONE.fullmatch(cell))
    )


def _values(rows: Sequence[TextRow], place: int) -> list[str]:
    return [row.cells[place].strip() for row in rows if place < len(row.cells) and row.cells[place].strip()]


def _likely(heading: str, values: Sequence[str]) -> tuple[str, ...]:
    """The fields a column may be, the likeliest first; the shape of its values goes before its heading."""
    if _mostly(values, lambda value: email_key(value) is not None):
        return ("email",)
    if _mostly(values, lambda value: "linkedin." in value and linkedin_slug(value) is not None):
        return ("linkedin_url",)
    named = likely_fields(heading)
    if "week" in named and _mostly(values, is_week):
        return ("week",)
    if _mostly(values, _is_clock) and (clocks := _clock_fields(heading, named)):
        return clocks
    if any(field in _TIMED for field in named) and not _mostly(values, _is_date):
        named = tuple(field for field in named if field not in _TIMED)
    return named


def _is_clock(value: str) -> bool:
    return not _FRACTION.fullmatch(value) and stretch_of(value) is not None


def _clock_fields(heading: str, named: Sequence[str]) -> tuple[str, ...]:
    """What a column of times of day may tell: when a meeting begins or ends, when somebody came or left."""
    moments = [field for field in named if field in _MOMENTS] or list(likely_times(heading))
    others = {"starts_at": "joined_at", "ends_at": "left_at"}
    moments += [others[field] for field in moments if field in others and others[field] not in moments]
    return tuple(f"{field}{CLOCK}" for field in moments)


def _mostly(values: Sequence[str], test: Callable[[str], bool]) -> bool:
    return bool(values) and sum(map(test, values)) * 2 > len(values)


def _is_date(value: str) -> bool:
    return read_stamp(value) is not None or worded_date(value) is not None or bool(_SERIAL.fullmatch(value))


def _questions(
    cells: tuple[str, ...], rows: Sequence[TextRow], likely: Sequence[tuple[str, ...]]
) -> dict[int, str]:
    """The columns that hold what people wrote, with the kind of contribution each asks for.

    A column that may be the title of a meeting or a place is none, but one called "vraag" may well be.
    """
    known = {place for place, fields in enumerate(likely) if fields and not _ASKED & set(fields)}
    given = [tuple(cell.strip() for cell in row.cells) for row in rows]
    even = [(*row[: len(cells)], *("" for _ in range(len(cells) - len(row)))) for row in given]
    return open_questions(cells, even, known)


def _feed(likely: Sequence[tuple[str, ...]], questions: int) -> Feed:
    """The feed that most of the telling fields are about; membership when people are all there is."""
    found = {whole_field(field) for fields in likely for field in fields}
    by_name = {feed.name: feed for feed in FEEDS}
    best, most = "membership", 0
    for name, telling in TELLING_FIELDS.items():
        hits = sum(1 for field in telling if field in found)
        if name in ("attendance", "registration", "contribution") and not found & _PERSON_FIELDS:
            hits -= 1
        if name == "contribution" and questions:
            hits = max(hits, questions + ("contributed_at" in found))
        if name == "event" and questions and not found & {"event_id", "title"}:
            hits -= 1  # the start and the end of filling in a form
        if name == "contribution" and "joined_on" in found:
            hits -= 1  # a list of members with room for remarks
        if hits > most:
            best, most = name, hits
    return by_name[best]


def _columns(
    cells: Sequence[str], likely: Sequence[tuple[str, ...]], feed: Feed
) -> tuple[list[tuple[str, str]], list[str]]:
    """Each column with the first field that this feed has and no column took yet."""
    known = {*(column.name for column in feed.columns), *part_fields(feed)}
    taken: set[str] = set()
    columns: list[tuple[str, str]] = []
    left_over: list[str] = []
    for cell, fields in zip(cells, likely, strict=True):
        heading = _heading(cell)
        if heading in dict(columns):
            continue
        several = {MANY_FIELD} if feed is CONTRIBUTION and fields == (MANY_FIELD,) else set()
        field = next((f for f in fields if f in known and f not in taken - several), None)
        if field is None:
            left_over.extend([heading] if heading else [])
            continue
        taken.add(field)
        columns.append((heading, field))
    columns, alone = _with_days(columns)
    return columns, [*left_over, *alone]


def _with_days(columns: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[str]]:
    """The columns, with the one of days as the day of the times beside it; times without a day are left."""
    times = [whole_field(field) for _, field in columns if field.endswith(CLOCK)]
    begins = [field for field in times if field in END_OF] or times
    days = [(heading, field) for heading, field in columns if field in _MOMENTS]
    if not times:
        return list(columns), []
    if not days:
        return (
            [pair for pair in columns if not is_part(pair[1])],
            [heading for heading, field in columns if is_part(field)],
        )
    day = next((pair for pair in days if pair[1] in begins), days[0])
    return [(day[0], f"{begins[0]}{DAY}") if pair == day else pair for pair in columns], []


def _heading(cell: str) -> str:
    """A heading on one line."""
    return " ".join(cell.replace("\ufeff", "").split())


def _block(
    name: str,
    feed: Feed,
    columns: Sequence[tuple[str, str]],
    left_over: Sequence[str],
    kinds: Mapping[str, str],
    asks_order: bool,
) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, _, ending = base.rpartition(".")
    word = re.match(r"[^\W\d_]*", stem or base)
    label = word.group() if word else ""
    pattern = f"{label}*.{ending}" if stem else base
    lines = [
        "[[tables]]", f"name = {_quoted(label.lower() or 'table')}", f"match = {_quoted(pattern)}",
        f'feed = "{feed.name}"', *([ORDER_UNKNOWN] if asks_order else []), "[tables.columns]",
    ]  # fmt: skip
    lines += [f'{_quoted(heading)} = "{field}"' for heading, field in columns]
    given = {whole_field(field) for _, field in columns}
    lines += [
        f"# still needed by {feed.name}: one of {', '.join(group)}"
        for group in feed.required
        if not given & set(group)
    ]
    if left_over:
        lines.append("# not used; write the field behind a column to use it:")
        lines += [f'# {_quoted(heading)} = ""' for heading in left_over]
    if kinds:
        lines.append("[tables.kinds]")
        lines += [f'{_quoted(heading)} = "{kind}"' for heading, kind in kinds.items()]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_TELEPHONE = re.compile(r"[+(]?\d[\d\s().-]{7,}")
_SERIAL = re.compile(r"[34]\d{4}(\.\d+)?")
_TIMED = frozenset(
    column.name
    for feed in FEEDS
    for column in feed.columns
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP)
)
_FRACTION = re.compile(r"0[.,]\d+")
_MOMENTS = frozenset(
    column.name for feed in FEEDS for column in feed.columns if column.type is ColumnType.TIMESTAMP
)
_ASKED = frozenset({MANY_FIELD, "theme", "title"})  # fields whose headings may ask for something too
_PERSON_FIELDS = frozenset({"external_id", "full_name", "given_name", "family_name", "email", "linkedin_url"})
