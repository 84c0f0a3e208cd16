"""What the sheets of a LinkedIn Page share: one row a day, counts beside it, headings in any language.

A description may stand above the headings, so the heading row is found by what stands below it: the row above
the first row that opens with a day. Dates are text, month first; the days themselves show it when somebody
saved them in another order. Numbers may be text, with or without thousands marks. English headings are
matched by name, in whatever order; in another language the columns are known by their places, and only where
the figures bear it out: days that follow one another, and parts that add up to their total.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import REACH
from etl.schema.model import DateShape
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, Reject, SourceResult
from etl.sources.stamps import DAY_FIRST, ISO, MONTH_FIRST, read_stamp

if TYPE_CHECKING:
    from datetime import datetime

    from etl.reading.table import TextRow, TextTable

CHANNEL, KIND = "linkedin_page", "flow"
COLUMNS = ("channel", "measure", "kind", "measured_on", "value")
HEADING_SEARCH_ROWS = 10
LEAST_ROWS = 5  # where one sum is all that the figures can show
LEAST_STEPS = 2
REGULAR_SHARE = 0.9
WHOLE_NUMBER = re.compile(r"-?\d+(?:\.0+)?|-?\d{1,3}(?:[.,'\s]\d{3})+")
DAY_HEADING = "date"
STANDING = ("location", "job function", "seniority", "industry", "company size")
STANDING_TOTALS = ("total followers", "total views", "total visitors")
NO_FEED = "totals without a day, of those who told LinkedIn only, with noise added: no feed holds them"
LEFT_OUT = "sheets that are not read: {sheets} ({why})"


@dataclass(frozen=True)
class DaySheet:
    """A sheet with a row for each day: the headings and the rows of data."""

    heading: tuple[str, ...]
    data: Sequence[TextRow]

    @property
    def names(self) -> list[str]:
        """The headings as they are compared."""
        return [normal_heading(cell) for cell in self.heading]


def day_sheet(table: TextTable, knows: Callable[[str], bool]) -> DaySheet | None:
    """The sheet, when its headings are known or its rows open with days; None for any other table."""
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        names = [normal_heading(cell) for cell in row.cells]
        if DAY_HEADING in names and any(map(knows, names)):
            return DaySheet(row.cells, table.rows[index + 1 :])
    dated = (i for i, row in enumerate(table.rows[: HEADING_SEARCH_ROWS + 1]) if read_stamp(row.cells[0]))
    first = next(dated, 0)
    if first == 0:
        return None
    return DaySheet(table.rows[first - 1].cells, table.rows[first:])


def read_days(
    name: str, sheet: DaySheet, measures: Mapping[int, str], needed: str, warnings: tuple[str, ...]
) -> SourceResult:
    """The figures of each day. `measures` names the columns that are read, by place; `needed` is the one
    without which a day says nothing."""
    day = sheet.names.index(DAY_HEADING) if DAY_HEADING in sheet.names else 0
    shape = _shape(name, sheet.data, day)
    lines: list[int] = []
    rows: list[tuple[str | None, ...]] = []
    rejects: list[Reject] = []
    for row in sheet.data:
        problem = _problem(row, sheet.heading, shape, day, measures, needed)
        if problem:
            rejects.append(problem)
            continue
        moment = _moment(row, shape, day)
        for place, measure in measures.items():
            value = figure(row.cells[place])
            if moment and value is not None:
                lines.append(row.line)
                rows.append((CHANNEL, measure, KIND, moment.date().isoformat(), str(value)))
    return SourceResult(
        (FeedRows(REACH, COLUMNS, lines, rows),), len(sheet.data), rejects=tuple(rejects), warnings=warnings
    )


def left_out(others: Sequence[TextTable], why: str) -> tuple[str, ...]:
    """What to say about the other sheets of the workbook."""
    filled = [sheet for sheet in others if any(any(row.cells) for row in sheet.rows)]
    if not filled:
        return ()
    names = ", ".join(sheet.name.strip() or "one without a name" for sheet in filled)
    return (LEFT_OUT.format(sheets=names, why=why),)


def is_standing(table: TextTable) -> bool:
    """Whether this is such a sheet of where followers or visitors live or work, in English."""
    heading = [normal_heading(cell) for cell in table.rows[0].cells if cell.strip()] if table.rows else []
    return len(heading) == 2 and heading[0] in STANDING and heading[1] in STANDING_TOTALS


def is_regular(data: Sequence[TextRow], sums: Sequence[tuple[Sequence[int], int]]) -> bool:
    """Whether nearly every row is a day away from the one before it, and its parts add up.

    Each of `sums` names the places of parts and of their total.
    """
    if len(data) < (LEAST_ROWS if len(sums) == 1 else LEAST_STEPS):
        return False
    right = sum(all(_adds_up(row, parts, total) for parts, total in sums) for row in data)
    steps = max(_steps(data, shape) for shape in (MONTH_FIRST, DAY_FIRST, ISO))
    return right >= REGULAR_SHARE * len(data) and steps >= REGULAR_SHARE * (len(data) - 1)


def unread(sheet: DaySheet, measures: Mapping[int, str], known: Callable[[str], bool]) -> tuple[str, ...]:
    """What to say about columns that no version of the export has had."""
    strange = [
        cell.strip() for place, cell in enumerate(sheet.heading)
        if cell.strip() and place not in measures and not known(normal_heading(cell))
    ]  # fmt: skip
    return (f"columns that are not known and not read: {', '.join(strange)}",) if strange else ()


def missing(name: str, column: str) -> InputError:
    """The refusal of a sheet without a column that it cannot do without."""
    return InputError(
        name, f'column "{column}" is missing', "every column of the export",
        "Export it again from the Page's analytics.",
    )  # fmt: skip


def figure(written: str) -> int | None:
    """A whole number, with or without thousands marks; None when empty or no number."""
    text = written.strip()
    if not WHOLE_NUMBER.fullmatch(text):
        return None
    whole = text.rsplit(".", 1)[0] if re.fullmatch(r"-?\d+\.0+", text) and not _has_thousands(text) else text
    return int(re.sub(r"[^\d-]", "", whole))


def _has_thousands(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,3}(?:\.\d{3})+", text))


def _problem(
    row: TextRow,
    heading: tuple[str, ...],
    shape: DateShape,
    day: int,
    measures: Mapping[int, str],
    needed: str,
) -> Reject | None:
    if len(row.cells) != len(heading):
        found = f"the row has {len(row.cells)} cells, the heading row has {len(heading)}"
        return Reject(row.line, None, found)
    if _moment(row, shape, day) is None:
        return Reject(row.line, heading[day].strip(), "not a day")
    for place in measures:
        if row.cells[place].strip() and figure(row.cells[place]) is None:
            return Reject(row.line, heading[place].strip(), "not a whole number")
    total = next(place for place, measure in measures.items() if measure == needed)
    return None if row.cells[total].strip() else Reject(row.line, heading[total].strip(), "no figure")


def _adds_up(row: TextRow, parts: Sequence[int], total: int) -> bool:
    if len(row.cells) <= max((*parts, total)):
        return False
    found = [figure(row.cells[place]) for place in (*parts, total)]
    numbers = [each for each in found if each is not None]
    return len(numbers) == len(found) and sum(numbers[:-1]) == numbers[-1]


def _steps(data: Sequence[TextRow], shape: DateShape, day: int = 0) -> int:
    """How many rows are a day apart from the row before them."""
    moments = [_moment(row, shape, day) for row in data]
    one_day = timedelta(days=1)
    return sum(1 for one, next_ in pairwise(moments) if one and next_ and abs(next_ - one) == one_day)


def _shape(name: str, data: Sequence[TextRow], day: int) -> DateShape:
    """The order under which the days follow one another; LinkedIn's own when none does better."""
    steps = {shape: _steps(data, shape, day) for shape in (MONTH_FIRST, DAY_FIRST, ISO)}
    shape = max(steps, key=steps.__getitem__)
    readable = {each: sum(1 for row in data if _moment(row, each, day)) for each in steps}
    if steps[shape] == 0:
        shape = max(readable, key=readable.__getitem__)
    if data and not readable[shape]:
        raise InputError(name, "no row with a day", "days such as 03/16/2026")
    return shape


def _moment(row: TextRow, shape: DateShape, day: int) -> datetime | None:
    stamp = read_stamp(row.cells[day]) if day < len(row.cells) else None
    return stamp.moment(shape) if stamp and shape in stamp.shapes else None
