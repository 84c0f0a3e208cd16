"""Attendees and events of Eventbrite. Only a check-in shows that somebody was there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.schema.feeds import ATTENDANCE, CONTRIBUTION, EVENT, REGISTRATION
from etl.sources.answers import is_open, kind_asked
from etl.sources.json_values import at, moment_text, objects, plain, text_at

if TYPE_CHECKING:
    from etl.sources.collected import Document, JsonObject
    from etl.sources.told import Told

EVENT_STATUSES = {"canceled": "cancelled", "draft": "tentative"}
CANCELLED = ("not attending", "refunded", "cancelled", "canceled", "deleted", "transferred")
INFO_REQUESTED = "info requested"  # what stands in the name of somebody who was not asked yet


def read(document: Document, told: Told) -> None:
    """An event or an attendee is a line."""
    events = document.about.get("events")
    for line, name, body in document.items:
        event, attendee = body.get("event"), body.get("attendee")
        if isinstance(event, dict):
            _event(told, line, event)
        elif isinstance(attendee, dict):
            _attendee(told, line, name, attendee, at(events, str(attendee.get("event_id"))))


def _event(told: Told, line: int, event: JsonObject) -> None:
    told.add(
        EVENT, line, **_which(event), url=text_at(event, "url"),
        mode="online" if event.get("online_event") is True else None,
        status=EVENT_STATUSES.get(text_at(event, "status") or "", "confirmed"),
    )  # fmt: skip


def _which(event: object) -> dict[str, str | None]:
    return {
        "event_id": text_at(event, "id"), "title": plain(at(event, "name", "text")),
        "starts_at": moment_text(at(event, "start", "utc")), "ends_at": moment_text(at(event, "end", "utc")),
    }  # fmt: skip


def _attendee(told: Told, line: int, name: str, attendee: JsonObject, event: object) -> None:
    profile = attendee.get("profile")
    person = {
        "given_name": text_at(profile, "first_name"), "family_name": text_at(profile, "last_name"),
        "email": text_at(profile, "email"), "organisation": text_at(profile, "company"),
        "job_title": text_at(profile, "job_title"),
    }  # fmt: skip
    if (person["given_name"] or "").casefold() == INFO_REQUESTED:
        person["given_name"] = person["family_name"] = None
    which = _which(event) if event else {"event_id": text_at(attendee, "event_id")}
    status = (text_at(attendee, "status") or "").casefold()
    is_off = status in CANCELLED or attendee.get("cancelled") is True or attendee.get("refunded") is True
    registered_at = moment_text(attendee.get("created"))
    told.add(REGISTRATION, line, **person, **which, status="cancelled" if is_off else "registered",
             registered_at=registered_at, entry_id=name)  # fmt: skip
    if attendee.get("checked_in") is True or status == "checked in":
        told.add(ATTENDANCE, line, **person, **which, checked_in="true")
    for one in objects(attendee.get("answers")):
        words, answer = plain(one.get("question")) or "", text_at(one, "answer")
        if answer and one.get("type") in (None, "text", "paragraph") and is_open(words):
            told.add(CONTRIBUTION, line, **person, text=answer, question=words,
                     kind=kind_asked(words) or "question",
                     event_id=which.get("event_id"), title=which.get("title"), contributed_at=registered_at,
                     entry_id=name)  # fmt: skip
