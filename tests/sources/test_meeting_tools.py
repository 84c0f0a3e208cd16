"""Zoom's reports, Google Meet and Webex: the rules that no sample file shows."""

from __future__ import annotations

from datetime import date, time

import pytest

from etl.reading.table import TextRow, TextTable
from etl.schema.feeds import ATTENDANCE, CONTRIBUTION, REGISTRATION, Feed
from etl.schema.model import DateShape
from etl.settings import Settings, read_settings
from etl.sources import google_meet, webex_attendance, zoom_registration, zoom_webinar
from etl.sources.clocks import clock_time, end_after, worded_moment
from etl.sources.file_day import day_in_name, title_in_name
from etl.sources.source import NeedsMapping, Source, SourceResult

WEBINAR = (
    "Attended", "User Name (Original Name)", "First Name", "Last Name", "Email", "Registration Time",
    "Approval Status", "Join Time", "Leave Time", "Time in Session (minutes)", "Is Guest", "Je vraag",
    "Allergieën", "Country/Region Name",
)  # fmt: skip
REGISTRATIONS = ("First Name", "Last Name", "Email", "Registration Time", "Approval Status")
MEET = ("Name", "Email", "Duration", "Time joined", "Time exited")
WEBEX = ("Display Name", "Attendee Email", "Join Time", "Leave Time", "Attendance Duration")


def table(*rows: tuple[str, ...]) -> TextTable:
    return TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])


def read(source: Source, name: str, *rows: tuple[str, ...]) -> SourceResult:
    assert source.recognises(table(*rows))
    found = source.read(name, table(*rows), Settings())
    assert isinstance(found, SourceResult)
    return found


def values(result: SourceResult, feed: Feed, field: str) -> list[str | None]:
    (rows,) = (rows for rows in result.feeds if rows.feed is feed)
    return [row[rows.columns.index(field)] for row in rows.rows]


def attendee(attended: str = "Yes", answer: str = "Wie?", status: str = "approved") -> tuple[str, ...]:
    stay = ("Mar 16, 2026 10:00:00", "Mar 16, 2026 11:00:00", "60") if attended == "Yes" else ("--",) * 3
    who = ("Bo (Bo Smit)", "Bo", "Smit", "bo@example.org")
    return (attended, *who, "Mar 1, 2026 10:00:00", status, *stay, "Yes", answer, "noten", "Belgium")


def test_a_webinar_says_who_registered_who_came_and_what_they_asked() -> None:
    found = read(zoom_webinar, "x.csv", ("Attendee Details",), WEBINAR, attendee(), attendee())
    assert values(found, ATTENDANCE, "full_name") == ["Bo Smit", "Bo Smit"]
    assert values(found, REGISTRATION, "registered_at") == ["2026-03-01T10:00:00"]
    assert values(found, CONTRIBUTION, "text") == ["Wie?"]
    assert values(found, CONTRIBUTION, "question") == ["Je vraag"]
    assert values(found, ATTENDANCE, "country") == ["Belgium", "Belgium"]


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("approved", "registered"),
        ("pending", "waitlisted"),
        ("denied", "declined"),
        ("cancelled", "cancelled"),
    ],
)
def test_who_stayed_away_is_registered_only(written: str, status: str) -> None:
    found = read(zoom_webinar, "x.csv", WEBINAR, attendee("No", "--", written))
    assert [rows.feed for rows in found.feeds] == [REGISTRATION]
    assert values(found, REGISTRATION, "status") == [status]


def test_hosts_and_panelists_have_their_role() -> None:
    heading = ("Attended", "User Name (Original Name)", "Email", "Join Time", "Leave Time",
               "Time in Session (minutes)", "Is Guest", "Country/Region Name")  # fmt: skip
    row = (
        "Yes",
        "Bo Smit",
        "bo@example.org",
        "Mar 16, 2026 10:00:00",
        "Mar 16, 2026 11:00:00",
        "60",
        "No",
        "",
    )
    blocks = [
        ("Host Details",),
        heading,
        row,
        ("Panelist Details",),
        heading,
        row,
        ("Attendee Details",),
        heading,
        row,
    ]
    found = read(zoom_webinar, "x.csv", *blocks)
    assert values(found, ATTENDANCE, "role") == ["host", "presenter", "attendee"]


def test_who_came_by_telephone_stands_in_a_block_of_its_own() -> None:
    heading = ("User Name", "Join Time", "Leave Time", "Time in Session (minutes)", "Country/Region Name")
    row = ("31201234567", "Mar 16, 2026 10:00:00", "Mar 16, 2026 11:00:00", "60", "Netherlands")
    blocks = [("Attendee Details",), WEBINAR, attendee(), ("Other Attended",), heading, row]
    found = read(zoom_webinar, "x.csv", *blocks)
    assert values(found, ATTENDANCE, "full_name") == ["Bo Smit", "31201234567"]
    assert (found.rows_read, found.rows_hidden, found.unidentified) == (2, 0, 1)


def test_a_registration_is_no_webinar_and_its_title_is_the_name_of_the_file() -> None:
    row = ("Bo", "Smit", "bo@example.org", "Jun 1, 2026 10:00", "approved")
    assert not zoom_webinar.recognises(table(REGISTRATIONS, row))
    found = read(zoom_registration, "Themasessie registrations 2026-06-15.csv", REGISTRATIONS, row)
    assert values(found, REGISTRATION, "title") == ["Themasessie"]
    assert values(found, REGISTRATION, "starts_at") == [None]


def test_the_order_of_day_and_month_may_be_told() -> None:
    row = ("Bo", "Smit", "bo@example.org", "05/06/2026 10:00", "approved")
    asked = zoom_registration.read("x.csv", table(REGISTRATIONS, row), Settings())
    assert isinstance(asked, NeedsMapping)
    told = read_settings('[dates]\nzoom_registration = "day-first"\n', {})
    found = zoom_registration.read("x.csv", table(REGISTRATIONS, row), told)
    assert isinstance(found, SourceResult)
    assert values(found, REGISTRATION, "registered_at") == ["2026-06-05T10:00:00"]


@pytest.mark.parametrize(
    ("joined", "left", "duration", "expected"),
    [
        ("10:02 AM", "11:00 AM", "58 min", ("2026-03-16T10:02:00", "2026-03-16T11:00:00", None)),
        ("14:02", "15:00", "58 min", ("2026-03-16T14:02:00", "2026-03-16T15:00:00", None)),
        ("14:00", "15:00", "12 min", ("2026-03-16T14:00:00", None, "12")),
        ("23:30", "0:15", "45 min", ("2026-03-16T23:30:00", "2026-03-17T00:15:00", None)),
        ("14:00", "", "1 hr 2 min", ("2026-03-16T14:00:00", None, "62")),
        ("14:00", "14:00", "", ("2026-03-16T14:00:00", "2026-03-16T14:00:00", None)),
    ],
)
def test_clocks_of_meet_stand_on_the_day_of_the_file(
    joined: str, left: str, duration: str, expected: tuple[str | None, ...]
) -> None:
    found = read(
        google_meet, "Call 2026-03-16.csv", MEET, ("Bo Smit", "bo@example.org", duration, joined, left)
    )
    fields = ("joined_at", "left_at", "minutes")
    assert tuple(values(found, ATTENDANCE, field)[0] for field in fields) == expected


def test_meet_without_a_day_keeps_the_minutes() -> None:
    found = read(google_meet, "abc-defg-hij.csv", MEET, ("Bo", "", "1 hr 2 min", "14:00", "15:02"))
    assert values(found, ATTENDANCE, "joined_at") == [None]
    assert values(found, ATTENDANCE, "minutes") == ["62"]
    assert len(found.warnings) == 1


@pytest.mark.parametrize(
    ("written", "minutes"), [("58 mins", "58"), ("1 hour 2 mins", "62"), ("58", "58"), ("0:58:30", "58.5")]
)
def test_durations_of_webex(written: str, minutes: str) -> None:
    found = read(webex_attendance, "x 2026-03-16.csv", WEBEX, ("Bo", "bo@example.org", "", "", written))
    assert values(found, ATTENDANCE, "minutes") == [minutes]
    assert values(found, ATTENDANCE, "starts_at") == ["2026-03-16"]


def test_webex_guards_its_values() -> None:
    row = ('="Bo Smit"', "bo@example.org", '="2026-03-16 14:00:00"', '="2026-03-16 15:00:00"', "60 mins")
    found = read(webex_attendance, "x.csv", WEBEX, row)
    assert values(found, ATTENDANCE, "full_name") == ["Bo Smit"]
    assert values(found, ATTENDANCE, "left_at") == ["2026-03-16T15:00:00"]


@pytest.mark.parametrize(
    ("name", "day", "is_certain", "title"),
    [
        ("2026-03-16 14_00 Sessie - Attendance report.csv", date(2026, 3, 16), True, "Sessie"),
        ("Sessie (2026_03_16 at 14_00 CET).csv", date(2026, 3, 16), True, "Sessie"),
        ("Sessie 16-03-2026.csv", date(2026, 3, 16), True, "Sessie"),
        ("Sessie 3-16-26 (1).csv", date(2026, 3, 16), True, "Sessie"),
        ("Sessie 4-3-26.csv", date(2026, 3, 4), False, "Sessie"),
        ("Sessie 16 maart 2026.csv", date(2026, 3, 16), True, "Sessie"),
        ("Sessie, March 16, 2026.csv", date(2026, 3, 16), True, "Sessie"),
        ("20260316 Sessie.csv", date(2026, 3, 16), True, "Sessie"),
        ("Sessie 86012345678.csv", None, True, "Sessie 86012345678"),
        ("Sessie 2026-13-45.csv", None, True, "Sessie"),
    ],
)
def test_the_day_and_the_title_in_a_file_name(
    name: str, day: date | None, *, is_certain: bool, title: str
) -> None:
    found = day_in_name(name)
    assert (found.day if found else None) == day
    assert found is None or found.is_certain is is_certain
    assert title_in_name(name, "attendance(?: report)?") == title


def test_the_order_in_a_file_name_may_be_told() -> None:
    found = day_in_name("Sessie 4-3-26.csv", DateShape.MONTH_DAY_YEAR)
    assert found is not None
    assert (found.day, found.is_certain) == (date(2026, 4, 3), True)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-10-25T02:50:00", "2026-10-25T02:10:00", "2026-10-25T02:10:00+01:00"),
        ("2026-10-25T02:10:00", "2026-10-25T02:50:00", "2026-10-25T02:50:00"),
        ("2026-10-25T03:10:00", "2026-10-25T02:50:00", "2026-10-25T02:50:00"),
        ("2026-10-26T02:50:00", "2026-10-26T02:10:00", "2026-10-26T02:10:00"),
        ("2026-10-25T02:50:00", None, None),
    ],
)
def test_an_end_in_the_hour_that_comes_twice(start: str, end: str | None, expected: str | None) -> None:
    assert end_after(start, end, "Europe/Amsterdam") == expected


@pytest.mark.parametrize(
    ("written", "clock"),
    [("10:02 AM", time(10, 2)), ("12:05 am", time(0, 5)), ("14.02 uur", time(14, 2)),
     ("14u02", time(14, 2)), ("14 u", time(14)),
     ("2:05 p.m.", time(14, 5)), ("13:00 PM", None), ("24:00", None), ("nu", None), (None, None)],
)  # fmt: skip
def test_a_time_of_day(written: str | None, clock: time | None) -> None:
    assert clock_time(written) == clock


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Mar 22, 2025 19:13:27", "2025-03-22T19:13:27"),
        ("Aug 12, 2026 10:00 AM", "2026-08-12T10:00:00"),
        ("March 22, 2025, 6:26 p.m.", "2025-03-22T18:26:00"),
        ("Feb 30, 2025 10:00", None),
        ("Foo 3, 2025 10:00", None),
    ],
)
def test_months_in_words(written: str, moment: str | None) -> None:
    assert worded_moment(written) == moment


STAYED = (
    "Attended",
    "User Name (Original Name)",
    "Email",
    "Join Time",
    "Leave Time",
    "Time in Session (minutes)",
)


@pytest.mark.parametrize(
    ("made", "day"),
    [
        ("Aug 10, 2026 6:26 PM", "2026-08-09"),  # day first it would be of September: not yet held
        ("Sep 9, 2026 9:00 AM", "2026-09-08"),  # two days after, not a month
        ("08/10/2026 09:00:00 AM", "2026-08-09"),
        ("Dec 1, 2026 9:00 AM", None),
    ],
)
def test_when_a_report_was_made_shows_when_its_webinar_was(made: str, day: str | None) -> None:
    row = ("Yes", "Bo Smit", "bo@example.org", "08/09/2026 10:50:00 AM", "08/09/2026 11:50:00 AM", "60")
    about = [("Attendee Report",), ("Report Generated:", made), ("Attendee Details",)]
    given = table(*about, (*STAYED, "Is Guest", "Country/Region Name"), (*row, "Yes", "Belgium"))
    found = zoom_webinar.read("x.csv", given, Settings())
    if day is None:
        assert isinstance(found, NeedsMapping)
    else:
        assert isinstance(found, SourceResult)
        assert values(found, ATTENDANCE, "joined_at") == [f"{day}T10:50:00"]


def test_who_registered_did_so_before_leaving() -> None:
    heading = ("Attended", "User Name (Original Name)", "First Name", "Last Name", "Email",
               "Registration Time", "Approval Status", "Join Time", "Leave Time",
               "Time in Session (minutes)")  # fmt: skip
    row = ("Yes", "Bo Smit", "Bo", "Smit", "bo@example.org", "05/06/2026 10:00:00 AM", "approved",
           "06/05/2026 10:50:00 AM", "06/05/2026 11:50:00 AM", "60")  # fmt: skip
    found = zoom_webinar.read("x.csv", table(heading, row), Settings())
    assert isinstance(found, SourceResult)
    assert values(found, REGISTRATION, "registered_at") == ["2026-05-06T10:00:00"]
    assert values(found, ATTENDANCE, "joined_at") == ["2026-06-05T10:50:00"]
