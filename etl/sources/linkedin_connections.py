"""LinkedIn's `Connections.csv`: the address book of one person, alone or inside the data export.

The file as it arrives: UTF-8 without BOM, commas, no newline at the end. From mid-2021 a preamble of three
lines stands above the heading row, from mid-2023 there is a `URL` column. `Connected On` is `15 Mar 2024`, in
2018 `3/15/18, 2:37 PM`, and `15-mrt-24` after a Dutch Excel saved it again. People who hid their profile
leave a row with only the date: such rows are hidden, nobody is made of them. Company and position are as on
the day of the export, not on that of the connection.

A connection is a contact, unless the setting `connections` says that connections are members, or that only
their number counts; then the file yields a stock of `reach` for every day on which it grew, and no people.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder, linkedin_slug
from etl.errors import InputError
from etl.schema.feeds import CONTACT, MEMBERSHIP, REACH, Feed
from etl.schema.model import DateShape
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import MONTH_FIRST, possible_shapes, read_stamp, worded_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings

format_id = "linkedin_connections"
reader_version = 3
feeds: tuple[Feed, ...] = (CONTACT, MEMBERSHIP, REACH)

HEADING_SEARCH_ROWS = 20
FIELDS = {
    "first name": "given_name", "last name": "family_name", "url": "linkedin_url", "email address": "email",
    "company": "organisation", "position": "job_title", "connected on": "connected_on",
    "voornaam": "given_name", "achternaam": "family_name", "e-mailadres": "email", "bedrijf": "organisation",
    "functie": "job_title", "verbonden op": "connected_on", "connectie sinds": "connected_on",
}  # fmt: skip
REQUIRED = {"given_name": "First Name", "family_name": "Last Name", "connected_on": "Connected On"}
# LinkedIn's own headings, by which a file that lost one of the needed columns is still known.
OWN = frozenset(("url", "email address", "company", "position"))
PERSON_COLUMNS = ("given_name", "family_name", "linkedin_url", "email", "organisation", "job_title")
Values = dict[str, str | None]


def recognises(table: TextTable) -> bool:
    """A row that names a first name, a last name and the day of the connection, wherever it stands.

    One of the three may be missing where LinkedIn's other columns are all there: `read` then names it.
    """
    return _heading_index(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """The connections as contacts, members or a count."""
    index = _heading_index(table)
    if index is None:
        raise InputError(name, "no heading row of LinkedIn connections", "First Name … Connected On")
    fields = _fields(table.rows[index])
    _check(name, fields)
    data = table.rows[index + 1 :]
    reading = _Reading(_shape(data, fields.index("connected_on")))
    for row in data:
        reading.take(row, fields)
    return reading.result(settings)


class _Reading:
    """Takes the rows one by one and remembers what became of each."""

    def __init__(self, shape: DateShape) -> None:
        self.shape = shape
        self.lines: list[int] = []
        self.people: list[tuple[str | None, ...]] = []
        self.days: list[str | None] = []
        self.rejects: list[Reject] = []
        self.rows_read = self.hidden = self.unidentified = 0

    def take(self, row: TextRow, fields: Sequence[str | None]) -> None:
        cells = tuple(cell.strip() for cell in row.cells)
        if not any(cells):
            return
        self.rows_read += 1
        if len(cells) != len(fields):
            found = f"the row has {len(cells)} cells, the heading row has {len(fields)}"
            self.rejects.append(Reject(row.line, None, found))
            return
        values: Values = {
            field: cell or None for field, cell in zip(fields, cells, strict=True) if field is not None
        }
        written = values.pop("connected_on")
        if not any(values.values()):
            self.hidden += 1
            return
        day = _day(written, self.shape)
        if written and day is None:
            self.rejects.append(Reject(row.line, "Connected On", "not a date such as 15 Mar 2024"))
            return
        self._keep(row.line, values, day)

    def _keep(self, line: int, values: Values, day: str | None) -> None:
        whole_name = " ".join(part for part in (values["given_name"], values["family_name"]) if part)
        has_key = email_key(values.get("email")) or linkedin_slug(values.get("linkedin_url"))
        if not has_key and is_placeholder(whole_name):
            self.unidentified += 1
            return
        self.lines.append(line)
        self.people.append(tuple(values.get(column) for column in PERSON_COLUMNS))
        self.days.append(day)

    def result(self, settings: Settings) -> SourceResult:
        meaning = settings.network.connections.value
        rows = self._counted() if meaning == "counts" else self._named(meaning)
        return SourceResult(
            (rows,), self.rows_read, self.hidden, 0 if meaning == "counts" else self.unidentified,
            tuple(self.rejects),
        )  # fmt: skip

    def _named(self, meaning: str) -> FeedRows:
        feed, day_column = (MEMBERSHIP, "joined_on") if meaning == "members" else (CONTACT, "connected_on")
        rows = [(*person, day) for person, day in zip(self.people, self.days, strict=True)]
        return FeedRows(feed, (*PERSON_COLUMNS, day_column), self.lines, rows)

    def _counted(self) -> FeedRows:
        """How many connections there were at the end of each day on which one was made."""
        made = Counter(day for day in self.days if day)
        first_line = dict(zip(reversed(self.days), reversed(self.lines), strict=True))
        days = sorted(made)
        totals = accumulate(made[day] for day in days)
        rows = [
            ("linkedin_connections", "connections", "stock", day, str(total))
            for day, total in zip(days, totals, strict=True)
        ]
        columns = ("channel", "measure", "kind", "measured_on", "value")
        return FeedRows(REACH, columns, [first_line[day] for day in days], list(rows))


def _heading_index(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        fields = {field for field in _fields(row) if field}
        lost = REQUIRED.keys() - fields
        headings = {normal_heading(cell) for cell in row.cells if cell.strip()}
        strange = headings - FIELDS.keys()
        if not lost or (len(lost) == 1 and headings >= OWN and len(strange) <= 1):
            return index
    return None


def _fields(row: TextRow) -> list[str | None]:
    return [FIELDS.get(normal_heading(cell)) for cell in row.cells]


def _check(name: str, fields: Sequence[str | None]) -> None:
    """Refuse a heading row without a column that is needed, or with one twice."""
    for field, column in REQUIRED.items():
        if field not in fields:
            raise InputError(
                name, f'column "{column}" is missing', "every column of LinkedIn's export",
                "Hand in the file as LinkedIn made it.",
            )  # fmt: skip
    for field in set(FIELDS.values()):
        if fields.count(field) > 1:
            column = next(heading for heading, meant in FIELDS.items() if meant == field)
            raise InputError(
                name, f'column "{column.title()}" stands in the file more than once', "one column"
            )


def _shape(data: Sequence[TextRow], column: int) -> DateShape:
    """Day or month first, for the files whose dates are numbers; LinkedIn itself writes the month first."""
    written = [row.cells[column] for row in data if len(row.cells) > column]
    stamps = [stamp for stamp in map(read_stamp, written) if stamp]
    possible = possible_shapes(stamps)
    if not possible or MONTH_FIRST in possible:
        return MONTH_FIRST
    return next(iter(possible))


def _day(written: str | None, shape: DateShape) -> str | None:
    if not written:
        return None
    stamp = read_stamp(written)
    if stamp is None:
        return worded_date(written)
    moment = stamp.moment(shape)
    return moment.date().isoformat() if moment else None
