"""Events and registrants of Indico."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import ATTENDANCE, EVENT, REGISTRATION
from etl.sources.json_values import at, moment_in, moment_text, plain, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document, JsonObject
    from etl.sources.told import Told

STATES = {"withdrawn": "cancelled", "rejected": "declined", "pending": "waitlisted"}


def read(document: Document, told: Told) -> None:
    """An event or a registrant is a line."""
    event = document.about.get("event")
    which = _which(event) if event else {"event_id": text_at(document.about, "event_id")}
    for line, name, body in document.items:
        found, registrant = body.get("event"), body.get("registrant")
        if isinstance(found, dict):
            told.add(EVENT, line, **_which(found), kind=text_at(found, "type"), place=_place(found),
                     url=text_at(found, "url"), status="confirmed")  # fmt: skip
        elif isinstance(registrant, dict):
            data = registrant.get("personal_data")
            person = {
                "full_name": text_at(registrant, "full_name"), "given_name": text_at(data, "firstName"),
                "family_name": text_at(data, "surname"), "email": text_at(data, "email"),
                "organisation": text_at(data, "affiliation"), "job_title": text_at(data, "position"),
                "country": text_at(data, "country"),
            }  # fmt: skip
            state = (text_at(registrant, "state") or "").casefold()
            told.add(
                REGISTRATION, line, **person, **which, status=STATES.get(state, "registered"),
                registered_at=moment_text(registrant.get("registration_date")), entry_id=name,
            )  # fmt: skip
            if registrant.get("checked_in") is True:
                told.add(ATTENDANCE, line, **person, **which, checked_in="true")


def _which(event: object) -> dict[str, str | None]:
    return {
        "event_id": text_at(event, "id"), "title": plain(at(event, "title")),
        "starts_at": _moment(at(event, "startDate")), "ends_at": _moment(at(event, "endDate")),
    }  # fmt: skip


def _moment(written: object) -> str | None:
    """A date, a time and the name of a zone."""
    if not isinstance(written, dict):
        return moment_text(written)
    text, zone = f"{written.get('date')}T{written.get('time')}", written.get("tz")
    return moment_in(text, zone) if isinstance(zone, str) else moment_text(text, utc_without_zone=False)


def _place(event: JsonObject) -> str | None:
    parts = [plain(event.get("room")), plain(event.get("location"))]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None
