"""Indico's JSON: who registered for an event, the events of a category, and the timetable of an event.

All three are the answer of its HTTP export (`{"count": .., "results": .., "complete": .., "ts": ..}`),
saved as a file. Registrants are registrations; `checked_in` shows attendance. Their event is known by the
number in the answer's own address, which is also the id of that event in the list of a category. Events and
entries of a timetable are meetings; times stand there with their zone. Of a timetable the sessions and
talks of the day are read, talks within a session and breaks are hidden. Addresses, telephone numbers,
descriptions and the names of speakers are not read.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from etl.cleaning.local_time import NoSuchHour, utc_text
from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, EVENT, REGISTRATION, Feed
from etl.sources.json_fields import is_true, object_in, objects_in, text_of
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult
from etl.sources.tickets import Ticket, sold, status_of, title_of

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings
    from etl.sources.json_fields import JsonObject

format_id = "indico"
reader_version = 1
feeds: tuple[Feed, ...] = (REGISTRATION, ATTENDANCE, EVENT)

COLUMNS = ("event_id", "title", "starts_at", "ends_at", "kind", "place", "series", "status", "url")
ANSWER = {"results", "count", "complete", "ts", "_type", "url", "additionalInfo"}
LEAST_OF_ANSWER = 3
REGISTRANT = {"personal_data", "full_name", "checked_in", "registrant_id"}
EVENT_NUMBER = re.compile(r"/event/(\d+)/")
DAY = re.compile(r"\d{8}")
KINDS = {"simple_event": "lecture", "lecture": "lecture", "meeting": "meeting", "conference": "conference"}
NOISE = r"\bindico\b|\bregistrants?\b|\bregistrations?\b|\bexport\b|\bdeelnemers\b"
INCOMPLETE = "Indico says that this list is not complete: export it in parts"


def recognises(table: TextTable) -> bool:
    """An answer of Indico's export, of a kind that is read."""
    return _kind(table.document) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """The registrants, the events, or the entries of a timetable."""
    kind, answer = _kind(table.document), object_in(table.document)
    if kind is None:
        raise InputError(name, "no answer of Indico's export", "registrants, events or a timetable")
    warnings = (INCOMPLETE,) if answer.get("complete") is False else ()
    if kind == "registrants":
        return _registrants(name, answer, warnings)
    reading = _Agenda()
    if kind == "events":
        for line, event in enumerate(objects_in(answer.get("results")), start=1):
            if event:
                reading.take(line, event, text_of(event.get("id")), None)
    else:
        _timetable(object_in(answer, "results"), reading)
    return reading.result(warnings)


def _kind(document: object) -> str | None:
    answer = object_in(document)
    results = answer.get("results")
    registrants = object_in(results).get("registrants")
    if isinstance(registrants, list):
        fits = all(not each or REGISTRANT & each.keys() for each in objects_in(registrants))
        return "registrants" if fits else None
    if results is None or len(ANSWER & answer.keys()) < LEAST_OF_ANSWER:
        return None
    if isinstance(results, list):
        events = objects_in(results)
        fits = bool(events) and all(not each or {"title", "startDate"} <= each.keys() for each in events)
        is_empty = not results and answer.get("_type") == "HTTPAPIResult"
        return "events" if fits or is_empty else None
    days = [day for event in object_in(results).values() if isinstance(event, dict) for day in event]
    return "timetable" if days and all(DAY.fullmatch(str(day)) for day in days) else None


def _registrants(name: str, answer: JsonObject, warnings: tuple[str, ...]) -> SourceResult:
    number = EVENT_NUMBER.search(text_of(answer.get("url")) or "")
    title: str | None = title_of(name, NOISE)
    if number and not any(letter.isalpha() for letter in title or ""):
        title = None
    tickets: list[Ticket] = []
    rejects: list[Reject] = []
    read_count = 0
    for line, each in enumerate(objects_in(object_in(answer, "results").get("registrants")), start=1):
        if not each:
            continue
        read_count += 1
        data = object_in(each, "personal_data")
        given = _first(data, "firstName", "first_name")
        family = _first(data, "surname", "last_name", "familyName")
        email = _first(data, "email") or text_of(each.get("email"))
        full_name = None if given or family else text_of(each.get("full_name"))
        if not (given or family or full_name or email):
            rejects.append(Reject(line, None, "nobody is named"))
            continue
        state = status_of(_first(each, "state", "registration_state", "status"))[0]
        tickets.append(
            Ticket(
                line, None, full_name, given, family, email,
                _first(data, "institution", "affiliation"), _first(data, "position"), _first(data, "country"),
                event_id=number.group(1) if number else None, title=title, status=state,
                registered_at=_moment(each.get("registration_date")),
                is_checked_in=is_true(each.get("checked_in")),
                checked_in_at=_moment(each.get("checkin_date")),
            )
        )  # fmt: skip
    found = sold(tickets)
    return SourceResult(
        found.feeds, read_count, 0, found.unidentified, tuple(rejects), warnings=(*found.warnings, *warnings)
    )


def _timetable(results: JsonObject, reading: _Agenda) -> None:
    """Every entry of every day, in the order of the file; what stands within a session is counted only."""
    line = 0
    for number, days in results.items():
        for entries in object_in(days).values():
            for entry in objects_in(list(object_in(entries).values())):
                line += 1
                is_break = text_of(entry.get("entryType")) == "Break"
                if is_break or not entry:
                    reading.read_count += bool(entry)
                    reading.hidden += bool(entry)
                    continue
                own = _first(entry, "uniqueId", "id", "sessionId", "contributionId")
                reading.take(line, entry, f"{number}/{own}" if own else None, number)
                within = len(object_in(entry, "entries"))
                reading.read_count += within
                reading.hidden += within


class _Agenda:
    """Takes events, or entries of a timetable, one by one."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.rows: list[tuple[str | None, ...]] = []
        self.rejects: list[Reject] = []
        self.read_count = self.hidden = 0

    def take(self, line: int, event: JsonObject, event_id: str | None, series: str | None) -> None:
        self.read_count += 1
        try:
            starts, ends = _moment(event.get("startDate")), _moment(event.get("endDate"))
        except NoSuchHour as error:
            self.rejects.append(Reject(line, "startDate", str(error)))
            return
        url = text_of(event.get("url")) or ""
        kind = text_of(event.get("type")) or text_of(event.get("entryType")) or text_of(event.get("_type"))
        self.lines.append(line)
        self.rows.append(
            (
                event_id, text_of(event.get("title")), starts, ends,
                KINDS.get((kind or "").casefold(), (kind or "").casefold()) or None, _place(event), series,
                "cancelled" if is_true(event.get("cancelled")) else "confirmed",
                url if url.startswith(("https://", "http://")) else None,
            )
        )  # fmt: skip

    def result(self, warnings: tuple[str, ...]) -> SourceResult:
        rows = FeedRows(EVENT, COLUMNS, self.lines, self.rows)
        return SourceResult(
            (rows,), self.read_count, self.hidden, rejects=tuple(self.rejects), warnings=warnings
        )


def _first(record: JsonObject, *names: str) -> str | None:
    return next((text for name in names if (text := text_of(record.get(name)))), None)


def _moment(written: object) -> str | None:
    """`{"date": "2026-03-16", "time": "14:00:00", "tz": "Europe/Amsterdam"}` as UTC; other text as it is.

    Raises NoSuchHour for an hour over which the clock was put forward.
    """
    if not isinstance(written, dict):
        return text_of(written)
    text = f"{text_of(written.get('date')) or ''}T{text_of(written.get('time')) or '00:00:00'}"
    try:
        wall = datetime.fromisoformat(text.split(".")[0])
    except ValueError:
        return text
    if wall.tzinfo is not None:
        return wall.isoformat()
    zone = text_of(written.get("tz"))
    return (utc_text(wall, zone) if zone else None) or wall.isoformat()


def _place(event: JsonObject) -> str | None:
    """Room and building, each once."""
    room = _first(event, "roomFullname", "room")
    return ", ".join(dict.fromkeys(part for part in (room, _first(event, "location")) if part)) or None
