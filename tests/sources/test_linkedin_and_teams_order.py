"""LinkedIn and Teams files say the same whatever the order of their rows, and whole or in two parts."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from etl.reading.file import tables_of
from etl.reading.table import TextRow, TextTable
from etl.settings import Settings
from etl.sources import SOURCES
from etl.sources.source import DateShape, Source, SourceResult

SAMPLES = Path(__file__).parents[1] / "samples"
SOURCE = {source.format_id: source for source in SOURCES}
Part = Callable[[TextRow], object]


def cell(place: int) -> Part:
    return lambda row: row.cells[place]


def line(row: TextRow) -> object:
    return row.line


# The sample, where its data begin (a row of headings is above), and what may not be torn apart by a split.
CASES: tuple[tuple[str, str, tuple[int, ...], Part], ...] = (
    ("linkedin_connections", "Connections.csv", (3,), line),
    ("linkedin_activity", "Comments.csv", (1,), lambda row: row.cells[0][:10]),
    ("linkedin_activity", "Invitations.csv", (1,), lambda row: row.cells[2].split(",")[0]),
    ("linkedin_activity", "Shares_123456.csv", (1,), lambda row: row.cells[0][:10]),
    ("linkedin_activity", "Shares.csv", (1,), lambda row: row.cells[0][:10]),
    ("linkedin_page_followers", "voorbeeld_followers_1772600000000.xls", (1,), line),
    ("linkedin_page_visitors", "voorbeeld_visitors_1772600000000.xls", (1,), line),
    ("linkedin_page_content", "voorbeeld_content_1772600000000.xls", (2,), line),
    ("linkedin_people", "Themasessie leren in de praktijk - event attendees.csv", (1,), line),
    ("linkedin_people", "groep.csv", (1,), line),
    ("teams_attendance", "Verkosto.csv", (9, 14), cell(0)),
    ("teams_attendance", "Webinar leerlijnen - Attendance report 11-14-22.csv", (10, 16), cell(0)),
    ("teams_summary_2021", "meetingAttendanceReport(Themasessie Kennisbasis).csv", (7,), cell(0)),
    ("teams_list_2020", "meetingAttendanceList.csv", (1,), cell(0)),
    ("teams_list_2020", "seznam.csv", (1,), cell(0)),
    ("teams_town_hall", "AttendeeReport.csv", (1,), cell(1)),
)
NAMES = [f"{name}/{file}" for name, file, *_ in CASES]


def read(source: Source, name: str, rows: list[TextRow]) -> SourceResult:
    answered = Settings(dates=((source.format_id, DateShape.MONTH_DAY_YEAR),))
    result = source.read(name, TextTable("", rows), answered)
    assert isinstance(result, SourceResult)
    return result


def told(result: SourceResult, without: Sequence[str] = ()) -> list[tuple[object, ...]]:
    """Everything that is loaded, without the lines it stood on."""
    found = []
    for rows in result.feeds:
        kept = [place for place, name in enumerate(rows.columns) if name not in without]
        found += [(rows.feed.name, *(row[place] or "" for place in kept)) for row in rows.rows]
    return sorted(found)


def sections(rows: list[TextRow], starts: tuple[int, ...]) -> list[list[TextRow]]:
    """The data below each heading, to the next section."""
    found = []
    for start in starts:
        end = start
        while end < len(rows) and not rows[end].cells[0][1:].startswith(". "):
            end += 1
        found.append(rows[start:end])
    return found


def rebuilt(rows: list[TextRow], starts: tuple[int, ...], data: list[list[TextRow]]) -> list[TextRow]:
    """The rows with other data in each section; lines count on, as in a file of its own."""
    whole: list[TextRow] = []
    place = 0
    for start, before, after in zip(starts, sections(rows, starts), data, strict=True):
        whole += [*rows[place:start], *after]
        place = start + len(before)
    whole += rows[place:]
    return [TextRow(number, row.cells) for number, row in enumerate(whole, start=1)]


def sample(format_id: str, file: str) -> list[TextRow]:
    tables = tables_of(SAMPLES / format_id / file, Settings())
    return next(table.rows for table in tables if SOURCE[format_id].recognises(table))


@pytest.mark.parametrize(("format_id", "file", "starts", "whole"), CASES, ids=NAMES)
def test_the_order_of_rows_changes_nothing(
    format_id: str, file: str, starts: tuple[int, ...], whole: Part
) -> None:
    rows, source = sample(format_id, file), SOURCE[format_id]
    before = read(source, file, rows)
    chance = random.Random(7)
    for _ in range(20):
        data = [chance.sample(part, len(part)) for part in sections(rows, starts)]
        assert any(data)
        after = read(source, file, rebuilt(rows, starts, data))
        assert told(after) == told(before)
        assert (after.rows_read, after.rows_hidden, after.unidentified, after.sessions) == (
            before.rows_read, before.rows_hidden, before.unidentified, before.sessions
        )  # fmt: skip


@pytest.mark.parametrize(("format_id", "file", "starts", "whole"), CASES, ids=NAMES)
def test_a_file_in_two_parts_says_what_the_whole_says(
    format_id: str, file: str, starts: tuple[int, ...], whole: Part
) -> None:
    """Reports without times of their own begin with their first row, so that is left out of account."""
    rows, source = sample(format_id, file), SOURCE[format_id]
    times = ("starts_at", "ends_at") if format_id in ("teams_list_2020", "teams_town_hall") else ()
    before = read(source, file, rows)
    chance = random.Random(11)
    for _ in range(20):
        side: dict[object, bool] = defaultdict(lambda: chance.random() < 0.5)
        parts = sections(rows, starts)
        halves = [
            [[row for row in part if side[whole(row)] is which] for part in parts] for which in (True, False)
        ]
        results = [read(source, file, rebuilt(rows, starts, half)) for half in halves]
        assert sorted(row for each in results for row in told(each, times)) == told(before, times)
        assert sum(each.rows_read for each in results) == before.rows_read
