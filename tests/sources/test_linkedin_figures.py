"""LinkedIn's figures without people: what tells them from other tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl.reading.table import TextRow, TextTable
from etl.settings import Settings
from etl.sources import linkedin_counts, linkedin_page_followers, linkedin_page_visitors
from etl.sources.identify import Identified, read_source
from etl.sources.linkedin_page_days import NO_FEED
from etl.sources.source import NeedsMapping, SourceResult

LOCALISED = ("Datum", "Gesponsorde volgers", "Organische volgers", "Volgers in totaal")


def table(*rows: tuple[str, ...]) -> TextTable:
    return TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])


def days(dates: list[str], gains: list[int]) -> list[tuple[str, ...]]:
    return [(date, "1", str(gain), str(gain + 1)) for date, gain in zip(dates, gains, strict=True)]


def followers(*rows: tuple[str, ...]) -> SourceResult:
    found = linkedin_page_followers.read("x.xlsx", table(*rows), Settings())
    assert isinstance(found, SourceResult)
    return found


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        ([f"04/{day:02d}/2026" for day in range(1, 8)], "2026-04-01"),
        ([f"{day:02d}/04/2026" for day in range(1, 8)], "2026-04-01"),
        ([f"2026-04-{day:02d}" for day in range(1, 8)], "2026-04-01"),
        ([f"04/{day:02d}/2026" for day in range(7, 0, -1)], "2026-04-07"),
    ],
)
def test_days_that_follow_one_another_show_their_own_order(dates: list[str], first: str) -> None:
    rows = [LOCALISED, *days(dates, [5, -3, 0, 2, 2, 1, 9])]
    assert linkedin_page_followers.recognises(table(*rows))
    found = followers(*rows).feeds[0].rows
    assert found[0][1:] == ("new_followers_sponsored", "flow", first, "1")
    assert found[5][1:] == ("new_followers", "flow", found[5][3], "-2")


@pytest.mark.parametrize(
    "rows",
    [
        [("Datum", "a", "b", "c"), *days([f"2026-04-{day:02d}" for day in range(1, 4)], [1, 2, 3])],
        [("Datum", "a", "b", "c"), *days([f"2026-{month:02d}-01" for month in range(1, 9)], list(range(8)))],
        [("Datum", "a", "b", "c"), *((f"2026-04-{day:02d}", "1", "2", "4") for day in range(1, 9))],
        [("Location", "Total followers"), ("Utrecht", "310")],
    ],
    ids=["too few days", "months", "no sum", "another sheet"],
)
def test_other_tables_are_no_followers(rows: list[tuple[str, ...]]) -> None:
    assert not linkedin_page_followers.recognises(table(*rows))


def test_the_sheets_that_no_feed_holds_are_named() -> None:
    first = table(LOCALISED, *days([f"2026-04-{day:02d}" for day in range(1, 8)], [5, -3, 0, 2, 2, 1, 9]))
    named = [replace(table(("Branche", "Totaal"), ("Onderwijs", "2%")), name="Branche"), table(("", ""))]
    found = read_source("x.xlsx", (first, *named), Settings())
    assert isinstance(found, Identified)
    assert found.result.warnings[-1] == f"sheets that are not read: Branche ({NO_FEED})"
    alone = read_source("x.xlsx", (first,), Settings())
    assert isinstance(alone, Identified)
    assert found.result.warnings[:-1] == alone.result.warnings


@pytest.mark.parametrize("total", ["Total followers", "Total views", "Total visitors"])
def test_a_sheet_of_where_people_work_alone_says_that_no_feed_holds_it(total: str) -> None:
    found = read_source("x.csv", (table(("Seniority", total), ("Senior", "31")),), Settings())
    assert isinstance(found, NeedsMapping)
    assert found.reason.endswith(NO_FEED)


@pytest.mark.parametrize(
    "heading",
    [
        ("Datum", "Leden"),
        ("LinkedIn-groep", "Leden"),
        ("Naam", "Datum", "In LinkedIn-groep"),
        ("Datum", "Hoe vond je de discussie van vorige week in de LinkedIn-groep?"),
    ],
)
def test_other_tables_are_no_counts(heading: tuple[str, ...]) -> None:
    assert not linkedin_counts.recognises(table(heading))


def test_one_row_counts_group_and_page_apart() -> None:
    found = linkedin_counts.read(
        "x.csv", table(("Page followers on LinkedIn", "Date", "LinkedIn Group"), ("812", "4-5-2026", "305")),
        Settings(),
    )  # fmt: skip
    assert isinstance(found, SourceResult)
    assert [(row[0], row[1], row[4]) for row in found.feeds[0].rows] == [
        ("linkedin_page", "followers", "812"),
        ("linkedin_group", "members", "305"),
    ]


def test_visitors_in_another_language_are_known_from_two_days_on() -> None:
    """Many sums that hold, in 25 columns, are no chance; a single sum needs five days."""
    heading = ("Data", *(f"Coluna {number}" for number in range(24)))
    figures = ("1", "2", "3", "1", "1", "2") * 3 + ("3", "6", "9", "3", "3", "6")
    days = [("03/14/2026", *figures), ("03/15/2026", *figures)]
    assert linkedin_page_visitors.recognises(table(heading, *days))
    assert not linkedin_page_visitors.recognises(table(heading, days[0]))
    assert not linkedin_page_visitors.recognises(table(heading, days[0], ("03/15/2026", *("7",) * 24)))
