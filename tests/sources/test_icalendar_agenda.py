"""Agendas in iCalendar: recurrence, zones and versions, event by event."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.errors import InputError
from etl.reading.document import is_document, read_document
from etl.settings import Limits, Settings
from etl.sources import icalendar_agenda
from etl.sources.identify import read_source
from etl.sources.source import SourceResult

Read = Callable[..., SourceResult]
STAMP = "DTSTAMP:20260101T000000Z"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a calendar made of these events, each a list of lines."""

    def reading(*events: list[str], before: tuple[str, ...] = ()) -> SourceResult:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *before]
        for event in events:
            lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
        path = tmp_path / "agenda.ics"
        path.write_bytes("\r\n".join([*lines, "END:VCALENDAR", ""]).encode())
        assert is_document(path)
        table = read_document(path, Limits())
        assert icalendar_agenda.recognises(table)
        found = icalendar_agenda.read("agenda.ics", table, Settings())
        assert isinstance(found, SourceResult)
        return found

    return reading


def column(result: SourceResult, field: str) -> list[str | None]:
    rows = result.feeds[0]
    return [row[rows.columns.index(field)] for row in rows.rows]


def series(start: str, *lines: str) -> list[str]:
    return ["UID:s", STAMP, start, "SUMMARY:Reeks", *lines]


AMSTERDAM = "DTSTART;TZID=Europe/Amsterdam:20260323T100000"


def test_a_series_keeps_its_hour_on_the_wall_when_the_clock_changes(read: Read) -> None:
    found = read(series(AMSTERDAM, "DURATION:PT90M", "RRULE:FREQ=WEEKLY;COUNT=2"))
    assert column(found, "starts_at") == ["2026-03-23T09:00:00Z", "2026-03-30T08:00:00Z"]
    assert column(found, "ends_at") == ["2026-03-23T10:30:00Z", "2026-03-30T09:30:00Z"]
    assert column(found, "event_id") == ["s/20260323T090000Z", "s/20260330T080000Z"]
    assert column(found, "series") == ["Reeks", "Reeks"]


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (AMSTERDAM, "20260406T080000Z", 3),
        (AMSTERDAM, "20260406T075959Z", 2),
        ("DTSTART;VALUE=DATE:20260323", "20260406", 3),
        ("DTSTART:20260323T100000", "20260406T100000", 3),
        ("DTSTART:20260323T100000", "20260405", 2),
    ],
)
def test_the_end_of_a_series_belongs_to_it(read: Read, start: str, end: str, count: int) -> None:
    assert len(column(read(series(start, f"RRULE:FREQ=WEEKLY;UNTIL={end}")), "title")) == count


def test_an_endless_series_ends_a_year_after_the_newest_stamp(read: Read) -> None:
    found = read(series("DTSTART:20251201T100000Z", "RRULE:FREQ=MONTHLY"))
    starts = column(found, "starts_at")
    assert (starts[0], starts[-1], len(starts)) == ("2025-12-01T10:00:00Z", "2027-01-01T10:00:00Z", 14)
    assert found.warnings == ()


def test_a_series_without_measure_is_cut_short_and_says_so(read: Read) -> None:
    found = read(series("DTSTART:20100101T100000Z", "RRULE:FREQ=DAILY"))
    assert len(column(found, "title")) == icalendar_agenda.MOST_OCCURRENCES
    assert found.warnings == (icalendar_agenda.CUT_SHORT,)


@pytest.mark.parametrize(
    "left_out",
    [
        ["EXDATE;TZID=Europe/Amsterdam:20260330T100000,20260406T100000"],
        ["EXDATE:20260330T080000Z", "EXDATE:20260406T080000Z"],
        ["EXDATE;TZID=W. Europe Standard Time:20260330T100000", "EXDATE:20260406T080000Z"],
    ],
)
def test_meetings_that_were_taken_out_stay_out(read: Read, left_out: list[str]) -> None:
    found = read(series(AMSTERDAM, "RRULE:FREQ=WEEKLY;COUNT=4", *left_out))
    assert column(found, "starts_at") == ["2026-03-23T09:00:00Z", "2026-04-13T08:00:00Z"]


def test_extra_dates_belong_to_the_series(read: Read) -> None:
    found = read(series("DTSTART:20260323T100000Z", "RDATE:20260501T120000Z,20260323T100000Z"))
    assert column(found, "starts_at") == ["2026-03-23T10:00:00Z", "2026-05-01T12:00:00Z"]


def test_extra_dates_may_be_on_another_clock_or_have_an_end_of_their_own(read: Read) -> None:
    found = read(
        series(
            AMSTERDAM, "DURATION:PT1H", "RDATE:20260501T080000Z", "RDATE;VALUE=DATE:20260601",
            "RDATE;VALUE=PERIOD:20260701T080000Z/PT3H,20260702T080000Z/20260702T120000Z",
        )
    )  # fmt: skip
    assert column(found, "starts_at") == [
        f"2026-{day}T{hour}:00:00Z"
        for day, hour in (("03-23", "09"), ("05-01", "08"), ("06-01", "08"), ("07-01", "08"), ("07-02", "08"))
    ]
    assert column(found, "ends_at")[-3:] == [
        "2026-06-01T09:00:00Z", "2026-07-01T11:00:00Z", "2026-07-02T12:00:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("without", "left"),
    [
        (["EXRULE:FREQ=WEEKLY;INTERVAL=2"], ["03-30T08", "04-13T08"]),
        (["EXRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260324T000000Z"], ["03-30T08", "04-06T08", "04-13T08"]),
        (["EXRULE:FREQ=MONTHLY;BYDAY=1MO,2MO"], ["03-23T09", "03-30T08"]),
        (["EXRULE:FREQ=WEEKLY;COUNT=1", "EXRULE:FREQ=MONTHLY;BYDAY=1MO"], ["03-30T08", "04-13T08"]),
    ],
)
def test_a_rule_of_exceptions_takes_its_meetings_out(read: Read, without: list[str], left: list[str]) -> None:
    found = read(series(AMSTERDAM, "RRULE:FREQ=WEEKLY;COUNT=4", *without))
    assert column(found, "starts_at") == [f"2026-{each}:00:00Z" for each in left]


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=WEEKLY;BYDAY=XX", "often"])
def test_a_rule_of_exceptions_that_cannot_be_followed_costs_its_event_only(read: Read, rule: str) -> None:
    found = read(
        series(AMSTERDAM, "RRULE:FREQ=WEEKLY;COUNT=4", f"EXRULE:{rule}"),
        ["UID:b", "DTSTART:20260701T100000Z", "SUMMARY:B"],
    )
    assert column(found, "title") == ["B"]
    assert [(reject.line, reject.column) for reject in found.rejects] == [(3, "EXRULE")]


@pytest.mark.parametrize("written", ["EXDATE:20260330T100000", "EXDATE;VALUE=DATE:20260330"])
def test_an_exception_without_a_zone_is_on_the_clock_of_the_series(read: Read, written: str) -> None:
    found = read(series(AMSTERDAM, "RRULE:FREQ=WEEKLY;COUNT=2", written))
    assert column(found, "starts_at") == ["2026-03-23T09:00:00Z"]


@pytest.mark.parametrize(
    "planned",
    ["RECURRENCE-ID:20260330T100000", "RECURRENCE-ID;VALUE=DATE:20260330",
     "RECURRENCE-ID;TZID=Europe/London:20260330T090000"],
)  # fmt: skip
def test_a_changed_meeting_keeps_its_id_whatever_the_clock_of_its_plan(read: Read, planned: str) -> None:
    moved = ["UID:s", STAMP, planned, "DTSTART:20260331T120000Z", "SUMMARY:Anders"]
    found = read(series(AMSTERDAM, "RRULE:FREQ=WEEKLY;COUNT=2"), moved)
    assert column(found, "event_id") == ["s/20260323T090000Z", "s/20260330T080000Z"]
    assert column(found, "starts_at") == ["2026-03-23T09:00:00Z", "2026-03-31T12:00:00Z"]


def test_a_change_of_one_meeting_and_all_after_it_moves_them_too(read: Read) -> None:
    later = ["UID:s", STAMP, "RECURRENCE-ID;RANGE=THISANDFUTURE:20260330T080000Z",
             "DTSTART:20260330T120000Z", "DURATION:PT3H", "SUMMARY:Middag"]  # fmt: skip
    alone = ["UID:s", STAMP, "RECURRENCE-ID:20260413T080000Z", "DTSTART:20260414T070000Z", "SUMMARY:Los"]
    found = read(series(AMSTERDAM, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=5"), later, alone)
    rows = sorted(
        zip(*(column(found, name) for name in ("event_id", "starts_at", "ends_at", "title")), strict=True)
    )
    assert [row[1:] for row in rows] == [
        ("2026-03-23T09:00:00Z", "2026-03-23T10:00:00Z", "Reeks"),
        ("2026-03-30T12:00:00Z", "2026-03-30T15:00:00Z", "Middag"),
        ("2026-04-06T12:00:00Z", "2026-04-06T15:00:00Z", "Middag"),
        ("2026-04-14T07:00:00Z", None, "Los"),
        ("2026-04-20T12:00:00Z", "2026-04-20T15:00:00Z", "Middag"),
    ]
    assert [row[0] for row in rows][2] == "s/20260406T080000Z"
    assert found.warnings == ()


def test_one_meeting_of_a_series_is_moved_and_keeps_its_id(read: Read) -> None:
    moved = ["UID:s", STAMP, "RECURRENCE-ID:20260330T080000Z", "DTSTART:20260331T120000Z", "SUMMARY:Anders"]
    found = read(series(AMSTERDAM, "RRULE:FREQ=WEEKLY;COUNT=2"), moved)
    assert column(found, "event_id") == ["s/20260323T090000Z", "s/20260330T080000Z"]
    assert column(found, "starts_at") == ["2026-03-23T09:00:00Z", "2026-03-31T12:00:00Z"]
    assert column(found, "series") == ["Reeks", "Reeks"]


def test_a_cancelled_meeting_stays_as_cancelled(read: Read) -> None:
    cancelled = ["UID:s", STAMP, "RECURRENCE-ID:20260330T080000Z", "DTSTART:20260330T080000Z",
                 "STATUS:CANCELLED"]  # fmt: skip
    found = read(series(AMSTERDAM, "RRULE:FREQ=WEEKLY;COUNT=2"), cancelled)
    assert column(found, "status") == ["confirmed", "cancelled"]
    taken_back = read(series(AMSTERDAM), before=("METHOD:CANCEL",))
    assert column(taken_back, "status") == ["cancelled"]


@pytest.mark.parametrize("backwards", [False, True])
def test_the_newest_version_counts_wherever_it_stands(read: Read, backwards: bool) -> None:
    old = ["UID:a", STAMP, "DTSTART:20260323T100000Z", "SEQUENCE:2", "SUMMARY:Oud"]
    new = ["UID:a", STAMP, "DTSTART:20260324T100000Z", "SEQUENCE:10", "SUMMARY:Nieuw"]
    found = read(*((new, old) if backwards else (old, new)))
    assert column(found, "title") == ["Nieuw"]
    assert (found.rows_read, found.rows_hidden) == (2, 1)


@pytest.mark.parametrize(
    ("start", "text", "warned"),
    [
        ("DTSTART:20260701T100000Z", "2026-07-01T10:00:00Z", False),
        ("DTSTART:20260701T100000", "2026-07-01T10:00:00", False),
        ("DTSTART;VALUE=DATE:20260701", "2026-07-01", False),
        ("DTSTART;TZID=Europe/Brussels:20260701T100000", "2026-07-01T08:00:00Z", False),
        ('DTSTART;TZID="W. Europe Standard Time":20260701T100000', "2026-07-01T08:00:00Z", False),
        ("DTSTART;TZID=/example.org/20260101/Europe/London:20260701T100000", "2026-07-01T09:00:00Z", False),
        ("DTSTART;TZID=Romance Standard Time:20260101T100000", "2026-01-01T09:00:00Z", False),
        ("DTSTART;TZID=Nowhere:20260701T100000", "2026-07-01T10:00:00", True),
    ],
)
def test_every_kind_of_time(read: Read, start: str, text: str, warned: bool) -> None:
    found = read(["UID:a", STAMP, start])
    assert column(found, "starts_at") == [text]
    assert (icalendar_agenda.UNKNOWN_ZONE in found.warnings) is warned


def test_a_zone_of_one_file_is_unknown_in_the_next(read: Read) -> None:
    event = ["UID:a", STAMP, "DTSTART;TZID=Ours:20260701T100000"]
    zone = ("BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:16010101T000000",
            "TZOFFSETFROM:+0300", "TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE")  # fmt: skip
    assert column(read(event, before=zone), "starts_at") == ["2026-07-01T07:00:00Z"]
    assert column(read(event), "starts_at") == ["2026-07-01T10:00:00"]


@pytest.mark.parametrize(
    ("location", "mode", "place"),
    [
        ("Stadsbibliotheek\\, zaal 2", None, "Stadsbibliotheek, zaal 2"),
        ("https://example.org/join/1", "online", None),
        ("Zaal 3\\; Microsoft Teams-vergadering", "hybrid", "Zaal 3"),
        ("", None, None),
    ],
)
def test_links_to_join_are_not_kept(read: Read, location: str, mode: str | None, place: str | None) -> None:
    found = read(["UID:a", STAMP, "DTSTART:20260701T100000Z", f"LOCATION:{location}"])
    assert (column(found, "mode"), column(found, "place")) == ([mode], [place])


def test_nobody_is_read_from_an_agenda(read: Read) -> None:
    found = read([
        "UID:a", STAMP, "DTSTART:20260701T100000Z", "SUMMARY:Overleg",
        "ORGANIZER;CN=Anna de Vries:mailto:anna@example.org", "ATTENDEE;CN=Bo Smit:mailto:bo@example.org",
        "DESCRIPTION:Bel Kim", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Els", "END:VALARM",
    ])  # fmt: skip
    assert not any(name in str(found.feeds) for name in ("Anna", "Bo Smit", "Kim", "Els", "example.org"))


def test_a_change_of_a_private_series_is_hidden_too(read: Read) -> None:
    moved = ["UID:s", STAMP, "RECURRENCE-ID:20260330T080000Z", "DTSTART:20260331T120000Z", "SUMMARY:Arts"]
    found = read(series(AMSTERDAM, "RRULE:FREQ=WEEKLY;COUNT=2", "CLASS:PRIVATE"), moved)
    assert (found.rows_read, found.rows_hidden, column(found, "title")) == (2, 2, [])


def test_private_events_are_hidden(read: Read) -> None:
    found = read(["UID:a", STAMP, "DTSTART:20260701T100000Z", "CLASS:CONFIDENTIAL", "SUMMARY:Arts"])
    assert (found.rows_read, found.rows_hidden, column(found, "title")) == (1, 1, [])


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=XX", "often"])
def test_a_rule_that_cannot_be_followed_costs_its_event_only(read: Read, rule: str) -> None:
    found = read(
        series("DTSTART:20260323T100000Z", f"RRULE:{rule}"),
        ["UID:b", "DTSTART:20260701T100000Z", "SUMMARY:B"],
    )
    assert column(found, "title") == ["B"]
    assert [reject.line for reject in found.rejects] == [3]


def test_a_document_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "collected.json"
    path.write_text('{"kring_collected":"something_else"}', encoding="utf-8")
    with pytest.raises(InputError, match="no format knows"):
        read_source("collected.json", (read_document(path, Limits()),), Settings())


def test_lines_of_old_programs_are_read_and_folds_may_cut_a_letter(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    letter = "ë".encode()
    cut = b"SUMMARY:Geori" + letter[:1] + b"\r\n " + letter[1:] + b"nteerd\r\n"
    path.write_bytes(b"BEGIN:VCALENDAR\r\n" + cut + b"LOCATION:Caf\xe9\r\nEND:VCALENDAR\r\n")
    rows = read_document(path, Limits()).rows
    assert [(row.line, row.cells[0]) for row in rows[1:3]] == [
        (2, "SUMMARY:Georiënteerd"),
        (4, "LOCATION:Café"),
    ]
