"""Tickets sold through pretix: the order data as CSV, Excel or JSON, and the answer of its API.

Of the workbook the sheet with order positions (one row per ticket) goes before the one with orders (one per
order); headings are in the language of whoever exported, English or Dutch. Dates are always `2026-03-16`.
JSON is the export *Order data (JSON)* of one event, or the API's list of orders; texts in several languages
are objects there. Status letters are p (paid), n (pending), e (expired) and c (cancelled). The address of an
attendee goes before that of whoever ordered. Test orders, add-ons of a ticket and products that let nobody in
are hidden. Addresses, prices and payments are not read. Only a check-in of kind entry shows attendance.
The organiser's questions have columns of their own, or a text and a kind of answer in JSON: what was written
in answer to an open one is a contribution.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etl.errors import InputError
from etl.schema.feeds import ATTENDANCE, CONTRIBUTION, REGISTRATION, Feed
from etl.sources.answers import SENTENCE_WORDS, is_open, is_ticked, kind_asked, question_text
from etl.sources.json_fields import is_true, object_in, objects_in, text_of
from etl.sources.mapping import normal_heading
from etl.sources.source import NeedsMapping, Reject, SourceResult
from etl.sources.tickets import UNKNOWN_STATUS, Answer, Ticket, answers_in, sold, status_of, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from etl.reading.table import TextTable
    from etl.settings import Settings
    from etl.sources.json_fields import JsonObject

format_id = "pretix"
reader_version = 2
feeds: tuple[Feed, ...] = (REGISTRATION, ATTENDANCE, CONTRIBUTION)

HEADING_SEARCH_ROWS = 5
FIELDS = {
    "event_id": ("event slug", "slug van evenement", "evenement-slug", "slug evenement"),
    "order": ("order code", "bestelcode"),
    "position": ("position id", "plaatsnummer", "positie-id", "position"),
    "total": ("order total", "totaalbedrag van bestelling"),
    "status": ("status", "order status"),
    "email": ("email", "e-mail", "e-mailadres"),
    "day": ("order date", "besteldatum"),
    "clock": ("order time", "besteltijd", "tijd van bestelling"),
    "date_name": ("date", "datum"),
    "starts": ("start date", "begindatum", "startdatum"),
    "ends": ("end date", "einddatum"),
    "name": ("name", "naam"),
    "company": ("company", "bedrijf"),
    "country": ("country", "land"),
    "buyer": ("invoice address name", "naam factuuradres"),
    "checked": ("checked in", "ingecheckt"),
}
NOT_ASKED = re.compile(
    r"(?:order|bestel\w*|invoice|payment|check-?in|seat|tax|gross|net|voucher|ticket|position|external|"
    r"customer|stoel|belasting|factuur|betaal\w*|verkoop\w*|sales|follow-up|valid|e-?mail address|paid|fees?|"
    r"date of|taal|naam factuur\w*|custom address)\b.*|"
    r"product|item|variation|variant\w*|variatie|price|prijs|phone number|telefoonnummer|address|adres|"
    r"street|zip code|postcode|city|stad|plaats|state|staat|provincie|vat id|btw-nummer|"
    r"pseudonymi[sz]ation id|pseudonimisatie-?id|add-on to position id|add-on (?:to|voor|van) .*|comment|"
    r"opmerking|interne opmerking|internal comment|requires special attention|positions|blocked|geblokkeerd|"
    r"secret|company|bedrijf|ordercode"
)
"""pretix' own columns that are not read, in English and Dutch."""
FIELD_OF = {heading: field for field, headings in FIELDS.items() for heading in headings}
ATTENDEE_NAME = re.compile(
    r"attendee name|(?:naam|name) (?:van )?(?:de )?(?:gast|aanwezige|deelnemer|bezoeker)"
)
ATTENDEE_EMAIL = re.compile(
    r"attendee e-?mail|e-?mail(?:adres)? (?:van )?(?:de )?(?:gast|aanwezige|deelnemer|bezoeker)"
)
NAME_PARTS = {
    "given": ("given name", "first name", "voornaam"),
    "family": ("family name", "last name", "achternaam"),
}
TEXT_TYPES = ("S", "T")
"""pretix' letters for a question that is answered in words, on one line or on several."""
NOISE = r"\bpretix(?:data)?\b|\borders?\b|\bbestellingen\b|\bexport\b"
ADMITS = "attendee_name"
OF_A_TICKET = {"position", "attendee_name", "attendee_email", "given", "family"}
Values = dict[str, str | None]


def recognises(table: TextTable) -> bool:
    """A sheet with pretix' order codes, or a JSON document with its orders."""
    return _heading(table) is not None or bool(_orders(table.document))


def preference(table: TextTable) -> int:
    """Of the sheets of a workbook: one row per ticket says more than one row per order."""
    index = _heading(table)
    if index is None:
        return 0
    # More than one column tells the sheet of tickets: where one is gone that sheet is refused, and orders are
    # not read in its place.
    return 1 + bool(OF_A_TICKET & set(_fields(table.rows[index].cells)))


def read(name: str, table: TextTable, settings: Settings) -> SourceResult | NeedsMapping:
    """Who registered, and who was checked in."""
    index = _heading(table)
    if index is not None:
        return _read_sheet(name, table, index)
    if not _orders(table.document):
        raise InputError(name, "no orders of pretix", "an Order code, or a list of orders")
    return _read_json(name, table)


# CSV and Excel


def _heading(table: TextTable) -> int | None:
    for index, row in enumerate(table.rows[:HEADING_SEARCH_ROWS]):
        fields = set(_fields(row.cells))
        has_order = {"order", "status", "day"} <= fields
        if has_order and fields & {"event_id", "position", "total"} and not fields & {"fee"}:
            return index
    return None


def _fields(heading: Sequence[str]) -> list[str | None]:
    """What each column holds; of two for one thing the first, so the attendee goes before the bill."""
    found: list[str | None] = []
    for cell in heading:
        title = normal_heading(cell)
        field = "fee" if title in ("fee type", "toeslagtype") else FIELD_OF.get(title) or _attendee(title)
        found.append(None if field in found else field)
    return found


def _attendee(title: str) -> str | None:
    if ATTENDEE_EMAIL.match(title):
        return "attendee_email"
    if not ATTENDEE_NAME.match(title):
        return None
    if ":" not in title:
        return "attendee_name"
    part = title.split(":", 1)[1].strip()
    return next((field for field, words in NAME_PARTS.items() if part in words), None)


def _read_sheet(name: str, table: TextTable, index: int) -> SourceResult:
    heading = table.rows[index].cells
    fields = _fields(heading)
    title = title_of(name, NOISE)
    answers = _answers(table, index, fields)
    tickets: list[Ticket] = []
    rejects: list[Reject] = []
    read_count = 0
    unknown = False
    for row in table.rows[index + 1 :]:
        cells = [cell.strip() for cell in row.cells]
        if not any(cells):
            continue
        read_count += 1
        if len(cells) > len(fields) and any(cells[len(fields) :]):
            found = f"the row has {len(cells)} cells, the heading row has {len(fields)}"
            rejects.append(Reject(row.line, None, found))
            continue
        values: Values = {
            field: cell or None for field, cell in zip(fields, cells, strict=False) if field is not None
        }
        ticket, is_known = _ticket_of_row(row.line, values, title, answers[row.line])
        if not ticket.name and not ticket.email:
            rejects.append(Reject(row.line, None, "nobody is named"))
            continue
        tickets.append(ticket)
        unknown = unknown or not is_known
    written = heading[fields.index("day")].strip() if "day" in fields else "Order date"
    return _result(tickets, read_count, 0, rejects, unknown, written)


def _answers(table: TextTable, index: int, fields: Sequence[str | None]) -> Mapping[int, tuple[Answer, ...]]:
    """What was written in answer to the organiser's questions, on each line."""
    heading = table.rows[index].cells
    known = [place for place, cell in enumerate(heading) if fields[place] or _is_own(normal_heading(cell))]
    order = fields.index("order")
    rows = []
    for row in table.rows[index + 1 :]:
        cells = tuple(cell.strip() for cell in row.cells[: len(fields)])
        padded = (*cells, *[""] * (len(fields) - len(cells)))
        rows.append((row.line, padded[order] or None, padded))
    return answers_in(heading, rows, known)


def _is_own(title: str) -> bool:
    """Whether a column that is not read is pretix', and no question of the organiser."""
    return bool(_attendee(title)) or (not title.endswith("?") and bool(NOT_ASKED.fullmatch(title)))


def _ticket_of_row(
    line: int, values: Mapping[str, str | None], title: str, answers: tuple[Answer, ...]
) -> tuple[Ticket, bool]:
    status, came, is_known = status_of(values.get("status"))
    day, clock = values.get("day"), values.get("clock")
    slug = values.get("event_id")
    has_attendee = any(values.get(field) for field in ("attendee_name", "given", "family"))
    full_name = values.get("attendee_name")
    if not has_attendee:
        full_name = values.get("buyer") or values.get("name")
    return (
        Ticket(
            line, values.get("order"), full_name,
            None if full_name else values.get("given"), None if full_name else values.get("family"),
            values.get("attendee_email") or values.get("email"),
            values.get("company"), None, values.get("country"),
            event_id=slug, title=values.get("date_name") or _title(slug, title),
            starts_at=values.get("starts"), ends_at=values.get("ends"), status=status,
            registered_at=f"{day} {clock}" if day and clock and ":" not in day else day,
            is_checked_in=came or (values.get("checked") or "").casefold() in ("yes", "ja", "true", "1"),
            answers=answers,
        ),
        is_known,
    )  # fmt: skip


def _title(slug: str | None, title: str) -> str:
    """What the file is called, unless that is only the slug again."""
    return slug if slug and title.casefold().replace(" ", "") == slug.casefold() else title


# JSON


def _orders(document: object) -> list[JsonObject]:
    """The orders of an export or of the API's answer."""
    event = object_in(document, "event")
    for found in (event.get("orders"), object_in(document).get("results"), document):
        orders = objects_in(found)
        if orders and all(not order or {"code", "positions"} <= order.keys() for order in orders):
            return orders
    lone = object_in(document)
    return [lone] if {"code", "positions", "status"} <= lone.keys() else []


def _read_json(name: str, table: TextTable) -> SourceResult:
    event = object_in(table.document, "event")
    admits = {
        text_of(item.get("id")): item.get("admission") is not False for item in objects_in(event.get("items"))
    }
    dates = {text_of(one.get("id")): one for one in objects_in(event.get("subevents"))}
    questions = {text_of(one.get("id")): one for one in objects_in(event.get("questions"))}
    title = text_of(event.get("name"))
    tickets: list[Ticket] = []
    rejects: list[Reject] = []
    read_count = hidden = 0
    unknown = False
    for line, order in enumerate(_orders(table.document), start=1):
        if not order:
            continue
        positions = objects_in(order.get("positions"))
        read_count += 1
        shown = [each for each in positions if _lets_in(each, admits)]
        if is_true(order.get("testmode")) or not shown:
            hidden += 1
            continue
        called = title or text_of(order.get("event")) or title_of(name, NOISE)
        own = list(_tickets_of(line, order, shown, event, dates, called, questions))
        known = [ticket for ticket in own if ticket.name or ticket.email]
        if not known:
            rejects.append(Reject(line, None, "nobody is named"))
            continue
        unknown = unknown or not status_of(text_of(order.get("status")))[2]
        tickets += known
    return _result(tickets, read_count, hidden, rejects, unknown)


def _lets_in(position: JsonObject, admits: Mapping[str | None, bool]) -> bool:
    is_add_on = position.get("addon_to") is not None and not text_of(position.get(ADMITS))
    return not is_add_on and admits.get(text_of(position.get("item")), True)


def _tickets_of(
    line: int,
    order: JsonObject,
    positions: Sequence[JsonObject],
    event: JsonObject,
    dates: Mapping[str | None, JsonObject],
    title: str,
    questions: Mapping[str | None, JsonObject],
) -> Iterator[Ticket]:
    status = status_of(text_of(order.get("status")))[0]
    if status == "registered" and is_true(order.get("require_approval")) and order.get("status") == "n":
        status = "waitlisted"
    slug = text_of(event.get("slug")) or text_of(order.get("event"))
    buyer = text_of(order.get("email")) or text_of(order.get("user"))
    bill = object_in(order, "invoice_address")
    for position in positions:
        date = dates.get(text_of(position.get("subevent")), {})
        entries = [
            one for one in objects_in(position.get("checkins")) if text_of(one.get("type")) in (None, "entry")
        ]
        parts = object_in(position, "attendee_name_parts")
        given, family = text_of(parts.get("given_name")), text_of(parts.get("family_name"))
        full_name = text_of(position.get("attendee_name"))
        full_name = (
            full_name or " ".join(part for part in (given, family) if part) or text_of(bill.get("name"))
        )
        is_cancelled = is_true(position.get("canceled"))
        yield Ticket(
            line, text_of(order.get("code")), full_name,
            None, None,
            text_of(position.get("attendee_email")) or buyer,
            text_of(position.get("company")) or text_of(bill.get("company")), None,
            text_of(position.get("country")),
            event_id=slug, title=text_of(date.get("name")) or title,
            starts_at=text_of(date.get("date_from")), ends_at=text_of(date.get("date_to")),
            status="cancelled" if is_cancelled else status, registered_at=text_of(order.get("datetime")),
            is_checked_in=bool(entries) and not is_cancelled,
            checked_in_at=min((at for one in entries if (at := text_of(one.get("datetime")))), default=None),
            answers=tuple(_written(position, questions)),
        )  # fmt: skip


def _written(position: JsonObject, questions: Mapping[str | None, JsonObject]) -> Iterator[Answer]:
    """The answers to open questions of one ticket. A page of the API does not tell what was asked."""
    for one in objects_in(position.get("answers")):
        asked = questions.get(text_of(one.get("question")), {})
        words = question_text(text_of(asked.get("question")) or text_of(one.get("question_text")) or "")
        text = text_of(one.get("answer"))
        typed = text_of(asked.get("type"))
        if not text or one.get("options") or typed not in (*TEXT_TYPES, None) or not is_open(words):
            continue
        kind = kind_asked(words)
        is_written = not is_ticked(text) and (kind or len(text.split()) >= SENTENCE_WORDS)
        if typed or is_written:
            yield Answer(text, kind or "question", words or None)


def _result(
    tickets: Sequence[Ticket],
    read_count: int,
    hidden: int,
    rejects: Sequence[Reject],
    unknown: bool,
    heading: str = "datetime",
) -> SourceResult:
    found = sold(tickets)
    warnings = (*found.warnings, UNKNOWN_STATUS) if unknown else found.warnings
    return SourceResult(
        found.feeds, read_count, hidden, found.unidentified, tuple(rejects), warnings=warnings,
        headings={"registered_at": heading},
    )  # fmt: skip
