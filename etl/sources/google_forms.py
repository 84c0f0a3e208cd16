"""Answers of a Google Form: the CSV of the form itself, or its linked sheet as CSV, TSV or Excel.

The file as it arrives: commas, UTF-8, a first column `Timestamp` or `Tijdstempel`. The form writes
`2024/12/03 8:48:17 p.m. CET`; the sheet writes the date of its locale without a zone (`9/8/2026 14:28:27`,
`4-5-2026 10:59:37`). Rows are appended as answers come in, so the order of day and month is the one in which
time never goes back; when both do, unpadded slashes under English headings are
American, all else is day first.
What is read of the answers is said in `etl.sources.answers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import CONTRIBUTION, Feed
from etl.sources import answers, teams_list
from etl.sources.mapping import normal_heading
from etl.sources.source import NeedsMapping, SourceResult

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "google_forms"
reader_version = 2
feeds: tuple[Feed, ...] = (CONTRIBUTION,)

LISTED = {"profileurl", "fullname"}  # a list of people by a tool, with the moment of listing first
STAMP_HEADINGS = ("timestamp", "tijdstempel")


def recognises(table: TextTable) -> bool:
    """A first column `Timestamp` above moments."""
    if not table.rows or normal_heading(table.rows[0].cells[0]) not in STAMP_HEADINGS:
        return False
    if len(table.rows[0].cells) < 2 or teams_list.has_headings(table):
        return False
    if {normal_heading(cell) for cell in table.rows[0].cells} >= LISTED:
        return False
    written = [row.cells[0] for row in table.rows[1:] if row.cells[0].strip()]
    return sum(map(answers.is_moment, written)) * 2 >= len(written)


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """The answers to open questions, and who answered."""
    heading = table.rows[0].cells
    who = answers.person_places(heading, {0})
    told = settings.date_order(format_id, name)
    moment = " ".join(heading[0].split())
    return answers.read(name, table, answers.Layout(who, frozenset({0}), (0,), moment, order=told))
