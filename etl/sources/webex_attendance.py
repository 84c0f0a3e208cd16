"""Webex's report of who attended a meeting.

The file as it arrives: CSV, commonly UTF-16 with tabs, at least `Display Name`, `Attendee Email` and
`Attendance Duration`; often also the meeting's name, start and end, a role, and when each attendee joined and
left. One row for each time somebody joined: stretches that overlap are counted once further on. Spreadsheet
guards such as `="…"` around a value are taken off. Without a time of joining the duration counts, on the day
of the meeting or of the file name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder, without_suffixes
from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, Feed
from etl.sources import date_order
from etl.sources.clocks import end_after, local_moment
from etl.sources.file_day import day_in_name, title_in_name
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import duration_seconds
from etl.sources.zoom_times import A_DAY, Passage, day_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from etl.reading.table import TextTable
    from etl.schema.model import DateShape
    from etl.settings import Settings

format_id = "webex_attendance"
reader_version = 2
feeds: tuple[Feed, ...] = (ATTENDANCE,)

HEADING_SEARCH_ROWS = 20
NEEDED = {"display name", "attendee email", "attendance duration"}
FIELDS = {
    "display name": "full_name", "first name": "given_name", "last name": "family_name",
    "attendee email": "email", "attendance duration": "duration", "join time": "joined",
    "attendance start time": "joined", "leave time": "left", "attendance end time": "left", "role": "role",
    "meeting name": "title", "topic": "title", "meeting title": "title", "meeting start time": "starts",
    "start time": "starts", "meeting end time": "ends", "end time": "ends",
}  # fmt: skip
PERSON = ("full_name", "given_name", "family_name", "email")
MOMENTS = ("joined", "left", "starts", "ends")
COLUMNS = (*PERSON, "title", "starts_at", "ends_at", "joined_at", "left_at", "minutes", "role")
OWN_WORDS = "attendee report|attendees?|attendance(?: report)?|webex|report|deelnemers|rapport"
GUARDED = re.compile(r'^="?(.*?)"?$')
UNDATED = "nothing says when the meeting was: put its date in the file name, such as 2026-03-16"


@dataclass(frozen=True)
class Line:
    """One row by what its cells hold."""

    number: int
    cells: Mapping[str, str | None]

    def get(self, name: str) -> str | None:
        """The cell, when it holds something."""
        return self.cells.get(name)


def recognises(table: TextTable) -> bool:
    """A heading row with the three columns that every report has."""
    return _heading(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who was in the meeting, and when."""
    index = _heading(table)
    if index is None:
        raise InputError(
            name, "no heading row of Webex", "Display Name, Attendee Email and Attendance Duration"
        )
    lines, rejects = _lines(table, index)
    written = [text for line in lines for field in MOMENTS if (text := line.get(field))]
    stays = [Passage(line.get("joined"), line.get("left"), A_DAY) for line in lines]
    order = day_order(name, written, settings.date_order(format_id, name), stays)
    if order is None:
        return date_order.ask(format_id, "Join Time", len(lines) + len(rejects), is_dated_by_name=True)
    report = _Report(name, lines, order, settings.network.time_zone)
    return report.result(rejects, () if written or report.day else (UNDATED,))


class _Report:
    """Turns the rows of a report whose dates are understood into feed rows."""

    def __init__(self, name: str, lines: Sequence[Line], shape: DateShape, zone: str) -> None:
        self.lines, self.shape, self.zone = lines, shape, zone
        self.title = title_in_name(name, OWN_WORDS)
        named = day_in_name(name)
        self.day = named.day.isoformat() if named else None
        told: dict[tuple[str | None, ...], list[Line]] = {}
        for line in lines:
            told.setdefault(_meeting(line), []).append(line)
        self.spans = {meeting: self._span(meeting, each) for meeting, each in told.items()}

    def result(self, rejects: list[Reject], warnings: tuple[str, ...]) -> SourceResult:
        numbers: list[int] = []
        rows: list[tuple[str | None, ...]] = []
        nobody = {
            (line.get("full_name"), _meeting(line))
            for line in self.lines
            if not email_key(line.get("email"))
            and line.get("full_name")
            and is_placeholder(line.get("full_name"))
        }
        for line in self.lines:
            problem = self._problem(line)
            if problem:
                rejects.append(problem)
            else:
                numbers.append(line.number)
                rows.append(self._row(line))
        return SourceResult(
            (FeedRows(ATTENDANCE, COLUMNS, numbers, rows),), rows_read=len(self.lines) + _misfits(rejects),
            unidentified=len(nobody), rejects=tuple(rejects), warnings=warnings,
            headings={"joined_at": "Join Time", "left_at": "Leave Time"},
        )  # fmt: skip

    def _row(self, line: Line) -> tuple[str | None, ...]:
        joined, left = self._stretch(line)
        starts_at, ends_at = self.spans[_meeting(line)]
        seconds = _seconds(line.get("duration"))
        minutes = None if (joined and left) or seconds is None else f"{seconds / 60:g}"
        name = line.get("full_name")
        person = (without_suffixes(name) if name else None, *(line.get(field) for field in PERSON[1:]))
        title = line.get("title") or self.title
        return (*person, title, starts_at, ends_at, joined, left, minutes, _role(line.get("role")))

    def _problem(self, line: Line) -> Reject | None:
        if not any(line.get(field) for field in PERSON):
            return Reject(line.number, "Display Name", "nobody is named")
        for field, heading in (("joined", "Join Time"), ("left", "Leave Time")):
            if line.get(field) and self._moment(line.get(field)) is None:
                return Reject(line.number, heading, "not a date and time")
        joined, left = self._stretch(line)
        if joined and left and "+" not in left and left < joined:
            return Reject(line.number, "Leave Time", "earlier than the time of joining")
        if line.get("duration") and _seconds(line.get("duration")) is None:
            return Reject(line.number, "Attendance Duration", "not a duration")
        if not joined and not line.get("duration"):
            return Reject(line.number, "Attendance Duration", "nothing says how long the person was there")
        return None

    def _moment(self, written: str | None) -> str | None:
        return local_moment(written, self.shape)

    def _stretch(self, line: Line) -> tuple[str | None, str | None]:
        joined = self._moment(line.get("joined"))
        return joined, end_after(joined, self._moment(line.get("left")), self.zone)

    def _span(self, meeting: tuple[str | None, ...], lines: Sequence[Line]) -> tuple[str | None, str | None]:
        """When a meeting began and ended: as it says itself, else by who came first and left last."""
        stretches = [self._stretch(line) for line in lines]
        first = min((joined for joined, _ in stretches if joined), default=self.day)
        last = max((left for _, left in stretches if left), default=None)
        starts_at = self._moment(meeting[1]) or first
        return starts_at, end_after(starts_at, self._moment(meeting[2]) or last, self.zone)


def _heading(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        if {normal_heading(cell) for cell in row.cells} >= NEEDED:
            return index
    return None


def _lines(table: TextTable, index: int) -> tuple[list[Line], list[Reject]]:
    titles = [normal_heading(cell) for cell in table.rows[index].cells]
    width = max(place for place, title in enumerate(titles) if title) + 1
    lines: list[Line] = []
    rejects: list[Reject] = []
    for row in table.rows[index + 1 :]:
        cells = [_bare(cell) for cell in row.cells]
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            reason = f"the row has {len(cells)} cells, the heading row has {width}"
            rejects.append(Reject(row.line, None, reason))
            continue
        known = [(place, title) for place, title in enumerate(titles) if title in FIELDS]
        lines.append(
            Line(row.line, {FIELDS[title]: cells[place] or None for place, title in reversed(known)})
        )
    return lines, rejects


def _misfits(rejects: Sequence[Reject]) -> int:
    return sum(reject.column is None for reject in rejects)


def _meeting(line: Line) -> tuple[str | None, ...]:
    return (line.get("title"), line.get("starts"), line.get("ends"))


def _bare(cell: str) -> str:
    match = GUARDED.fullmatch(cell.strip())
    return match.group(1).strip() if match else cell.strip()


def _seconds(written: str | None) -> int | None:
    """`58 mins`, `1 hour 2 mins`, `0:58:00`, or a bare number of minutes."""
    if written and re.fullmatch(r"\d+(?:[.,]\d+)?", written):
        return round(float(written.replace(",", ".")) * 60)
    return duration_seconds(written)


def _role(written: str | None) -> str:
    word = (written or "").casefold()
    if "host" in word:
        return "host"
    return "presenter" if word.startswith(("presen", "panel")) else "attendee"
