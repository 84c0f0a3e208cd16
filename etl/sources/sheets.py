"""The other sheets of a workbook: named when they are not read, never read in another's place.

A file is read from one sheet. A sheet before it that has most of its columns and not all is the one that was
meant, with a column renamed or gone: then the file stops, so that last year's sheet is not taken for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.sources.mapping import HEADING_SEARCH_ROWS, normal_heading

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from etl.reading.table import TextTable

MOST = 0.6  # so large a share of the columns makes two sheets alike
FEWEST = 2  # columns
ALIKE = "sheets that fit as well and are not read: {sheets}; save each of them as a file of its own"
UNREAD = "sheets that are not read: {sheets}"
REMEDY = "Correct the heading, put the sheet that is meant first, or hand it in as a file of its own."


def refuse_look_alikes(name: str, columns: Sequence[str], earlier: Sequence[TextTable]) -> None:
    """Raises InputError when a sheet before the one that fits has most of its columns and not all."""
    wanted = {normal_heading(column): column for column in columns}
    for table in earlier:
        shared = most_shared(set(wanted), table)
        if len(shared) >= max(FEWEST, MOST * len(wanted)):
            missing = [" ".join(shown.split()) for bare, shown in wanted.items() if bare not in shared]
            if missing:
                raise InputError(
                    name, f'column "{missing[0]}" is missing on sheet "{_named(table)}"',
                    "the columns of the sheet after it", REMEDY,
                )  # fmt: skip


def unread_sheets(alike: Sequence[TextTable], rest: Sequence[TextTable]) -> tuple[str, ...]:
    """What to say about the sheets that hold a table and were not read."""
    said = ((ALIKE, alike), (UNREAD, rest))
    named = ((text, ", ".join(map(_named, filter(_holds_table, tables)))) for text, tables in said)
    return tuple(text.format(sheets=names) for text, names in named if names)


def most_shared(wanted: Collection[str], table: TextTable) -> set[str]:
    """The headings that one row near the top of a sheet has of these, as compared."""
    rows = ({normal_heading(cell) for cell in row.cells} for row in table.rows[:HEADING_SEARCH_ROWS])
    return max((each.intersection(wanted) for each in rows), key=len, default=set())


def _holds_table(table: TextTable) -> bool:
    """Whether there are rows below one another; a line of explanation is no table."""
    wide = (row for row in table.rows if sum(bool(cell.strip()) for cell in row.cells) > 1)
    return sum(1 for _ in zip(wide, range(FEWEST), strict=False)) == FEWEST


def _named(table: TextTable) -> str:
    return " ".join(table.name.split()) or "one without a name"
