"""Jotform: the submissions of a form, oldest first, until a page is empty.

Its times are those of New York, whatever the account says, so two days are read again.
"""

from __future__ import annotations

import json
from datetime import timedelta

from etl.collect.task import Collected, Item, Pages, Task, twice, without

OVERLAP = timedelta(days=2)
PAGE_SIZE = 1000
DONE = 200
NOT_KEPT = ("ip", "flag", "new", "notes", "workflowStatus")
GONE = ("DELETED", "ARCHIVED", "TRASHED")


def collect(task: Task) -> Collected:
    """The submissions since the last time; each answer holds its question."""
    return twice(task, lambda: _collect(task))


def _collect(task: Task) -> Collected:
    form = task.settings.form_id or ""
    since = task.since(OVERLAP)
    after = json.dumps({"created_at:gt": since.strftime("%Y-%m-%d %H:%M:%S")}) if since else None
    with task.client({"APIKEY": task.secret} if task.secret else None) as client:
        pages = Pages(client, lambda body: body.get("id"))
        found: object = True
        while found:
            ask = {"limit": PAGE_SIZE, "offset": len(pages.bodies), "filter": after, "orderby": "created_at"}
            page = client.get_json(task.url("", "form", form, "submissions", ask=ask))
            if page.status == 404 or page.body.get("responseCode") not in (DONE, str(DONE)):
                raise client.refusal("Jotform refused", "a form_id of this account, and its key in token_env")
            found = pages.add(page.body.get("content"))
    items = tuple(
        Item(f"{form}:{body['id']}", without(body, *NOT_KEPT))
        for body in pages.bodies if str(body.get("status", "")).upper() not in GONE
    )  # fmt: skip
    return Collected(items, task.next_cursor(body.get("created_at") for body in pages.bodies))
