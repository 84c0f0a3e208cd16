"""Mailchimp: the members of an audience, a thousand at a time. Where and from which computer stays there."""

from __future__ import annotations

from datetime import timedelta

from etl.collect.task import Collected, Item, NotWholeError, Pages, Task, basic, twice, utc

ROOT = "/3.0"
OVERLAP = timedelta(hours=1)
PAGE_SIZE = 1000
KEPT = ("id", "email_address", "full_name", "status", "merge_fields", "timestamp_signup", "timestamp_opt",
        "last_changed", "language", "tags")  # fmt: skip
NAMES = ("FNAME", "LNAME", "COMPANY", "ORG", "ORGANISATIE", "ORGANISATION", "ORGANIZATION")


def collect(task: Task) -> Collected:
    """The members that changed since the last time."""
    return twice(task, lambda: _collect(task))


def _collect(task: Task) -> Collected:
    audience = task.settings.list_id or ""
    since = task.since(OVERLAP)
    headers = {"Authorization": basic("kring", task.secret)} if task.secret else None
    totals: set[object] = set()
    with task.client(headers) as client:
        pages = Pages(client, lambda body: body.get("id") or body.get("email_address"))
        found: object = True
        while found:
            ask = {"count": PAGE_SIZE, "offset": len(pages.bodies), "sort_field": "timestamp_signup",
                   "since_last_changed": utc(since) if since else None}  # fmt: skip
            page = client.get_json(task.url(ROOT, "lists", audience, "members", ask=ask))
            if page.status == 404:
                raise client.refusal("no such audience (HTTP 404)", "a list_id of this account")
            totals.add(page.body.get("total_items"))
            found = pages.add(page.body.get("members"))
            total = page.body.get("total_items")
            if isinstance(total, int) and len(pages.bodies) >= total:
                break
    if len(totals) > 1:
        raise NotWholeError
    pages.must_hold(next(iter(totals)))
    items = []
    for body in pages.bodies:
        kept = {key: body[key] for key in KEPT if key in body}
        fields = body.get("merge_fields")
        if isinstance(fields, dict):
            kept["merge_fields"] = {key: value for key, value in fields.items() if key in NAMES}
        items.append(Item(f"{audience}:{body.get('id') or body.get('email_address')}", kept))
    return Collected(tuple(items), task.next_cursor(body.get("last_changed") for body in pages.bodies))
