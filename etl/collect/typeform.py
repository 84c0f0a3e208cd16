"""Typeform: the completed answers of a form, newest first, page by page before the last token.

The newest answers may be missing for half an hour, so each time an hour is read again. The form itself gives
the questions; it is asked for with the same token.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from etl.collect.task import (
    Collected,
    Item,
    NotWholeError,
    Pages,
    Task,
    inner,
    objects,
    told,
    twice,
    utc,
    without,
)

if TYPE_CHECKING:
    from etl.collect.client import Client, JsonObject

OVERLAP = timedelta(hours=1)
PAGE_SIZE = 1000
PAUSE = 0.5  # two questions a second
NOT_KEPT = ("metadata", "hidden", "calculated", "variables", "thankyou_screen_ref")


def collect(task: Task) -> Collected:
    """The answers since the last time, with the questions of the form."""
    return twice(task, lambda: _collect(task))


def _collect(task: Task) -> Collected:
    form = task.settings.form_id or ""
    with task.client(bearer=task.secret) as client:
        bodies = _answers(task, client, form)
        about: JsonObject = _form(told(client, task.url("", "forms", form), "fields")) if bodies else {}
    items = tuple(Item(f"{form}:{_token(body)}", without(body, *NOT_KEPT)) for body in bodies)
    return Collected(items, task.next_cursor(body.get("submitted_at") for body in bodies), about)


def _answers(task: Task, client: Client, form: str) -> list[JsonObject]:
    since = task.since(OVERLAP)
    pages = Pages(client, _token)
    total: object = None
    before: str | None = None
    while True:
        ask = {"page_size": PAGE_SIZE, "since": utc(since) if since else None, "before": before,
               "response_type": "completed"}  # fmt: skip
        page = client.get_json(task.url("", "forms", form, "responses", ask=ask), PAUSE)
        if page.status == 404:
            raise client.refusal("no such form (HTTP 404)", "a form_id of this account")
        total = page.body.get("total_items") if before is None else total
        found = pages.add(page.body.get("items"))
        if not found:
            pages.must_hold(total)
            return pages.bodies
        if isinstance(total, int) and len(pages.bodies) >= total:
            return pages.bodies
        before = str(found[-1].get("token") or _token(found[-1]))
        if not before:
            raise NotWholeError


def _token(body: JsonObject) -> object:
    return body.get("response_id") or body.get("token")


def _form(form: JsonObject) -> JsonObject:
    """Its title, and of each question the id, the words and the type; groups are opened."""
    waiting = list(objects(form.get("fields")) or ())
    fields: list[object] = []
    while waiting:
        one = waiting.pop(0)
        fields.append({key: one.get(key) for key in ("id", "ref", "title", "type")})
        waiting = list(objects(inner(one, "properties", "fields")) or ()) + waiting
    return {"title": form.get("title"), "fields": fields}
