"""Zoom: who was in which meeting, from its reports, month by month. They go back half a year.

With account_id and client_id a token is asked for (server-to-server OAuth, token_env holds the client's
secret); without, token_env holds the token itself.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from etl.collect.task import Collected, Item, NotWholeError, Pages, Task, basic, moment, objects, twice
from etl.collect.tokens import fetched

if TYPE_CHECKING:
    from etl.collect.client import Client, JsonObject

ROOT = "/v2"
PAGE_SIZE = 300
MONTH = timedelta(days=30)
FURTHEST_BACK = timedelta(days=180)
OVERLAP = timedelta(days=2)
NOT_KEPT = (
    "ip_address",
    "location",
    "device",
    "network_type",
    "camera",
    "microphone",
    "speaker",
    "customer_key",
)


def collect(task: Task) -> Collected:
    """Who was in the meetings since the last time."""
    token = task.secret
    if task.settings.client_id:
        fields = {"grant_type": "account_credentials", "account_id": task.settings.account_id or ""}
        token = fetched(task, fields, {"Authorization": basic(task.settings.client_id, task.secret or "")})
    return twice(task, lambda: _collect(task, token))


def _collect(task: Task, token: str | None) -> Collected:
    with task.client(bearer=token) as client:
        meetings = _named(task, client) if task.settings.meetings else _of_user(task, client)
        items: list[Item] = []
        for meeting in meetings:
            items += _participants(task, client, meeting)
    ends = [meeting.get("end_time") or meeting.get("start_time") for meeting in meetings]
    return Collected(tuple(items), task.next_cursor(ends))


def _of_user(task: Task, client: Client) -> list[JsonObject]:
    """The past meetings of a user; a question may be about a month at most."""
    today = datetime.now(UTC).date()
    since = task.since(OVERLAP)
    start = max(since.date() if since else date.min, today - FURTHEST_BACK)
    found: dict[str, JsonObject] = {}
    while start <= today:
        stop = min(start + MONTH - timedelta(days=1), today)
        ask = {"from": start.isoformat(), "to": stop.isoformat(), "type": "past", "page_size": PAGE_SIZE}
        place = ["report", "users", task.settings.user or "me", "meetings"]
        for one in _all(task, client, place, "meetings", "uuid", ask):
            found[str(one["uuid"])] = one
        start = stop + timedelta(days=1)
    return list(found.values())


def _named(task: Task, client: Client) -> list[JsonObject]:
    """Every time that the named meetings were held; of those known before, only the last days.

    One that was not held yet, or longer ago than reports go back, is no reason to miss the others.
    """
    since = max(task.since(OVERLAP) or datetime.min.replace(tzinfo=UTC), datetime.now(UTC) - FURTHEST_BACK)
    found: list[JsonObject] = []
    for number in task.settings.meetings:
        held = client.get_json(task.url(ROOT, "past_meetings", number, "instances"))
        instances = objects(held.body.get("meetings"))
        for one in instances or [{"uuid": number}]:
            start = moment(one.get("start_time"))
            if start is None or start >= since:
                page = client.get_json(task.url(ROOT, "report", "meetings", _name(one.get("uuid"))))
                if page.status != 404:
                    found.append({**one, **page.body})
                elif instances != []:
                    found.append(one)
    return found


def _participants(task: Task, client: Client, meeting: JsonObject) -> list[Item]:
    name = str(meeting["uuid"])
    place = ["report", "meetings", _name(name), "participants"]
    told = {key: meeting.get(key) for key in ("uuid", "id", "topic", "start_time", "end_time", "duration")}
    rows: dict[str, JsonObject] = {}
    for one in _all(task, client, place, "participants", None, {"page_size": PAGE_SIZE}):
        who = one.get("participant_user_id") or one.get("user_id") or one.get("id") or one.get("name")
        kept = {key: value for key, value in one.items() if key not in NOT_KEPT}
        rows[f"{name}:{who}:{one.get('join_time')}"] = {"meeting": told, "participant": kept}
    return [Item(each, body) for each, body in rows.items()]


def _all(
    task: Task, client: Client, place: list[str], name: str, id_key: str | None, ask: dict[str, object]
) -> list[JsonObject]:
    """Every item of a list. The rows of a participant have no id: the same row may well stand there twice."""
    count = 0

    def row_id(body: JsonObject) -> object:
        nonlocal count
        count += 1
        return body.get(id_key) if id_key else count

    pages = Pages(client, row_id)
    seen: set[str] = set()
    before: object = None
    following: str | None = None
    while True:
        page = client.get_json(task.url(ROOT, *place, ask={**ask, "next_page_token": following}))
        if page.status == 404:
            raise client.refusal("no such report (HTTP 404)", "a user or meetings of this account")
        found = pages.add(page.body.get(name))
        said = page.body.get("next_page_token")
        if not isinstance(said, str) or not said:
            pages.must_hold(page.body.get("total_records"))
            return pages.bodies
        if said in seen or found == before:
            raise NotWholeError
        seen.add(said)
        before, following = found, said


def _name(uuid: object) -> str:
    """A meeting's id as part of an address; one with a slash in it is encoded twice."""
    text = str(uuid)
    return quote(text, safe="") if "/" in text else text
