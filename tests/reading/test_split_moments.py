"""Days and times in columns of their own: one moment, whatever the table and the path of reading."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from etl.errors import SettingsError
from etl.reading.file import ReadJob, read_file
from etl.reading.large import LARGE_BYTES
from etl.reading.table import TextRow, TextTable
from etl.settings import Settings, read_settings
from etl.settings_file import table_text
from etl.sources.proposal import propose
from etl.sources.reading import FileReading
from etl.warehouse import scratch

AGENDA = """
[[tables]]
name = "agenda"
match = "agenda*"
feed = "event"
[tables.columns]
Titel = "title"
Datum = "starts_at.date"
Aanvang = "starts_at.time"
Einde = "ends_at.time"
"""
STRETCHES = AGENDA.replace('Einde = "ends_at.time"\n', "").replace("Aanvang", "Tijd")
PRESENCE = """
[[tables]]
name = "presence"
match = "presence*"
feed = "attendance"
[tables.columns]
Naam = "full_name"
Bijeenkomst = "title"
Datum = "starts_at.date"
Binnen = "joined_at.time"
Vertrek = "left_at.time"
"""
SCRATCH = scratch(threads=1)
Moments = list[tuple[str | None, ...]]


def read(path: Path, mapping: str, folder: Path, *, is_large: bool = False) -> FileReading:
    job = ReadJob(path, path.name, "0" * 64, datetime(2026, 11, 21), is_counted=False)
    return read_file(job, read_settings(mapping, {}), SCRATCH, folder, 0 if is_large else LARGE_BYTES)


def rows(found: FileReading, *fields: str) -> Moments:
    assert found.feeds, found.reason
    listed = ", ".join(f"{field}::VARCHAR" for field in fields)
    source = "read_parquet(?)"
    return SCRATCH.execute(f"SELECT {listed} FROM {source}", [str(found.feeds[0].path)]).fetchall()


def refused(found: FileReading) -> list[tuple[int, str | None, str]]:
    return [(each.line, each.column, each.reason) for each in found.rejects]


WRITTEN = """\
Titel;Datum;Aanvang;Einde
A;19-11-2026;14:30;16:00
B;do 19 november 2026;14u30;16u
C;2026-11-19;14.30 uur;16.00 uur
D;46345;14:30:00;0,6666666667
E;19-11-26;;
F;19/11/2026;14:30;
G;19-11-2026;half drie;16:00
H;;14:30;16:00
I;31-2-2026;14:30;16:00
J;19-11-2026;14:30;13:00
K;29-3-2026;02:30;04:00
L;19-11-2026;14.30 - 16.00 uur;
"""
DAY, AT, END = "2026-11-19", "2026-11-19 13:30:00", "2026-11-19 15:00:00"


@pytest.mark.parametrize("is_large", [False, True])
def test_an_agenda_with_a_day_and_two_times(tmp_path: Path, *, is_large: bool) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text(WRITTEN, encoding="utf-8")
    found = read(path, AGENDA, tmp_path, is_large=is_large)
    assert rows(found, "title", "starts_at", "ends_at") == [
        ("A", AT, END), ("B", AT, END), ("C", AT, END), ("D", AT, END), ("E", "2026-11-18 23:00:00", None),
        ("F", AT, None), ("L", AT, None),
    ]  # fmt: skip
    assert refused(found) == [
        (8, "Aanvang", "not a time of day, such as 14:30"),
        (9, "Datum", "a time of day without its day"),
        (10, "Datum", "not a moment that exists, written as the others of this column"),
        (11, "Einde", "earlier than the beginning"),
        (12, "Datum", "this hour does not exist: the clock was put forward over it"),
    ]


LATE = """\
Titel;Datum;Aanvang;Einde
A;19-11-2026;22:00;00:30
B;do 19 november 2026;22u;0u30
C;2026-11-19;22.00 uur;00.30 uur
D;46345;22:00:00;0,0208333333
E;19/11/26;22:00;24:30
F;31-12-2026;20:00;08:00
G;31-12-2026;20:00;08:01
H;28-3-2026;23:30;03:30
I;28-2-2026;22:00;00:00
J;19 nov. 2026;22:00;
K;November 19, 2026;22:00;00:30
L;19-11-2026;22:00;22:00
M;28-3-2026;23:30;02:30
N;19-11-2026;;00:30
"""
LATE_AT, LATE_END = "2026-11-19 21:00:00", "2026-11-19 23:30:00"


@pytest.mark.parametrize("is_large", [False, True])
def test_an_end_past_midnight_is_on_the_day_after(tmp_path: Path, *, is_large: bool) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text(LATE, encoding="utf-8")
    found = read(path, AGENDA, tmp_path, is_large=is_large)
    at, end = LATE_AT, LATE_END
    assert rows(found, "title", "starts_at", "ends_at") == [
        ("A", at, end), ("B", at, end), ("C", at, end), ("D", at, end),
        ("F", "2026-12-31 19:00:00", "2027-01-01 07:00:00"),
        ("H", "2026-03-28 22:30:00", "2026-03-29 01:30:00"),
        ("I", "2026-02-28 21:00:00", "2026-02-28 23:00:00"),
        ("J", at, None), ("K", at, end), ("L", at, at),
        ("N", "2026-11-18 23:00:00", "2026-11-18 23:30:00"),
    ]  # fmt: skip
    assert refused(found) == [
        (6, "Einde", "not a time of day, such as 14:30"),
        (8, "Einde", "earlier than the beginning"),
        (14, "Einde", "this hour does not exist: the clock was put forward over it"),
    ]


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(
    ("day", "order", "end"),
    [("04/05/2026", "day-first", "2026-05-04 22:30:00"), ("05/04/2026", "month-first", "2026-05-04 22:30:00"),
     ("2026-05-04", "iso", "2026-05-04 22:30:00"), ("46146", "serial", "2026-05-04 22:30:00")],
)  # fmt: skip
def test_the_day_after_follows_the_order_of_the_column(
    tmp_path: Path, day: str, order: str, end: str, *, is_large: bool
) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text(f"Titel;Datum;Aanvang;Einde\nA;{day};22:00;00:30\n", encoding="utf-8")
    mapping = AGENDA.replace("[tables.columns]", f'dates = "{order}"\n[tables.columns]')
    found = read(path, mapping, tmp_path, is_large=is_large)
    assert rows(found, "starts_at", "ends_at") == [("2026-05-04 20:00:00", end)]


@pytest.mark.parametrize("is_large", [False, True])
def test_an_end_with_a_day_of_its_own_or_another_clock_stays_there(tmp_path: Path, *, is_large: bool) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text(
        "Titel;Datum;Aanvang;Einddatum;Einde\nA;19-11-2026;22:00;19-11-2026;00:30\n"
        "B;19-11-2026;22:00;20-11-2026;00:30\n",
        encoding="utf-8",
    )
    own = AGENDA + 'Einddatum = "ends_at.date"\n'
    found = read(path, own, tmp_path, is_large=is_large)
    assert rows(found, "title", "ends_at") == [("B", LATE_END)]
    assert refused(found) == [(2, "Einddatum", "earlier than the beginning")]
    path.write_text("Titel;Datum;Start (UTC);Einde\nA;19-11-2026;22:00;00:30\n", encoding="utf-8")
    found = read(path, AGENDA.replace("Aanvang", '"Start (UTC)"'), tmp_path, is_large=is_large)
    assert [reason for _, _, reason in refused(found)] == ["earlier than the beginning"]
    path.write_text("Titel;Datum (UTC);Aanvang;Einde (UTC)\nA;19-11-2026;22:00;00:30\n", encoding="utf-8")
    both = AGENDA.replace("Datum", '"Datum (UTC)"').replace("Einde", '"Einde (UTC)"')
    found = read(path, both, tmp_path, is_large=is_large)
    assert rows(found, "starts_at", "ends_at") == [("2026-11-19 22:00:00", "2026-11-20 00:30:00")]


@pytest.mark.parametrize("is_large", [False, True])
def test_somebody_who_left_after_midnight(tmp_path: Path, *, is_large: bool) -> None:
    path = tmp_path / "presence.csv"
    path.write_text(
        "Naam,Bijeenkomst,Datum,Binnen,Vertrek\nBo Test,Kring,19/11/2026,22:00,00:30\n"
        "Cas Proef,Kring,19/11/2026,22:00,09:00\n",
        encoding="utf-8",
    )
    found = read(path, PRESENCE, tmp_path, is_large=is_large)
    assert rows(found, "joined_at", "left_at") == [(LATE_AT, LATE_END), (LATE_AT, "2026-11-20 08:00:00")]


NIGHT = """\
Naam,Bijeenkomst,Datum,Binnen,Vertrek
Bo Test,Kring,19/11/2026,22:00,00:30
Cas Proef,Kring,19/11/2026,00:10,00:25
Dia Proef,Kring,19/11/2026,00:20,
Eva Proef,Kring,19/11/2026,00:40,00:50
Fe Proef,Kring,19/11/2026,21:50,23:00
Gus Proef,Ontbijt,19/11/2026,00:10,00:25
Hans Proef,Kring,20/11/2026,00:10,00:25
Ine Proef,Kring,19/11/2026,,00:15
"""


@pytest.mark.parametrize("is_large", [False, True])
def test_who_came_after_midnight_to_a_meeting_that_passed_it(tmp_path: Path, *, is_large: bool) -> None:
    path = tmp_path / "presence.csv"
    path.write_text(NIGHT, encoding="utf-8")
    found = read(path, PRESENCE, tmp_path, is_large=is_large)
    assert rows(found, "full_name", "joined_at", "left_at") == [
        ("Bo Test", LATE_AT, LATE_END),
        ("Cas Proef", "2026-11-19 23:10:00", "2026-11-19 23:25:00"),
        ("Dia Proef", "2026-11-19 23:20:00", None),
        ("Eva Proef", "2026-11-19 23:40:00", "2026-11-19 23:50:00"),
        ("Fe Proef", "2026-11-19 20:50:00", "2026-11-19 22:00:00"),
        ("Gus Proef", "2026-11-18 23:10:00", "2026-11-18 23:25:00"),  # another meeting
        ("Hans Proef", "2026-11-19 23:10:00", "2026-11-19 23:25:00"),  # a day of its own
        ("Ine Proef", None, "2026-11-18 23:15:00"),
    ]  # fmt: skip


def test_who_came_late_is_known_from_the_times_of_the_meeting(tmp_path: Path) -> None:
    path = tmp_path / "presence.csv"
    path.write_text(
        "Naam,Bijeenkomst,Datum,Begin,Einde,Binnen\n"
        "Bo Test,Kring,19/11/2026,22:00,01:00,00:20\nCas Proef,Kring,19/11/2026,22:00,01:00,21:55\n",
        encoding="utf-8",
    )
    mapping = PRESENCE.replace('Vertrek = "left_at.time"', 'Begin = "starts_at.time"\nEinde = "ends_at.time"')
    found = read(path, mapping, tmp_path)
    assert rows(found, "starts_at", "joined_at") == [
        (LATE_AT, "2026-11-19 23:20:00"), (LATE_AT, "2026-11-19 20:55:00"),
    ]  # fmt: skip


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(
    ("written", "end"),
    [
        ("14.30 - 16.00 uur", END), ("14:30-16:00", END), ("14u30 tot 16u", END), ("14:30 – 16:00", END),
        ("van 14.30 tot 16.00 uur", END), ("14:30", None), ("14u30 t/m 16u", END),
        ("14.30 - 02.30 uur", "2026-11-20 01:30:00"),
    ],
)  # fmt: skip
def test_a_stretch_of_time_in_one_cell(
    tmp_path: Path, written: str, end: str | None, *, is_large: bool
) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text(f"Titel;Datum;Tijd\nA;19-11-2026;{written}\nB;19-11-2026;\n", encoding="utf-8")
    found = read(path, STRETCHES, tmp_path, is_large=is_large)
    assert rows(found, "title", "starts_at", "ends_at") == [
        ("A", AT, end), ("B", "2026-11-18 23:00:00", None),
    ]  # fmt: skip
    assert not found.rejects


def test_a_workbook_with_days_and_times(tmp_path: Path) -> None:
    path = tmp_path / "agenda.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        day, clock = book.add_format({"num_format": "d-m-yyyy"}), book.add_format({"num_format": "hh:mm"})
        sheet.write_row(0, 0, ["Titel", "Datum", "Aanvang", "Einde"])
        sheet.write_row(1, 0, ["A"])
        sheet.write_datetime(1, 1, datetime(2026, 11, 19), day)
        sheet.write_datetime(1, 2, time(14, 30), clock)
        sheet.write_number(1, 3, 16 / 24)
    found = read(path, AGENDA, tmp_path)
    assert rows(found, "title", "starts_at", "ends_at") == [("A", AT, END)]


@pytest.mark.parametrize("is_large", [False, True])
def test_one_day_serves_every_time_of_an_attendance_list(tmp_path: Path, *, is_large: bool) -> None:
    path = tmp_path / "presence.csv"
    path.write_text(
        "Naam,Bijeenkomst,Datum,Binnen,Vertrek\nBo Test,Kring,13/11/2026,14:30,16:00\n"
        "Cas Proef,Kring,13/11/2026,14:30,\n",
        encoding="utf-8",
    )
    found = read(path, PRESENCE, tmp_path, is_large=is_large)
    start = "2026-11-13 13:30:00"
    assert rows(found, "full_name", "joined_at", "left_at") == [
        ("Bo Test", start, "2026-11-13 15:00:00"), ("Cas Proef", start, None),
    ]  # fmt: skip


def test_a_day_that_may_be_two_days_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "presence.csv"
    text = PRESENCE.replace("Naam", "Name").replace("Bijeenkomst", "Meeting").replace("Datum", "Day")
    path.write_text("Name,Meeting,Day,Binnen,Vertrek\nBo Test,Kring,3/4/2026,14:30,16:00\n", encoding="utf-8")
    found = read(path, text.replace("Binnen", "In").replace("Vertrek", "Out"), tmp_path)
    assert found.status.value == "rejected", "the columns are missing"
    path.write_text("Name,Meeting,Day,In,Out\nBo Test,Kring,3/4/2026,14:30,16:00\n", encoding="utf-8")
    found = read(path, text.replace("Binnen", "In").replace("Vertrek", "Out"), tmp_path)
    assert found.status.value == "needs_mapping"
    assert '"Day"' in (found.reason or "")


def test_a_heading_that_says_utc_says_so_of_the_moment(tmp_path: Path) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text("Titel;Datum;Start (UTC);Einde\nA;19-11-2026;14:30;16:00\n", encoding="utf-8")
    found = read(path, AGENDA.replace("Aanvang", '"Start (UTC)"'), tmp_path)
    assert rows(found, "starts_at", "ends_at") == [("2026-11-19 14:30:00", END)]


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ('Aanvang = "starts_at.time"', "starts_at.time alone, expected a column for its day, starts_at.date"),
        ('Datum = "starts_at.date"\nBegin = "starts_at"', "starts_at.date alone, expected starts_at, or"),
        ('Datum = "title.date"\nBegin = "starts_at"', "title.date is no field of event"),
        ('Datum = "starts_at.date"\nDag = "starts_at.date"', "starts_at.date has a column already"),
        ('Einde = "ends_at.time"\nDag = "ends_at.date"', "no column for event, expected one for starts_at"),
    ],
)
def test_parts_that_do_not_fit_are_said(columns: str, fault: str) -> None:
    text = AGENDA.partition("Datum")[0] + columns + "\n"
    with pytest.raises(SettingsError, match=fault.replace(".", r"\.")):
        read_settings(text, {})


def test_a_mapping_with_parts_is_written_as_it_was_read() -> None:
    (mapping,) = read_settings(AGENDA, {}).tables
    assert read_settings(table_text(mapping), {}).tables == (mapping,)


def proposed(headings: str, *lines: str) -> str:
    table = [TextRow(number, tuple(line.split(";"))) for number, line in enumerate((headings, *lines), 1)]
    return propose("agenda.csv", TextTable("", table))


def test_days_and_times_are_proposed_as_one_moment(tmp_path: Path) -> None:
    lines = ("Titel;Datum;Aanvang;Einde", "A;19-11-2026;14:30;16:00", "B;20-11-2026;14u;16.00 uur")
    said = proposed(*lines)
    for line in ('"Datum" = "starts_at.date"', '"Aanvang" = "starts_at.time"', '"Einde" = "ends_at.time"'):
        assert line in said
    assert 'feed = "event"' in said
    path = tmp_path / "agenda.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert rows(read(path, said, tmp_path), "starts_at", "ends_at")[0] == (AT, END)
    assert read_settings(said, {}) != Settings()

    assert '"Tijd" = "starts_at.time"' in proposed(
        "Titel;Datum;Tijd;Locatie", "A;19-11-2026;14.30 - 16.00 uur;Gent"
    )
    said = proposed("Naam;Bijeenkomst;Datum;Van;Tot", "Bo Test;Kring;19-11-2026;14:30;16:00")
    assert 'feed = "attendance"' in said
    for line in ('"Datum" = "starts_at.date"', '"Van" = "starts_at.time"', '"Tot" = "ends_at.time"'):
        assert line in said
    said = proposed("Naam;Bijeenkomst;Datum;Aankomst;Vertrek", "Bo Test;Kring;19-11-2026;14:30;16:00")
    for line in ('"Datum" = "joined_at.date"', '"Aankomst" = "joined_at.time"', '"Vertrek" = "left_at.time"'):
        assert line in said


def test_what_only_looks_like_a_time_is_proposed_as_before() -> None:
    said = proposed("Week;Soort;Uren", "2026-W03;proces;1.30", "2026-W04;proces;7.50")
    assert '"Uren" = "hours"' in said
    said = proposed("Titel;Aanvang", "A;14:30")
    assert "starts_at.time" not in said
    assert '# "Aanvang" = ""' in said
