"""Zoom's report of who registered for a meeting or a webinar.

The file as it arrives: UTF-8, commas, `First Name, Last Name, Email, Registration Time, Approval Status`,
then a column for each question the organiser added; a row about the meeting may stand above it. The title is
the meeting's, else the file's own name. What is shared with the report of a webinar is in
`etl.sources.zoom_report`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import CONTRIBUTION, REGISTRATION, Feed
from etl.sources import zoom_report, zoom_webinar
from etl.sources.source import NeedsMapping, SourceResult
from etl.sources.zoom_report import BlockKind

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "zoom_registration"
reader_version = 2
feeds: tuple[Feed, ...] = (REGISTRATION, CONTRIBUTION)


def recognises(table: TextTable) -> bool:
    """A heading row with an address, a time of registration and an approval, and nobody's presence."""
    return zoom_report.kinds_in(table) == {BlockKind.REGISTRATIONS}


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who registered, and what they answered."""
    return zoom_webinar.read_report(format_id, name, table, settings)
