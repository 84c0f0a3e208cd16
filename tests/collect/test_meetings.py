"""Zoom and Teams: a token for the client first, then every page of every report."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest

from etl.home import Home
from etl.settings import CollectKind
from tests.collect.api import Flow, flow
from tests.collect.site import Answer, Site, Visit, status

Body = dict[str, object]
UUID = "/aB3+x=="
START = (datetime.now(UTC) - timedelta(days=10)).replace(hour=13, minute=0, second=0, microsecond=0)


def at(minutes: int) -> str:
    return (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def token(visit: Visit, asked: list[Body]) -> None:
    sign_in = visit.headers.get("Authorization", "")
    form = {key: value[0] for key, value in parse_qs(visit.body.decode()).items()}
    asked.append({**form, "basic": base64.b64decode(sign_in.removeprefix("Basic ")).decode()})
    status(200, {"access_token": "sh0rt", "token_type": "bearer", "expires_in": 3599})(visit)


def zoom(asked: list[Body], repeat: bool = False) -> Answer:
    meeting = {
        "uuid": UUID,
        "id": 81234,
        "topic": "Kennissessie",
        "start_time": at(0),
        "end_time": at(90),
        "duration": 90,
    }

    def row(name: str, joined: int, left: int, **more: object) -> Body:
        return {
            "id": "",
            "user_id": name,
            "name": name,
            "user_email": f"{name.split()[0].lower()}@example.org",
            "join_time": at(joined),
            "leave_time": at(left),
            "ip_address": "203.0.113.7",
            **more,
        }

    rows = [
        row("An Een", 0, 30),
        row("An Een", 40, 90),
        row("Bo Twee", 0, 90),
        row("Cas Drie", 0, 90, status="in_waiting_room"),
        row("Di Vier", 5, 50),
    ]

    def give(visit: Visit) -> None:
        url = urlsplit(visit.path)
        ask = {key: value[0] for key, value in parse_qs(url.query).items()}
        if url.path == "/oauth/token":
            return token(visit, asked)
        assert visit.headers["Authorization"] == "Bearer sh0rt"
        if url.path == "/v2/report/users/me/meetings":
            asked.append(dict(ask))
            held = ask["from"] <= at(0)[:10] <= ask["to"]
            return status(200, {"meetings": [meeting] if held else [], "next_page_token": ""})(visit)
        if url.path == "/v2/past_meetings/81234/instances":
            old = {"uuid": "longago==", "start_time": "2021-01-05T09:00:00Z"}
            return status(200, {"meetings": [old, {"uuid": UUID, "start_time": at(0)}]})(visit)
        if url.path == "/v2/past_meetings/90000/instances":
            return status(200, {"meetings": []})(visit)
        if url.path == "/v2/report/meetings/longago%3D%3D":
            return status(400, {"code": 12702, "message": "Can not access meeting a year ago."})(visit)
        if url.path.startswith("/v2/report/meetings/90000"):
            return status(404, {"code": 3001, "message": "Meeting does not exist."})(visit)
        assert unquote(unquote(url.path)).startswith(f"/v2/report/meetings/{UUID}"), url.path
        assert quote(quote(UUID, safe=""), safe="") in url.path
        if not url.path.endswith("/participants"):
            return status(200, meeting)(visit)
        if repeat:
            return status(200, {"participants": rows[:2], "next_page_token": "same"})(visit)
        start = int(ask.get("next_page_token") or "0")
        more = start + 2 < len(rows)
        return status(
            200,
            {
                "page_size": 300,
                "total_records": len(rows),
                "participants": rows[start : start + 2],
                "next_page_token": str(start + 2) if more else "",
            },
        )(visit)

    return give


def zoom_flow(home: Home, site: Site, **keys: object) -> Flow:
    return flow(
        home,
        site,
        CollectKind.ZOOM,
        token_env="KRING_TOKEN",
        account_id="acc",
        client_id="me",
        token_url="{site}/oauth/token",
        **keys,
    )


@pytest.mark.parametrize("keys", [{"user": "me"}, {"meetings": ["90000", "81234"]}], ids=["user", "meetings"])
def test_zoom(home: Home, site: Site, keys: dict[str, object]) -> None:
    asked: list[Body] = []
    site.usual = zoom(asked)
    source = zoom_flow(home, site, **keys)
    assert source.collect() == ()
    assert asked[0] == {"grant_type": "account_credentials", "account_id": "acc", "basic": "me:s3cret"}
    rows = source.read()["attendance"]
    assert sorted(str(row["email"]) for row in rows) == [
        "an@example.org",
        "an@example.org",
        "bo@example.org",
        "di@example.org",
    ]
    assert {row["title"] for row in rows} == {"Kennissessie"}
    assert b"203.0.113.7" not in b"".join(source.landed())
    assert b"sh0rt" not in b"".join(source.landed())
    if "user" in keys:
        spans = [(str(one["from"]), str(one["to"])) for one in asked[1:]]
        assert len(spans) > 5
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert source.collect() == ()
    assert len(source.landed()) == 1


def test_who_was_there_is_in_the_release(home: Home, site: Site) -> None:
    site.usual = zoom([])
    source = zoom_flow(home, site, user="me")
    assert source.refresh().warnings == ()
    (session,) = source.ask("sessions")
    assert (session["title"], session["attended"], session["median_minutes"]) == ("Kennissessie", 3, 80)


def test_zoom_that_goes_round_is_refused(home: Home, site: Site) -> None:
    site.usual = zoom([], repeat=True)
    source = zoom_flow(home, site, user="me")
    (warning,) = source.collect()
    assert "whole set" in warning
    assert source.landed() == []


def test_no_token_is_said_without_the_secret(home: Home, site: Site) -> None:
    site.usual = status(400, {"reason": "Invalid client_id or client_secret s3cret"})
    (warning,) = zoom_flow(home, site, user="me").collect()
    assert warning.startswith("collect source: refused (HTTP 400)")
    assert "s3cret" not in warning


def graph(asked: list[Body], reports: int = 2) -> Answer:
    place = "/v1.0/users/u-1/onlineMeetings/MSo1"

    def record(number: int) -> Body:
        stretches = [
            {"joinDateTime": at(0), "leaveDateTime": at(20)},
            {"joinDateTime": at(30), "leaveDateTime": at(60)},
        ]
        return {
            "id": f"rec{number}",
            "emailAddress": f"p{number}@example.org",
            "role": "Organizer" if number == 1 else "Attendee",
            "totalAttendanceInSeconds": 3000,
            "identity": {"displayName": f"An Nummer{number}"},
            "attendanceIntervals": stretches if number < 3 else [],
        }

    def give(visit: Visit) -> None:
        url = urlsplit(visit.path)
        path = unquote(url.path)
        here = visit.server.site.url
        if path.endswith("/token"):
            return token(visit, asked)
        assert visit.headers["Authorization"] == "Bearer sh0rt"
        asked.append({"path": path})
        if path == place:
            return status(200, {"id": "MSo1", "subject": "Stuurgroep"})(visit)
        listed = [
            {
                "id": f"rep{number}",
                "meetingStartDateTime": at(number * 1440),
                "meetingEndDateTime": at(number * 1440 + 60),
            }
            for number in range(reports)
        ]
        if path == f"{place}/attendanceReports":
            if "skip" in url.query:
                return status(200, {"value": listed[1:]})(visit)
            more = {"@odata.nextLink": f"{here}{quote(path)}?$skip=1"} if reports > 1 else {}
            return status(200, {"value": listed[:1], **more})(visit)
        assert path.startswith(f"{place}/attendanceReports/rep")
        assert parse_qs(url.query)["$expand"] == ["attendanceRecords"]
        return status(200, {"id": "r", "attendanceRecords": [record(number) for number in (1, 2, 3)]})(visit)

    return give


def test_teams_through_graph(home: Home, site: Site) -> None:
    asked: list[Body] = []
    site.usual = graph(asked)
    source = flow(
        home,
        site,
        CollectKind.MICROSOFT_GRAPH,
        token_env="KRING_TOKEN",
        client_id="me",
        user="u-1",
        account_id="tenant",
        token_url="{site}/tenant/oauth2/v2.0/token",
        meetings=["MSo1"],
    )
    assert source.collect() == ()
    assert asked[0]["scope"] == "https://graph.microsoft.com/.default"
    assert asked[0]["client_secret"] == "s3cret"
    rows = source.read()["attendance"]
    assert len(rows) == 2 * (2 + 2 + 1)
    assert {str(row["title"]) for row in rows} == {"Stuurgroep"}
    assert {row["minutes"] for row in rows if row["minutes"]} == {50.0}
    before = len(asked)
    site.usual = graph(asked, reports=3)
    assert source.collect() == ()
    fetched = [str(one["path"]) for one in asked[before:] if "/attendanceReports/" in str(one.get("path"))]
    assert [path.rsplit("/", 1)[1] for path in fetched] == ["rep2"]
    assert len(json.loads(source.landed()[-1])["items"]) == 3
