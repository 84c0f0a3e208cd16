"""The followers export of a LinkedIn Page: what came and went each day.

The file as it arrives: a workbook, often an old .xls. Its first sheet has one row per day: `Date, Sponsored
followers, Organic followers, Auto-invited followers, Total followers` (older: without Auto-invited). Despite
its name, `Total followers` there is the gain of that day, and corrections make it negative. Headings are in
the language of whoever exported, so the sheet is also known by its structure: a date that goes on day by day,
two or three counts, and a last column that is their sum. Dates are text, month first. The other sheets say
where followers live and work, each with a total of its own that leaves out who did not tell; they are not
read. Nobody is named in this file.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import REACH, Feed
from etl.schema.model import DateShape
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import DAY_FIRST, ISO, MONTH_FIRST, read_stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings

format_id = "linkedin_page_followers"
reader_version = 1
feeds: tuple[Feed, ...] = (REACH,)

CHANNEL, KIND = "linkedin_page", "flow"
TOTAL = "new_followers"
MEASURES = {
    4: (f"{TOTAL}_sponsored", f"{TOTAL}_organic", TOTAL),
    5: (f"{TOTAL}_sponsored", f"{TOTAL}_organic", f"{TOTAL}_auto_invited", TOTAL),
}
COLUMNS = ("channel", "measure", "kind", "measured_on", "value")
LEAST_ROWS = 5
REGULAR_SHARE = 0.9
WHOLE_NUMBER = re.compile(r"-?\d+")
NOT_A_TOTAL = "gains per day, not the number of followers: hand that in as a count of a day (linkedin_counts)"


def recognises(table: TextTable) -> bool:
    """The English headings, or days in a row with counts and their sum."""
    if not table.rows or len(table.rows[0].cells) not in MEASURES:
        return False
    headings = [normal_heading(cell) for cell in table.rows[0].cells]
    if headings[:2] == ["date", "sponsored followers"] and headings[-1] == "total followers":
        return True
    return not any(map(WHOLE_NUMBER.fullmatch, headings)) and _is_regular(table.rows[1:])


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """The gains of each day: in all, and by how they came."""
    heading, data = table.rows[0].cells, table.rows[1:]
    measures = MEASURES[len(heading)]
    shape = _shape(name, data)
    lines: list[int] = []
    rows: list[tuple[str | None, ...]] = []
    rejects: list[Reject] = []
    for row in data:
        problem = _problem(row, heading, shape)
        if problem:
            rejects.append(problem)
            continue
        moment = _moment(row, shape)
        day = moment.date().isoformat() if moment else None
        for measure, value in zip(measures, row.cells[1:], strict=True):
            if value.strip():
                lines.append(row.line)
                rows.append((CHANNEL, measure, KIND, day, value.strip()))
    feed_rows = FeedRows(REACH, COLUMNS, lines, rows)
    return SourceResult((feed_rows,), len(data), rejects=tuple(rejects), warnings=(NOT_A_TOTAL,))


def _problem(row: TextRow, heading: tuple[str, ...], shape: DateShape) -> Reject | None:
    if len(row.cells) != len(heading):
        found = f"the row has {len(row.cells)} cells, the heading row has {len(heading)}"
        return Reject(row.line, None, found)
    if _moment(row, shape) is None:
        return Reject(row.line, heading[0].strip(), "not a day")
    for column, cell in zip(heading[1:], row.cells[1:], strict=True):
        if cell.strip() and not WHOLE_NUMBER.fullmatch(cell.strip()):
            return Reject(row.line, column.strip(), "not a whole number")
    if not row.cells[-1].strip():
        return Reject(row.line, heading[-1].strip(), "no figure")
    return None


def _is_regular(data: Sequence[TextRow]) -> bool:
    """Whether nearly every row is the day after the one before it (or before it) and adds up."""
    if len(data) < LEAST_ROWS:
        return False
    sums = sum(_adds_up(row) for row in data)
    steps = max(_steps(data, shape) for shape in (MONTH_FIRST, DAY_FIRST, ISO))
    return sums >= REGULAR_SHARE * len(data) and steps >= REGULAR_SHARE * (len(data) - 1)


def _adds_up(row: TextRow) -> bool:
    cells = [cell.strip() for cell in row.cells[1:]]
    if not all(map(WHOLE_NUMBER.fullmatch, cells)):
        return False
    *parts, total = map(int, cells)
    return sum(parts) == total


def _steps(data: Sequence[TextRow], shape: DateShape) -> int:
    """How many rows are a day apart from the row before them."""
    moments = [_moment(row, shape) for row in data]
    day = timedelta(days=1)
    return sum(1 for one, next_ in pairwise(moments) if one and next_ and abs(next_ - one) == day)


def _shape(name: str, data: Sequence[TextRow]) -> DateShape:
    """The order under which the days follow one another; LinkedIn's own when none does better."""
    steps = {shape: _steps(data, shape) for shape in (MONTH_FIRST, DAY_FIRST, ISO)}
    shape = max(steps, key=steps.__getitem__)
    readable = {each: sum(1 for row in data if _moment(row, each)) for each in steps}
    if steps[shape] == 0:
        shape = max(readable, key=readable.__getitem__)
    if data and not readable[shape]:
        raise InputError(name, "no row with a day", "days such as 03/16/2026")
    return shape


def _moment(row: TextRow, shape: DateShape) -> datetime | None:
    stamp = read_stamp(row.cells[0])
    return stamp.moment(shape) if stamp and shape in stamp.shapes else None
