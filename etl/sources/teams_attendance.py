"""The attendance report of Microsoft Teams (the layout since 2022), in any language.

The file as it arrives: UTF-16 with tabs, three numbered sections (`1. Summary`, `2. Participants`,
`3. In-Meeting Activities`). Section 2 has one row per person, with rejoins merged; section 3 has one row per
stretch of time, and is believed first. Webinars add columns: whoever has an address, a moment or a status of
registration there is registered too, and who never came is registered only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, REGISTRATION, Feed
from etl.sources import teams_words
from etl.sources.source import NeedsMapping, SourceResult
from etl.sources.teams_report import (
    PARTICIPANT_COLUMNS,
    STRETCH_COLUMNS,
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

format_id = "teams_attendance"
reader_version = 4
feeds: tuple[Feed, ...] = (ATTENDANCE, REGISTRATION)

SECTION_MARK = re.compile(r"\s*(\d)\.\s+\S.*")
LEAST_COLUMNS = 5


def recognises(table: TextTable) -> bool:
    """A numbered summary in two columns, and a second section; it is for `read` to say what that lacks."""
    sections = _sections(table)
    return {1, 2} <= sections.keys() and all(_is_pair(row) for row in sections[1])


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who was in the meeting, and when."""
    sections = _sections(table)
    parts = [
        part_of(rows, PARTICIPANT_COLUMNS if number == 2 else STRETCH_COLUMNS)
        for number, rows in sorted(sections.items())
        if number > 1 and _is_table(rows)
    ]
    if not parts:
        raise InputError(
            name, "a Teams report without a list of participants", "names with times in section 2",
            "Download the attendance report again, after the meeting.",
        )  # fmt: skip
    meeting = meeting_of(sections.get(1, []))
    shape = day_order(format_id, name, meeting, parts, settings)
    if isinstance(shape, NeedsMapping):
        return shape
    return Report(name, meeting, shape).read(parts[0], parts[1] if len(parts) > 1 else None)


def _sections(table: TextTable) -> dict[int, list[TextRow]]:
    """The rows of each numbered section, without blank rows."""
    sections: dict[int, list[TextRow]] = {}
    current: list[TextRow] | None = None
    for row in table.rows:
        filled = [cell for cell in row.cells if cell.strip()]
        mark = SECTION_MARK.fullmatch(row.cells[0]) if len(filled) == 1 else None
        if mark:
            current = sections.setdefault(int(mark.group(1)), [])
        elif current is not None and filled:
            current.append(row)
    return sections


def _is_pair(row: TextRow) -> bool:
    return sum(1 for cell in row.cells if cell.strip()) <= 2


def _is_table(rows: Sequence[TextRow]) -> bool:
    """A heading row of at least five cells, above a row with a time where any row follows."""
    if not rows or sum(1 for cell in rows[0].cells if cell.strip()) < LEAST_COLUMNS:
        return False
    where = columns_of(rows[0], rows[1:])
    places = [where[field] for field in ("joined", "left") if field in where]
    if len(rows) == 1:
        return "name" in where
    return any(
        teams_words.moment(row.cells[place]) for row in rows[1:] for place in places if place < len(row.cells)
    )
