"""Orders of pretix: each seat of an order is somebody, else the one who ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import ATTENDANCE, CONTRIBUTION, EVENT, REGISTRATION
from etl.sources.answers import is_open, kind_asked
from etl.sources.json_values import at, in_language, moment_text, objects, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document, JsonObject
    from etl.sources.told import Told

STATUSES = {"n": "registered", "p": "registered", "e": "cancelled", "c": "cancelled"}
TEXT_TYPES = ("S", "T")


def read(document: Document, told: Told) -> None:
    """The event or an order is a line."""
    which = _which(document.about)
    for line, name, body in document.items:
        event, order = body.get("event"), body.get("order")
        if isinstance(event, dict):
            told.add(EVENT, line, **which, place=in_language(event.get("location")),
                     url=text_at(event, "public_url"), status="confirmed")  # fmt: skip
        elif isinstance(order, dict):
            for seat in objects(order.get("positions")):
                _seat(told, line, name, order, seat, which, document.about)


def _which(about: JsonObject) -> dict[str, str | None]:
    return {
        "event_id": text_at(about, "slug"), "title": in_language(at(about, "event", "name")),
        "starts_at": moment_text(at(about, "event", "date_from")),
        "ends_at": moment_text(at(about, "event", "date_to")),
    }  # fmt: skip


def _seat(
    told: Told, line: int, name: str, order: JsonObject, seat: JsonObject, which: dict[str, str | None],
    about: JsonObject,
) -> None:  # fmt: skip
    parts = seat.get("attendee_name_parts")
    own = text_at(seat, "attendee_email")
    full = text_at(seat, "attendee_name")
    person = {
        "full_name": full, "given_name": None if full else text_at(parts, "given_name"),
        "family_name": None if full else text_at(parts, "family_name"),
        "email": own or (None if full and _is_shared(order) else text_at(order, "email")),
        "organisation": text_at(seat, "company"), "job_title": text_at(seat, "job_title"),
    }  # fmt: skip
    is_off = seat.get("canceled") is True
    status = "cancelled" if is_off else STATUSES.get(text_at(order, "status") or "", "registered")
    at_time = moment_text(order.get("datetime"))
    told.add(REGISTRATION, line, **person, **which, status=status, registered_at=at_time, entry_id=name)
    if any(one.get("type", "entry") == "entry" for one in objects(seat.get("checkins"))):
        told.add(ATTENDANCE, line, **person, **which, checked_in="true")
    for one in objects(seat.get("answers")):
        asked = at(about, "questions", str(one.get("question")))
        words, answer = in_language(at(asked, "question")) or "", text_at(one, "answer")
        if answer and text_at(asked, "type") in TEXT_TYPES and is_open(words):
            told.add(CONTRIBUTION, line, **person, text=answer, question=words,
                     kind=kind_asked(words) or "question",
                     event_id=which["event_id"], title=which["title"], contributed_at=at_time,
                     entry_id=name)  # fmt: skip


def _is_shared(order: JsonObject) -> bool:
    """Whether the address of the order is that of several seats: it then is nobody's but the buyer's."""
    return len(objects(order.get("positions"))) > 1
