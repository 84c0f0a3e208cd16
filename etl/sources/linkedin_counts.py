"""How large a LinkedIn group or Page was on a day: a small table that somebody keeps.

LinkedIn exports neither the members of a group nor the number of followers of a Page, so a network notes
them: a table with a column for the day (`Datum`, `Date`, `Peildatum`) and a column for each count, whose
heading says LinkedIn and group or Page (`Leden LinkedIn-groep`, `LinkedIn page followers`). An empty cell is
a day on which nobody looked. Other columns, such as remarks, are left alone. Nobody is named in this file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import REACH, Feed
from etl.sources.date_order import format_order
from etl.sources.headings import person_field
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "linkedin_counts"
reader_version = 2
feeds: tuple[Feed, ...] = (REACH,)

HEADING_SEARCH_ROWS = 10
DAY_HEADINGS = ("date", "day", "datum", "dag", "peildatum", "measured on", "gemeten op", "counted on")
GROUP = re.compile(r"linkedin.*(?:group|groep)|(?:group|groep).*linkedin")
PAGE = re.compile(r"linkedin.*(?:page|pagina|followers|volgers)|(?:page|pagina|followers|volgers).*linkedin")
MOST_WORDS = 5
COLUMNS = ("channel", "measure", "kind", "measured_on", "value")


def recognises(table: TextTable) -> bool:
    """A row of headings with a day and a count of a LinkedIn group or Page."""
    return _heading(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """One figure for each filled count."""
    index = _heading(table)
    if index is None:
        raise InputError(name, "no row of headings", "a day, and a LinkedIn group or Page")
    heading = table.rows[index].cells
    day, counts = _day_place(heading), _count_places(heading)
    lines: list[int] = []
    rows: list[tuple[str | None, ...]] = []
    rejects: list[Reject] = []
    read_count = hidden = 0
    for row in table.rows[index + 1 :]:
        cells = [cell.strip() for cell in row.cells]
        if not any(cells):
            continue
        read_count += 1
        if len(cells) > len(heading):
            found = f"the row has {len(cells)} cells, the heading row has {len(heading)}"
            rejects.append(Reject(row.line, None, found))
            continue
        cells += [""] * (len(heading) - len(cells))
        filled = [(place, about) for place, about in counts.items() if cells[place]]
        hidden += not filled
        for place, (channel, measure) in filled:
            lines.append(row.line)
            rows.append((channel, measure, "stock", cells[day] or None, cells[place]))
    written = {heading[day].strip(): [row[3] for row in rows]}
    shapes = format_order(format_id, name, written, settings, heading, read_count)
    if isinstance(shapes, NeedsMapping):
        return shapes
    feed_rows = FeedRows(REACH, COLUMNS, lines, rows, {"measured_on": next(iter(shapes.values()))})
    headings = {
        "measured_on": heading[day],
        **({"value": heading[next(iter(counts))]} if len(counts) == 1 else {}),
    }
    return SourceResult((feed_rows,), read_count, hidden, rejects=tuple(rejects), headings=headings)


def _heading(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        names_people = any(map(person_field, row.cells))
        has_day = any(normal_heading(cell) in DAY_HEADINGS for cell in row.cells)
        if has_day and not names_people and _count_places(row.cells):
            return index
    return None


def _day_place(heading: tuple[str, ...]) -> int:
    return next(place for place, cell in enumerate(heading) if normal_heading(cell) in DAY_HEADINGS)


def _count_places(heading: tuple[str, ...]) -> dict[int, tuple[str, str]]:
    """The columns that count, with the channel and what is counted; the first of each channel."""
    places: dict[int, tuple[str, str]] = {}
    for place, cell in enumerate(heading):
        title = normal_heading(cell)
        about = ("linkedin_group", "members") if GROUP.search(title) else None
        about = about or (("linkedin_page", "followers") if PAGE.search(title) else None)
        if about and len(title.split()) <= MOST_WORDS and about not in places.values():
            places[place] = about
    return places
