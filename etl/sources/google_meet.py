"""Google Meet's attendance report, as it is mailed or put in Drive.

The file as it arrives: UTF-8, commas, `First name, Last name, Email, Duration, Time joined, Time exited` (or
`Name, Email, …`), one row for each person, clock times without a date. The day is only in the name of the
file; without one there, the minutes count and a warning says what is missing. Somebody who left and came back
has the first and the last time, and a duration that is shorter than what lies between: then the duration is
believed. A meeting may pass midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, Feed
from etl.sources.clocks import clock_time, end_after, moment_utc
from etl.sources.file_day import day_in_name, title_in_name
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import duration_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "google_meet"
reader_version = 1
feeds: tuple[Feed, ...] = (ATTENDANCE,)

HEADING_SEARCH_ROWS = 20
FIELDS = {
    "first name": "given_name", "last name": "family_name", "name": "full_name", "full name": "full_name",
    "email": "email", "email address": "email", "duration": "duration", "time joined": "joined",
    "time exited": "left",
}  # fmt: skip
PERSON = ("full_name", "given_name", "family_name", "email")
COLUMNS = (*PERSON, "title", "starts_at", "ends_at", "joined_at", "left_at", "minutes", "role")
OWN_WORDS = "attendance(?: report)?|google meet|aanwezigheid(?:srapport|slijst)?|report|rapport"
ALLOWED_DRIFT = timedelta(minutes=2)
LONGEST_STAY = timedelta(hours=12)
NOON = 12
NO_DAY = date(2000, 1, 1)
UNDATED = "nothing says when the meeting was: put its date in the file name, such as 2026-03-16"
UNSURE = (
    "the date in the file name may be read in two ways; the day is taken to come first. "
    "Write it as 2026-03-16 if that is wrong"
)


@dataclass(frozen=True)
class Stay:
    """One row of the report: who, the clocks at which they came and went, and for how long."""

    line: int
    person: tuple[str | None, ...]
    joined: datetime | None
    left: datetime | None
    seconds: int | None


def recognises(table: TextTable) -> bool:
    """A heading row with a name, a duration and the two times."""
    return _heading(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who was in the meeting, and when."""
    index = _heading(table)
    if index is None:
        raise InputError(name, "no heading row of Google Meet", "Name, Duration, Time joined and Time exited")
    named = day_in_name(name, settings.date_order(format_id, name))
    zone = settings.network.time_zone
    stays, rejects = _stays(table, index, named.day if named else NO_DAY, zone)
    title = title_in_name(name, OWN_WORDS)
    joined = [stay.joined.isoformat() for stay in stays if stay.joined]
    left = [stay.left.isoformat() for stay in stays if stay.left]
    starts_at, ends_at = min(joined, default=None), max(left, default=None)
    if not named:
        starts_at, ends_at = None, None
    elif starts_at is None:
        starts_at = named.day.isoformat()
    rows = [
        (
            *stay.person,
            title,
            starts_at,
            ends_at,
            *_stretch(stay, zone, is_dated=named is not None),
            "attendee",
        )
        for stay in stays
    ]
    warnings = (UNDATED,) if named is None else () if named.is_certain else (UNSURE,)
    return SourceResult(
        (FeedRows(ATTENDANCE, COLUMNS, [stay.line for stay in stays], rows),),
        rows_read=len(stays) + len(rejects), rejects=tuple(rejects), warnings=warnings,
        headings={"joined_at": "Time joined", "left_at": "Time exited"},
    )  # fmt: skip


def _stretch(stay: Stay, zone: str, *, is_dated: bool) -> tuple[str | None, str | None, str | None]:
    """When somebody joined and left, or joined and for how many minutes."""
    joined, left, seconds = stay.joined, stay.left, stay.seconds
    between = _between(stay, zone)
    if seconds is None and between is not None:
        seconds = round(between.total_seconds())
    minutes = None if seconds is None else f"{seconds / 60:g}"
    if not is_dated or joined is None:
        return None, None, minutes
    if left is None or (between is not None and seconds is not None
                        and between - timedelta(seconds=seconds) > ALLOWED_DRIFT):  # fmt: skip
        return joined.isoformat(), None, minutes
    return joined.isoformat(), end_after(joined.isoformat(), left.isoformat(), zone), None


def _between(stay: Stay, zone: str) -> timedelta | None:
    """How long the clocks say that somebody was there, on every night of the year."""
    if stay.joined is None or stay.left is None:
        return None
    joined = stay.joined.isoformat()
    start, end = moment_utc(joined, zone), moment_utc(end_after(joined, stay.left.isoformat(), zone), zone)
    return end - start if start and end else stay.left - stay.joined


def _heading(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        titles = {normal_heading(cell) for cell in row.cells}
        if {"duration", "time joined", "time exited"} <= titles and titles & {
            "name",
            "full name",
            "first name",
        }:
            return index
    return None


def _stays(table: TextTable, index: int, day: date, zone: str) -> tuple[list[Stay], list[Reject]]:
    titles = [normal_heading(cell) for cell in table.rows[index].cells]
    width = max(place for place, title in enumerate(titles) if title) + 1
    found: list[tuple[int, Mapping[str, str | None]]] = []
    rejects: list[Reject] = []
    for row in table.rows[index + 1 :]:
        cells = [cell.strip() for cell in row.cells]
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            reason = f"the row has {len(cells)} cells, the heading row has {width}"
            rejects.append(Reject(row.line, None, reason))
            continue
        values = {
            FIELDS[title]: cells[place] or None for place, title in enumerate(titles) if title in FIELDS
        }
        problem = _problem(row.line, values)
        if problem:
            rejects.append(problem)
        else:
            found.append((row.line, values))
    is_late = any(_passes_midnight(values) for _, values in found)
    stays = [_stay(line, values, day, is_late=is_late) for line, values in found]
    return _plausible(stays, rejects, zone)


def _problem(line: int, values: Mapping[str, str | None]) -> Reject | None:
    if not any(values.get(field) for field in PERSON):
        return Reject(line, "Name", "nobody is named")
    for field, heading in (("joined", "Time joined"), ("left", "Time exited")):
        if values.get(field) and clock_time(values.get(field)) is None:
            return Reject(line, heading, "not a time of day")
    if values.get("duration") and duration_seconds(values.get("duration")) is None:
        return Reject(line, "Duration", "not a duration")
    if not values.get("joined") and not values.get("duration"):
        return Reject(line, "Time joined", "no time at which the person joined")
    return None


def _passes_midnight(values: Mapping[str, str | None]) -> bool:
    joined, left = clock_time(values.get("joined")), clock_time(values.get("left"))
    return joined is not None and left is not None and left.hour < NOON <= joined.hour


def _stay(line: int, values: Mapping[str, str | None], day: date, *, is_late: bool) -> Stay:
    """The row with its clocks on a day. In a meeting that passes midnight, the morning is the next day's."""
    moments: list[datetime | None] = []
    for field in ("joined", "left"):
        clock = clock_time(values.get(field))
        tomorrow = timedelta(days=1 if is_late and clock and clock.hour < NOON else 0)
        moments.append(datetime.combine(day, clock) + tomorrow if clock else None)
    person = tuple(values.get(field) for field in PERSON)
    return Stay(line, person, moments[0], moments[1], duration_seconds(values.get("duration")))


def _plausible(stays: Sequence[Stay], rejects: list[Reject], zone: str) -> tuple[list[Stay], list[Reject]]:
    """Without the rows whose end lies before their start, or half a day after it."""
    kept: list[Stay] = []
    for stay in stays:
        between = _between(stay, zone)
        if between is not None and not timedelta() <= between <= LONGEST_STAY:
            rejects.append(Reject(stay.line, "Time exited", "earlier than the time of joining"))
        else:
            kept.append(stay)
    return kept, rejects
