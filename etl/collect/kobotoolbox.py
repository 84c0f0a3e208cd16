"""KoboToolbox: the submissions of a project, oldest first, as many pages as there are.

Since a day before the newest one seen; an edit of an older one is found when everything is read again.
"""

from __future__ import annotations

import json
from datetime import timedelta

from etl.collect.client import JsonObject
from etl.collect.task import (
    Collected,
    Item,
    NotWholeError,
    Pages,
    Task,
    inner,
    objects,
    on_site,
    told,
    twice,
    without,
)

OVERLAP = timedelta(days=1)
PAGE_SIZE = 1000
NOT_KEPT = (
    "_attachments", "_geolocation", "_submitted_by", "formhub/uuid", "_xform_id_string", "_validation_status",
    "_bamboo_dataset_id", "__version__", "_status", "_tags", "_notes",
)  # fmt: skip


def collect(task: Task) -> Collected:
    """The submissions since the last time, with the questions of the form."""
    return twice(task, lambda: _collect(task))


def _collect(task: Task) -> Collected:
    form = task.settings.form_id or ""
    since = task.since(OVERLAP)
    query = {"_submission_time": {"$gt": since.strftime("%Y-%m-%dT%H:%M:%S")}} if since else None
    ask = {"limit": PAGE_SIZE, "start": 0, "query": json.dumps(query) if query else None,
           "sort": json.dumps({"_id": 1})}  # fmt: skip
    url: str | None = task.url("/api/v2", "assets", form, "data.json", ask=ask)
    with task.client({"Authorization": f"Token {task.secret}"} if task.secret else None) as client:
        pages = Pages(client, lambda body: body.get("_id"))
        counts: set[object] = set()
        while url:
            page = client.get_json(url)
            if page.status == 404:
                raise client.refusal("no such project (HTTP 404)", "a form_id of this account")
            counts.add(page.body.get("count"))
            if not pages.add(page.body.get("results")):
                break
            url = on_site(page.body.get("next"), task.settings.base_url)
        if len(counts) > 1:
            raise NotWholeError
        pages.must_hold(next(iter(counts)))
        about: JsonObject = {}
        if pages.bodies:
            url = task.url("/api/v2", "assets", form, "", ask={"format": "json"})
            about = _form(told(client, url, "content"))
    items = tuple(Item(f"{form}:{body['_id']}", without(body, *NOT_KEPT)) for body in pages.bodies)
    return Collected(items, task.next_cursor(body.get("_submission_time") for body in pages.bodies), about)


def _form(asset: JsonObject) -> JsonObject:
    """Its name, and of each question the name, the label and the type."""
    rows = objects(inner(asset, "content", "survey")) or []
    kept = ("name", "$autoname", "$xpath", "label", "type")
    return {
        "title": asset.get("name"),
        "questions": [{key: row[key] for key in kept if key in row} for row in rows],
    }
