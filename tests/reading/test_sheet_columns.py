"""A workbook gives the same texts whether it is read by column or cell by cell."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from etl.errors import InputError
from etl.reading import spreadsheet
from etl.reading.sheet_columns import open_columns, rows_of_columns
from etl.reading.spreadsheet import read_spreadsheet
from etl.reading.table import TextTable
from etl.settings import Limits

SAMPLES = Path(__file__).parents[1] / "samples"
LIMITS = Limits()
Fill = Callable[[Workbook, Worksheet], None]


def write(path: Path, fill: Fill, options: dict[str, object] | None = None) -> Path:
    with xlsxwriter.Workbook(str(path), options or {}) as book:
        fill(book, book.add_worksheet("Blad"))
    return path


def is_by_column(path: Path) -> bool:
    book = open_columns(path.read_bytes())
    return book is not None and rows_of_columns(book, "Blad", LIMITS) is not None


def both(
    path: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits = LIMITS
) -> tuple[tuple[TextTable, ...], tuple[TextTable, ...]]:
    found = read_spreadsheet(path, limits)
    with monkeypatch.context() as patched:
        patched.setattr(spreadsheet, "may_have_columns", lambda archive: False)
        return found, read_spreadsheet(path, limits)


def plain(book: Workbook, sheet: Worksheet) -> None:
    """Columns of one kind each, with gaps, blank rows and a long tail of awkward values."""
    chance = random.Random(4)
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    money = book.add_format({"num_format": '"€" #,##0.00'})
    sheet.write_row(0, 0, ["Naam", "Getal", "Bedrag", "Dag", "Moment", "Leeg", "Fout", "Formule"])
    numbers = [1.25, 1.125, -0.125, 1250.5, 0.001, 1 / 3, 1e15, 123456789012345678, 0.1 + 0.2, -7, 0.0]
    numbers += [chance.uniform(-1e6, 1e6) for _ in range(400)]
    numbers += [round(chance.uniform(0, 1e4), 3) for _ in range(400)]
    for row, number in enumerate(numbers, 1):
        if row % 50 == 0:
            continue
        sheet.write_string(
            row, 0, chance.choice(["Bo\n Yë ", "  ", "1.125", "2026-01-01", "=x", "😀", "true"])
        )
        sheet.write_number(row, 1, number)
        if row % 7:
            sheet.write_number(row, 2, row * 12.5, money)
            sheet.write_datetime(row, 3, datetime(1990, 1, 1) + timedelta(days=row), day)
        seconds = row * 86399.7004 if row % 3 else row * 86400
        sheet.write_datetime(row, 4, datetime(2020, 1, 1) + timedelta(seconds=seconds), moment)
        sheet.write_formula(row, 6, "=1/0", None, "#DIV/0!")
        sheet.write_formula(row, 7, "=A1", None, f"uitkomst {row}")


def mixed(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["Naam", "Telefoon"])
    sheet.write_row(1, 0, ["An", "06 123"])
    sheet.write_row(2, 0, ["Bo", 612345678.125])


def truths(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["Naam", "Lid", "Getal"])
    sheet.write_row(1, 0, ["An", True, 1])
    sheet.write_row(2, 0, ["Bo", False, True])


def times(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["Naam", "Tijd", "Duur"])
    for row in range(1, 4):
        sheet.write_string(row, 0, "An")
        sheet.write_datetime(row, 1, time(10, row), book.add_format({"num_format": "hh:mm"}))
        sheet.write_number(row, 2, row * 1.3, book.add_format({"num_format": "[h]:mm:ss"}))


def early_days(book: Workbook, sheet: Worksheet) -> None:
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["Dag", "Dag 2"])
    for row, serial in enumerate((0.5, 1, 59, 60, 61, 1462, 44000, -5, 3_000_000), 1):
        sheet.write_number(row, 0, serial, day)
        sheet.write_number(row, 1, 44000 + row, day)


def below_a_title(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(3, 0, ["Naam", "E-mail"])
    sheet.write_row(4, 0, ["An", "an@example.org"])


def beside_the_edge(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(0, 2, ["Naam", "E-mail"])
    sheet.write_row(1, 2, ["An", "an@example.org"])


def doubled(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["Naam", "Naam", "Naam_1", 2.125, "", 2024])
    sheet.write_row(1, 0, ["An", "Bo", "Co", "x", "y", "z"])


def a_longer_row(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["Naam", "E-mail"])
    sheet.write_row(1, 0, ["An", "an@example.org", "rest"])


def one_column(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_column(0, 0, ["Naam;E-mail", "An;an@example.org", "Bo;bo@example.org", "Co;co@example.org"])


def stated(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_column(0, 0, ["sep=;", "Naam;E-mail", "An;an@example.org", "Bo;bo@example.org"])


def a_long_cell(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["Naam", "Tekst"])
    sheet.write_row(1, 0, ["An", "kort"])
    sheet.write_row(2, 0, ["Bo", "é" * 600])


def only_headings(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["Naam", "E-mail"])


def merged(book: Workbook, sheet: Worksheet) -> None:
    sheet.write_row(0, 0, ["Naam", "E-mail", "Groep"])
    sheet.merge_range(1, 0, 2, 0, "An")
    sheet.write_row(1, 1, ["an@example.org", "x"])
    sheet.write_row(2, 1, ["bo@example.org", "y"])


ALL = [plain, mixed, truths, times, early_days, below_a_title, beside_the_edge, doubled, a_longer_row]
ALL += [one_column, stated, a_long_cell, only_headings, merged]


@pytest.mark.parametrize("fill", ALL, ids=lambda fill: fill.__name__)
@pytest.mark.parametrize("options", [{}, {"constant_memory": True}, {"default_date_format": "d-m-yyyy"}])
def test_both_ways_give_the_same(
    fill: Fill, options: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fill is merged and "constant_memory" in options:
        pytest.skip("cells must then be written in order")
    path = write(tmp_path / "blad.xlsx", fill, options)
    by_column, by_cell = both(path, monkeypatch, Limits(field_characters=1_000))
    assert by_column == by_cell


@pytest.mark.parametrize("fill", [plain, early_days], ids=lambda fill: fill.__name__)
def test_days_counted_from_1904_are_the_same(
    fill: Fill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def since_1904(book: Workbook, sheet: Worksheet) -> None:
        book.date_1904 = True
        fill(book, sheet)

    by_column, by_cell = both(write(tmp_path / "blad.xlsx", since_1904), monkeypatch)
    assert by_column == by_cell


def test_a_plain_sheet_is_read_by_column_and_what_is_in_doubt_is_not(tmp_path: Path) -> None:
    told = {fill.__name__: is_by_column(write(tmp_path / "blad.xlsx", fill)) for fill in ALL}
    assert told["plain"] and told["merged"] and told["a_long_cell"]
    assert not any(told[name] for name in ("mixed", "truths", "times", "early_days", "doubled"))


def test_the_limits_are_those_of_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "blad.xlsx", plain)
    height = read_spreadsheet(path, LIMITS)[0].rows[-1].line
    read_spreadsheet(path, Limits(rows=height))
    for limits in (Limits(rows=height - 1), Limits(columns=7)):
        with pytest.raises(InputError):
            read_spreadsheet(path, limits)
    long = write(tmp_path / "lang.xlsx", a_long_cell)
    (table,) = read_spreadsheet(long, Limits(field_characters=500))
    assert [reject.line for reject in table.rejects] == [3]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*.xlsx")), ids=lambda path: path.name)
def test_every_sample_gives_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        by_column, by_cell = both(path, monkeypatch)
    except InputError:
        pytest.skip("a workbook that is refused")
    assert by_column == by_cell
