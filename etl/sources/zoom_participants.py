"""Zoom's list of participants, in both wordings, with and without the meeting's own data above it.

The file as it arrives: UTF-8, often with a BOM, commas. "Export with meeting data" puts a block of one
heading row and one data row on top (`Topic`, `Start Time`, `User Email` of the host …) and a blank line;
its headings share words with the list, so the list is the table that has a join time or a total duration.
The list has one row per join, or one per person without times ("unique users"). The report of a whole account
writes the meeting's data on every row instead: several meetings in one file. Durations are rounded up to
minutes, so the stamps are believed; stretches that overlap (a phone beside a laptop) are counted once further
on. Rows of the waiting room are nobody's attendance. Times are local to the account, without a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder, without_suffixes
from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, Feed
from etl.schema.model import DateShape
from etl.sources import date_order
from etl.sources.clocks import end_after, local_moment
from etl.sources.file_day import day_in_name, title_in_name
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.zoom_times import A_DAY, Passage, day_order

if TYPE_CHECKING:
    from etl.reading.table import TextRow, TextTable
    from etl.settings import Settings

format_id = "zoom_participants"
reader_version = 4
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
OWN_WORDS = r"(?:participants|deelnemers)(?:[ _-]unique(?:[ _-]users)?)?"
SHOWN_AND_ORIGINAL = re.compile(r"(.+?)\s*\(([^()]+)\)")
UNDATED = "nothing says when the meeting was; export with meeting data, or put its date in the file name"


@dataclass(frozen=True)
class Meeting:
    """What the block above the list, or the row itself, says; texts as written."""

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
    meeting: Meeting


@dataclass(frozen=True)
class Places:
    """Where the list keeps what; `meeting` is empty unless every row tells its meeting."""

    width: int
    person: Mapping[str, int]
    meeting: Mapping[str, int]


def recognises(table: TextTable) -> bool:
    """A heading row with a name, an address and a join time or total duration."""
    return _list_heading(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who was in the meeting, and when."""
    index = _list_heading(table)
    if index is None:
        raise InputError(name, "no heading row of Zoom participants", "Name, Email and Join time")
    joins, rejects = _joins(table, index)
    stamps = [
        text
        for join in joins
        for text in (join.joined, join.left, join.meeting.starts, join.meeting.ends)
        if text
    ]
    order = day_order(
        name, stamps, settings.date_order(format_id, name), _passages(joins), column="Join time"
    )
    if order is None:
        return date_order.ask(format_id, "Join time", len(joins) + len(rejects), is_dated_by_name=True)
    warnings = () if stamps or not joins or day_in_name(name) else (UNDATED,)
    report = _Report(name, order, joins, settings.network.time_zone)
    return report.result(tuple(rejects), warnings)


def _passages(joins: Sequence[Join]) -> Iterator[Passage]:
    """What must follow one another: to join and to leave, and the begin and the end of the meeting."""
    for join in joins:
        meeting = join.meeting
        yield Passage(join.joined, join.left, A_DAY)
        yield Passage(meeting.starts, meeting.ends, A_DAY)
        yield Passage(join.joined, meeting.ends, A_DAY)


class _Report:
    """Turns the rows of a list whose dates are understood into feed rows."""

    def __init__(self, name: str, shape: DateShape, joins: Sequence[Join], zone: str) -> None:
        self.name, self.shape, self.joins, self.zone = name, shape, joins, zone
        named = day_in_name(name)
        self.day = named.day.isoformat() if named else None
        present: dict[Meeting, list[Join]] = {join.meeting: [] for join in joins}
        for join in joins:
            if not join.waited:
                present[join.meeting].append(join)
        self.spans = {meeting: self._span(meeting, each) for meeting, each in present.items()}

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
        people = {(join.name, join.email, join.meeting) for join in present if not email_key(join.email)}
        return SourceResult(
            (FeedRows(ATTENDANCE, COLUMNS, lines, rows),),
            rows_read=len(self.joins) + len(rejects),
            rows_hidden=len(self.joins) - len(present),
            unidentified=sum(1 for name, _, _ in people if name and is_placeholder(name)),
            rejects=(*rejects, *refused),
            warnings=warnings,
            headings={"joined_at": "Join time", "left_at": "Leave time"},
        )

    def _row(self, join: Join) -> tuple[str | None, ...]:
        joined, left = self._stretch(join)
        minutes = None if joined and left else join.minutes
        host = email_key(join.meeting.host)
        role = "host" if host and email_key(join.email) == host else "attendee"
        title = join.meeting.title or title_of(self.name)
        starts_at, ends_at = self.spans[join.meeting]
        return (own_name(join.name), join.email, title, starts_at, ends_at, joined, left, minutes, role)

    def _problem(self, join: Join) -> Reject | None:
        if not join.name and not join.email:
            return Reject(join.line, "Name", "nobody is named")
        joined, left = self._stretch(join)
        if join.joined and joined is None:
            return Reject(join.line, "Join time", "not a date and time")
        if join.left and left is None:
            return Reject(join.line, "Leave time", "not a date and time")
        if joined and left and "+" not in left and left < joined:
            return Reject(join.line, "Leave time", "earlier than the time of joining")
        if not joined and not join.minutes:
            return Reject(join.line, "Join time", "no time at which the person joined")
        return None

    def _stretch(self, join: Join) -> tuple[str | None, str | None]:
        joined, left = local_moment(join.joined, self.shape), local_moment(join.left, self.shape)
        return joined, end_after(joined, left, self.zone)

    def _span(self, meeting: Meeting, present: Sequence[Join]) -> tuple[str | None, str | None]:
        """When a meeting began and ended: as it says itself, else by who came first and left last."""
        joined = [moment for join in present if (moment := local_moment(join.joined, self.shape))]
        left = [moment for join in present if (moment := local_moment(join.left, self.shape))]
        starts = local_moment(meeting.starts, self.shape) or min(joined, default=self.day)
        ends = local_moment(meeting.ends, self.shape) or max(left, default=None)
        return starts, end_after(starts, ends, self.zone)


def _list_heading(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        fields = {LIST_FIELDS.get(normal_heading(cell)) for cell in row.cells}
        headings = {normal_heading(cell) for cell in row.cells}
        timed = {"joined", "left"} <= fields or "total duration (minutes)" in headings
        # Other programs' lists have a name, an address and times too.
        is_own = "guest" in headings or "name (original name)" in headings
        if {"name", "email"} <= fields and timed and is_own:
            return index
    return None


def _places(heading: TextRow) -> Places:
    """The list's own columns; where each row tells its meeting, those before the name are the meeting's."""
    titles = [normal_heading(cell) for cell in heading.cells]
    first = next(place for place, title in enumerate(titles) if LIST_FIELDS.get(title) == "name")
    tells_meeting = {"topic", "start time"} <= set(titles)
    meeting: dict[str, int] = {}
    person: dict[str, int] = {}
    for place, title in enumerate(titles):
        if tells_meeting and title in MEETING_FIELDS and (place < first or title not in LIST_FIELDS):
            meeting.setdefault(MEETING_FIELDS[title], place)
        elif title in LIST_FIELDS and (not tells_meeting or place >= first):
            person[LIST_FIELDS[title]] = place
    used = max(place for place, title in enumerate(titles) if title) + 1
    return Places(used, person, meeting)


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
    places, above = _places(table.rows[index]), _meeting(table, index)
    joins: list[Join] = []
    rejects: list[Reject] = []
    for row in table.rows[index + 1 :]:
        cells = tuple(cell.strip() for cell in row.cells)
        if not any(cells):
            continue
        if len(cells) < places.width or any(cells[places.width :]):
            found = f"the row has {len(cells)} cells, the heading row has {places.width}"
            rejects.append(Reject(row.line, None, found))
            continue
        joins.append(_join(row.line, cells, places, above))
    return joins, rejects


def _join(line: int, cells: Sequence[str], places: Places, above: Meeting) -> Join:
    told = {field: cells[place] or None for field, place in places.meeting.items()}
    one = {field: cells[place] or None for field, place in places.person.items()}
    meeting = above
    if told:
        meeting = Meeting(told.get("title"), told.get("starts"), told.get("ends"), told.get("host"))
    return Join(
        line, one.get("name"), one.get("email"), one.get("joined"), one.get("left"), one.get("minutes"),
        (one.get("waiting") or "").casefold() in YES, meeting,
    )  # fmt: skip


def own_name(written: str | None) -> str | None:
    """The account's name, where Zoom writes `Shown (Original)`; a suffix such as (Guest) is no name."""
    if written is None:
        return None
    plain = without_suffixes(written)
    match = SHOWN_AND_ORIGINAL.fullmatch(plain)
    return match.group(2).strip() if match and " " in match.group(2).strip() else plain


def title_of(name: str) -> str:
    """A title for a file without meeting data: its own name without its date and Zoom's words."""
    return title_in_name(name, OWN_WORDS)
