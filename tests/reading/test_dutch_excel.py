"""What spreadsheets with Dutch settings make of a table, read through a mapping: CSV and workbooks alike."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from etl.reading.file import ReadJob, read_file
from etl.reading.large import LARGE_BYTES
from etl.reading.table import TextRow, TextTable
from etl.settings import read_settings
from etl.sources.proposal import propose
from etl.warehouse import scratch

MAPPING = """
[[tables]]
name = "figures"
match = "figures*"
feed = "reach"
[tables.columns]
"Kanaal" = "channel"
"Datum" = "measured_on"
"Waarde" = "value"
"""
DAY = "2026-11-19"
Rows = list[tuple[str, str, float]]
Cell = str | float | date
SCRATCH = scratch(threads=1)  # one for all: no test leaves anything in it


def read(path: Path, folder: Path, *, is_large: bool = False) -> tuple[Rows, list[tuple[int, str | None]]]:
    """The typed rows and the refused lines with their columns."""
    job = ReadJob(path, path.name, "0" * 64, datetime(2026, 11, 21), is_counted=False)
    found = read_file(job, read_settings(MAPPING, {}), SCRATCH, folder, 0 if is_large else LARGE_BYTES)
    assert found.feeds, found.reason
    rows = SCRATCH.execute(
        "SELECT channel, measured_on::VARCHAR, value FROM read_parquet(?)", [str(found.feeds[0].path)]
    ).fetchall()
    return rows, [(reject.line, reject.column) for reject in found.rejects]


def csv(folder: Path, text: str, encoding: str = "cp1252") -> Path:
    path = folder / "figures.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def workbook(folder: Path, rows: list[list[Cell]], *, is_1904: bool = False) -> Path:
    path = folder / "figures.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": is_1904}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "d-m-yyyy"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, datetime(cell.year, cell.month, cell.day), day)
                else:
                    sheet.write(number, place, cell)
    return path


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(
    "written",
    [
        "19-11-2026", "19/11/2026", "19.11.2026", "19-11-26", "2026-11-19", "46345", "46345,25",
        "19 nov 2026", "19 nov. 2026", "19-nov-26", "19 november 2026", "do 19-11-2026",
        "do. 19 november 2026",
        "donderdag 19-11-2026", "Donderdag 19 november 2026", "19-11-2026 14:30", "19-11-2026 14.30 uur",
        "19 november 2026 om 14:30", "do 19-11-2026 14:30 u.", "19-11-2026 14u30", "19-11-2026 14u",
        "19 nov 2026, 14 uur", "2026-11-19 14h30", "19-11-2026 om 9 u.", "19/11/2026 14 u 30",
        "19-11-2026 14U30",
    ],
)  # fmt: skip
def test_every_way_of_writing_a_day(tmp_path: Path, written: str, *, is_large: bool) -> None:
    path = csv(tmp_path, f"Kanaal;Datum;Waarde\na;{written};1\n")
    assert read(path, tmp_path, is_large=is_large) == ([("a", DAY, 1.0)], [])


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.234,5", 1234.5), ("1.234.567,25", 1234567.25), ("€ 1.250,00", 1250), ("1.250,-", 1250),
        ("EUR 12,50", 12.5), ("-3,5", -3.5), ("12%", 0.12), ("12,5 %", 0.125), ("1,23E+05", 123000),
        ("1 250", 1250), ("0,5", 0.5), ("1.250", 1250),
    ],
)  # fmt: skip
def test_every_way_of_writing_a_number(tmp_path: Path, written: str, value: float, *, is_large: bool) -> None:
    path = csv(tmp_path, f"Kanaal;Datum;Waarde\na;19-11-2026;{written}\n")
    assert read(path, tmp_path, is_large=is_large) == ([("a", DAY, value)], [])


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "Kanaal;Datum;Waarde\nméér – “dan”;19-11-2026;1,5\n",
        "sep=;\nKanaal;Datum;Waarde\nméér – “dan”;19-11-2026;1,5\n",
        '"sep=;"\n"Kanaal;Datum;Waarde"\n"méér – “dan”;19-11-2026;1,5"\n',
        'sep=,\nKanaal,Datum,Waarde\nméér – “dan”,19-11-2026,"1,5"\n',
        '"Kanaal,Datum,Waarde"\n"méér – “dan”,19-11-2026,""1,5"""\n',
        "Kanaal;Datum;Waarde;;\nméér – “dan”;19-11-2026;1,5;;\n;;;;\n",
    ],
)
def test_every_way_of_cutting_a_line(tmp_path: Path, text: str, *, is_large: bool) -> None:
    for encoding in ("cp1252", "utf-8-sig"):
        found = read(csv(tmp_path, text, encoding), tmp_path, is_large=is_large)
        assert found == ([("méér – “dan”", DAY, 1.5)], [])


def test_mixed_dates_in_one_column(tmp_path: Path) -> None:
    days: list[Cell] = [date(2026, 11, 19), "19-11-2026", 46345, 46345.5, "19 nov 2026", "do 19-11-2026"]
    path = workbook(tmp_path, [["Kanaal", "Datum", "Waarde"], *(["a", day, 1.5] for day in days)])
    assert read(path, tmp_path) == ([("a", DAY, 1.5)] * 6, [])


def test_a_workbook_that_counts_days_from_1904(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, [["Kanaal", "Datum", "Waarde"], ["a", date(2026, 11, 19), "1.234,5"]], is_1904=True
    )
    assert read(path, tmp_path) == ([("a", DAY, 1234.5)], [])


@pytest.mark.parametrize(
    "lines",
    [
        ["Kanaal,Datum,Waarde", 'a,19-11-2026,"1,5"', "b,19-11-2026,2"],
        ["Kanaal;Datum;Waarde", "a;19-11-2026;1,5", "b;19-11-2026;2"],
        ["sep=;", "Kanaal;Datum;Waarde", "a;19-11-2026;1,5", "b;19-11-2026;2"],
    ],
)
def test_a_workbook_with_everything_in_one_column(tmp_path: Path, lines: list[str]) -> None:
    path = workbook(tmp_path, [[line] for line in lines])
    assert read(path, tmp_path) == ([("a", DAY, 1.5), ("b", DAY, 2.0)], [])


def test_sentences_in_one_column_stay_whole(tmp_path: Path) -> None:
    from etl.reading.spreadsheet import read_spreadsheet
    from etl.settings import Limits

    lines = ["Vraag", "Hoe, en met wie?", "Waarom niet, of juist wel, en wanneer?"]
    (table,) = read_spreadsheet(workbook(tmp_path, [[line] for line in lines]), Limits())
    assert [row.cells for row in table.rows] == [(line,) for line in lines]


@pytest.mark.parametrize("is_large", [False, True])
def test_an_id_that_lost_its_digits_is_refused(tmp_path: Path, *, is_large: bool) -> None:
    text = MAPPING.replace("reach", "membership").replace("channel", "external_id").replace(
        '"Datum" = "measured_on"\n"Waarde" = "value"', '"Datum" = "joined_on"'
    )  # fmt: skip
    path = csv(tmp_path, "Kanaal;Datum\n1234567890123;19-11-2026\n1,23457E+12;19-11-2026\n")
    job = ReadJob(path, path.name, "0" * 64, datetime(2026, 11, 21), is_counted=False)
    found = read_file(job, read_settings(text, {}), SCRATCH, tmp_path, 0 if is_large else LARGE_BYTES)
    assert found.rows.used == 1
    assert "shortened" in found.rejects[0].reason


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("written", ["31-2-2026", "19-13-2026", "2026", "straks", "19-11-2026 25:00"])
def test_what_is_no_day_is_refused(tmp_path: Path, written: str, *, is_large: bool) -> None:
    path = csv(tmp_path, f"Kanaal;Datum;Waarde\na;19-11-2026;1\nb;{written};1\n")
    rows, refused = read(path, tmp_path, is_large=is_large)
    assert rows == [("a", DAY, 1.0)]
    assert refused[0][0] == 3


AGENDA = """
[[tables]]
name = "agenda"
match = "agenda*"
feed = "event"
[tables.columns]
"Titel" = "title"
"Begin" = "starts_at"
"Einde" = "ends_at"
"""
TIMES = {
    "19-11-2026 14:30": "13:30", "19-11-2026 14u30": "13:30", "19-11-2026 14.30 uur": "13:30",
    "19-11-2026 14u": "13:00", "19-11-2026 9 uur": "08:00", "19-11-2026 om 9u05": "08:05",
    "do 19 november 2026 14 u. 30": None, "19-11-2026 14u75": None, "19-11-2026 25u": None,
    "19-11-2026 14u30u": "13:30", "19-11-2026 14u3": None, "19-11-2026 14h30": "13:30",
}  # fmt: skip


@pytest.mark.parametrize("is_large", [False, True])
def test_hours_as_they_are_said(tmp_path: Path, *, is_large: bool) -> None:
    path = tmp_path / "agenda.csv"
    lines = [f"{number};{written};19-11-2026 23u59" for number, written in enumerate(TIMES)]
    path.write_text("\n".join(["Titel;Begin;Einde", *lines, ""]), encoding="utf-8")
    job = ReadJob(path, path.name, "0" * 64, datetime(2026, 11, 21), is_counted=False)
    found = read_file(job, read_settings(AGENDA, {}), SCRATCH, tmp_path, 0 if is_large else LARGE_BYTES)
    rows = SCRATCH.execute(
        "SELECT title::INTEGER, strftime(starts_at, '%H:%M') FROM read_parquet(?)",
        [str(found.feeds[0].path)],
    ).fetchall()
    assert dict(rows) == {n: hour for n, hour in enumerate(TIMES.values()) if hour}
    assert [each.column for each in found.rejects] == ["Begin"] * list(TIMES.values()).count(None)


EFFORT = """
[[tables]]
name = "effort"
match = "effort*"
feed = "effort"
[tables.columns]
"Week" = "week"
"Uren" = "hours"
"""
WEEKS = {
    "2026-W03": "2026-01-12", "2026W03": "2026-01-12", "2026-w3": "2026-01-12", "2026 week 3": "2026-01-12",
    "week 3 2026": "2026-01-12", "Week 3, 2026": "2026-01-12", "wk 3 2026": "2026-01-12",
    "wk. 3 2026": "2026-01-12", "week 3 (2026)": "2026-01-12", "week 3 van 2026": "2026-01-12",
    "weeknr 3 2026": "2026-01-12", "W03-2026": "2026-01-12", "2026-W03-1": "2026-01-12",
    "2026-W01": "2025-12-29", "2020-W53": "2020-12-28", "week 53 2026": "2026-12-28",
    "12-1-2026": "2026-01-12", "2026-01-12": "2026-01-12", "46034": "2026-01-12",
    "week 3": None, "wk 3": None, "W03": None, "3": None, "2026-03": None, "2026": None,
    "2026-W00": None, "2026-W54": None, "2025-W53": None, "week 3 26": None, "2026-W03-4": None,
    "week 3 en 4 2026": None, "weekend 3 2026": None,
}  # fmt: skip


@pytest.mark.parametrize("is_large", [False, True])
def test_weeks_as_they_are_written(tmp_path: Path, *, is_large: bool) -> None:
    path = tmp_path / "effort.csv"
    lines = [f"{written};{number}" for number, written in enumerate(WEEKS)]
    path.write_text("\n".join(["Week;Uren", *lines, ""]), encoding="utf-8")
    job = ReadJob(path, path.name, "0" * 64, datetime(2026, 11, 21), is_counted=False)
    found = read_file(job, read_settings(EFFORT, {}), SCRATCH, tmp_path, 0 if is_large else LARGE_BYTES)
    rows = SCRATCH.execute(
        "SELECT hours::INTEGER, week::VARCHAR FROM read_parquet(?)", [str(found.feeds[0].path)]
    ).fetchall()
    assert dict(rows) == {n: monday for n, monday in enumerate(WEEKS.values()) if monday}
    assert {each.reason for each in found.rejects} == {
        "not a week with its year, such as 2026-W03, nor a date"
    }
    assert all(
        date.fromisocalendar(day.year, 1, 1) and day.isoweekday() == 1
        for day in (date.fromisoformat(monday) for monday in WEEKS.values() if monday)
    )


def test_a_table_of_hours_by_week_is_proposed_as_such() -> None:
    rows = [
        TextRow(1, ("Weeknr", "Soort", "Uren")),
        *(TextRow(n, (f"wk {n} 2026", "proces", "3")) for n in (2, 3)),
    ]
    proposed = propose("uren.csv", TextTable("", rows))
    assert '"Weeknr" = "week"' in proposed
    assert 'feed = "effort"' in proposed
