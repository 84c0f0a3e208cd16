"""The audience of Mailchimp: the CSVs of an audience export, apart or in the zip as it comes.

A subscriber is a member of the network from the day of signing up. An unsubscribed or cleaned contact was one
until then: it is carried as an ended membership, never left out, so that nobody takes such a person for a
subscriber. What a file holds is seen by its columns (`UNSUB_TIME`, `CLEAN_TIME`), a status column, or else by
the name that Mailchimp gave it. Contacts who never subscribed are known, no members. Computers' addresses
(`OPTIN_IP`, `CONFIRM_IP`), the places derived from them (`LATITUDE`, `LONGITUDE`, `GMTOFF`, `DSTOFF`,
`TIMEZONE`, `CC`, `REGION`), notes and tags are not read. Times are always `2026-03-16 14:00:00`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etl.cleaning.names import email_key, is_placeholder
from etl.errors import InputError
from etl.schema.feeds import CONTACT, MEMBERSHIP, Feed
from etl.sources.date_order import format_order
from etl.sources.headings import person_field
from etl.sources.mapping import normal_heading
from etl.sources.source import DateShape, FeedRows, NeedsMapping, Reject, SourceResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "mailchimp"
reader_version = 1
feeds: tuple[Feed, ...] = (MEMBERSHIP, CONTACT)

OWN = frozenset({
    "member_rating", "optin_time", "optin_ip", "confirm_time", "confirm_ip", "latitude", "longitude",
    "gmtoff", "dstoff", "timezone", "cc", "region", "last_changed", "leid", "euid", "notes", "tags",
    "unsub_time", "unsub_campaign_title", "unsub_campaign_id", "unsub_reason", "unsub_reason_other",
    "clean_time", "clean_campaign_title", "clean_campaign_id",
})  # fmt: skip
LEAST_OWN = 4
JOINED = ("optin_time", "confirm_time")
LEFT = ("unsub_time", "clean_time", "last_changed")
STATUS = ("status", "email marketing status", "member_status", "contact status", "email subscription status")
ENDED = ("unsubscribed", "cleaned", "archived", "uitgeschreven", "opgeschoond", "gearchiveerd")
NEVER = ("nonsubscribed", "non-subscribed", "transactional", "niet-geabonneerd", "pending")
PERSON = ("given_name", "family_name", "full_name", "email", "organisation", "unit", "job_title", "audience")
COLUMNS = ("external_id", *PERSON, "joined_on", "left_on")
ENDED_MEMBERS = "{count} unsubscribed or cleaned contacts are carried as memberships that ended"
UNSAID = "unsaid"
READ_AS_SUBSCRIBED = (
    "neither a column nor the name of the file says whether these contacts are subscribed, unsubscribed or "
    "cleaned: they were read as subscribed"
)
NO_END = "nothing says when this subscription ended"


def recognises(table: TextTable) -> bool:
    """Mailchimp's own columns behind those of the audience."""
    if not table.rows:
        return False
    headings = {_own(cell) for cell in table.rows[0].cells}
    return len(headings & OWN) >= LEAST_OWN and bool(headings & {"leid", "euid", "member_rating"})


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Memberships of subscribers, ended ones of those who left, contacts who never subscribed."""
    if not recognises(table):
        raise InputError(name, "no columns of Mailchimp", "Email Address, OPTIN_TIME, LEID and EUID")
    heading = table.rows[0].cells
    places = _places(table)
    data = [(row.line, [cell.strip() for cell in row.cells]) for row in table.rows[1:] if any(row.cells)]
    data = [(line, cells) for line, cells in data if any(cells)]
    if data and "email" not in places:
        raise InputError(name, 'column "Email Address" is missing', "an address for each contact")
    times = [field for field in (*JOINED, *LEFT) if field in places]
    written = {
        heading[places[field]].strip(): [_at(cells, places[field]) for _, cells in data] for field in times
    }
    shapes = format_order(format_id, name, written, settings, (), len(data))
    if isinstance(shapes, NeedsMapping):
        return shapes
    reading = _Reading(heading, places, _kind_of_file(name, places))
    for line, cells in data:
        reading.take(line, cells)
    # One shape per field of the feed: Mailchimp writes all its times alike.
    shape = next((each for each in shapes.values() if each.value != "iso"), None)
    return reading.result(len(data), {} if shape is None else {"joined_on": shape, "left_on": shape})


class _Reading:
    """Takes the contacts one by one."""

    def __init__(self, heading: Sequence[str], places: Mapping[str, int], kind: str) -> None:
        self.heading, self.places, self.kind = heading, places, kind
        self.lines: list[int] = []
        self.rows: list[tuple[str | None, ...]] = []
        self.known_lines: list[int] = []
        self.known: list[tuple[str | None, ...]] = []
        self.rejects: list[Reject] = []
        self.ended = 0

    def take(self, line: int, cells: Sequence[str]) -> None:
        if len(cells) > len(self.heading) and any(cells[len(self.heading) :]):
            found = f"the row has {len(cells)} cells, the heading row has {len(self.heading)}"
            self.rejects.append(Reject(line, None, found))
            return
        values = {field: _at(cells, place) for field, place in self.places.items()}
        if email_key(values.get("email")) is None:
            self.rejects.append(Reject(line, self._called("email"), "not an e-mail address"))
            return
        values = _without_placeholders(values)
        person = tuple(values.get(field) for field in PERSON)
        kind = _kind(values.get("status")) or self.kind
        if kind == "never":
            self.known_lines.append(line)
            self.known.append((values.get("euid"), *person))
            return
        joined = next((values[field] for field in JOINED if values.get(field)), None)
        left = self._left(values) if kind == "ended" else None
        if kind == "ended" and left is None:
            self.rejects.append(Reject(line, self._called("unsub_time") or "LAST_CHANGED", NO_END))
            return
        if joined and left and left < joined:
            joined = None
        self.ended += kind == "ended"
        self.lines.append(line)
        self.rows.append((values.get("euid"), *person, joined, left))

    def _left(self, values: Mapping[str, str | None]) -> str | None:
        """The end; the last change only stands in for it in a file that has no column for the end."""
        ends = [field for field in LEFT if field in self.places and field != "last_changed"]
        told = values.get("status")
        return next(
            (values[field] for field in (LEFT if told or not ends else ends) if values.get(field)), None
        )

    def _called(self, field: str) -> str | None:
        return self.heading[self.places[field]].strip() if field in self.places else None

    def result(self, read_count: int, shapes: dict[str, DateShape]) -> SourceResult:
        found = [FeedRows(MEMBERSHIP, COLUMNS, self.lines, self.rows, shapes)] if self.rows else []
        if self.known:
            found.append(FeedRows(CONTACT, ("external_id", *PERSON), self.known_lines, self.known))
        warnings = (ENDED_MEMBERS.format(count=self.ended),) if self.ended else ()
        if self.kind == UNSAID and "status" not in self.places:
            warnings = (*warnings, READ_AS_SUBSCRIBED)
        return SourceResult(tuple(found), read_count, 0, 0, tuple(self.rejects), warnings=warnings)


def _own(cell: str) -> str:
    return normal_heading(cell).replace(" ", "_")


def _places(table: TextTable) -> dict[str, int]:
    """Where everything that is read stands. The address may be called anything: the values show it."""
    heading = table.rows[0].cells
    places: dict[str, int] = {}
    for place, cell in enumerate(heading):
        own, title = _own(cell), normal_heading(cell)
        field = own if own in (*JOINED, *LEFT, "euid") else "status" if title in STATUS else None
        if field is None and own not in OWN:
            field = person_field(cell)
        if field in (*PERSON, *JOINED, *LEFT, "euid", "status"):
            places.setdefault(field, place)
    if "email" not in places:
        filled = [row.cells for row in table.rows[1:201] if any(row.cells)]
        scores = {
            place: sum(email_key(_at(cells, place)) is not None for cells in filled)
            for place in range(len(heading))
        }
        best = max(scores, key=lambda place: scores[place], default=0)
        if scores and scores[best]:
            places["email"] = best
    return places


def _at(cells: Sequence[str], place: int) -> str | None:
    return (cells[place].strip() or None) if place < len(cells) else None


def _kind_of_file(name: str, places: Mapping[str, int]) -> str:
    """What the contacts of a file without a status column are."""
    if "unsub_time" in places or "clean_time" in places:
        return "ended"
    words = re.split(r"[^a-z]+", name.replace("\\", "/").rsplit("/", 1)[-1].casefold())
    return next((kind for word in words if (kind := _kind(word))), UNSAID)


def _kind(status: str | None) -> str | None:
    word = (status or "").casefold()
    if word in ENDED:
        return "ended"
    if word in NEVER:
        return "never"
    return "subscribed" if word in ("subscribed", "geabonneerd", "ingeschreven") else None


def _without_placeholders(values: Mapping[str, str | None]) -> dict[str, str | None]:
    names = ("given_name", "family_name", "full_name")
    whole = " ".join(text for field in names if (text := values.get(field)))
    return {
        field: None if field in names and is_placeholder(whole) else text for field, text in values.items()
    }
