"""Teams reports: the order of dates by evidence, people matched to their stretches, nothing guessed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from etl.errors import InputError
from etl.reading.table import TextRow, TextTable
from etl.settings import Settings
from etl.sources import teams_attendance, teams_town_hall
from etl.sources.layouts import keep_contract
from etl.sources.source import DateShape, NeedsMapping, SourceResult

PEOPLE = ("Name", "First Join", "Last Leave", "In-Meeting Duration", "Email", "Participant ID (UPN)", "Role")
STRETCHES = ("Name", "Join Time", "Leave Time", "Duration", "Email", "Role")
Row = tuple[str, ...]


def report(people: Sequence[Row], stretches: Sequence[Row] | None = None, heading: Row = PEOPLE) -> TextTable:
    """A report with these rows; the lines are those of the file."""
    rows: list[Row] = [
        ("1. Summary",), ("Meeting title", "Overleg"), ("Attended participants", "1"), ("",),
        ("2. Participants",), heading, *people, ("",),
    ]  # fmt: skip
    if stretches is not None:
        rows += [("3. In-Meeting Activities",), STRETCHES, *stretches]
    return TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])


def person(
    first: str, last: str, duration: str = "1h", name: str = "Bo Smit", email: str = "bo@example.org"
) -> Row:
    return (name, first, last, duration, email, "", "Attendee")


def read(table: TextTable, name: str = "report.csv") -> SourceResult:
    assert teams_attendance.recognises(table)
    result = teams_attendance.read(name, table, Settings())
    assert isinstance(result, SourceResult)
    return result


def values(result: SourceResult, field: str) -> list[str | None]:
    rows = result.feeds[0]
    return [row[rows.columns.index(field)] for row in rows.rows]


@pytest.mark.parametrize(
    ("first", "last", "name", "joined"),
    [
        ("11/26/25, 4:00:00 PM", "11/26/25, 5:00:00 PM", "report.csv", "2025-11-26T16:00:00"),
        ("14/11/22, 09:00:00", "14/11/22, 10:00:00", "report.csv", "2022-11-14T09:00:00"),
        ("06.10.26, 18:00:00", "06.10.26, 19:00:00", "report.csv", "2026-10-06T18:00:00"),
        (
            "5/04/26, 4:00:00 PM",
            "5/04/26, 5:00:00 PM",
            "x - Attendance report 4-5-26.csv",
            "2026-04-05T16:00:00",
        ),
        (
            "5/04/26, 4:00:00 PM",
            "5/04/26, 5:00:00 PM",
            "x - Attendance report 5-4-26.csv",
            "2026-05-04T16:00:00",
        ),
        ("5/04/26, 4:00:00 PM", "5/04/26, 5:00:00 PM", "overleg 2026-04-05.csv", "2026-04-05T16:00:00"),
        ("5/04/26, 11:30:00 PM", "6/04/26, 12:30:00 AM", "report.csv", "2026-04-05T23:30:00"),
        ("5/5/26, 4:00:00 PM", "5/5/26, 5:00:00 PM", "report.csv", "2026-05-05T16:00:00"),
    ],
)
def test_the_order_of_the_day_is_decided_by_evidence(first: str, last: str, name: str, joined: str) -> None:
    assert values(read(report([person(first, last)]), name), "joined_at") == [joined]


def test_one_day_over_twelve_decides_for_every_row() -> None:
    table = report([person("5/04/26, 4:00:00 PM", "5/04/26, 5:00:00 PM"), person("13/04/26, 4:00:00 PM", "")])
    assert values(read(table), "joined_at") == ["2026-04-05T16:00:00", "2026-04-13T16:00:00"]


@pytest.mark.parametrize("clock", ["4:00:00 PM", "16:00:00"])
def test_without_evidence_the_order_is_asked_and_the_answer_is_kept(clock: str) -> None:
    table = report([person(f"5/04/26, {clock}", f"5/04/26, {clock}", "0s")])
    asked = teams_attendance.read("report.csv", table, Settings())
    assert isinstance(asked, NeedsMapping)
    assert "file name" in asked.reason
    told = Settings(dates=(("teams_attendance", DateShape.MONTH_DAY_YEAR),))
    answered = teams_attendance.read("report.csv", table, told)
    assert isinstance(answered, SourceResult)
    assert values(answered, "joined_at") == ["2026-05-04T16:00:00"]


def test_headings_that_are_not_american_show_the_day_first() -> None:
    heading = ("Naam", "Eerste deelname", "Laatste vertrek", "Duur", "E-mail", "UPN", "Rol")
    table = report([person("5/04/26, 16:00:00", "5/04/26, 17:00:00")], heading=heading)
    assert values(read(table), "joined_at") == ["2026-04-05T16:00:00"]


GERMAN = (
    "Name",
    "Erster Beitritt",
    "Letztes Verlassen",
    "Zeit in der Besprechung",
    "E-Mail",
    "Teilnehmer-Nr.",
    "Rolle",
)


@pytest.mark.parametrize("heading", [GERMAN, (*GERMAN[:2], "Zuletzt weg", *GERMAN[3:])])
def test_a_language_of_which_some_words_are_known_is_read_by_the_usual_places(heading: Row) -> None:
    row = (
        "Bo Smit",
        "14.11.22, 09:30:00",
        "14.11.22, 11:00:00",
        "40 Min. 0 Sek.",
        "",
        "bo@example.org",
        "Referent",
    )
    table = report([row], heading=heading)
    result = read(table)
    assert keep_contract("teams_attendance", "report.csv", table, result) == ()
    [feed] = result.feeds
    found = dict(zip(feed.columns, feed.rows[0], strict=True))
    assert (found["email"], found["minutes"], found["role"]) == ("bo@example.org", "40.0", "presenter")


def test_an_english_column_that_is_renamed_stops_the_file() -> None:
    heading = (*PEOPLE[:3], "Time Spent", *PEOPLE[4:])
    table = report([person("11/14/2022, 9:30:00 AM", "11/14/2022, 11:00:00 AM")], heading=heading)
    with pytest.raises(InputError, match="In-Meeting Duration"):
        keep_contract("teams_attendance", "report.csv", table, read(table))


def test_a_webinar_in_an_unknown_language_keeps_who_registered() -> None:
    heading = (
        "Nome",
        "Ingresso",
        "Uscita",
        "Durata",
        "Posta",
        "ID (UPN)",
        "Ruolo",
        "Cognome",
        "Posta 2",
        "Ora",
    )
    guest = ("Bo Smit", "14/11/22 09:00:00", "14/11/22 10:00:00", "1h", "", "", "Partecipante", "Smit")
    absent = ("Kim Bakker", "", "", "", "", "", "", "Bakker", "kim@example.org", "02/11/22 08:00:00")
    host = (
        "Els Maes",
        "14/11/22 09:00:00",
        "14/11/22 10:00:00",
        "1h",
        "els@example.org",
        "",
        "Organizzatore",
    )
    table = report(
        [(*guest, "bo@example.org", "01/11/22 08:00:00"), absent, (*host, "", "", "")], heading=heading
    )
    result = read(table)
    assert values(result, "email") == ["bo@example.org", "els@example.org"]
    assert values(result, "role") == ["attendee", "host"]
    registered = result.feeds[1]
    assert [row[registered.columns.index("email")] for row in registered.rows] == [
        "bo@example.org",
        "kim@example.org",
    ]
    assert registered.rows[0][-1] == "2022-11-01T08:00:00"


def test_dates_that_contradict_one_another_stop_the_file() -> None:
    table = report([person("13/04/26, 16:00:00", "13/04/26, 17:00:00"), person("4/13/26, 16:00:00", "")])
    with pytest.raises(InputError, match="contradict"):
        teams_attendance.read("report.csv", table, Settings())


def test_stretches_go_before_the_merged_row_and_who_has_none_is_kept() -> None:
    people = [
        person("14/11/22 09:00:00", "14/11/22 10:00:00"),
        person("14/11/22 09:00:00", "14/11/22 10:00:00", "30m", "Kim Bakker", "kim@example.org"),
    ]
    stretches = [
        ("Bo Smit", "14/11/22 09:00:00", "14/11/22 09:10:00", "10m", "bo@example.org", "Attendee"),
        ("Bo Smit", "14/11/22 09:50:00", "14/11/22 10:00:00", "10m", "bo@example.org", "Attendee"),
    ]
    result = read(report(people, stretches))
    assert values(result, "email") == ["bo@example.org", "bo@example.org", "kim@example.org"]
    assert values(result, "left_at") == ["2022-11-14T09:10:00", "2022-11-14T10:00:00", None]
    assert values(result, "minutes") == [None, None, "30.0"]
    assert result.rows_read == 3


def test_two_people_of_one_name_stay_two() -> None:
    """A guest without an address does not get the address of a namesake who has one."""
    people = [
        person("14/11/22 09:00:00", "14/11/22 10:00:00"),
        person("14/11/22 09:00:00", "14/11/22 10:00:00", email=""),
    ]
    stretches = [
        ("Bo Smit", "14/11/22 09:00:00", "14/11/22 10:00:00", "1h", "bo@example.org", "Attendee"),
        ("Bo Smit", "14/11/22 09:00:00", "14/11/22 10:00:00", "1h", "", "Attendee"),
    ]
    assert values(read(report(people, stretches)), "email") == ["bo@example.org", None]


def test_a_heading_that_says_utc_wins() -> None:
    heading = ("Name", "First Join (UTC)", "Last Leave (UTC)", *PEOPLE[3:])
    table = report([person("14/11/22 09:00:00", "14/11/22 10:00:00")], heading=heading)
    assert values(read(table), "joined_at") == ["2022-11-14T09:00:00Z"]


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("Organizer", "host"),
        ("Organisator", "host"),
        ("Mede-organisator", "host"),
        ("Presenter", "presenter"),
        ("Deelnemer", "attendee"),
        ("", None),
    ],
)
def test_roles(written: str, role: str | None) -> None:
    row = ("Bo Smit", "14/11/22 09:00:00", "14/11/22 10:00:00", "1h", "bo@example.org", "", written)
    assert values(read(report([row])), "role") == [role]


def test_other_tables_are_not_taken_for_reports() -> None:
    table = TextTable("", [TextRow(1, ("Name", "Email")), TextRow(2, ("Bo", "bo@example.org"))])
    assert not teams_attendance.recognises(table)


@pytest.mark.parametrize(
    ("joined", "starts_at"),
    [("11/26/25, 4:01:00 PM", "2025-11-26T16:00:00Z"), ("11/26/25, 3:01:00 PM", "2025-11-26T16:00:00")],
)
def test_a_summary_is_on_the_clock_of_lists_in_utc_when_the_first_came_as_it_began(
    joined: str, starts_at: str
) -> None:
    heading = ("Name", "First Join (UTC)", "Last Leave (UTC)", *PEOPLE[3:])
    table = report([person(joined, "11/26/25, 4:30:00 PM")], heading=heading)
    times = [("Start time", "11/26/25, 4:00:00 PM"), ("End time", "11/26/25, 5:00:00 PM")]
    rows = [row.cells for row in table.rows]
    table = TextTable(
        "", [TextRow(line, cells) for line, cells in enumerate([*rows[:3], *times, *rows[3:]], 1)]
    )
    assert values(read(table), "starts_at") == [starts_at]
    assert values(read(table), "joined_at")[0] in ("2025-11-26T16:01:00Z", "2025-11-26T15:01:00Z")


def test_a_list_shorter_than_the_summary_says_is_warned_about() -> None:
    table = report([person("11/26/25, 4:00:00 PM", "11/26/25, 5:00:00 PM")])
    assert read(table).warnings == ()
    rows = [
        ("Attended participants", "3") if row.cells[0].startswith("Att") else row.cells for row in table.rows
    ]
    short = TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])
    assert ["3 participants and the list holds 1" in warning for warning in read(short).warnings] == [True]


def test_an_id_of_a_town_hall_without_a_name_or_with_a_device_is_nobody() -> None:
    heading = ("SessionId", "ParticipantId", "FullName", "UserAgent", "UtcEventTimestamp", "Action", "Role")
    people = [("p1", "Anna Voorbeeld"), ("p2", ""), ("p3", "iPhone")]
    rows = [(f"s{who}", who, name, "", "1/25/2022 4:48:08 PM", "Joined", "Attendee") for who, name in people]
    table = TextTable("", [TextRow(line, cells) for line, cells in enumerate([heading, *rows], start=1)])
    found = teams_town_hall.read("AttendeeReport.csv", table, Settings())
    assert isinstance(found, SourceResult)
    assert values(found, "external_id") == ["p1", None, None]
    assert found.unidentified == 2
