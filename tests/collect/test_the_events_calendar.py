"""The agenda of a real web server on this computer becomes a file in the inbox, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from etl.collect.client import Client, HttpLimits
from etl.collect.fetch import collect_all
from etl.collect.the_events_calendar import collect
from etl.errors import CollectError
from etl.home import Home
from etl.landing import take_inbox
from etl.ledger import Ledger
from etl.reading.document import read_document
from etl.settings import CollectSettings, Limits, Settings
from etl.sources import the_events_calendar
from etl.sources.source import SourceResult
from tests.collect.site import PATH, Answer, Site, agenda, event, raw, redirect, reset, short, status

EMPTY = status(404, {"code": "event-archive-page-not-found", "data": {"status": 404}})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    made.settings_file.write_text("", encoding="utf-8")
    return made


def run(home: Home, source: CollectSettings, limits: HttpLimits, token: str = "") -> tuple[str, ...]:
    """One refresh as far as landing: what it warned of."""
    settings = Settings(collect=(source,))
    with Ledger(home) as ledger:
        warnings = collect_all(home, settings, ledger, {"KRING_TOKEN": token}, limits)
        take_inbox(home, settings, ledger, datetime.now(UTC))
    return warnings


def landed(home: Home) -> list[Path]:
    return sorted(
        (path for path in home.landed.rglob("*") if path.is_file()), key=lambda p: p.stat().st_mtime_ns
    )


def events(path: Path) -> SourceResult:
    table = read_document(path, Limits())
    assert the_events_calendar.recognises(table)
    found = the_events_calendar.read("collected/agenda.json", table, Settings())
    assert isinstance(found, SourceResult)
    return found


def column(result: SourceResult, field: str) -> list[str | None]:
    rows = result.feeds[0]
    return [row[rows.columns.index(field)] for row in rows.rows]


def test_all_pages_land_as_one_file_that_is_json(
    home: Home, site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    assert run(home, source, limits) == ()
    (path,) = landed(home)
    assert len(site.paths) == 3
    asked = parse_qs(urlsplit(site.paths[0]).query)
    assert asked["start_date"] == ["2000-01-01 00:00:00"]
    assert asked["end_date"] == ["2099-12-31 23:59:59"]
    document = json.loads(path.read_text(encoding="utf-8"))
    assert [one["id"] for page in document["pages"] for one in page["events"]] == [1, 2, 3, 4, 5]
    assert document["pages"][0]["total"] == 5
    found = events(path)
    assert column(found, "event_id") == [f"agenda:{number}" for number in range(1, 6)]
    assert column(found, "title")[0] == "Sessie – 1"
    assert column(found, "starts_at")[0] == "2030-03-01T09:00:00Z"
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_agenda_makes_no_second_file(
    home: Home, source: CollectSettings, limits: HttpLimits
) -> None:
    for _ in range(2):
        assert run(home, source, limits) == ()
    assert len(landed(home)) == 1


def test_an_agenda_that_goes_back_is_a_file_of_its_own(
    home: Home, site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    for count in (3, 4, 3):
        site.usual = agenda(count)
        assert run(home, source, limits) == ()
    assert len(landed(home)) == 3


def test_what_was_to_come_and_is_no_longer_told_is_cancelled(
    home: Home, site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    past = event(9, utc_start_date="2020-01-01 09:00:00", utc_end_date="2020-01-01 10:00:00")
    site.usual = status(200, {"events": [event(1), event(2), past], "total": 3})
    run(home, source, limits)
    site.usual = agenda(1)
    run(home, source, limits)
    found = events(landed(home)[-1])
    assert dict(zip(column(found, "event_id"), column(found, "status"), strict=True)) == {
        "agenda:1": "confirmed",
        "agenda:2": "cancelled",
    }


def test_an_empty_agenda_is_no_file_until_there_was_one(
    home: Home, site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    site.usual = EMPTY
    assert run(home, source, limits) == ()
    assert landed(home) == []
    site.usual = agenda(1)
    run(home, source, limits)
    site.usual = EMPTY
    assert run(home, source, limits) == ()
    assert column(events(landed(home)[-1]), "status") == ["cancelled"]


def page(numbers: list[int], total: int, following: str | None = None) -> Answer:
    body: dict[str, object] = {"events": [event(number) for number in numbers], "total": total}
    if following:
        body["next_rest_url"] = following
    return status(200, body)


def circle(site: Site) -> Answer:
    """The first page again and again, each time as the next one."""
    return lambda visit: page([1, 2], 9, f"{site.url}{PATH}?page={len(site.paths) + 1}")(visit)


MISBEHAVING: dict[str, Callable[[Site], Answer]] = {
    "lasting 500": lambda site: status(500),
    "reset": lambda site: reset,
    "short body": lambda site: short,
    "html with 200": lambda site: raw(b"<html>blocked</html>", Content_Type="text/html"),
    "forbidden": lambda site: status(403),
    "wrong json": lambda site: raw(b'{"events": 5}'),
    "no plug-in": lambda site: status(404, {"code": "rest_no_route"}),
    "html 404": lambda site: raw(b"<html>", 404),
    "a repeated page": circle,
    "the same address": lambda site: page([1], 2, f"{site.url}{PATH}?page=1"),
    "a missing page": lambda site: page([1, 2], 4),
    "fewer than it says": lambda site: page([1], 2),
    "an event twice": lambda site: page([1, 1], 2),
    "an event without a number": lambda site: raw(b'{"events": [{"title": "x"}], "total": 1}'),
    "next page elsewhere": lambda site: page([1], 2, "http://10.0.0.1/page2"),
    "next page in a file": lambda site: page([1], 2, "file:///etc/passwd"),
    "redirect to a private address": lambda site: redirect("http://10.0.0.1/"),
    "redirect to a file": lambda site: redirect("file:///etc/passwd"),
}  # fmt: skip


@pytest.mark.parametrize("how", sorted(MISBEHAVING))
def test_nothing_is_half_collected(
    home: Home, site: Site, source: CollectSettings, limits: HttpLimits, how: str
) -> None:
    """Also when the trouble starts at the second page."""
    assert run(home, source, limits) == ()
    before = landed(home)
    site.answers = []
    site.usual = MISBEHAVING[how](site)
    for answers in ([], [page([1, 2], 9, f"{site.url}{PATH}?page=2")]):
        site.answers = list(answers)
        warnings = run(home, source, limits)
        assert len(warnings) == 1
        assert warnings[0].startswith("collect agenda: ")
        assert site.url not in warnings[0]
    assert landed(home) == before
    assert [path for path in home.inbox.rglob("*") if path.is_file()] == []


def test_an_agenda_that_changes_meanwhile_is_read_again(
    site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    site.answers = [page([1, 2], 3, f"{site.url}{PATH}?page=2"), page([2], 2)]
    with Client(source, None, limits) as client:
        pages = collect(source, client)
    assert [len(each["events"]) for each in pages if isinstance(each["events"], list)] == [2, 2, 1]


def test_a_burst_of_failures_is_ridden_out(
    home: Home, site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    site.answers = [status(429, Retry_After="0"), status(500)]
    assert run(home, source, limits) == ()
    assert len(landed(home)) == 1


def test_a_token_that_is_not_there_is_said_without_asking(
    home: Home, site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    guarded = replace(source, token_env="KRING_TOKEN")
    (warning,) = run(home, guarded, limits)
    assert "no token; expected one in KRING_TOKEN" in warning
    assert site.paths == []
    assert run(home, guarded, limits, token="abc") == ()
    assert site.headers[0]["authorization"] == "Bearer abc"


def test_one_source_that_fails_does_not_stop_another(
    home: Home, site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    closed = replace(source, name="gone", base_url="http://127.0.0.1:1")
    with Ledger(home) as ledger:
        warnings = collect_all(home, Settings(collect=(closed, source)), ledger, {}, limits)
    assert [warning.split(":")[0] for warning in warnings] == ["collect gone"]
    assert (home.inbox / "collected" / "agenda.json").exists()


def test_a_page_that_thinks_it_is_plain_http_is_asked_for_safely() -> None:
    from etl.collect.the_events_calendar import _next
    from etl.settings import CollectKind

    source = CollectSettings("a", CollectKind.THE_EVENTS_CALENDAR, "https://www.example.org")
    assert (
        _next({"next_rest_url": "http://www.example.org/x?page=2"}, source)
        == "https://www.example.org/x?page=2"
    )
    assert _next({"next_rest_url": "http://other.example.org/x"}, source) == "http://other.example.org/x"


def test_collecting_raises_its_own_error_only(
    site: Site, source: CollectSettings, limits: HttpLimits
) -> None:
    site.usual = status(403)
    with pytest.raises(CollectError), Client(source, None, limits) as client:
        collect(source, client)
