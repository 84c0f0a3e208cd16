"""The attendance report of Microsoft Teams of 2021: a summary of the meeting above one list.

The file as it arrives: UTF-16 with tabs. `Meeting Summary`, rows of two cells (number of people, title,
start, end, id), a blank line, then `Full Name, Join Time, Leave Time, Duration, Email, Role, Participant ID
(UPN)` in this or another order, with one row for each time that somebody came in. In English, Dutch and
German the list is known by its headings; in any other language by its values: under rows of two cells, two
of which are moments, a name, two moments and a length of time in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, REGISTRATION, Feed
from etl.sources import teams_words
from etl.sources.mapping import normal_heading
from etl.sources.source import NeedsMapping, SourceResult
from etl.sources.teams_report import (
    FIELD_OF_HEADING,
    PARTICIPANT_COLUMNS,
    Part,
    Report,
    columns_of,
    day_order,
    meeting_of,
    part_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings

format_id = "teams_summary_2021"
reader_version = 2
feeds: tuple[Feed, ...] = (ATTENDANCE, REGISTRATION)

HEADING_SEARCH_ROWS = 30
LEAST_COLUMNS = 5
OWN_HEADINGS = frozenset(("full name", "volledige naam", "vollständiger name"))
SUMMARY_MARKS = frozenset(("meeting summary", "vergaderingsoverzicht", "besprechungszusammenfassung"))


def recognises(table: TextTable) -> bool:
    """A list with Teams' own headings, or one whose values show it under a summary with two moments."""
    return _heading_index(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who was in the meeting, and when; each rejoin is a stretch of its own."""
    index = _heading_index(table)
    if index is None:
        raise InputError(name, "a Teams report without a list of participants", "Full Name … Join Time")
    rows = [row for row in table.rows[index:] if any(cell.strip() for cell in row.cells)]
    stretches = part_of(rows, PARTICIPANT_COLUMNS[:-1])  # the user name came later
    meeting = meeting_of(table.rows[:index])
    shape = day_order(format_id, name, meeting, (stretches,), settings)
    if isinstance(shape, NeedsMapping):
        return shape
    return Report(name, meeting, shape).read(Part(()), stretches)


def _heading_index(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        if sum(1 for cell in row.cells if cell.strip()) < LEAST_COLUMNS:
            continue
        headings = [normal_heading(cell) for cell in row.cells]
        fields = {FIELD_OF_HEADING.get(heading) for heading in headings}
        own = not OWN_HEADINGS.isdisjoint(headings) or _has_mark(table.rows[:index])
        if own and {"name", "joined", "left"} <= fields:
            return index
        return index if _is_shown(table.rows[:index], row, table.rows[index + 1 :]) else None
    return None


def _has_mark(above: Sequence[TextRow]) -> bool:
    return any(normal_heading(row.cells[0]) in SUMMARY_MARKS for row in above)


def _is_shown(above: Sequence[TextRow], heading: TextRow, below: Sequence[TextRow]) -> bool:
    """Whether values alone show a list under a summary."""
    pairs = [row for row in above if 1 <= sum(1 for cell in row.cells if cell.strip()) <= 2]
    meeting = meeting_of(above)
    where = columns_of(heading, below)
    if len(pairs) < len(above) or not (meeting.starts and meeting.ends) or "duration" not in where:
        return False
    filled = [row for row in below if any(cell.strip() for cell in row.cells)]
    return bool(filled) and all(
        sum(1 for row in filled if place < len(row.cells) and teams_words.moment(row.cells[place])) * 2
        > len(filled)
        for place in (where["joined"], where["left"])
    )
