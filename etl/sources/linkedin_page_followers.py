"""The followers export of a LinkedIn Page: what came and went each day.

The file as it arrives: a workbook, often an old .xls. Its first sheet has one row per day: `Date, Sponsored
followers, Organic followers, Auto-invited followers, Total followers` (older: without Auto-invited). Despite
its name, `Total followers` there is the gain of that day, and corrections make it negative. Headings are in
the language of whoever exported, so the sheet is also known by its structure: a date that goes on day by day,
two or three counts, and a last column that is their sum. The other sheets say where followers live and work,
each with a total of its own that leaves out who did not tell and is blurred; they are not read, and a warning
names them. Nobody is named here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import REACH, Feed
from etl.sources import linkedin_page_days as days
from etl.sources.source import NeedsMapping, SourceResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "linkedin_page_followers"
reader_version = 3
feeds: tuple[Feed, ...] = (REACH,)

TOTAL = "new_followers"
MEASURE_OF = {
    "sponsored followers": f"{TOTAL}_sponsored",
    "organic followers": f"{TOTAL}_organic",
    "auto-invited followers": f"{TOTAL}_auto_invited",
    "total followers": TOTAL,
}
PLACES = {
    4: (f"{TOTAL}_sponsored", f"{TOTAL}_organic", TOTAL),
    5: (f"{TOTAL}_sponsored", f"{TOTAL}_organic", f"{TOTAL}_auto_invited", TOTAL),
}
OWN = ("sponsored followers", "organic followers")  # "total followers" also heads tables that people keep
OTHERS = re.compile(r"\((?:desktop|mobile|organic|sponsored|total)\)", re.IGNORECASE)  # of the other exports
NOT_A_TOTAL = "gains per day, not the number of followers: hand that in as a count of a day (linkedin_counts)"


def recognises(table: TextTable) -> bool:
    """The English headings, or days in a row with counts and their sum."""
    sheet = _sheet(table)
    if sheet is None:
        return False
    if _is_english(sheet):
        return True
    width = len(sheet.heading)
    is_named = not any(days.figure(cell) is not None or OTHERS.search(cell) for cell in sheet.heading)
    return width in PLACES and is_named and days.is_regular(sheet.data, [(range(1, width - 1), width - 1)])


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """The gains of each day: in all, and by how they came."""
    sheet = _sheet(table)
    if sheet is None:
        raise InputError(name, "no sheet with a row a day", "Date … Total followers")
    measures = _measures(name, sheet)
    strange = days.unread(sheet, measures, _known) if _is_english(sheet) else ()
    return days.read_days(name, sheet, measures, TOTAL, (NOT_A_TOTAL, *strange))


def left_out(others: Sequence[TextTable]) -> tuple[str, ...]:
    """What to say about the other sheets."""
    return days.left_out(others, days.NO_FEED)


def _sheet(table: TextTable) -> days.DaySheet | None:
    return days.day_sheet(table, lambda heading: heading in OWN)


def _known(heading: str) -> bool:
    return heading == days.DAY_HEADING or heading in MEASURE_OF


def _is_english(sheet: days.DaySheet) -> bool:
    return days.DAY_HEADING in sheet.names and any(name in OWN for name in sheet.names)


def _measures(name: str, sheet: days.DaySheet) -> dict[int, str]:
    if not _is_english(sheet):
        return dict(enumerate(PLACES[len(sheet.heading)], start=1))
    found = {p: MEASURE_OF[heading] for p, heading in enumerate(sheet.names) if heading in MEASURE_OF}
    if TOTAL not in found.values():
        raise days.missing(name, "Total followers")
    return found
