"""The content export of a LinkedIn Page: how often its posts were seen and answered each day.

The file as it arrives: a workbook, often an old .xls. `Metrics` has a description above its headings, then
one row per day and 20 columns: `Date`, impressions (organic, sponsored, total), unique impressions (organic),
then clicks, reactions, comments, reposts (older: shares) and the engagement rate, each organic, sponsored and
in total. In another language than English the columns are known by their places, when organic and sponsored
add up. The engagement rate is a ratio of the others and is not read; nor is `All posts`, whose figures are of
a post's whole life. Nobody is named in what is read.
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

format_id = "linkedin_page_content"
reader_version = 2
feeds: tuple[Feed, ...] = (REACH,)

COUNTED = "impressions|unique impressions|clicks|reactions|comments|reposts|shares"
HEADING = re.compile(rf"({COUNTED}|engagement rate) \((organic|sponsored|total)\)")
RATE = "engagement rate"
HOW = ("organic", "sponsored", "total")
IN_THREE = ("clicks", "reactions", "comments", "reposts", RATE)
PLACES = (
    *(("impressions", how) for how in HOW),
    ("unique impressions", "organic"),
    *((counted, how) for counted in IN_THREE for how in HOW),
)
WIDTH = 1 + len(PLACES)
TOTAL = "impressions"
OF_A_LIFE = "figures of a post's whole life, without a day"
EACH_DAY = "figures of each day; impressions are times that a post was shown, not people"


def recognises(table: TextTable) -> bool:
    """The English headings, or 20 columns of days whose organic and sponsored figures add up."""
    sheet = _sheet(table)
    if sheet is None:
        return False
    return _is_english(sheet) or (len(sheet.heading) == WIDTH and days.is_regular(sheet.data, _sums()))


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Impressions, clicks, reactions, comments and reposts of each day."""
    sheet = _sheet(table)
    if sheet is None:
        raise InputError(name, "no sheet with a row a day", "Date … Impressions (total)")
    measures = _measures(name, sheet)
    strange = days.unread(sheet, measures, _known) if _is_english(sheet) else ()
    return days.read_days(name, sheet, measures, TOTAL, (EACH_DAY, *strange))


def left_out(others: Sequence[TextTable]) -> tuple[str, ...]:
    """What to say about the other sheets."""
    return days.left_out(others, OF_A_LIFE)


def _sheet(table: TextTable) -> days.DaySheet | None:
    return days.day_sheet(table, lambda heading: bool(HEADING.fullmatch(heading)))


def _known(heading: str) -> bool:
    return heading == days.DAY_HEADING or bool(HEADING.fullmatch(heading))


def _is_english(sheet: days.DaySheet) -> bool:
    return days.DAY_HEADING in sheet.names and any(map(HEADING.fullmatch, sheet.names))


def _measures(name: str, sheet: days.DaySheet) -> dict[int, str]:
    if not _is_english(sheet):
        return {p: _measure(*parts) for p, parts in enumerate(PLACES, start=1) if parts[0] != RATE}
    found = {
        place: _measure(*match.groups())
        for place, heading in enumerate(sheet.names)
        if (match := HEADING.fullmatch(heading)) and match.group(1) != RATE
    }
    if TOTAL not in found.values():
        raise days.missing(name, "Impressions (total)")
    return found


def _measure(counted: str, how: str) -> str:
    """`impressions` in total, `impressions_organic` for a part; shares are what reposts were called."""
    what = counted.replace("shares", "reposts").replace(" ", "_")
    return what if how == "total" else f"{what}_{how}"


def _sums() -> list[tuple[range, int]]:
    """Organic and sponsored make the total, of everything but the rate."""
    starts = [
        1 + place for place, (counted, how) in enumerate(PLACES)
        if how == "organic" and counted not in (RATE, "unique impressions")
    ]  # fmt: skip
    return [(range(start, start + 2), start + 2) for start in starts]
