"""Tally: the completed submissions of a form, page by page while it says that there are more."""

from __future__ import annotations

from datetime import timedelta

from etl.collect.client import JsonObject
from etl.collect.task import Collected, Item, NotWholeError, Pages, Task, inner, objects, twice

OVERLAP = timedelta(days=1)
PAUSE = 0.6  # a hundred questions a minute


def collect(task: Task) -> Collected:
    """The submissions since the last time, with the questions of the form."""
    return twice(task, lambda: _collect(task))


def _collect(task: Task) -> Collected:
    form = task.settings.form_id or ""
    since = task.since(OVERLAP)
    questions: list[JsonObject] = []
    with task.client(bearer=task.secret) as client:
        pages = Pages(client, lambda body: body.get("id"))
        number, has_more, total = 0, True, None
        while has_more:
            number += 1
            ask = {
                "page": number,
                "filter": "completed",
                "startDate": since.date().isoformat() if since else None,
            }
            page = client.get_json(task.url("", "forms", form, "submissions", ask=ask), PAUSE)
            if page.status == 404:
                raise client.refusal("no such form (HTTP 404)", "a form_id of this account")
            questions = questions or objects(page.body.get("questions")) or []
            found = pages.add(page.body.get("submissions"))
            has_more = page.body.get("hasMore") is True
            if has_more and not found:
                raise NotWholeError
            total = (
                inner(page.body, "totalNumberOfSubmissionsPerFilter", "completed") if since is None else total
            )
        pages.must_hold(total)
    kept = ("id", "type", "title", "name")
    about: JsonObject = {"questions": [{key: one[key] for key in kept if key in one} for one in questions]}
    items = tuple(
        Item(f"{form}:{body['id']}", body) for body in pages.bodies if body.get("isCompleted") is not False
    )
    return Collected(items, task.next_cursor(body.get("submittedAt") for body in pages.bodies), about)
