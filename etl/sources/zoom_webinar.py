"""Zoom's attendee report of a webinar, and its report of questions and answers.

The file as it arrives: UTF-8, commas. `Attendee Report`, when it was made, one row about the webinar, then
blocks with headings of their own: host, panelists, attendees, sometimes registrants. An attendee who came
back has a row for each stay; one who stayed away has `--` for the times. Whoever has a time of registration
or an approval registered. What the organiser asked at registration stands in columns of its own: each answer
to an open question is a contribution, once for each person, and so is each question that was asked while the
webinar ran. Telephone numbers and addresses are not read. What is shared with the report of registrations is
in `etl.sources.zoom_report`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, CONTRIBUTION, REGISTRATION, Feed
from etl.sources import date_order, zoom_report
from etl.sources.clocks import moment_utc
from etl.sources.source import FoundSession, NeedsMapping, SourceResult
from etl.sources.zoom_report import BlockKind
from etl.sources.zoom_times import day_order

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "zoom_webinar"
reader_version = 2
feeds: tuple[Feed, ...] = (ATTENDANCE, REGISTRATION, CONTRIBUTION)

UNDATED = "nothing says when the webinar was: put its date in the file name, such as 2026-03-16"


def recognises(table: TextTable) -> bool:
    """A heading row of people with *Attended*, or one of questions with who asked them."""
    return bool(zoom_report.kinds_in(table) & {BlockKind.PEOPLE, BlockKind.ASKED})


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who registered, who was there, and what was asked."""
    return read_report(format_id, name, table, settings)


def read_report(
    known_as: str, name: str, table: TextTable, settings: Settings
) -> SourceResult | NeedsMapping:
    """What a report of either kind yields."""
    report = zoom_report.cut(table)
    if not report.blocks:
        raise InputError(name, "no heading row of a Zoom report", "Email, and Attended or Approval Status")
    told = settings.date_order(known_as, name)
    is_over = any(line.get("joined") for block in report.blocks for line in block.lines)
    column = "Join Time" if known_as == format_id else "Registration Time"
    made = report.made if is_over else None
    order = day_order(name, report.written, told, report.passages(), made, column)
    if order is None:
        return date_order.ask(known_as, column, report.lines, is_dated_by_name=is_over)
    zone = settings.network.time_zone
    found = zoom_report.Reader(name, report, order, zone).read()
    undated = () if found.starts_at or known_as != format_id else (UNDATED,)
    return SourceResult(
        found.feeds,
        rows_read=report.lines,
        rows_hidden=found.hidden,
        unidentified=found.unidentified,
        rejects=found.rejects,
        headings={
            "joined_at": "Join Time",
            "left_at": "Leave Time",
            "registered_at": "Registration Time",
        },
        sessions=_session(found, zone),
        warnings=undated,
    )


def _session(found: zoom_report.Reading, zone: str) -> tuple[FoundSession, ...]:
    """The webinar itself, when anything shows when it was."""
    if not found.starts_at:
        return ()
    starts_at, ends_at = (moment_utc(moment, zone) for moment in (found.starts_at, found.ends_at))
    return (FoundSession(found.title, starts_at, ends_at),)
