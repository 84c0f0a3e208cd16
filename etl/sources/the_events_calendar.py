"""The agenda of a WordPress site with The Events Calendar, as Kring collected it: one event a line.

The first line says which source of `[[collect]]` it came from; an event's id is that name and the site's
own number. Titles are unescaped (`&#8211;` is a dash). Times are UTC as the site gives them; a whole day is
local, and its end is the midnight after. Events that were still to come and are no longer told are cancelled.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import EVENT, Feed
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult

if TYPE_CHECKING:
    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "the_events_calendar"
reader_version = 1
feeds: tuple[Feed, ...] = (EVENT,)

MARK = '{"kring_collected":"the_events_calendar"'
PAGES = ',"pages":['
COLUMNS = ("event_id", "title", "starts_at", "ends_at", "kind", "mode", "place", "status", "url")
STATUSES = {"canceled": "cancelled", "cancelled": "cancelled", "postponed": "tentative"}
UNPUBLISHED = ("draft", "pending", "private", "trash")
TAGS = re.compile(r"<[^>]*>")
JsonObject = dict[str, object]


def recognises(table: TextTable) -> bool:
    """A document whose first line says so."""
    return table.is_document and bool(table.rows) and table.rows[0].cells[0].startswith(MARK)


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Every event of the agenda."""
    heading = _heading(name, table)
    source = str(heading.get("name") or "")
    gone = heading.get("gone")
    lines: list[int] = []
    rows: list[tuple[str | None, ...]] = []
    rejects: list[Reject] = []
    read_count = hidden = 0
    for line, text in _event_lines(table):
        read_count += 1
        event = _object(text)
        if event is None:
            rejects.append(Reject(line, None, "not an event"))
        elif event.get("status") in UNPUBLISHED:
            hidden += 1
        else:
            lines.append(line)
            rows.append(_row(source, event))
    for event in gone if isinstance(gone, list) else ():
        if isinstance(event, dict):
            read_count += 1
            lines.append(table.rows[0].line)
            rows.append(_row(source, {**event, "event_status": "canceled"}))
    return SourceResult((FeedRows(EVENT, COLUMNS, lines, rows),), read_count, hidden, rejects=tuple(rejects))


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
    return _from_zone(local, zone) if isinstance(zone, str) and "/" in zone else local.isoformat()


def _from_zone(local: datetime, zone: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        moment = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OSError, KeyError, OverflowError):
        return local.isoformat()
    return moment.replace(tzinfo=None).isoformat() + "Z"


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
