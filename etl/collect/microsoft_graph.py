"""Microsoft Graph: the attendance reports of Teams meetings, of each the newest fifty.

With client_id and account_id (the tenant) a token is asked for with client credentials (token_env holds the
client's secret); without, token_env holds the token itself. A report is final, so one that is known is not
asked for again until everything is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.collect.task import Collected, Item, Pages, Task, on_site, twice
from etl.collect.tokens import fetched

if TYPE_CHECKING:
    from etl.collect.client import Client, JsonObject

ROOT = "/v1.0"
SCOPE = "https://graph.microsoft.com/.default"
NEXT = "@odata.nextLink"
KNOWN = "reports"
MOST_KNOWN = 1_000


def collect(task: Task) -> Collected:
    """Who was in the meetings, report by report."""
    token = task.secret
    if task.settings.client_id:
        token = fetched(task, {
            "grant_type": "client_credentials", "client_id": task.settings.client_id,
            "client_secret": task.secret or "", "scope": SCOPE,
        })  # fmt: skip
    return twice(task, lambda: _collect(task, token))


def _collect(task: Task, token: str | None) -> Collected:
    known = task.cursor.get(KNOWN)
    seen = [str(each) for each in known] if isinstance(known, list) else []
    items: list[Item] = []
    with task.client(bearer=token) as client:
        for number in task.settings.meetings:
            place = ["users", task.settings.user or "", "onlineMeetings", number]
            meeting = client.get_json(task.url(ROOT, *place))
            for report in _all(task, client, task.url(ROOT, *place, "attendanceReports")):
                name = str(report["id"])
                if name in seen:
                    continue
                items += _records(task, client, [*place, "attendanceReports", name], meeting.body, report)
                seen.append(name)
    return Collected(tuple(items), {KNOWN: seen[-MOST_KNOWN:]})


def _records(
    task: Task, client: Client, place: list[str], meeting: JsonObject, report: JsonObject
) -> list[Item]:
    """The people of one report, each with the meeting."""
    page = client.get_json(task.url(ROOT, *place, ask={"$expand": "attendanceRecords"}))
    if page.status == 404:
        raise client.refusal("no such report (HTTP 404)", "the report that the list names")
    told = {
        "subject": meeting.get("subject"), "start": report.get("meetingStartDateTime"),
        "end": report.get("meetingEndDateTime"),
    }  # fmt: skip
    pages = Pages(client, lambda body: body.get("id"))
    pages.add(page.body.get("attendanceRecords"))
    following = on_site(page.body.get(f"attendanceRecords{NEXT}"), task.settings.base_url)
    if following:
        for one in _all(task, client, following):
            pages.add([one])
    name = place[-1]
    return [Item(f"{name}:{one['id']}", {"meeting": told, "record": one}) for one in pages.bodies]


def _all(task: Task, client: Client, first: str) -> list[JsonObject]:
    pages = Pages(client, lambda body: body.get("id"))
    url: str | None = first
    while url:
        page = client.get_json(url)
        if page.status == 404:
            raise client.refusal(
                "no such meeting (HTTP 404)", "meetings of this user, and the right to read them"
            )
        pages.add(page.body.get("value"))
        url = on_site(page.body.get(NEXT), task.settings.base_url)
    return pages.bodies
