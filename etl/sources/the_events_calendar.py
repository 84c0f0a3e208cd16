"""The agenda of a WordPress site with The Events Calendar, as Kring collected it, or as somebody saved it.

Collected, it has one event a line, and the first line says which source of `[[collect]]` it came from; an
event's id is that name and the site's own number. Saved by hand, it is one page of the site's own answer
(`{"events": [...], "rest_url": ..., "total": ...}`), and the site's name stands in the id.

Titles are unescaped (`&#8211;` is a dash). Times are UTC as the site gives them; a whole day is local, and
its end is the midnight after. Events that were still to come and are no longer told are cancelled.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from etl.cleaning.local_time import NoSuchHour, utc_text
from etl.errors import InputError
from etl.schema.feeds import EVENT, Feed
from etl.sources.json_fields import object_in, objects_in, text_of
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "the_events_calendar"
reader_version = 3
feeds: tuple[Feed, ...] = (EVENT,)

MARK = '{"kring_collected":"the_events_calendar"'
PAGES = ',"pages":['
COLUMNS = ("event_id", "title", "starts_at", "ends_at", "kind", "mode", "place", "status", "url")
STATUSES = {"canceled": "cancelled", "cancelled": "cancelled", "postponed": "tentative"}
UNPUBLISHED = ("draft", "pending", "private", "trash")
TAGS = re.compile(r"<[^>]*>")
JsonObject = dict[str, object]


def recognises(table: TextTable) -> bool:
    """A document whose first line says so, or the answer of such a site."""
    if table.document is not None:
        return _is_answer(table.document)
    return table.is_document and bool(table.rows) and table.rows[0].cells[0].startswith(MARK)


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Every event of the agenda."""
    if table.document is not None:
        answer = object_in(table.document)
        site = urlsplit(text_of(answer.get("rest_url")) or "").hostname or "the_events_calendar"
        reading = _Reading(site)
        for line, event in enumerate(objects_in(answer.get("events")), start=1):
            if event:  # what could not be kept as text is empty here, and refused already
                reading.take(line, event)
        return reading.result()
    heading = _heading(name, table)
    gone = heading.get("gone")
    reading = _Reading(str(heading.get("name") or ""))
    for line, text in _event_lines(table):
        reading.take(line, _object(text))
    for event in objects_in(gone):
        reading.take(table.rows[0].line, {**event, "event_status": "canceled", "status": "publish"})
    return replace(reading.result(), source=reading.source or format_id)


class _Reading:
    """Takes the events one by one."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: list[int] = []
        self.rows: list[tuple[str | None, ...]] = []
        self.rejects: list[Reject] = []
        self.read_count = self.hidden = 0

    def take(self, line: int, event: JsonObject | None) -> None:
        self.read_count += 1
        if event is None:
            self.rejects.append(Reject(line, None, "not an event"))
        elif event.get("status") in UNPUBLISHED:
            self.hidden += 1
        else:
            try:
                row = _row(self.source, event)
            except NoSuchHour as error:
                self.rejects.append(Reject(line, "start_date", str(error)))
                return
            self.lines.append(line)
            self.rows.append(row)

    def result(self) -> SourceResult:
        rows = FeedRows(EVENT, COLUMNS, self.lines, self.rows)
        return SourceResult((rows,), self.read_count, self.hidden, rejects=tuple(self.rejects))


def _is_answer(document: object) -> bool:
    """A page of events as the site gives it; also one without any event, and a lone event."""
    answer = object_in(document)
    events = objects_in(answer.get("events"))
    if "events" not in answer or not isinstance(answer["events"], list):
        return False
    if not {"total", "total_pages", "rest_url"} & answer.keys():
        return False
    return all(not event or {"id", "start_date"} <= event.keys() for event in events)


def _heading(name: str, table: TextTable) -> JsonObject:
    text = table.rows[0].cells[0]
    heading = _object(text.removesuffix(PAGES) + "}") if text.endswith(PAGES) else None
    if heading is None or table.rows[-1].cells[0] != "]}":
        raise InputError(
            name, "a collected agenda that is cut off", "a whole file", "Refresh collects it again."
        )
    return heading


def _event_lines(table: TextTable) -> Iterator[tuple[int, str]]:
    """The lines of events: those between the line that opens a page and the one that closes it."""
    is_inside = False
    for row in table.rows[1:]:
        text = row.cells[0]
        if text == '{"events":[':
            is_inside = True
        elif text.startswith("]"):
            is_inside = False
        elif is_inside:
            yield row.line, text.removesuffix(",")


def _object(text: str) -> JsonObject | None:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _row(source: str, event: JsonObject) -> tuple[str | None, ...]:
    starts_at, ends_at = _times(event)
    number = event.get("id")
    return (
        f"{source}:{number}" if isinstance(number, int | str) else None, _text(event.get("title")), starts_at,
        ends_at, _first_name(event.get("categories")), _mode(event), _place(event.get("venue")),
        STATUSES.get(str(event.get("event_status") or "").lower(), "confirmed"), _url(event.get("url")),
    )  # fmt: skip


def _times(event: JsonObject) -> tuple[str | None, str | None]:
    if event.get("all_day") is True:
        starts, ends = _moment(event.get("start_date")), _moment(event.get("end_date"))
        after = (ends.date() + timedelta(days=1)).isoformat() if ends and ends.date() < date.max else None
        return (starts.date().isoformat() if starts else None), after
    return _utc(event, "start_date"), _utc(event, "end_date")


def _utc(event: JsonObject, field: str) -> str | None:
    """As UTC; else local to the event's own zone; else as written, which is then judged like any other."""
    moment = _moment(event.get(f"utc_{field}"))
    if moment:
        return f"{moment.isoformat()}Z"
    local = _moment(event.get(field))
    zone = event.get("timezone")
    if local is None:
        return _text(event.get(field))
    utc = utc_text(local, zone) if isinstance(zone, str) and "/" in zone else None
    return utc or local.isoformat()


def _moment(written: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(written)).replace(tzinfo=None)
    except ValueError:
        return None


def _text(written: object) -> str | None:
    """Without tags and escapes. A title may hold a tag, and an escaped one means the sign itself."""
    if not isinstance(written, str):
        return None
    return " ".join(html.unescape(TAGS.sub("", written)).split()) or None


def _first_name(terms: object) -> str | None:
    names = (
        [_text(term.get("name")) for term in terms if isinstance(term, dict)]
        if isinstance(terms, list)
        else []
    )
    return next((name for name in names if name), None)


def _place(venue: object) -> str | None:
    """Name and town; an event without a venue has an empty list here."""
    found = venue[0] if isinstance(venue, list) and venue else venue
    if not isinstance(found, dict):
        return None
    parts = [_text(found.get("venue")), _text(found.get("city"))]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


def _mode(event: JsonObject) -> str | None:
    if event.get("is_virtual") is not True:
        return None
    return "hybrid" if event.get("virtual_event_type") == "hybrid" else "online"


def _url(written: object) -> str | None:
    return written if isinstance(written, str) and written.startswith(("https://", "http://")) else None
