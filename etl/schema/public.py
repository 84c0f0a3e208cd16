"""What a publication may hold: tables of counts without persons, and how a count is shown.

A `PublicTable` refuses a column that is anything to a person, so no such column can reach a publication.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from enum import Enum

from etl.schema.columns import PERIOD_END, PERIOD_START, WORKING_GROUP, count, text
from etl.schema.formulas import starts_formula
from etl.schema.groups import plain_group
from etl.schema.model import Column, ColumnType, Sensitivity

Key = str | date


class CellState(Enum):
    """How a count is shown; the value is how it is kept."""

    COUNT = "count"
    HIDDEN = "hidden"  # fewer than the threshold, zero included
    NONE = "none"  # there was nothing to count, such as no meeting of that kind
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PublicCount:
    """A count as the public sees it. `number` is the rounded count, or the threshold when it is hidden."""

    state: CellState
    number: int | None = None

    @property
    def value(self) -> int | None:
        """The rounded count, when there is one."""
        return self.number if self.state is CellState.COUNT else None

    def written(self) -> str:
        """`1285`, `<10`, `-`, or nothing when it is not known."""
        if self.state is CellState.HIDDEN:
            return f"<{self.number}"
        return {CellState.COUNT: str(self.number), CellState.NONE: "-"}.get(self.state, "")


@dataclass(frozen=True)
class PublicTable:
    """One fixed table. `persons` is the count that is protected; `others` count no persons and stay exact.

    `asked_by` is the question that tells the figure inside the network. Of a table that `is_newest_only` each
    publication adds the last quarter alone. A key that is not found any more counts nobody in a table that
    `counts_a_stock`, and elsewhere is unknown.
    """

    name: str
    grain: str
    keys: tuple[Column, ...]
    persons: Column
    others: tuple[Column, ...] = ()
    asked_by: str = "growth"
    is_newest_only: bool = False
    counts_a_stock: bool = True

    def __post_init__(self) -> None:
        for column in (*self.keys, *self.others, self.persons):
            if column.sensitivity is not Sensitivity.NONE or column.type is ColumnType.ID:
                raise TypeError(f"{self.name}.{column.name} is about persons and never enters a publication")
        if self.persons.unit != "persons" or any(column.unit == "persons" for column in self.others):
            raise TypeError(
                f"{self.name} counts persons in the one column that is protected, and nowhere else"
            )

    @property
    def exact_columns(self) -> tuple[str, ...]:
        """What its query gives: keys, other counts, persons (empty: unknown), and whether any could be."""
        return (*(column.name for column in (*self.keys, *self.others)), self.persons.name, "applies")

    def plain_keys(self, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        """The key with its working group, if it has one, in the form in which groups are compared."""
        return tuple(
            plain_group(key) if column == WORKING_GROUP and isinstance(key, str) else key
            for column, key in zip(self.keys, keys, strict=True)
        )

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Name and SQL type of each column of the published table."""
        declared = [(column.name, column.type.value) for column in (*self.keys, *self.others, self.persons)]
        return (*declared, ("shown", ColumnType.TEXT.value))


def last_day_of(keys: tuple[Key, ...]) -> date:
    """The last day of the period that a row with this key tells of."""
    return max(key for key in keys if isinstance(key, date))


def label_of(keys: tuple[Key, ...]) -> str:
    """What of this key is no date; empty when all is."""
    return next((key for key in keys if isinstance(key, str)), "")


@dataclass(frozen=True)
class PublicRow:
    """One row as it is published."""

    keys: tuple[Key, ...]
    others: tuple[int, ...]
    count: PublicCount

    @property
    def period_end(self) -> date:
        """The last day of the period it tells of: every table has one."""
        return last_day_of(self.keys)

    @property
    def label(self) -> str:
        """Its key that is no date; empty when it has none."""
        return label_of(self.keys)


@dataclass(frozen=True)
class PublicFigures:
    """One table with its rows, in order."""

    table: PublicTable
    rows: tuple[PublicRow, ...]

    def records(self) -> tuple[tuple[Key | int | None, ...], ...]:
        """The rows of the published table."""
        return tuple((*row.keys, *row.others, row.count.value, row.count.written()) for row in self.rows)

    def csv(self) -> bytes:
        """The rows as anyone may download them."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        others = (*self.table.keys, *self.table.others)
        writer.writerow([*(column.name for column in others), self.table.persons.name])
        for row in self.rows:
            cells = [_cell(value) for value in (*row.keys, *row.others)]
            writer.writerow([*cells, row.count.written()])
        return file.getvalue().encode("utf-8-sig")


@dataclass(frozen=True)
class CorrectionNote:
    """Why published figures were changed, and when."""

    published_on: date
    text: str


@dataclass(frozen=True)
class SiteFile:
    """One file of a site, by its path within it."""

    path: str
    data: bytes


@dataclass(frozen=True)
class PublicContent:
    """Everything a public page is made from; nothing else reaches it."""

    network_name: str
    language: str
    published_on: date
    next_on: date
    threshold: int
    rounding: int
    figures: tuple[PublicFigures, ...]
    corrections: tuple[CorrectionNote, ...] = ()
    contact: str = ""
    accessibility: str = ""

    def of(self, table: PublicTable) -> tuple[PublicRow, ...]:
        """The rows of one table."""
        return next((each.rows for each in self.figures if each.table == table), ())

    def downloads(self) -> tuple[SiteFile, ...]:
        """Every table as CSV."""
        return tuple(SiteFile(f"csv/{each.table.name}.csv", each.csv()) for each in self.figures)


def _cell(value: Key | int) -> str | int:
    if isinstance(value, date):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and starts_formula(value) else value


MEMBERS_QUARTER = PublicTable(
    "members_quarter",
    "one row per quarter that is over",
    (PERIOD_START, PERIOD_END),
    count("members", "Members at the end of the quarter", "persons"),
)
ATTENDANCE_QUARTER = PublicTable(
    "attendance_quarter",
    "one row per kind of meeting and quarter that is over",
    (text("kind", "Kind of meeting"), PERIOD_START, PERIOD_END),
    count("participants", "Different people at meetings of this kind, without hosts", "persons"),
    (count("sessions", "Meetings of this kind", "meetings"),),
    asked_by="public_attendance",
    counts_a_stock=False,
)
MEMBERS_WORKING_GROUP = PublicTable(
    "members_working_group",
    "one row per working group at the end of the last quarter that is over",
    (WORKING_GROUP, PERIOD_END),
    count("members", "Members of the working group on that day", "persons"),
    asked_by="group_growth",
    is_newest_only=True,
)
PUBLIC_TABLES = (MEMBERS_QUARTER, ATTENDANCE_QUARTER, MEMBERS_WORKING_GROUP)
