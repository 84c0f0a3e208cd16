"""Any CSV, TSV or spreadsheet, read through a `[[tables]]` mapping of kring.toml.

The heading row is found by its content: the first row that holds every mapped column. Headings match after
BOM and non-breaking spaces are dealt with, spaces collapsed and capitals ignored. Every cell is trimmed; an
empty cell is no value. A row that is longer or shorter than the heading row is refused. A moment may stand in
two columns, one with its day and one with its time.

Several columns of one form may be the text of a contribution: each answer is then one contribution, with the
heading of its column as the question. An answer left empty is none; somebody who answered nothing is counted,
not loaded. A heading that ends in "(UTC)" says so of its moments.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import CONTACT, PERSON_FIELDS
from etl.schema.model import ColumnType
from etl.schema.moments import BEGIN_OF, whole_field
from etl.settings import MANY_FIELD
from etl.sources.date_order import OrderUnknown, date_shapes
from etl.sources.source import DateShape, FeedRows, Reject, SourceResult
from etl.sources.split_moments import Joined, Joiner, NoMoment, day_later
from etl.sources.stamps import read_stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings, TableMapping

HEADING_SEARCH_ROWS = 30
UTC_HEADING = re.compile(r"[(\[]\s*utc\s*[)\]]\s*$", re.IGNORECASE)
TIMED = (ColumnType.DATE, ColumnType.TIMESTAMP)


def mapping_for(name: str, settings: Settings) -> TableMapping | None:
    """The first mapping whose pattern fits the file name as received, without its folder."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return next((mapping for mapping in settings.tables if mapping.fits(base)), None)


def normal_heading(text: str) -> str:
    """A heading as it is compared: no BOM, plain single spaces, no capitals."""
    return " ".join(text.replace("\ufeff", "").replace("\xa0", " ").split()).casefold()


def positions(cells: Sequence[str], mapping: TableMapping) -> dict[str, int]:
    """Where each mapped column stands in a heading row. Raises InputError naming a missing or doubled one."""
    found: dict[str, int] = {}
    headings = [normal_heading(cell) for cell in cells]
    for column, _ in mapping.columns:
        wanted = normal_heading(column)
        if headings.count(wanted) > 1:
            raise InputError(
                mapping.name, f'column "{column}" stands in the file more than once', "one column"
            )
        if wanted not in headings:
            raise InputError(
                mapping.name, f'column "{column}" is missing', "every column of the mapping",
                f'Correct the mapping "{mapping.name}" in kring.toml, or export the file with that column.',
            )  # fmt: skip
        found[column] = headings.index(wanted)
    return found


def read_mapped(
    table: TextTable, mapping: TableMapping, known: dict[str, DateShape] | None = None
) -> SourceResult:
    """Read a table through its mapping. `known`: the shapes of its dates, where they were decided before.

    Raises InputError when a mapped column is missing, OrderUnknown when a person has to say how dates run.
    """
    start, where = heading_row(table, mapping)
    width = len(table.rows[start].cells)
    fields = tuple(field for _, field in mapping.whole)
    derived = (mapping.derived_end,) if mapping.derived_end else ()
    fixed = tuple(value for _, value in mapping.constants)
    places = [where[column] for column, _ in mapping.columns]
    lines: list[int] = []
    rows: list[tuple[str | None, ...]] = []
    rejects: list[Reject] = []
    all_joined: list[Joined] = []
    joiner = Joiner(mapping) if mapping.is_split else None
    for row in table.rows[start + 1 :]:
        cells = row.cells
        fits = len(cells) >= width
        given = [cells[place].strip() or None for place in places] if fits else []
        if not any(given) and not any(cell.strip() for cell in cells):
            continue
        reason = _misfit(row, width) if len(cells) != width else None
        if reason:
            rejects.append(Reject(row.line, None, reason))
            continue
        if joiner:
            try:
                joined = joiner.joined(given)
            except NoMoment as error:
                rejects.append(Reject(row.line, error.heading, error.reason))
                continue
            given = list(joined.cells)
            all_joined.append(joined)
        lines.append(row.line)
        rows.append((*given, *fixed))
    headings = table.rows[start].cells
    in_utc = _places_in_utc(mapping)
    if in_utc:
        rows = [_with_zone(row, in_utc) for row in rows]
    columns = fields + derived + tuple(field for field, _ in mapping.constants)
    decided = shapes(mapping, rows, headings) if known is None else known
    for number, place in joiner.next_day(all_joined, in_utc) if joiner else ():
        later = day_later(rows[number][place], decided.get(columns[place], DateShape.ISO))
        rows[number] = (*rows[number][:place], later, *rows[number][place + 1 :])
    feed_rows = FeedRows(mapping.feed, columns, lines, rows, decided)
    read, refused = len(rows) + len(rejects), tuple(rejects)
    if not mapping.asks_several:
        return SourceResult((feed_rows,), rows_read=read, rejects=refused)
    asked = {
        place: " ".join(headings[where[column]].replace("\ufeff", "").split())
        for place, (column, field) in enumerate(mapping.whole)
        if field == MANY_FIELD
    }
    return SourceResult(
        (_answers(feed_rows, asked, mapping),),
        rows_read=read,
        rejects=refused,
        seen=_silent(feed_rows, asked),
    )


def _answers(given: FeedRows, asked: dict[int, str], mapping: TableMapping) -> FeedRows:
    """One row for each answer, with the question it answers and what kind it is where that is told."""
    kinds = {normal_heading(column): kind for column, kind in mapping.kinds}
    fixed = dict(mapping.constants).get("kind")
    drops = {
        *asked,
        *(place for place, field in enumerate(given.columns) if field == "kind" and mapping.kinds),
    }
    kept = [place for place in range(len(given.columns)) if place not in drops]
    added = (MANY_FIELD, "question", *(("kind",) if mapping.kinds else ()))
    lines: list[int] = []
    rows: list[tuple[str | None, ...]] = []
    for line, row in zip(given.lines, given.rows, strict=True):
        for place, question in asked.items():
            if row[place] is None:
                continue
            kind = (kinds.get(normal_heading(question), fixed),) if mapping.kinds else ()
            lines.append(line)
            rows.append((*(row[each] for each in kept), row[place], question, *kind))
    return FeedRows(given.feed, (*(given.columns[each] for each in kept), *added), lines, rows, given.shapes)


def _silent(given: FeedRows, asked: Collection[int]) -> FeedRows:
    """Whoever handed in the form without an answer to any of these questions."""
    person = {column.name for column in PERSON_FIELDS}
    places = [place for place, field in enumerate(given.columns) if field in person]
    silent = [
        (line, tuple(row[place] for place in places))
        for line, row in zip(given.lines, given.rows, strict=True)
        if all(row[place] is None for place in asked)
    ]
    fields = tuple(given.columns[place] for place in places)
    return FeedRows(CONTACT, fields, [line for line, _ in silent], [row for _, row in silent])


def _places_in_utc(mapping: TableMapping) -> list[int]:
    """The places of the moments of which a heading says that they are in UTC."""
    told = {whole_field(field) for column, field in mapping.columns if UTC_HEADING.search(column)}
    if mapping.derived_end and BEGIN_OF[mapping.derived_end] in told:
        told.add(mapping.derived_end)
    types = {column.name: column.type for column in mapping.feed.columns}
    fields = [field for _, field in mapping.whole] + [mapping.derived_end or ""]
    return [place for place, field in enumerate(fields) if field in told and types[field] in TIMED]


def _with_zone(row: tuple[str | None, ...], places: Sequence[int]) -> tuple[str | None, ...]:
    """The row with the zone of its heading behind each moment that names none."""
    cells = list(row)
    for place in places:
        stamp = read_stamp(cells[place])
        if stamp and stamp.clock and not stamp.offset:
            cells[place] = f"{cells[place]} UTC"
    return tuple(cells)


def must_be_cut(mapping: TableMapping) -> bool:
    """Whether cells are changed before they are typed: a heading says UTC, or a moment has two columns."""
    return mapping.is_split or bool(_places_in_utc(mapping))


def shapes(
    mapping: TableMapping, rows: Sequence[Sequence[str | None]], headings: Sequence[str] = ()
) -> dict[str, DateShape]:
    """The shape of each date column that is not ISO. `rows` hold the mapped columns in their order."""
    dated = timed_columns(mapping)
    found = named_shapes(mapping, {column: [row[place] for row in rows] for column, place in dated}, headings)
    begin = BEGIN_OF.get(mapping.derived_end or "")
    if mapping.derived_end and begin in found:
        found[mapping.derived_end] = found[begin]
    return found


def timed_columns(mapping: TableMapping) -> list[tuple[str, int]]:
    """The columns that hold dates or moments, each with its place among the mapped columns."""
    types = {column.name: column.type for column in mapping.feed.columns}
    return [(column, place) for place, (column, field) in enumerate(mapping.whole) if types[field] in TIMED]


def named_shapes(
    mapping: TableMapping, columns: Mapping[str, Sequence[str | None]], headings: Sequence[str]
) -> dict[str, DateShape]:
    """The same for the values of each date column by its heading: as the mapping says, else by evidence."""
    field_of = dict(mapping.whole)
    if mapping.dates is not None:
        found = dict.fromkeys(columns, mapping.dates)
        return {field_of[c]: shape for c, shape in found.items() if shape is not DateShape.ISO}
    decided: dict[str, DateShape] = {}
    for column, shape in date_shapes(columns, headings).items():
        if shape is None:
            raise OrderUnknown(mapping.name, column, len(columns[column]))
        if shape is not DateShape.ISO:
            decided[field_of[column]] = shape
    return decided


def heading_row(table: TextTable, mapping: TableMapping) -> tuple[int, dict[str, int]]:
    """The heading row's place and its columns; the error of the likeliest row when none fits."""
    wanted = {normal_heading(column) for column, _ in mapping.columns}
    best, most = 0, -1
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        hits = len(wanted & {normal_heading(cell) for cell in row.cells})
        if hits > most:
            best, most = index, hits
    if not table.rows:
        raise InputError(mapping.name, "the table has no rows", "a heading row")
    return best, positions(table.rows[best].cells, mapping)


def _misfit(row: TextRow, width: int) -> str | None:
    found = len(row.cells)
    if found == width or (found > width and not any(cell.strip() for cell in row.cells[width:])):
        return None
    return f"the row has {found} cells, the heading row has {width}"
