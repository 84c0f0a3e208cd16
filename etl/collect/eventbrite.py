"""Eventbrite: the attendees of one event, or of all events of an organisation, by continuation.

The events themselves come along: who registered is read with the title and the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from etl.collect.task import Collected, Item, NotWholeError, Pages, Task, inner, told, twice, utc, without

if TYPE_CHECKING:
    from etl.collect.client import Client, JsonObject

ROOT = "/v3"
OVERLAP = timedelta(hours=1)
NOT_KEPT = ("costs", "barcodes", "promotional_code", "survey", "team", "delivery_method", "resource_uri")
NOT_KEPT_OF_A_PERSON = ("addresses", "birth_date", "age", "gender", "cell_phone", "home_phone", "work_phone")
KEPT_OF_AN_EVENT = ("id", "name", "start", "end", "status", "url", "online_event", "changed")


def collect(task: Task) -> Collected:
    """The attendees that changed since the last time, and the events."""
    return twice(task, lambda: _collect(task))


def _collect(task: Task) -> Collected:
    since = task.since(OVERLAP)
    changed = {"changed_since": utc(since) if since else None}
    where = ("events", task.settings.event_id) if task.settings.event_id else (
        "organizations", task.settings.organiser
    )  # fmt: skip
    place = [str(part) for part in where]
    with task.client(bearer=task.secret) as client:
        if task.settings.event_id:
            about = told(client, task.url(ROOT, *place, ""), "id")
            events = [about] if about else []
        else:
            events = _all(task, client, [*place, "events", ""], "events", {})
        people = _all(task, client, [*place, "attendees", ""], "attendees", changed)
    items = [Item(f"event:{one['id']}", {"event": _kept(one)}) for one in events]
    items += [Item(f"attendee:{one['id']}", {"attendee": _discreet(one)}) for one in people]
    known: JsonObject = {str(one["id"]): _kept(one) for one in events}
    return Collected(tuple(items), task.next_cursor(one.get("changed") for one in people), {"events": known})


def _all(
    task: Task, client: Client, place: list[str], name: str, ask: Mapping[str, object]
) -> list[JsonObject]:
    """Every item of a list."""
    pages = Pages(client, lambda body: body.get("id"))
    seen: set[str] = set()
    following: str | None = None
    while True:
        page = client.get_json(task.url(ROOT, *place, ask={**ask, "continuation": following}))
        if page.status == 404:
            raise client.refusal("no such event or organisation (HTTP 404)", "one of this account")
        pages.add(page.body.get(name))
        if inner(page.body, "pagination", "has_more_items") is not True:
            pages.must_hold(inner(page.body, "pagination", "object_count"))
            return pages.bodies
        following = str(inner(page.body, "pagination", "continuation") or "")
        if not following or following in seen:
            raise NotWholeError
        seen.add(following)


def _kept(event: JsonObject) -> JsonObject:
    return {key: event[key] for key in KEPT_OF_AN_EVENT if key in event}


def _discreet(attendee: JsonObject) -> JsonObject:
    """Without what a network needs not know of a person."""
    profile = attendee.get("profile")
    kept = without(attendee, *NOT_KEPT)
    if isinstance(profile, dict):
        kept["profile"] = without(profile, *NOT_KEPT_OF_A_PERSON)
    return kept
