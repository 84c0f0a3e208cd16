"""The visitors export of a LinkedIn Page: page views and visitors of each day.

The file as it arrives: a workbook, often an old .xls. `Visitor metrics` has one row per day and 25 columns:
`Date`, then for Overview, Life, Jobs and Total the page views and the unique visitors, each on desktop, on
mobile and in total. In another language than English the columns are known by their places, when the page
views on desktop and on mobile add up. The other sheets say where visitors live and work, each with a total of
its own that leaves out who did not tell and is blurred; they are not read, and a warning names them. Nobody
is named in this file.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import REACH, Feed
from etl.sources import linkedin_page_days as days
from etl.sources.source import NeedsMapping, SourceResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "linkedin_page_visitors"
reader_version = 2
feeds: tuple[Feed, ...] = (REACH,)

HEADING = re.compile(r"(overview|life|jobs|total) (page views|unique visitors) \((desktop|mobile|total)\)")
GROUPS, COUNTED, DEVICES = (
    ("overview", "life", "jobs", "total"),
    ("page views", "unique visitors"),
    ("desktop", "mobile", "total"),
)
PLACES = tuple(product(GROUPS, COUNTED, DEVICES))
WIDTH = 1 + len(PLACES)
TOTAL = "page_views"
EACH_DAY = "visitors of each day: who came on two days counts on both, so days are not added up"


def recognises(table: TextTable) -> bool:
    """The English headings, or 25 columns of days whose page views add up."""
    sheet = _sheet(table)
    if sheet is None:
        return False
    return _is_english(sheet) or (len(sheet.heading) == WIDTH and days.is_regular(sheet.data, _sums()))


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Page views and unique visitors of each day, by part of the Page and by device."""
    sheet = _sheet(table)
    if sheet is None:
        raise InputError(name, "no sheet with a row a day", "Date … Total unique visitors (total)")
    measures = _measures(name, sheet)
    strange = days.unread(sheet, measures, _known) if _is_english(sheet) else ()
    return days.read_days(name, sheet, measures, TOTAL, (EACH_DAY, *strange))


def left_out(others: Sequence[TextTable]) -> tuple[str, ...]:
    """What to say about the other sheets."""
    return days.left_out(others, days.NO_FEED)


def _sheet(table: TextTable) -> days.DaySheet | None:
    return days.day_sheet(table, lambda heading: bool(HEADING.fullmatch(heading)))


def _known(heading: str) -> bool:
    return heading == days.DAY_HEADING or bool(HEADING.fullmatch(heading))


def _is_english(sheet: days.DaySheet) -> bool:
    return days.DAY_HEADING in sheet.names and any(map(HEADING.fullmatch, sheet.names))


def _measures(name: str, sheet: days.DaySheet) -> dict[int, str]:
    if not _is_english(sheet):
        return {place: _measure(*parts) for place, parts in enumerate(PLACES, start=1)}
    found = {
        place: _measure(*match.groups())
        for place, heading in enumerate(sheet.names)
        if (match := HEADING.fullmatch(heading))
    }
    if TOTAL not in found.values():
        raise days.missing(name, "Total page views (total)")
    return found


def _measure(group: str, counted: str, device: str) -> str:
    """`page_views`, with the part of the Page and the device behind it where it is not all of them."""
    return "_".join([counted.replace(" ", "_"), *(part for part in (group, device) if part != "total")])


def _sums() -> list[tuple[range, int]]:
    """The page views of each part of the Page: desktop and mobile make the total. Visitors do not add up."""
    starts = [1 + place for place, (_, counted, device) in enumerate(PLACES)
              if counted == "page views" and device == "desktop"]  # fmt: skip
    return [(range(start, start + 2), start + 2) for start in starts]
