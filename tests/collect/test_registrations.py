"""Ticketing, mailing lists and agendas: each tool as its documentation says it answers, page by page."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from etl.home import Home
from etl.settings import CollectKind
from tests.collect.api import Flow, Row, flow
from tests.collect.site import Answer, Site, Visit, raw, status

QUESTION = "Welke vraag neem je mee?"
Body = dict[str, object]


def asked(visit: Visit) -> tuple[str, dict[str, str]]:
    url = urlsplit(visit.path)
    return url.path, {key: value[0] for key, value in parse_qs(url.query).items()}


def of(rows: list[Row], *names: str) -> list[tuple[object, ...]]:
    return [tuple(str(row[name]) if row[name] is not None else None for name in names) for row in rows]


# Eventbrite


def attendee(number: int, **more: object) -> Body:
    return {
        "id": f"a{number}",
        "event_id": "77",
        "order_id": "o",
        "created": f"2026-02-0{number}T10:00:00Z",
        "changed": f"2026-02-0{number}T10:00:00Z",
        "status": "Attending",
        "checked_in": False,
        "cancelled": False,
        "refunded": False,
        "barcodes": [{"barcode": "BARCODE"}],
        "profile": {
            "first_name": "An",
            "last_name": f"Nummer{number}",
            "email": f"p{number}@example.org",
            "company": "Hogeschool",
            "addresses": {"home": {"address_1": "STRAAT"}},
        },
        "answers": [
            {"question": QUESTION, "answer": f"Vraag {number}?", "type": "text", "question_id": "1"},
            {"question": "Dieet", "answer": "vegan", "type": "text", "question_id": "2"},
        ],
        **more,
    }


def eventbrite(people: list[Body], at: str = "/v3/events/77") -> Answer:
    event = {
        "id": "77",
        "name": {"text": "Werkconferentie &amp; borrel"},
        "start": {"utc": "2026-03-16T08:00:00Z"},
        "end": {"utc": "2026-03-16T15:00:00Z"},
        "status": "live",
        "url": "https://example.org/77",
        "online_event": False,
    }

    def give(visit: Visit) -> None:
        path, ask = asked(visit)
        if path == "/v3/events/77/":
            return status(200, event)(visit)
        if path == "/v3/organizations/5/events/":
            return status(
                200, {"events": [event], "pagination": {"has_more_items": False, "object_count": 1}}
            )(visit)
        assert path == f"{at}/attendees/", path
        found = [one for one in people if str(one["changed"]) >= ask.get("changed_since", "")]
        start = int(ask.get("continuation", "0"))
        more = start + 2 < len(found)
        pagination = {
            "has_more_items": more,
            "object_count": len(found),
            **({"continuation": str(start + 2)} if more else {}),
        }
        return status(200, {"attendees": found[start : start + 2], "pagination": pagination})(visit)

    return give


PEOPLE = [
    attendee(1),
    attendee(2, status="Checked In", checked_in=True),
    attendee(3, status="Not Attending", cancelled=True),
    attendee(4),
    attendee(5),
]


@pytest.mark.parametrize("keys", [{"event_id": "77"}, {"organiser": "5"}], ids=["event", "organisation"])
def test_eventbrite(home: Home, site: Site, keys: dict[str, str]) -> None:
    site.usual = eventbrite(PEOPLE, "/v3/events/77" if "event_id" in keys else "/v3/organizations/5")
    source = flow(home, site, CollectKind.EVENTBRITE, token_env="KRING_TOKEN", **keys)
    assert source.collect() == ()
    rows = source.read()
    assert of(rows["event"], "event_id", "title", "starts_at", "status") == [
        ("77", "Werkconferentie & borrel", "2026-03-16 08:00:00", "confirmed"),
    ]
    assert [row["status"] for row in rows["registration"]] == [
        "registered",
        "registered",
        "cancelled",
        "registered",
        "registered",
    ]
    assert of(rows["attendance"], "email", "title") == [("p2@example.org", "Werkconferentie & borrel")]
    assert of(rows["contribution"], "text")[:2] == [("Vraag 1?",), ("Vraag 2?",)]
    assert "vegan" not in {row["text"] for row in rows["contribution"]}
    everything = b"".join(source.landed())
    assert b"STRAAT" not in everything
    assert b"BARCODE" not in everything
    site.usual = eventbrite(
        [*PEOPLE[:4], attendee(5, status="Not Attending", changed="2026-02-08T10:00:00Z")],
        "/v3/events/77" if "event_id" in keys else "/v3/organizations/5",
    )
    assert source.collect() == ()
    assert "changed_since=2026-02-05T09" in "".join(site.paths)
    assert [item["id"] for item in json.loads(source.landed()[-1])["items"]] == ["attendee:a5"]


def test_a_registration_is_counted_in_the_release(home: Home, site: Site) -> None:
    """The whole way: collected, landed, read, built, asked."""
    site.usual = eventbrite(PEOPLE)
    source = flow(home, site, CollectKind.EVENTBRITE, token_env="KRING_TOKEN", event_id="77")
    assert source.refresh().warnings == ()
    (session,) = source.ask("sessions")
    assert (session["title"], session["registered"], session["attended"]) == (
        "Werkconferentie & borrel",
        4,
        1,
    )


# pretix


def order(number: int, status_letter: str = "p", **seat: object) -> Body:
    return {
        "code": f"C{number}",
        "status": status_letter,
        "email": f"p{number}@example.org",
        "secret": "0RDERSECRET",
        "datetime": f"2026-02-0{number}T10:00:00+01:00",
        "payments": [{"provider": "BANK"}],
        "positions": [
            {
                "id": number,
                "attendee_name": f"An Nummer{number}",
                "attendee_email": None,
                "company": "Hogeschool",
                "secret": "TICKETSECRET",
                "answers": [{"question": 1, "answer": f"Vraag {number}?"}],
                "checkins": [],
                **seat,
            }
        ],
    }


def pretix(orders: list[Body], made: str = "2026-03-01T00:00:00Z") -> Answer:
    def give(visit: Visit) -> None:
        path, ask = asked(visit)
        base = "/api/v1/organizers/leernetwerk/events/start"
        if path == f"{base}/":
            return status(
                200,
                {
                    "slug": "start",
                    "name": {"en": "Start day", "nl": "Startdag"},
                    "location": {"nl": "Utrecht"},
                    "date_from": "2026-03-16T09:00:00+01:00",
                    "date_to": None,
                },
            )(visit)
        if path == f"{base}/questions/":
            return status(
                200,
                {"count": 1, "next": None, "results": [{"id": 1, "question": {"nl": QUESTION}, "type": "T"}]},
            )(visit)
        assert path == f"{base}/orders/", path
        found = orders[-1:] if "modified_since" in ask else orders
        start = int(ask.get("page", "1")) * 2 - 2
        more = start + 2 < len(found)
        following = f"{visit.server.site.url}{path}?{urlencode({**ask, 'page': start // 2 + 2})}"
        return status(
            200,
            {"count": len(found), "next": following if more else None, "results": found[start : start + 2]},
            X_Page_Generated=made,
        )(visit)

    return give


def test_pretix(home: Home, site: Site) -> None:
    checked = [{"list": 1, "datetime": "2026-03-16T08:10:00Z", "type": "entry"}]
    orders = [order(1), order(2, "n"), order(3, "c"), order(4, checkins=checked), order(5, "e")]
    site.usual = pretix(orders)
    source = flow(
        home, site, CollectKind.PRETIX, token_env="KRING_TOKEN", organiser="leernetwerk", event_id="start"
    )
    assert source.collect() == ()
    assert site.headers[0]["authorization"] == "Token s3cret"
    rows = source.read()
    assert of(rows["event"], "title", "starts_at", "place") == [
        ("Startdag", "2026-03-16 08:00:00", "Utrecht")
    ]
    assert [row["status"] for row in rows["registration"]] == [
        "registered",
        "registered",
        "cancelled",
        "registered",
        "cancelled",
    ]
    assert of(rows["attendance"], "email") == [("p4@example.org",)]
    assert len(rows["contribution"]) == 5
    assert b"SECRET" not in b"".join(source.landed())
    assert b"BANK" not in b"".join(source.landed())
    site.usual = pretix([*orders, order(6)])
    assert source.collect() == ()
    assert "modified_since=2026-03-01T00%3A00%3A00Z" in "".join(site.paths)
    assert [item["id"] for item in json.loads(source.landed()[-1])["items"]] == ["leernetwerk/start:C6"]


# Indico


def indico(count: int = 3, says: int = 0) -> Answer:
    def day(clock: str) -> Body:
        return {"date": "2026-03-16", "time": clock, "tz": "Europe/Brussels"}

    event = {
        "id": "12",
        "title": "Kennissessie",
        "startDate": day("09:00:00"),
        "endDate": day("11:00:00"),
        "location": "Leuven",
        "room": "Aula",
        "url": "https://example.org/12",
        "type": "meeting",
    }

    def give(visit: Visit) -> None:
        path, ask = asked(visit)
        if path == "/export/event/12.json":
            return status(200, {"count": 1, "complete": True, "results": [event]})(visit)
        if path == "/export/categ/3.json":
            assert ask["from"]
            return status(200, {"count": 2, "results": [event, {**event, "id": "13", "title": "Borrel"}]})(
                visit
            )
        assert path == "/export/event/12/registrants.json", path
        people = [
            {
                "registrant_id": str(number),
                "full_name": f"An Nummer{number}",
                "checked_in": number == 1,
                "personal_data": {
                    "firstName": "An",
                    "surname": f"Nummer{number}",
                    "email": f"p{number}@example.org",
                    "affiliation": "Hogeschool",
                },
            }
            for number in range(1, count + 1)
        ]
        return status(200, {"count": count + says, "results": {"registrants": people}, "complete": True})(
            visit
        )

    return give


def test_indico(home: Home, site: Site) -> None:
    site.usual = indico()
    source = flow(home, site, CollectKind.INDICO, token_env="KRING_TOKEN", event_id="12")
    assert source.collect() == ()
    rows = source.read()
    assert of(rows["event"], "title", "starts_at", "place") == [
        ("Kennissessie", "2026-03-16 08:00:00", "Aula, Leuven")
    ]
    assert of(rows["registration"], "email", "title")[0] == ("p1@example.org", "Kennissessie")
    assert of(rows["attendance"], "email") == [("p1@example.org",)]
    assert source.collect() == ()
    assert len(source.landed()) == 1
    site.usual = indico(count=3, says=2)
    (warning,) = source.collect()
    assert "whole set" in warning


def test_the_agenda_of_indico(home: Home, site: Site) -> None:
    site.usual = indico()
    source = flow(home, site, CollectKind.INDICO, category_id="3")
    assert source.collect() == ()
    assert of(source.read()["event"], "title") == [("Kennissessie",), ("Borrel",)]


# Mailchimp


def member(number: int, state: str = "subscribed", changed: str = "2026-02-01") -> Body:
    return {
        "id": f"m{number}",
        "email_address": f"p{number}@example.org",
        "status": state,
        "merge_fields": {"FNAME": "An", "LNAME": f"Nummer{number}", "ADDRESS": "STRAAT", "PHONE": "06"},
        "timestamp_opt": f"2026-01-0{number}T10:00:00+00:00",
        "timestamp_signup": "",
        "last_changed": f"{changed}T10:00:00+00:00",
        "ip_opt": "203.0.113.7",
        "ip_signup": "203.0.113.8",
        "location": {"latitude": 52.1, "longitude": 4.3},
        "tags": [{"id": 1, "name": "VIP"}],
    }


def mailchimp(members: list[Body], lie: int = 0) -> Answer:
    def give(visit: Visit) -> None:
        path, ask = asked(visit)
        assert path == "/3.0/lists/abc/members", path
        since = ask.get("since_last_changed", "")[:10]
        found = [one for one in members if str(one["last_changed"]) >= since]
        start = int(ask["offset"])
        return status(200, {"members": found[start : start + 2], "total_items": len(found) + lie})(visit)

    return give


def test_mailchimp(home: Home, site: Site) -> None:
    members = [member(1), member(2, "unsubscribed"), member(3, "cleaned"), member(4, "pending"), member(5)]
    site.usual = mailchimp(members)
    source = flow(home, site, CollectKind.MAILCHIMP, token_env="KRING_TOKEN", list_id="abc")
    assert source.collect() == ()
    assert site.headers[0]["authorization"].startswith("Basic ")
    rows = source.read()["membership"]
    assert of(rows, "email", "joined_on", "left_on") == [
        ("p1@example.org", "2026-01-01", None),
        ("p2@example.org", "2026-01-02", "2026-02-01"),
        ("p3@example.org", "2026-01-03", "2026-02-01"),
        ("p5@example.org", "2026-01-05", None),
    ]
    for hidden in (b"203.0.113", b"52.1", b"STRAAT"):
        assert hidden not in b"".join(source.landed())
    members[0] = member(1, "unsubscribed", "2026-02-05")
    site.usual = mailchimp(members)
    assert source.collect() == ()
    assert [item["id"] for item in json.loads(source.landed()[-1])["items"]] == ["abc:m1"]
    site.usual = mailchimp([*members, member(6, changed="2026-02-06")], lie=2)
    (warning,) = source.collect()
    assert "whole set" in warning


# Agendas as a calendar


CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\nDTSTAMP:{stamp}\r\n"
    "DTSTART:20260316T080000Z\r\nDTEND:20260316T100000Z\r\nSUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def calendar(title: str = "Kennissessie", stamp: str = "20260101T000000Z", etag: str = "") -> Answer:
    body = CALENDAR.format(title=title, stamp=stamp).encode()
    return raw(body, Content_Type="text/calendar; charset=utf-8", ETag=etag or '""')


def agenda(home: Home, site: Site) -> Flow:
    """The secret part of the address is in the environment."""
    made = flow(home, site, CollectKind.ICALENDAR, token_env="KRING_TOKEN")
    made.environment = {"KRING_TOKEN": "/private-s3cret/basic.ics"}
    return made


def test_a_calendar_feed(home: Home, site: Site) -> None:
    site.usual = calendar(etag='"1"')
    source = agenda(home, site)
    assert source.collect() == ()
    assert site.paths == ["/private-s3cret/basic.ics"]
    assert of(source.read()["event"], "title") == [("Kennissessie",)]
    site.usual = calendar(stamp="20260202T000000Z", etag='"2"')  # only asked for at another time
    assert source.collect() == ()
    assert site.headers[1]["if-none-match"] == '"1"'
    site.usual = lambda visit: visit.give(304, b"")
    assert source.collect() == ()
    assert len(source.landed()) == 1
    for title in ("Verplaatst", "Kennissessie"):
        site.usual = calendar(title)
        assert source.collect() == ()
    assert len(source.landed()) == 3


@pytest.mark.parametrize(
    "bad",
    [
        raw(b"<html>sign in</html>", Content_Type="text/html"),
        raw(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
        raw(b'{"a": 1}'),
        raw(b"hello", Content_Type="text/calendar"),
        status(404),
        status(403),
        raw(b"", Content_Type="text/calendar"),
        raw(CALENDAR.encode(), Content_Type="application/pdf"),
    ],
)
def test_what_is_no_calendar_moves_nothing(home: Home, site: Site, bad: Answer) -> None:
    site.usual = calendar()
    source = agenda(home, site)
    source.collect()
    before = source.landed()
    site.usual = bad
    (warning,) = source.collect()
    assert "s3cret" not in warning
    assert source.landed() == before


# Any list


def members_list(style: str, count: int = 5, lie: bool = False) -> Answer:
    people = [
        {
            "id": number,
            "profile": {"name": f"An Nummer{number}", "mail": f"p{number}@example.org"},
            "since": f"2026-01-0{number}",
        }
        for number in range(1, count + 1)
    ]

    def give(visit: Visit) -> None:
        path, ask = asked(visit)
        assert path == "/members"
        here = visit.server.site.url
        if style == "whole":
            return visit.give(200, json.dumps(people).encode())
        start = {"next": "start", "page": "p", "cursor": "after", "link": "start"}[style]
        first = int(ask.get(start, "1" if style == "page" else "0"))
        first = first * 2 - 2 if style == "page" else first
        if lie and first:
            first = 0
        body: Body = {"result": {"people": people[first : first + 2]}, "total": count}
        more = first + 2 < count
        if style == "next" and more:
            body["next"] = f"{here}/members?start={first + 2}"
        if style == "cursor" and more:
            body["paging"] = {"after": str(first + 2)}
        link = {"Link": f'<{here}/members?start={first + 2}>; rel="next"'} if style == "link" and more else {}
        return status(200, body, **link)(visit)

    return give


STYLES = {
    "whole": {},
    "next": {"items": "result.people"},
    "link": {"items": "result.people"},
    "page": {"items": "result.people", "page_parameter": "p"},
    "cursor": {"items": "result.people", "next": "paging.after", "page_parameter": "after"},
}
COLUMNS = {"profile.name": "full_name", "profile.mail": "email", "since": "joined_on"}


def any_list(home: Home, site: Site, **keys: object) -> Flow:
    base = {"base_url": f"{site.url}/members", "token_env": "KRING_TOKEN", "feed": "membership", **keys}
    return flow(
        home, site, CollectKind.JSON_LIST, columns=COLUMNS, constants={"working_group": "Oost"}, **base
    )


@pytest.mark.parametrize("style", sorted(STYLES))
def test_any_list_is_read_to_its_end(home: Home, site: Site, style: str) -> None:
    site.usual = members_list(style)
    source = any_list(home, site, **STYLES[style])
    assert source.collect() == ()
    rows = source.read()["membership"]
    assert of(rows, "full_name", "email", "joined_on", "working_group") == [
        (f"An Nummer{number}", f"p{number}@example.org", f"2026-01-0{number}", "Oost")
        for number in range(1, 6)
    ]
    site.usual = members_list(style, 6)
    assert source.collect() == ()
    assert [item["id"] for item in json.loads(source.landed()[-1])["items"]] == ["6"]


@pytest.mark.parametrize("style", ["next", "page", "cursor", "link"])
def test_a_list_that_goes_round_is_refused(home: Home, site: Site, style: str) -> None:
    site.usual = members_list(style, lie=True)
    source = any_list(home, site, **STYLES[style])
    (warning,) = source.collect()
    assert "whole set" in warning
    assert source.landed() == []


@pytest.mark.parametrize(
    "body",
    [
        {"result": {"people": [{"id": 1}], "a": 2}, "has_more": True},
        {"result": {"people": "none"}},
        {"result": {"people": [1, 2]}},
        {"result": {"people": [{"id": 1}]}, "total": 7},
        {"result": {"people": [{"id": 1}]}, "next": "http://10.0.0.1/members"},
        {"result": {"people": [{"id": 1}]}, "next": "file:///etc/passwd"},
    ],
)
def test_a_list_that_cannot_be_read_whole_is_refused(home: Home, site: Site, body: Body) -> None:
    site.usual = status(200, body)
    source = any_list(home, site, items="result.people")
    (warning,) = source.collect()
    assert warning.startswith("collect source: ")
    assert source.landed() == []


def test_a_key_of_ones_own_travels_in_the_header_that_is_named(home: Home, site: Site) -> None:
    site.usual = members_list("whole")
    source = any_list(home, site, token_header="X-Api-Key")
    assert source.collect() == ()
    assert site.headers[0]["x-api-key"] == "s3cret"
    assert "authorization" not in site.headers[0]


def test_a_column_that_nothing_has_is_said(home: Home, site: Site) -> None:
    site.usual = status(200, {"items": [{"id": 1, "profile": {"mail": "p1@example.org"}}]})
    source = any_list(home, site)
    assert source.refresh().warnings == (
        "collected/source.json: nothing has a value for profile.name, since; see the columns in kring.toml",
    )
