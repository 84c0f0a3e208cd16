"""LimeSurvey through RemoteControl 2: one JSON-RPC address, a session that is always given back.

There are no pages: `export_responses` gives everything from an answer's number on, as base64. An answer that
was not handed in yet keeps its number, so the next time begins at the first of those, else a little before
the last one seen. A refusal comes as HTTP 200 with a status; its words are recognised, never repeated.
"""

from __future__ import annotations

import base64
import binascii
import json
from contextlib import suppress
from typing import TYPE_CHECKING

from etl.collect.task import Collected, Item, Task, objects, without
from etl.errors import CollectError

if TYPE_CHECKING:
    from etl.collect.client import Client, JsonObject

PATHS = ("/admin/remotecontrol", "/index.php/admin/remotecontrol")
OVERLAP = 50
FURTHEST_BACK = 1_000
NOT_KEPT = ("ipaddr", "token", "refurl", "seed", "startlanguage", "lastpage")
NOTHING_YET = ("could not get max id", "no response found", "no data found")
REFUSALS = (
    ("user name or password", "the name or the password was refused", "user and token_env that can sign in"),
    ("session key", "its session ended early", "a session as long as the collection"),
    ("no permission", "no right to export the answers", "a user who may"),
    ("language code", "no answers in that language", "the survey's own language"),
    ("survey table does not exist", "a survey that was never activated", "form_id of an active survey"),
    ("survey", "no such survey", "form_id of a survey of this user"),
)


def collect(task: Task) -> Collected:
    """The answers that were handed in, with the questions of the survey."""
    with task.client() as client:
        rpc = _Remote(task, client)
        try:
            return _collect(task, rpc)
        finally:
            rpc.release()


def _collect(task: Task, rpc: _Remote) -> Collected:
    form = task.settings.form_id or ""
    survey: object = int(form) if form.isdecimal() else form
    start = task.cursor.get("from")
    rpc.sign_in()
    begin = start if isinstance(start, int) else None
    exported = rpc.call(
        "export_responses", rpc.key, survey, "json", None, "all", "code", "long", begin, None, None
    )
    bodies = _responses(task, exported)
    numbered = {_number(body): body for body in bodies}
    if None in numbered or len(numbered) < len(bodies):
        raise task.refusal("answers without a number of their own", "one id for each")
    items = tuple(
        Item(f"{form}:{number}", without(body, *NOT_KEPT))
        for number, body in numbered.items() if body.get("submitdate")
    )  # fmt: skip
    questions = rpc.questions(survey) if items else []
    about: JsonObject = {"questions": questions}
    return Collected(items, _next(numbered, start), about)


def _next(numbered: dict[int | None, JsonObject], start: object) -> JsonObject:
    """From the first answer that may still be handed in; else some way before the last."""
    known = [number for number in numbered if number is not None]
    if not known:
        return {"from": start} if isinstance(start, int) else {}
    last = max(known)
    unfinished = [number for number in known if not numbered[number].get("submitdate")]
    first = min([last - OVERLAP, *unfinished])
    return {"from": max(first, last - FURTHEST_BACK, 1)}


def _responses(task: Task, result: object) -> list[JsonObject]:
    """The answers in what was exported; older versions wrap each in an object with its number."""
    if result is None:
        return []
    try:
        content = base64.b64decode(str(result), validate=True)
        found: object = json.loads(content) if content.strip() else {"responses": []}
    except (binascii.Error, ValueError, RecursionError):
        raise task.refusal("an export that is not JSON in base64", "answers") from None
    wrapped = objects(found.get("responses")) if isinstance(found, dict) else None
    if wrapped is None:
        raise task.refusal("an export of another shape", "answers")
    bodies: list[JsonObject] = []
    for one in wrapped:
        inside = next(iter(one.values()), None) if len(one) == 1 else None
        bodies.append(inside if isinstance(inside, dict) else one)
    return bodies


def _number(body: JsonObject) -> int | None:
    text = str(body.get("id") or "")
    return int(text) if text.isdecimal() else None


class _RefusedError(CollectError):
    """LimeSurvey itself said no."""


class _Remote:
    """Calls to the one address."""

    def __init__(self, task: Task, client: Client) -> None:
        self.task = task
        self.client = client
        self.key: str | None = None
        base = task.settings.base_url
        self.addresses = [base] if base.endswith("remotecontrol") else [base + path for path in PATHS]

    def sign_in(self) -> None:
        """Get a session."""
        result = self.call("get_session_key", self.task.settings.user, self.task.secret)
        if not isinstance(result, str) or not result:
            raise self.task.refusal("no session", "one for user and token_env")
        self.key = result

    def release(self) -> None:
        """Give the session back; that this fails harms nothing."""
        if self.key:
            with suppress(CollectError):
                self.call("release_session_key", self.key)

    def questions(self, survey: object) -> list[object]:
        """Code, words and type of each question; nothing when they cannot be had."""
        try:
            found = objects(self.call("list_questions", self.key, survey))
        except _RefusedError:
            return []
        codes = {str(one.get("qid") or one.get("id")): one for one in found or ()}
        listed: list[object] = []
        for one in found or ():
            above = codes.get(str(one.get("parent_qid") or "0"))
            code, words, kind = one.get("title"), one.get("question"), one.get("type")
            if above:
                code, kind = f"{above.get('title')}[{code}]", above.get("type")
                words = f"{above.get('question')} {words}"
            listed.append({"code": code, "words": words, "type": kind})
        return listed

    def call(self, method: str, *given: object) -> object:
        """What a method gives; None when it says that there is nothing yet. Raises CollectError."""
        asked: JsonObject = {"method": method, "params": list(given), "id": 1, "jsonrpc": "2.0"}
        page = self.client.post_json(self.addresses[0], asked)
        if page.status == 404 and len(self.addresses) > 1:
            self.addresses.pop(0)
            return self.call(method, *given)
        if page.body.get("error") is not None:
            raise _RefusedError(f"collect {self.task.settings.name}", "LimeSurvey refused", "an answer")
        if page.status == 404 or "result" not in page.body:
            raise self.task.refusal(
                "no RemoteControl that answers", "JSON-RPC, switched on in LimeSurvey's global settings"
            )
        result = page.body["result"]
        if isinstance(result, dict) and set(result) == {"status"}:
            return self._judged(str(result["status"]).casefold())
        return result

    def _judged(self, status: str) -> object:
        if status == "ok" or any(words in status for words in NOTHING_YET):
            return None
        found, expected = next(
            ((found, expected) for words, found, expected in REFUSALS if words in status),
            ("LimeSurvey refused", "an answer"),
        )
        raise _RefusedError(f"collect {self.task.settings.name}", found, expected)
