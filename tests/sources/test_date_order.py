"""The order of day and month: by evidence over the whole file, else asked; an answer holds for ever."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from etl.reading.delimited import read_delimited
from etl.reading.sniff import FileKind
from etl.reading.table import TextRow, TextTable
from etl.schema.feeds import MEMBERSHIP
from etl.schema.model import DateShape
from etl.settings import Limits, Settings, TableMapping, read_settings
from etl.sources.date_order import are_dutch, date_shapes, evidence_of, format_order
from etl.sources.identify import Identified, mapping_fingerprint, read_source, still_right
from etl.sources.inspect import inspect
from etl.sources.proposal import ORDER_UNKNOWN, propose
from etl.sources.source import NeedsMapping
from etl.sources.stamps import DAY_FIRST, ISO, MONTH_FIRST

ENGLISH = ("Name", "Joined")
SERIAL = DateShape.EXCEL_SERIAL
MEMBERS = TableMapping("members", "m*.csv", MEMBERSHIP, (("Name", "full_name"), ("Joined", "joined_on")))


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (["2026-03-16", None, "2026-04-01"], ISO),
        (["19-11-2026", "1-2-2021"], DAY_FIRST),
        (["1/2/2021", "12/31/2021"], MONTH_FIRST),
        (["1/2/2021", "31/12/2021"], DAY_FIRST),
        (["03-04-2026", "03-16-2026"], MONTH_FIRST),
        (["1/2/2021"], None),
        (["1/2/2021 3:00 PM"], None),
        (["1/2/2021 15:00"], None),
        (["1/2/2021", "2026-03-16"], None),
        (["5/5/2021", "6/6/2021"], DAY_FIRST),
        (["1-2-2021"], DAY_FIRST),
        (["1.2.2021", "1/2/2021"], DAY_FIRST),
        (["1/2/2021", "16 mrt 2026"], DAY_FIRST),
        (["1/2/2021", "16 Mar 2026"], None),
        (["16 mrt 2026"], DAY_FIRST),
        (["Mar 20, 2026", "2026-03-01"], DAY_FIRST),
        (["31/12/2021", "12/31/2021"], None),
        (["31/12/2021"] * 10 + ["12/31/2021"], DAY_FIRST),
        (["31/12/2021"] * 9 + ["12/31/2021"], None),
        (["46345", "46346.5"], SERIAL),
        (["2026-03-16", "2026-03-17", "19-11-2026"], DAY_FIRST),
        (["2026-03-16", "46345"], SERIAL),
        (["44927,5"], SERIAL),
        (["2026-03-16", "onbekend"], ISO),
        ([None], ISO),
    ],
)
def test_what_a_column_shows(values: list[str | None], shape: DateShape | None) -> None:
    assert evidence_of(values).shape is shape


def test_one_column_of_a_file_shows_the_order_of_the_others() -> None:
    shapes = date_shapes({"a": ["1/2/2021"], "b": ["2/13/2021"], "c": ["2021-01-01"]}, ("Naam",))
    assert shapes == {"a": MONTH_FIRST, "b": MONTH_FIRST, "c": ISO}
    both = date_shapes({"a": ["1/2/2021"], "b": ["2/13/2021"], "c": ["13/2/2021"]}, ("Naam",))
    assert both == {"a": None, "b": MONTH_FIRST, "c": DAY_FIRST}


@pytest.mark.parametrize(
    ("headings", "written", "shape"),
    [
        (("Naam", "Lid sinds"), "3/4/2026", DAY_FIRST),
        (("E-mailadres", "Joined"), "3/4/2026", DAY_FIRST),
        (("Naam", "Lid sinds"), "3/4/2026 4:00 PM", None),
        (("Name", "Member since"), "3/4/2026", None),
        (("Name", "Member since", "Start date", "Event", "Group", "Order", "Status"), "3/4/2026", None),
    ],
)
def test_dutch_headings_are_evidence(
    headings: tuple[str, ...], written: str, shape: DateShape | None
) -> None:
    assert date_shapes({"x": [written]}, headings) == {"x": shape}


def test_a_dutch_word_is_a_whole_word() -> None:
    assert not are_dutch(("Validity", "Solid", "Updated", "Namely", "Lidar", "Datumline"))


def csv(tmp_path: Path, *rows: str, name: str = "m.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(("Name,Joined", *rows)) + "\n", encoding="utf-8")
    return path


def test_a_mapped_table_asks_and_an_answer_holds_for_ever(tmp_path: Path) -> None:
    path = csv(tmp_path, "Bo,3/4/2026", "Kim,5/6/2026")
    table = read_delimited(path, Limits(), FileKind.UTF8)
    settings = Settings(tables=(MEMBERS,))
    asked = read_source("m.csv", (table,), settings)
    assert isinstance(asked, NeedsMapping)
    assert "Joined" in asked.reason
    assert 'dates = "day-first"' in asked.reason
    assert asked.rows_read == 2
    assert still_right("m.csv", asked.fingerprint, settings)
    answered = read_settings(asked.proposal, {})
    assert answered.tables[0].dates is DAY_FIRST
    assert not still_right("m.csv", asked.fingerprint, answered)
    for word, shape in (("day-first", DAY_FIRST), ("month-first", MONTH_FIRST)):
        told = read_settings(asked.proposal.replace('"day-first"', f'"{word}"', 1), {})
        read = read_source("m.csv", (table,), told)
        assert isinstance(read, Identified)
        assert read.result.feeds[0].shapes == {"joined_on": shape}
        assert read.fingerprint == mapping_fingerprint(told.tables[0], told)


def test_inspect_says_what_to_set(tmp_path: Path) -> None:
    path = csv(tmp_path, "Bo,3/4/2026")
    (reading,) = inspect([path], Settings(tables=(MEMBERS,)))
    assert (reading.status.value, reading.rows.read, reading.rows.used) == ("needs_mapping", 1, 0)
    assert reading.reason is not None
    assert "3/4/2026" not in reading.reason
    (reading,) = inspect([path], Settings(tables=(replace(MEMBERS, dates=MONTH_FIRST),)))
    assert (reading.status.value, reading.dates.min) == ("accepted", "2026-03-04")


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_large_table_asks_as_a_small_one_does(tmp_path: Path, quote: str) -> None:
    """By the fast reader and, with a line break within quotes, by the strict one, piece by piece."""
    rows = ["One and the same name that makes a large file,3/4/2026" for _ in range(210_000)]
    if quote:
        rows[5] = '"Bo\nSmit",3/4/2026'
    settings = replace(Settings(), tables=(MEMBERS,))
    (reading,) = inspect([csv(tmp_path, *rows)], settings)
    assert reading.status.value == "needs_mapping"
    rows[-1] = "The last,3/14/2026"
    (reading,) = inspect([csv(tmp_path, *rows)], settings)
    assert (reading.status.value, reading.dates.min) == ("accepted", "2026-03-04")


def test_the_answer_for_a_format_or_for_files_of_a_name() -> None:
    settings = read_settings('[dates]\neventbrite = "day-first"\n"Call*" = "month-first"', {})
    assert settings.date_order("eventbrite", "2026/report.csv") is DAY_FIRST
    assert settings.date_order("eventbrite", "2026/call 3.csv") is MONTH_FIRST
    assert settings.date_order("zoom_participants", "x.csv") is None
    written = {"Order Date": ["3/4/2026"], "Other": ["2026-03-04"]}
    shapes = format_order("eventbrite", "x.csv", written, settings)
    assert shapes == {"Order Date": DAY_FIRST, "Other": ISO}
    asked = format_order("eventbrite", "x.csv", written, Settings(), rows_read=7)
    assert isinstance(asked, NeedsMapping)
    assert (asked.rows_read, asked.proposal) == (7, '[dates]\neventbrite = "day-first"  # or "month-first"')
    assert read_settings(asked.proposal, {}).date_order("eventbrite", "x.csv") is DAY_FIRST


@pytest.mark.parametrize(("day", "asks"), [("3/4/2026", True), ("3/14/2026", False), ("2026-03-04", False)])
def test_a_proposal_asks_for_the_order_too(day: str, asks: bool) -> None:
    rows = [TextRow(1, ("Name", "Joined on", "Email")), TextRow(2, ("Bo", day, "bo@example.org"))]
    text = propose("people.csv", TextTable("", rows))
    assert (ORDER_UNKNOWN in text) is asks
    assert read_settings(text, {}).tables[0].dates is None
