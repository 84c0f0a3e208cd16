"""Indico: the events of a category, and the registrants of an event. It cannot be asked what changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from etl.collect.task import Collected, Item, NotWholeError, Pages, Task, inner, objects, told, twice

if TYPE_CHECKING:
    from etl.collect.client import Client, JsonObject

PAGE_SIZE = 500
YEARS_AHEAD = 2
KEPT_OF_AN_EVENT = (
    "id",
    "title",
    "startDate",
    "endDate",
    "timezone",
    "location",
    "room",
    "type",
    "url",
    "category",
)


def collect(task: Task) -> Collected:
    """All registrants and events there are."""
    return twice(task, lambda: _collect(task))


def _collect(task: Task) -> Collected:
    event = task.settings.event_id
    with task.client(bearer=task.secret) as client:
        people: list[JsonObject] = []
        if event:
            about = told(client, task.url("", "export", "event", f"{event}.json"), "results")
            events = objects(about.get("results"))
            page = client.get_json(task.url("", "export", "event", event, "registrants.json"))
            if page.status == 404 or page.body.get("complete") is False:
                raise client.refusal(
                    "no registrants, or not all of them", "an event_id that this token may read"
                )
            pages = Pages(client, lambda body: body.get("registrant_id"))
            people = pages.add(inner(page.body, "results", "registrants"))
            pages.must_hold(page.body.get("count"))
        else:
            events = _agenda(task, client)
    known = [{key: one[key] for key in KEPT_OF_AN_EVENT if key in one} for one in events or []]
    items = [Item(f"event:{one.get('id')}", {"event": one}) for one in known]
    items += [Item(f"{event}:{one['registrant_id']}", {"registrant": one}) for one in people]
    which: JsonObject = {"event": known[0] if event and known else {}, "event_id": event}
    return Collected(tuple(items), {}, which)


def _agenda(task: Task, client: Client) -> list[JsonObject]:
    """The events of a category, page by page until a page is not full."""
    last = datetime.now(UTC).year + YEARS_AHEAD
    pages = Pages(client, lambda body: body.get("id"))
    while True:
        ask = {"from": task.settings.from_on.isoformat(), "to": f"{last}-12-31", "limit": PAGE_SIZE,
               "offset": len(pages.bodies)}  # fmt: skip
        category = f"{task.settings.category_id}.json"
        page = client.get_json(task.url("", "export", "categ", category, ask=ask))
        if page.status == 404:
            raise client.refusal("no such category (HTTP 404)", "a category_id of this site")
        if page.body.get("complete") is False:
            raise NotWholeError
        found = pages.add(page.body.get("results"))
        if len(found) < PAGE_SIZE:
            pages.must_hold(page.body.get("count") if len(pages.bodies) == len(found) else None)
            return pages.bodies
