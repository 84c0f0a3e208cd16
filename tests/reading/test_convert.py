"""Text to typed rows: dates, times, numbers and words as people write them, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from etl.reading.convert import Converted, to_parquet
from etl.schema.feeds import ATTENDANCE, DOCUMENT, EVENT, MEMBERSHIP, REACH, Feed
from etl.schema.model import DateShape
from etl.sources.source import FeedRows
from etl.warehouse import scratch

Cell = str | int | float | bool | date | datetime | None
ISO, DMY, MDY, SERIAL = (
    DateShape.ISO, DateShape.DAY_MONTH_YEAR, DateShape.MONTH_DAY_YEAR, DateShape.EXCEL_SERIAL,
)  # fmt: skip


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDBPyConnection]:
    with scratch(threads=1) as connection:
        yield connection


def convert(
    database: DuckDBPyConnection,
    tmp_path: Path,
    feed: Feed,
    columns: tuple[str, ...],
    rows: list[tuple[str | None, ...]],
    shapes: dict[str, DateShape] | None = None,
) -> tuple[Converted, list[tuple[Cell, ...]]]:
    lines = list(range(2, len(rows) + 2))
    path = tmp_path / "rows.parquet"
    converted = to_parquet(
        database, FeedRows(feed, columns, lines, rows, shapes or {}), "Europe/Amsterdam", path
    )
    return converted, database.execute(f"SELECT * FROM read_parquet('{path}') ORDER BY line").fetchall()


def days(database: DuckDBPyConnection, tmp_path: Path, shape: DateShape, *written: str) -> list[Cell]:
    """Each value as a date, None where it is refused."""
    rows: list[tuple[str | None, ...]] = [("a@example.org", text) for text in written]
    _, found = convert(database, tmp_path, MEMBERSHIP, ("email", "joined_on"), rows, {"joined_on": shape})
    by_line = {row[0]: row[3] for row in found}
    return [by_line.get(line) for line in range(2, len(written) + 2)]


def test_one_day_in_every_way_of_writing(database: DuckDBPyConnection, tmp_path: Path) -> None:
    day = date(2026, 3, 16)
    iso = ("2026-03-16", "2026/3/16", "2026-03-16T14:00:00", "2026-03-16 14:00:00.123", " 2026-03-16\u00a0")
    local = ("16-3-2026", "16/03/2026", "16.03.26", "16 mrt 2026", "16-mrt-26", "16 March 2026",
             "maandag 16 maart 2026",
             "March 16, 2026", "16-03-2026 14:05", "16-3-2026 2:05:06 PM", "2026-03-16")  # fmt: skip
    assert days(database, tmp_path, ISO, *iso) == [day] * len(iso)
    assert days(database, tmp_path, DMY, *local) == [day] * len(local)
    assert days(database, tmp_path, MDY, "3/16/2026", "03/16/26", "3/16/26, 4:00:01 PM") == [day] * 3
    assert days(database, tmp_path, SERIAL, "46097", "46097.75", "46097,75", "2026-03-16") == [day] * 4


def test_a_spreadsheet_mixes_numbers_of_days_with_typed_dates(
    database: DuckDBPyConnection, tmp_path: Path
) -> None:
    """A bare year is no such number: it would be a day of 1905."""
    day = date(2026, 3, 16)
    assert days(database, tmp_path, DMY, "46097", "16-3-2026", "46097,75") == [day] * 3
    assert days(database, tmp_path, MDY, "3/16/2026", "46097") == [day] * 2
    assert days(database, tmp_path, SERIAL, "46097", "2024") == [day, None]
    assert days(database, tmp_path, DMY, "16-3-2026", "2024") == [day, None]


def test_what_is_no_day_is_refused(database: DuckDBPyConnection, tmp_path: Path) -> None:
    wrong = (
        "31-02-2026",
        "13-13-2026",
        "soon",
        "16-3-2026x",
        "16-foo-2026",
        "0016-03-16",
        "16-3-2026 25:00",
    )
    assert days(database, tmp_path, DMY, *wrong) == [None] * len(wrong)
    assert days(database, tmp_path, ISO, "16-3-2026", "2026-02-30", "46097") == [None] * 3


def test_a_moment_near_midnight_is_a_day_on_the_wall(database: DuckDBPyConnection, tmp_path: Path) -> None:
    found = days(database, tmp_path, ISO, "2026-03-31T23:30:00Z", "2026-03-31T23:30:00")
    assert found == [date(2026, 4, 1), date(2026, 3, 31)]


def test_local_times_become_utc(database: DuckDBPyConnection, tmp_path: Path) -> None:
    written = {
        "2026-07-01 10:00:00": datetime(2026, 7, 1, 8),
        "2026-01-01 10:00": datetime(2026, 1, 1, 9),
        "2026-10-25 02:30:00": datetime(2026, 10, 25, 0, 30),
        "2026-03-16T14:00:00Z": datetime(2026, 3, 16, 14),
        "2026-03-16T14:00:00+05:30": datetime(2026, 3, 16, 8, 30),
        "2024/12/03 8:48:17 p.m. CET": datetime(2024, 12, 3, 19, 48, 17),
        "2017/05/17 5:01:12 PM GMT+2": datetime(2017, 5, 17, 15, 1, 12),
        "2026-03-29 02:30:00": None,
    }
    rows: list[tuple[str | None, ...]] = [("a@example.org", "E1", text) for text in written]
    converted, found = convert(database, tmp_path, ATTENDANCE, ("email", "event_id", "joined_at"), rows)
    assert [row[4] for row in found] == [moment for moment in written.values() if moment]
    (reject,) = converted.rejects
    assert (reject.line, reject.column) == (9, "joined_at")
    assert "clock was put forward" in reject.reason


@pytest.mark.parametrize(
    ("text", "headcount", "approximate"),
    [
        ("ca. 130", 130, True), ("circa 130", 130, True), ("±130", 130, True), ("about 130", 130, True),
        ("~ 130", 130, True), ("Ongeveer 1.500", 1500, True), ("130", 130, False), ("1.250", 1250, False),
        ("1,250", 1250, False), ("130.0", 130, False), (None, None, None),
    ],
)  # fmt: skip
def test_a_headcount_keeps_that_it_was_an_estimate(
    database: DuckDBPyConnection,
    tmp_path: Path,
    text: str | None,
    headcount: int | None,
    approximate: bool | None,
) -> None:
    rows: list[tuple[str | None, ...]] = [("E1", "2021-06-09 10:00:00", text)]
    _, found = convert(database, tmp_path, EVENT, ("event_id", "starts_at", "headcount"), rows)
    assert found[0][4:] == (headcount, approximate)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        (("1.234,56", "1.250"), (1234.56, 1250.0)),
        (("1,234.56", "1,250"), (1234.56, 1250.0)),
        (("0,5", "1.250"), (0.5, 1250.0)),
        (("0.5", "1.250"), (0.5, 1.25)),
        (("0,5", "1,250"), (0.5, 1.25)),
        (("1.250", "7"), (1250.0, 7.0)),
        (("€ 1.250,00", "1 000"), (1250.0, 1000.0)),
        (("1,23E+15", "-4"), (1.23e15, -4.0)),
    ],
)
def test_numbers_in_two_notations(
    database: DuckDBPyConnection, tmp_path: Path, written: tuple[str, ...], values: tuple[float, ...]
) -> None:
    rows: list[tuple[str | None, ...]] = [("newsletter", "2026-01-01", text) for text in written]
    _, found = convert(database, tmp_path, REACH, ("channel", "measured_on", "value"), rows)
    assert tuple(row[4] for row in found) == values


def test_yes_and_no_in_two_languages(database: DuckDBPyConnection, tmp_path: Path) -> None:
    words = ("ja", "Nee", "YES", "no", "waar", "0", "misschien")
    rows: list[tuple[str | None, ...]] = [("a@example.org", "E1", word) for word in words]
    converted, found = convert(database, tmp_path, ATTENDANCE, ("email", "event_id", "checked_in"), rows)
    assert [row[4] for row in found] == [True, False, True, False, True, False]
    assert [reject.reason for reject in converted.rejects] == ["neither yes nor no"]


def test_a_row_without_what_its_feed_needs_is_refused_and_no_reason_holds_a_value(
    database: DuckDBPyConnection, tmp_path: Path
) -> None:
    rows: list[tuple[str | None, ...]] = [
        ("a@example.org", "2026-01-01"), (None, "2026-01-01"), ("b@example.org", "geheim"),
    ]  # fmt: skip
    converted, found = convert(database, tmp_path, MEMBERSHIP, ("email", "joined_on"), rows)
    assert (converted.rows, converted.rejected, len(found)) == (1, 2, 1)
    assert [(reject.line, reject.column) for reject in converted.rejects] == [(3, None), (4, "joined_on")]
    assert not any("geheim" in reject.reason or "@" in reject.reason for reject in converted.rejects)


def test_what_ends_before_it_begins_or_is_below_zero_is_refused(
    database: DuckDBPyConnection, tmp_path: Path
) -> None:
    at = ("2026-03-16 14:00", "2026-03-16 12:00", "2026-03-16 14:00")
    meetings: list[tuple[str | None, ...]] = [
        ("a", at[0], at[1], "5"), ("b", at[0], at[2], "-5"),
        ("c", at[0], None, "0"), ("d", at[0], at[2], None),
    ]  # fmt: skip
    converted, found = convert(
        database, tmp_path, EVENT, ("title", "starts_at", "ends_at", "headcount"), meetings
    )
    assert [row[0] for row in found] == [4, 5]
    assert [(each.line, each.column, each.reason) for each in converted.rejects] == [
        (2, "ends_at", "earlier than the beginning"), (3, "headcount", "below zero"),
    ]  # fmt: skip

    there: list[tuple[str | None, ...]] = [
        ("a@example.org", "Kring", at[0], at[1], None), ("b@example.org", "Kring", at[0], at[2], "-5"),
    ]  # fmt: skip
    fields = ("email", "title", "joined_at", "left_at", "minutes")
    converted, found = convert(database, tmp_path, ATTENDANCE, fields, there)
    assert not found
    assert [each.column for each in converted.rejects] == ["left_at", "minutes"]

    late: list[tuple[str | None, ...]] = [("a@example.org", "Kring", at[0], at[1])]
    meeting = ("email", "title", "starts_at", "ends_at")
    assert convert(database, tmp_path, ATTENDANCE, meeting, late)[0].rows == 1

    member: list[tuple[str | None, ...]] = [
        ("a@example.org", "2026-03-02", "2026-03-01"), ("b@example.org", "2026-03-01", "2026-03-01"),
        ("c@example.org", None, "2026-03-01"),
    ]  # fmt: skip
    converted, found = convert(database, tmp_path, MEMBERSHIP, ("email", "joined_on", "left_on"), member)
    assert [each.column for each in converted.rejects] == ["left_on"]
    assert len(found) == 2

    comment: list[tuple[str | None, ...]] = [("Visie", "2026-03-03", "2026-03-01")]
    decided = ("document", "received_on", "decided_on")
    converted, found = convert(database, tmp_path, DOCUMENT, decided, comment)
    assert [each.column for each in converted.rejects] == ["decided_on"]


def test_two_facts_of_one_line_are_two_parts(database: DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    rows = FeedRows(
        MEMBERSHIP, ("email",), [2, 2, 3], [("a@example.org",), ("b@example.org",), ("c@example.org",)]
    )
    to_parquet(database, rows, "Europe/Amsterdam", path)
    found = database.execute(f"SELECT line, part FROM read_parquet('{path}') ORDER BY ALL").fetchall()
    assert found == [(2, 0), (2, 1), (3, 0)]
