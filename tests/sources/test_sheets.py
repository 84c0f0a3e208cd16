"""Workbooks of several sheets: one is read, the others are named, and none is read in another's place."""

from __future__ import annotations

import pytest

from etl.errors import InputError
from etl.reading.table import TextRow, TextTable
from etl.schema.feeds import MEMBERSHIP
from etl.settings import Settings, TableMapping
from etl.sources.identify import Identified, read_source

MEMBERS = ("Naam", "E-mail", "Lid sinds")
NEW = (MEMBERS, ("Bo Smit", "bo@example.org", "2026-02-01"), ("Kim Bos", "kim@example.org", "2026-02-02"))
OLD = (MEMBERS, ("Ali Vos", "ali@example.org", "2025-02-01"), ("Eva Kok", "eva@example.org", "2025-02-02"))
FORM = ("Tijdstempel", "E-mailadres", "Wat wil je leren?")
MEETUP = ("Name", "Member ID", "Location", "Joined Group on", "Total RSVPs")
ZOOM = ("Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)", "Guest")
MAPPED = Settings(
    tables=(
        TableMapping(
            "leden", "leden*", MEMBERSHIP,
            (("Naam", "full_name"), ("E-mail", "email"), ("Lid sinds", "joined_on")),
        ),
    )
)  # fmt: skip


def sheet(name: str, *rows: tuple[str, ...]) -> TextTable:
    return TextTable(name, [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])


def read(*sheets: TextTable, name: str = "leden.xlsx") -> Identified:
    found = read_source(name, sheets, MAPPED)
    assert isinstance(found, Identified)
    return found


def renamed(rows: tuple[tuple[str, ...], ...], old: str, new: str) -> tuple[tuple[str, ...], ...]:
    return (tuple(new if cell == old else cell for cell in rows[0]), *rows[1:])


def test_other_sheets_that_fit_a_mapping_are_named() -> None:
    found = read(sheet("Uitleg", ("Zo werkt het",)), sheet("2026", *NEW), sheet("2025", *OLD))
    assert found.result.rows_read == 2
    (said,) = found.result.warnings
    assert said == "sheets that fit as well and are not read: 2025; save each of them as a file of its own"


def test_a_sheet_with_another_table_is_named_and_one_with_words_is_not() -> None:
    other = sheet("Presentie", ("Naam", "Maart"), ("Bo Smit", "ja"))
    found = read(sheet("Leden", *NEW), other, sheet("Legenda", ("x", "aanwezig")))
    assert found.result.warnings == ("sheets that are not read: Presentie",)


def test_last_years_sheet_is_not_read_for_one_with_a_renamed_column() -> None:
    with pytest.raises(InputError, match='column "E-mail" is missing on sheet "2026"') as caught:
        read(sheet("2026", *renamed(NEW, "E-mail", "Mail")), sheet("2025", *OLD))
    assert "bo@example.org" not in caught.value.line()


def test_a_list_derived_from_the_sheet_before_it_stops_nothing() -> None:
    found = read(sheet("Leden", *NEW), sheet("Post", ("Naam", "E-mail"), ("Bo Smit", "bo@example.org")))
    assert found.result.warnings == ("sheets that are not read: Post",)


def test_where_no_sheet_fits_the_likeliest_says_what_it_lacks() -> None:
    with pytest.raises(InputError, match='column "E-mail" is missing'):
        read(sheet("Uitleg", ("Zo werkt het",)), sheet("2026", *renamed(NEW, "E-mail", "Mail")))


def test_the_second_sheet_of_a_known_format_is_named() -> None:
    one = ("1-3-2026 9:00:00", "bo@example.org", "Hoe leren wij van elkaar?")
    two = ("8-3-2026 9:00:00", "kim@example.org", "Hoe delen wij wat wij weten?")
    found = read(sheet("Reacties 1", FORM, one), sheet("Reacties 2", FORM, two), name="vragen.xlsx")
    assert found.format_id == "google_forms"
    assert any("not read: Reacties 2" in said for said in found.result.warnings)

    came = ("Bo Smit", "bo@example.org", "10/13/2026 06:01:12 PM", "10/13/2026 07:01:12 PM", "60", "No")
    found = read(sheet("13 okt", ZOOM, came), sheet("14 okt", ZOOM, came), name="zoom.xlsx")
    assert any("not read: 14 okt" in said for said in found.result.warnings)


@pytest.mark.parametrize("gone", ["Name", "Joined Group on"])
def test_a_known_sheet_is_not_read_for_the_one_before_it_that_lacks_a_column(gone: str) -> None:
    new = (MEETUP, ("Bo Smit", "1", "Utrecht", "07/04/2026", "3"))
    old = (MEETUP, ("Ali Vos", "2", "Utrecht", "07/14/2025", "3"))
    with pytest.raises(InputError, match=f'column "{gone}" is missing on sheet "nu"'):
        read(sheet("nu", *renamed(new, gone, "Anders")), sheet("oud", *old), name="groep.xls")
