"""Meetup's lists: the members of a group, and who said to come to an event.

Both are called .xls and are text with tabs; dates are `mm/dd/yyyy` for everybody, unless a number over 12
shows another order. There are no addresses: a person is Meetup's own number, the same in both lists. Of the
member list the name, number, title and first day are read; of an event list the answer (`RSVP`), its day and,
where the organiser kept it, the attendance. An answer is a registration, never attendance. Guests have no
names and are not loaded. The event list does not name its event, so the event is called after the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etl.cleaning.names import is_placeholder
from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, MEMBERSHIP, REGISTRATION, Feed
from etl.sources.date_order import format_order
from etl.sources.mapping import normal_heading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.stamps import MONTH_FIRST
from etl.sources.tickets import title_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "meetup"
reader_version = 1
feeds: tuple[Feed, ...] = (MEMBERSHIP, REGISTRATION, ATTENDANCE)

HEADING_SEARCH_ROWS = 10
MEMBERS = {"name", "joined group on"}
MEMBERS_ONLY = {"member id", "last visited group on", "total rsvps", "rsvped yes"}
EVENT = {"name", "rsvp"}
EVENT_ONLY = {"rsvped on", "event host", "joined group on", "guests"}
ANSWERS = {
    "yes": "registered", "ja": "registered", "going": "registered", "attending": "registered",
    "no": "declined", "nee": "declined", "not going": "declined", "maybe": "waitlisted",
    "waitlist": "waitlisted", "waiting list": "waitlisted", "waiting": "waitlisted",
    "wait list": "waitlisted", "waitlisted": "waitlisted",
}  # fmt: skip
CAME = ("yes", "y", "ja", "attended", "present", "checked in", "showed up", "1", "true", "x")
STAYED_AWAY = (
    "",
    "no",
    "n",
    "nee",
    "absent",
    "no show",
    "no-show",
    "did not attend",
    "0",
    "false",
    "-",
    "--",
)
NOISE = r"\bmeetup\b|\battendees?\b|\bguest ?list\b|\brsvps?\b|\bexport\b|\bevent\b"
GUESTS = "{count} guests came along without a name; they are not counted as people"
MEMBER_COLUMNS = ("external_id", "full_name", "joined_on", "role")
PERSON_COLUMNS = ("external_id", "full_name", "title")
Row = tuple[int, dict[str, str]]


def recognises(table: TextTable) -> bool:
    """Meetup's own headings of a member list or an event list."""
    return _heading(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """The members, or the answers to an event."""
    index = _heading(table)
    if index is None:
        raise InputError(name, "no heading row of Meetup", "Name and Joined Group on, or Name and RSVP")
    headings = [normal_heading(cell) for cell in table.rows[index].cells]
    rows, rejects, unnamed, read_count = _rows(table, index, headings)
    is_event = headings.count("rsvp") == 1
    day = "rsvped on" if is_event else "joined group on"
    if day not in headings:
        day = ""
    shown = table.rows[index].cells[headings.index(day)].strip() if day else ""
    written = {shown: [values.get(day) for _, values in rows]} if day else {}
    shapes = format_order(format_id, name, written, settings, (), read_count, usual=MONTH_FIRST)
    if isinstance(shapes, NeedsMapping):
        return shapes
    shape = shapes.get(shown, MONTH_FIRST)
    if not is_event:
        members = [
            (
                _number(values),
                values.get("name") or None,
                values.get(day) or None,
                values.get("title") or None,
            )
            for _, values in rows
        ]
        lines = [line for line, _ in rows]
        feed = FeedRows(MEMBERSHIP, MEMBER_COLUMNS, lines, list(members), {"joined_on": shape})
        return SourceResult((feed,), read_count, 0, unnamed, rejects, headings={"joined_on": shown})
    title = title_of(name, NOISE)
    answers = [(line, values, ANSWERS.get(values.get("rsvp", "").casefold())) for line, values in rows]
    unclear = [
        Reject(line, "RSVP", "neither yes, no nor waiting") for line, _, answer in answers if answer is None
    ]
    told = [(line, values, answer) for line, values, answer in answers if answer]
    registrations = FeedRows(
        REGISTRATION, (*PERSON_COLUMNS, "status", "registered_at"), [line for line, _, _ in told],
        [(*_person(values, title), answer, values.get(day) or None) for _, values, answer in told],
        {"registered_at": shape},
    )  # fmt: skip
    came = [(line, values) for line, values, _ in told if values.get("attendance", "").casefold() in CAME]
    attendances = FeedRows(
        ATTENDANCE, (*PERSON_COLUMNS, "checked_in", "role"), [line for line, _ in came],
        [(*_person(values, title), "true", _role(values)) for _, values in came],
    )  # fmt: skip
    brought = [values.get("guests", "") for _, values, answer in told if answer == "registered"]
    guests = sum(int(each) for each in brought if re.fullmatch(r"\d{1,3}", each))
    return SourceResult(
        (registrations, attendances) if came else (registrations,), read_count, 0, unnamed,
        (*rejects, *unclear), warnings=(GUESTS.format(count=guests),) if guests else (),
        headings={"registered_at": shown},
    )  # fmt: skip


def _heading(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        headings = {normal_heading(cell) for cell in row.cells}
        if headings >= MEMBERS and headings & MEMBERS_ONLY:
            return index
        if headings >= EVENT and len(headings & EVENT_ONLY) >= 2:
            return index
    return None


def _rows(
    table: TextTable, index: int, headings: Sequence[str]
) -> tuple[list[Row], tuple[Reject, ...], int, int]:
    """The rows that name somebody, those that do not fit, how many name nobody, and how many there are."""
    rows: list[Row] = []
    rejects: list[Reject] = []
    unnamed = count = 0
    for row in table.rows[index + 1 :]:
        cells = [cell.strip() for cell in row.cells]
        if not any(cells):
            continue
        count += 1
        if len(cells) > len(headings) and any(cells[len(headings) :]):
            found = f"the row has {len(cells)} cells, the heading row has {len(headings)}"
            rejects.append(Reject(row.line, None, found))
            continue
        values = dict(zip(headings, cells, strict=False))
        if not values.get("name") and not _number(values):
            rejects.append(Reject(row.line, "Name", "nobody is named"))
        elif not _number(values) and _is_nobody(values.get("name", "")):
            unnamed += 1
        else:
            rows.append((row.line, values))
    return rows, tuple(rejects), unnamed, count


def _number(values: Mapping[str, str]) -> str | None:
    """`user 12345` and `12345` are one person."""
    found = re.search(r"\d+", values.get("member id", "") or values.get("user id", ""))
    found = found or re.search(r"(?<=members/)\d+", values.get("url of member profile", ""))
    return found.group() if found else None


def _is_nobody(name: str) -> bool:
    """A device or the like, and what Meetup writes for somebody who left."""
    return is_placeholder(name) or name.casefold() in ("former member", "oud-lid", "voormalig lid")


def _person(values: Mapping[str, str], title: str) -> tuple[str | None, str | None, str]:
    return _number(values), values.get("name") or None, title


def _role(values: Mapping[str, str]) -> str:
    return "host" if values.get("event host", "").casefold() in ("yes", "ja", "true", "1") else "attendee"
