"""Google Forms: the responses of a form, page by page with one filter, and the form for its questions."""

from __future__ import annotations

from datetime import timedelta

from etl.collect.client import JsonObject
from etl.collect.task import Collected, Item, NotWholeError, Pages, Task, inner, objects, told, twice, utc
from etl.collect.tokens import google

OVERLAP = timedelta(hours=1)
PAGE_SIZE = 5000
ROOT = "/v1"


def collect(task: Task) -> Collected:
    """The responses since the last time, with the questions of the form."""
    token = google(task)
    return twice(task, lambda: _collect(task, token))


def _collect(task: Task, token: str | None) -> Collected:
    form = task.settings.form_id or ""
    since = task.since(OVERLAP)
    about: JsonObject = {}
    with task.client(bearer=token) as client:
        pages = Pages(client, lambda body: body.get("responseId"))
        seen: set[str] = set()
        following: str | None = ""
        while following is not None:
            ask = {"pageSize": PAGE_SIZE, "filter": f"timestamp >= {utc(since)}" if since else None,
                   "pageToken": following or None}  # fmt: skip
            page = client.get_json(task.url(ROOT, "forms", form, "responses", ask=ask))
            if page.status == 404:
                raise client.refusal("no such form (HTTP 404)", "a form_id that this account may read")
            is_nobody_yet = not page.body and not following  # an empty form gives an empty object
            pages.add([] if is_nobody_yet else page.body.get("responses"))
            said = page.body.get("nextPageToken")
            following = said if isinstance(said, str) and said else None
            if following in seen:
                raise NotWholeError
            seen |= {following} if following else set()
        if pages.bodies:
            about = _form(told(client, task.url(ROOT, "forms", form), "info"))
    items = tuple(Item(f"{form}:{body['responseId']}", body) for body in pages.bodies)
    return Collected(items, task.next_cursor(body.get("lastSubmittedTime") for body in pages.bodies), about)


def _form(form: JsonObject) -> JsonObject:
    """Its title, and of each question the id, the words and whether its answer is free text."""
    questions: list[object] = []
    for item in objects(form.get("items")) or ():
        question = inner(item, "questionItem", "question")
        if isinstance(question, dict):
            is_text = isinstance(question.get("textQuestion"), dict)
            questions.append(
                {"id": question.get("questionId"), "words": item.get("title"), "is_text": is_text}
            )
    return {"title": inner(form, "info", "title"), "questions": questions}
