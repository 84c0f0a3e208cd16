"""Tickets sold through Eventbrite: the attendee report and the order report, as CSV or Excel.

Columns depend on what the organiser ticked, so each is found by its name, in English (also for accounts in
other languages) or Dutch. The attendee report has one row per ticket, the order report one per order with a
`Quantity`. A status `Checked In` shows attendance, no other does; `Not Attending` and `Refunded` cancel.
The report need not name its event: then the event is called after the file. Addresses, prices and
fees are not read. A column that is none of Eventbrite's is a question of the organiser; the answers to open
ones are contributions. `Order Date` is written in the order of the account's region: shown by the file, or
asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, CONTRIBUTION, REGISTRATION, Feed
from etl.sources.date_order import format_order
from etl.sources.mapping import normal_heading
from etl.sources.source import NeedsMapping, Reject, SourceResult
from etl.sources.tickets import UNKNOWN_STATUS, Answer, Ticket, answers_in, sold, status_of, title_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from etl.reading.table import TextTable
    from etl.settings import Settings

format_id = "eventbrite"
reader_version = 2
feeds: tuple[Feed, ...] = (REGISTRATION, ATTENDANCE, CONTRIBUTION)

HEADING_SEARCH_ROWS = 10
FIELDS = {
    "order": ("order #", "order no.", "order id", "bestelnummer", "bestelling #", "bestelnr."),
    "ordered": ("order date", "besteldatum", "purchase date"),
    "ordered_time": ("order time", "besteltijd"),
    "given": ("first name", "attendee first name", "voornaam"),
    "family": ("last name", "surname", "attendee last name", "attendee surname", "achternaam"),
    "name": ("attendee", "attendee name", "name", "naam", "naam deelnemer", "deelnemer"),
    "email": ("email", "email address", "attendee email", "e-mail", "e-mailadres"),
    "buyer_given": ("buyer first name", "voornaam koper"),
    "buyer_family": ("buyer last name", "buyer surname", "achternaam koper"),
    "buyer_email": ("buyer email", "e-mailadres koper", "e-mail koper"),
    "quantity": ("quantity", "ticket quantity", "aantal", "tickets"),
    "attendee": ("attendee #", "attendee no.", "attendee id", "deelnemer #", "deelnemernummer"),
    "status": ("attendee status", "status deelnemer", "deelnemersstatus", "order status"),
    "organisation": ("company", "work company", "organisation", "organization", "bedrijf", "organisatie"),
    "job_title": ("job title", "work job title", "functie"),
    "country": ("home country", "country", "land"),
    "event": ("event name", "event title", "naam evenement", "evenement"),
    "event_id": ("event id", "evenement-id"),
    "starts": ("event start date", "date attending", "event date", "startdatum evenement", "datum evenement"),
    "starts_time": ("event start time", "starttijd evenement"),
    "ends": ("event end date", "einddatum evenement"),
    "ends_time": ("event end time", "eindtijd evenement"),
    "checked": ("checked in", "check-in", "ingecheckt"),
    "checked_at": ("check-in date", "checked in date", "check-in time", "datum check-in"),
}
PLACES = (
    "address.*|city|state|zip.*|postal.*|country|county|province|phone.*|email|region|(?:first |last )?name"
)
NOT_ASKED = re.compile(
    rf"(?:home|work|cell|mobile|billing|shipping|ship to|purchaser|buyer|venue|organi[sz]er) (?:{PLACES})|"
    r"(?:order|event|ticket|attendee|barcode|discount|promo|payment|evenement|ticket|bestelling|deelnemer)"
    r"(?: (?:#|no\.|id|date|time|type|name|title|start|end|status|price|total|quantity|code|method|notes?|"
    r"location|timezone|currency|revenue|group|source|nummer|soort|naam|prijs|aantal)\b.*)?|"
    r"(?:eventbrite|total|net|gross|tax|fees?|refund|check(?:ed)?[- ]in|ip|sales|delivery|coupon)\b.*|"
    r"access code|"
    r"group|groep|currency|valuta|bezorgmethode|prefix|suffix|aanhef|website|blog|notes?|affiliate|"
    r"verkoopkanaal|guest list|gender|age|birth date|signature|hash|uid|add-ons?"
)
"""Eventbrite's own columns that are not read, in English and Dutch."""
FIELD_OF = {heading: field for field, headings in FIELDS.items() for heading in headings}
TELLING = (
    "attendee #", "barcode #", "attendee status", "ticket type", "order type", "eventbrite fees",
    "price tier",
    "eventbrite payment processing", "fees paid", "total paid", "deelnemer #", "tickettype", "barcode",
    "deelnemersstatus", "status deelnemer", "attendee no.", "barcode no.",
)  # fmt: skip
ORDER_HEADINGS = ("order #", "order no.", "bestelling #", "bestelnummer", "order id")
DATED = {"registered_at": "ordered", "starts_at": "starts", "ends_at": "ends", "joined_at": "checked_at"}
NOISE = (
    r"\beventbrite\b|\battendees?\b|\bsummary\b|\breport\b|\borders?\b|\bexport\b|\bdeelnemers(?:lijst)?\b"
)
GUESTS = "{count} tickets were ordered for guests whom this report does not name: the attendee report does"
NO_STATUS = 'column "Attendee Status" is missing: everybody in the report counts as registered'
Values = dict[str, str | None]
Row = tuple[int, Values, tuple[str, ...]]


def recognises(table: TextTable) -> bool:
    """An order number beside two other columns that only Eventbrite has."""
    return _heading(table) is not None


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who registered, and who was checked in."""
    index = _heading(table)
    if index is None:
        raise InputError(name, "no heading row of Eventbrite", "Order # and Attendee #")
    heading = table.rows[index].cells
    fields = [FIELD_OF.get(normal_heading(cell)) for cell in heading]
    rows, rejects = _rows(table, index, fields)
    written = {
        heading[fields.index(field)].strip(): [_plain(values.get(field)) for _, values, _ in rows]
        for field in DATED.values()
        if field in fields
    }
    found = format_order(format_id, name, written, settings, heading, len(rows) + len(rejects))
    if isinstance(found, NeedsMapping):
        return found
    shapes = {
        target: found[heading[fields.index(field)].strip()]
        for target, field in DATED.items()
        if field in fields
    }
    title = title_of(name, NOISE)
    known = [place for place, field in enumerate(fields) if field or _is_own(heading[place])]
    answers = answers_in(heading, [(line, own.get("order"), cells) for line, own, cells in rows], known)
    tickets: list[Ticket] = []
    unknown = False
    for line, values, _ in rows:
        if not any(values.get(field) for field in ("name", "given", "family", "email", "buyer_email")):
            rejects.append(Reject(line, None, "nobody is named"))
            continue
        ticket, is_known = _ticket(line, values, title, answers[line])
        tickets.append(ticket)
        unknown = unknown or not is_known
    result = sold(tickets, shapes)
    guests = (
        0 if "attendee" in fields else sum(_more_than_one(values.get("quantity")) for _, values, _ in rows)
    )
    warnings = [*result.warnings, *([UNKNOWN_STATUS] if unknown else [])]
    warnings += [GUESTS.format(count=guests)] if guests else []
    warnings += [NO_STATUS] if "attendee" in fields and "status" not in fields else []
    return SourceResult(
        result.feeds, len(rows) + len(rejects) - _named_again(rejects, rows), 0, result.unidentified,
        tuple(rejects), warnings=tuple(warnings),
        headings={to: heading[fields.index(own)] for to, own in DATED.items() if own in fields},
    )  # fmt: skip


def _named_again(rejects: Sequence[Reject], rows: Sequence[Row]) -> int:
    """Rows that are among both, because they were only refused once they were taken apart."""
    return len({reject.line for reject in rejects} & {line for line, *_ in rows})


def _heading(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        headings = [normal_heading(cell) for cell in row.cells]
        if any(one in headings for one in ORDER_HEADINGS) and sum(one in headings for one in TELLING) >= 2:
            return index
    return None


def _rows(table: TextTable, index: int, fields: Sequence[str | None]) -> tuple[list[Row], list[Reject]]:
    rows: list[Row] = []
    rejects: list[Reject] = []
    for row in table.rows[index + 1 :]:
        cells = [cell.strip() for cell in row.cells]
        if not any(cells):
            continue
        if len(cells) > len(fields) and any(cells[len(fields) :]):
            found = f"the row has {len(cells)} cells, the heading row has {len(fields)}"
            rejects.append(Reject(row.line, None, found))
            continue
        values: Values = {}
        for field, cell in zip(fields, cells, strict=False):
            if field and not values.get(field):
                values[field] = cell or None
        padded = (*cells, *[""] * (len(fields) - len(cells)))
        rows.append((row.line, values, padded))
    return rows, rejects


def _is_own(heading: str) -> bool:
    """Whether a column that is not read is Eventbrite's, and no question of the organiser."""
    title = normal_heading(heading)
    return title in TELLING or (not title.endswith("?") and bool(NOT_ASKED.fullmatch(title)))


def _ticket(
    line: int, values: Mapping[str, str | None], title: str, answers: tuple[Answer, ...]
) -> tuple[Ticket, bool]:
    status, came, is_known = status_of(values.get("status"))
    came = came or (values.get("checked") or "").casefold() in ("yes", "ja", "true", "1", "x")
    names = (values.get("name"), values.get("given"), values.get("family"))
    if not any(names):
        names = (None, values.get("buyer_given"), values.get("buyer_family"))
    return (
        Ticket(
            line, values.get("order"), *names, values.get("email") or values.get("buyer_email"),
            values.get("organisation"), values.get("job_title"), values.get("country"),
            event_id=values.get("event_id"), title=values.get("event") or title,
            starts_at=_moment(values, "starts"), ends_at=_moment(values, "ends"), status=status,
            registered_at=_moment(values, "ordered"), is_checked_in=came,
            checked_in_at=_plain(values.get("checked_at")), answers=answers,
        ),
        is_known,
    )  # fmt: skip


def _moment(values: Mapping[str, str | None], field: str) -> str | None:
    """The date with its time, where that has a column of its own."""
    day, clock = _plain(values.get(field)), values.get(f"{field}_time")
    return f"{day} {clock}" if day and clock and ":" not in day else day


def _plain(written: str | None) -> str | None:
    """`Dec 3, 2026 at 2:00 PM` without the word that no date needs."""
    return re.sub(r"\s+(?:at|om|-)\s+(?=\d{1,2}[:.]\d\d)", " ", written) if written else None


def _more_than_one(written: str | None) -> int:
    return max(0, int(written) - 1) if written and written.isdecimal() and len(written) < 6 else 0
