"""Zoom's list of participants: the rules that no sample file shows."""

from __future__ import annotations

import pytest

from etl.reading.table import TextRow, TextTable
from etl.settings import Settings, read_settings
from etl.sources import zoom_participants
from etl.sources.identify import Identified, read_source
from etl.sources.source import NeedsMapping, SourceResult

HEADING = ("Name (original name)", "Email", "Join time", "Leave time", "Duration (minutes)", "Guest")
PLACES = zoom_participants.COLUMNS


def table(*rows: tuple[str, ...]) -> TextTable:
    return TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])


def read(name: str, *rows: tuple[str, ...]) -> SourceResult:
    found = zoom_participants.read(name, table(*rows), Settings())
    assert isinstance(found, SourceResult)
    return found


def values(result: SourceResult, field: str) -> list[str | None]:
    return [row[PLACES.index(field)] for row in result.feeds[0].rows]


def join(day: str, name: str = "Bo Smit") -> tuple[str, ...]:
    return (name, "bo@example.org", f"{day} 10:00:00 AM", f"{day} 11:00:00 AM", "60", "No")


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("participants 2026-04-03.csv", "2026-04-03"),
        ("participants 2026-03-04.csv", "2026-03-04"),
        ("participants_860_2026_03_04.csv", "2026-03-04"),
    ],
)
def test_the_file_name_decides_between_day_and_month(name: str, day: str) -> None:
    result = read(name, HEADING, join("03/04/2026"))
    assert values(result, "joined_at") == [f"{day}T10:00:00"]
    assert result.warnings == ()


def test_am_and_pm_prove_nothing_so_it_is_asked_and_the_answer_holds() -> None:
    given = table(HEADING, join("03/04/2026"))
    asked = zoom_participants.read("participants.csv", given, Settings())
    assert isinstance(asked, NeedsMapping)
    assert (asked.rows_read, asked.proposal.splitlines()[0]) == (1, "[dates]")
    for word, day in (("day-first", "2026-04-03"), ("month-first", "2026-03-04")):
        told = read_settings(f'[dates]\nzoom_participants = "{word}"\n', {})
        found = zoom_participants.read("participants.csv", given, told)
        assert isinstance(found, SourceResult)
        assert values(found, "joined_at") == [f"{day}T10:00:00"]


MEETING = ("Topic", "ID", "Duration (minutes)", "Start time", "End time", "Participants")


@pytest.mark.parametrize(
    ("starts", "ends", "day"),
    [
        ("Mar 4, 2026 10:00 AM", "Mar 4, 2026 11:00 AM", "2026-03-04"),
        ("Apr 3, 2026 10:00 AM", "Apr 3, 2026 11:00 AM", "2026-04-03"),
    ],
)
def test_a_day_in_words_decides_between_day_and_month(starts: str, ends: str, day: str) -> None:
    result = read("x.csv", MEETING, ("Call", "860", "60", starts, ends, "1"), HEADING, join("03/04/2026"))
    assert values(result, "joined_at") == [f"{day}T10:00:00"]


@pytest.mark.parametrize(
    ("first", "last", "joined"),
    [("03/04/2026", "04/04/2026", "2026-04-03"), ("03/04/2026", "03/05/2026", "2026-03-04")],
    ids=["day first", "month first"],
)
def test_nobody_stays_a_month_over_midnight(first: str, last: str, joined: str) -> None:
    row = ("Bo Smit", "bo@example.org", f"{first} 11:50:00 PM", f"{last} 12:20:00 AM", "30", "No")
    result = read("x.csv", HEADING, row)
    assert values(result, "joined_at") == [f"{joined}T23:50:00"]


def test_one_telling_row_decides_for_all() -> None:
    result = read("participants.csv", HEADING, join("03/04/2026"), join("25/04/2026"))
    assert values(result, "joined_at") == ["2026-04-03T10:00:00", "2026-04-25T10:00:00"]
    assert result.warnings == ()


def test_a_list_without_any_date_says_so() -> None:
    heading = ("Name (Original Name)", "User Email", "Total Duration (Minutes)", "Guest")
    result = read("participants_860.csv", heading, ("Bo Smit", "", "12", "Yes"))
    assert values(result, "starts_at") == [None]
    assert values(result, "minutes") == ["12"]
    assert len(result.warnings) == 1


def test_the_host_is_known_by_the_meeting_data() -> None:
    meeting = ("Meeting ID", "Topic", "Start Time", "End Time", "User Email", "Duration (Minutes)")
    about = ("860", "Call", "03/16/2026 10:00:00 AM", "03/16/2026 11:00:00 AM", "BO@example.org", "60")
    other = ("Els Mulder", "els@example.org", "03/16/2026 10:00:00 AM", "03/16/2026 11:00:00 AM", "60", "Yes")
    result = read("x.csv", meeting, about, HEADING, join("03/16/2026"), other)
    assert values(result, "role") == ["host", "attendee"]


def test_somebody_who_only_waited_is_nobody() -> None:
    heading = (*HEADING, "In waiting room")
    result = read("x.csv", heading, (*join("03/16/2026", "iPhone"), "Ja"), (*join("03/16/2026"), "Nee"))
    assert values(result, "full_name") == ["Bo Smit"]
    assert (result.rows_read, result.rows_hidden, result.unidentified) == (2, 1, 0)


def test_another_program_with_names_and_times_is_not_zoom() -> None:
    heading = ("Name", *HEADING[1:-1])
    assert not zoom_participants.recognises(table(heading, join("03/16/2026")[:-1]))
    assert not zoom_participants.recognises(table(("Topic", "User Email", "Duration (Minutes)", "Guest")))


def test_a_list_of_the_waiting_room_alone_says_nothing_of_its_addresses() -> None:
    heading = (*HEADING, "In waiting room")
    found = read_source("zoom.csv", (table(heading, (*join("03/16/2026"), "Yes")),), Settings())
    assert isinstance(found, Identified)
    assert found.result.rows_hidden == 1
    assert found.result.warnings == ()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Kennissessie borging 2026-03-16.csv", "Kennissessie borging"),
        ("participants_2026-03-16 Startbijeenkomst (1).csv", "Startbijeenkomst"),
        ("Deelnemers 16 maart 2026 - Intervisie.csv", "Intervisie"),
        ("participants_86012345678.csv", "86012345678"),
    ],
)
def test_a_meeting_without_data_is_called_after_its_file_without_the_day(name: str, title: str) -> None:
    assert values(read(name, HEADING, join("03/16/2026")), "title") == [title]
