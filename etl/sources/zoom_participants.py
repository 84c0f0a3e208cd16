"""Zoom's list of participants, in both wordings, with and without the meeting's own data above it.

The file as it arrives: UTF-8, often with a BOM, commas. "Export with meeting data" puts a block of one
heading row and one data row on top (`Topic`, `Start Time`, `User Email` of the host …) and a blank line;
its headings share words with the list, so the list is the table that has a join time or a total duration.
The list has one row per join, or one per person without times ("unique users"). Durations are rounded up
to minutes, so the stamps are believed; stretches that overlap (a phone beside a laptop) are counted once
further on. Rows of the waiting room are nobody's attendance. Times are local to the account, without a
zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder, without_suffixes
from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, Feed
from etl.schema.model import DateShape
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import DAY_FIRST, MONTH_FIRST, order_matters, possible_shapes, read_stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "zoom_participants"
reader_version = 1
feeds: tuple[Feed, ...] = (ATTENDANCE,)

HEADING_SEARCH_ROWS = 20
LIST_FIELDS = {
    "name (original name)": "name", "name": "name", "user email": "email", "email": "email",
    "join time": "joined", "leave time": "left", "duration (minutes)": "minutes",
    "total duration (minutes)": "minutes", "in waiting room": "waiting",
}  # fmt: skip
MEETING_FIELDS = {
    "topic": "title", "meeting id": "meeting", "id": "meeting", "start time": "starts", "end time": "ends",
    "user email": "host", "host email": "host",
}  # fmt: skip
COLUMNS = ("full_name", "email", "title", "starts_at", "ends_at", "joined_at", "left_at", "minutes", "role")
YES = frozenset({"yes", "ja"})
WORDED = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}), (\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ([AP])M)?")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OWN_NAME = re.compile(r"(?:participants|deelnemers)[ _-]*", re.IGNORECASE)
SHOWN_AND_ORIGINAL = re.compile(r"(.+?)\s*\(([^()]+)\)")
GUESSED = (
    "nothing shows whether the day or the month comes first; Zoom's own order, month first, is taken. "
    "Set the date in the file name, such as 2026-03-16, if that is wrong"
)
UNDATED = "nothing says when the meeting was; export with meeting data, or put its date in the file name"
FILE_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.](\d\d)[-_.](\d\d)(?!\d)")


@dataclass(frozen=True)
class Meeting:
    """What the block above the list says; texts as written."""

    title: str | None = None
    starts: str | None = None
    ends: str | None = None
    host: str | None = None


@dataclass(frozen=True)
class Join:
    """One row of the list."""

    line: int
    name: str | None
    email: str | None
    joined: str | None
    left: str | None
    minutes: str | None
    waited: bool


def recognises(table: TextTable) -> bool:
    """A heading row with a name, an address and a join time or total duration."""
    return _list_heading(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who was in the meeting, and when."""
    index = _list_heading(table)
    if index is None:
        raise InputError(name, "no heading row of Zoom participants", "Name, Email and Join time")
    meeting = _meeting(table, index)
    joins, rejects = _joins(table, index)
    stamps = [text for join in joins for text in (join.joined, join.left)] + [meeting.starts, meeting.ends]
    shape, warnings = _day_order(name, [text for text in stamps if text])
    if not any(stamps) and not _day_in_name(name):
        warnings = (UNDATED,)
    return _Report(name, meeting, shape, joins).result(tuple(rejects), warnings)


class _Report:
    """Turns the rows of a list whose dates are understood into feed rows."""

    def __init__(self, name: str, meeting: Meeting, shape: DateShape, joins: Sequence[Join]) -> None:
        self.shape, self.joins = shape, joins
        self.title = meeting.title or _title_of(name)
        self.host = email_key(meeting.host)
        self.starts_at = self._iso(meeting.starts) or min(self._all("joined"), default=_day_in_name(name))
        self.ends_at = self._iso(meeting.ends) or max(self._all("left"), default=None)

    def result(self, rejects: tuple[Reject, ...], warnings: tuple[str, ...]) -> SourceResult:
        present = [join for join in self.joins if not join.waited]
        lines: list[int] = []
        rows: list[tuple[str | None, ...]] = []
        refused: list[Reject] = []
        for join in present:
            problem = self._problem(join)
            if problem:
                refused.append(problem)
                continue
            lines.append(join.line)
            rows.append(self._row(join))
        people = {(join.name, join.email) for join in present if not email_key(join.email)}
        return SourceResult(
            (FeedRows(ATTENDANCE, COLUMNS, lines, rows),),
            rows_read=len(self.joins) + len(rejects),
            rows_hidden=len(self.joins) - len(present),
            unidentified=sum(1 for name, _ in people if name and is_placeholder(name)),
            rejects=(*rejects, *refused),
            warnings=warnings,
        )

    def _row(self, join: Join) -> tuple[str | None, ...]:
        joined, left = self._iso(join.joined), self._iso(join.left)
        minutes = None if joined and left else join.minutes
        role = "host" if self.host and email_key(join.email) == self.host else "attendee"
        return (
            _own_name(join.name), join.email, self.title, self.starts_at, self.ends_at, joined, left, minutes,
            role,
        )  # fmt: skip

    def _problem(self, join: Join) -> Reject | None:
        if not join.name and not join.email:
            return Reject(join.line, "Name", "nobody is named")
        joined, left = self._iso(join.joined), self._iso(join.left)
        if join.joined and joined is None:
            return Reject(join.line, "Join time", "not a date and time")
        if join.left and left is None:
            return Reject(join.line, "Leave time", "not a date and time")
        if joined and left and left < joined:
            return Reject(join.line, "Leave time", "earlier than the time of joining")
        if not joined and not join.minutes:
            return Reject(join.line, "Join time", "no time at which the person joined")
        return None

    def _all(self, field: str) -> list[str]:
        texts = [join.joined if field == "joined" else join.left for join in self.joins if not join.waited]
        return [moment for text in texts if (moment := self._iso(text))]

    def _iso(self, written: str | None) -> str | None:
        if not written:
            return None
        stamp = read_stamp(written)
        return stamp.iso(self.shape) if stamp else _worded(written)


def _list_heading(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        fields = {LIST_FIELDS.get(normal_heading(cell)) for cell in row.cells}
        headings = {normal_heading(cell) for cell in row.cells}
        timed = {"joined", "left"} <= fields or "total duration (minutes)" in headings
        # "Guest" tells Zoom's list from other programs' lists with a name, an address and times.
        if {"name", "email"} <= fields and timed and "guest" in headings:
            return index
    return None


def _meeting(table: TextTable, list_index: int) -> Meeting:
    for above, below in zip(table.rows[:list_index], table.rows[1:list_index], strict=False):
        fields = [MEETING_FIELDS.get(normal_heading(cell)) for cell in above.cells]
        if "title" in fields and "starts" in fields:
            found = {
                field: cell.strip() or None
                for field, cell in zip(fields, below.cells, strict=False)
                if field is not None
            }
            return Meeting(found.get("title"), found.get("starts"), found.get("ends"), found.get("host"))
    return Meeting()


def _joins(table: TextTable, index: int) -> tuple[list[Join], list[Reject]]:
    fields = [LIST_FIELDS.get(normal_heading(cell)) for cell in table.rows[index].cells]
    joins: list[Join] = []
    rejects: list[Reject] = []
    for row in table.rows[index + 1 :]:
        if not any(cell.strip() for cell in row.cells):
            continue
        if len(row.cells) != len(fields):
            found = f"the row has {len(row.cells)} cells, the heading row has {len(fields)}"
            rejects.append(Reject(row.line, None, found))
            continue
        values = {f: cell.strip() or None for f, cell in zip(fields, row.cells, strict=True) if f}
        joins.append(
            Join(
                row.line, values.get("name"), values.get("email"), values.get("joined"), values.get("left"),
                values.get("minutes"), (values.get("waiting") or "").casefold() in YES,
            )
        )  # fmt: skip
    return joins, rejects


def _day_order(name: str, written: Iterable[str]) -> tuple[DateShape, tuple[str, ...]]:
    """The order of day and month of the whole file: the only one possible, the file name's, or Zoom's own."""
    stamps = [stamp for stamp in map(read_stamp, written) if stamp]
    possible = possible_shapes(stamps)
    if stamps and not possible:
        raise InputError(name, "dates that contradict one another", "one order of day and month")
    if len(possible) == 1 or not order_matters(stamps):
        return (next(iter(possible)) if len(possible) == 1 else MONTH_FIRST), ()
    day = _day_in_name(name)
    if day:
        for shape in (MONTH_FIRST, DAY_FIRST):
            if any((moment := stamp.moment(shape)) and moment.date().isoformat() == day for stamp in stamps):
                return shape, ()
    return MONTH_FIRST, (GUESSED,)


def _day_in_name(name: str) -> str | None:
    """The date in the file name as ISO text."""
    for year, month, day in FILE_DATE.findall(name):
        try:
            return datetime(int(year), int(month), int(day)).date().isoformat()
        except ValueError:
            continue
    return None


def _worded(text: str) -> str | None:
    """`Aug 12, 2026 10:00 AM` as ISO text; None when it is no such thing."""
    match = WORDED.fullmatch(" ".join(text.split()))
    if match is None or match.group(1).casefold() not in MONTHS:
        return None
    month, day, year, hour, minute, second, half = match.groups()
    hours = int(hour) % 12 + (12 if half == "P" else 0) if half else int(hour)
    try:
        number = MONTHS.index(month.casefold()) + 1
        return datetime(int(year), number, int(day), hours, int(minute), int(second or 0)).isoformat()
    except ValueError:
        return None


def _own_name(written: str | None) -> str | None:
    """The account's name, where Zoom writes `Shown (Original)`; a suffix such as (Guest) is no name."""
    if written is None:
        return None
    plain = without_suffixes(written)
    match = SHOWN_AND_ORIGINAL.fullmatch(plain)
    return match.group(2).strip() if match and " " in match.group(2).strip() else plain


def _title_of(name: str) -> str:
    """A title for a file without meeting data: its own name without Zoom's words."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    return OWN_NAME.sub("", stem).strip(" _-") or stem
