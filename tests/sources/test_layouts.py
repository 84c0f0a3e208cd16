"""Columns that an export may lack, and strange ones: a file stops only when one may stand for another."""

from __future__ import annotations

import pytest

from etl.errors import InputError
from etl.reading.table import TextRow, TextTable
from etl.settings import Settings
from etl.sources import eventbrite, linkedin_connections, webex_attendance, zoom_participants
from etl.sources.layouts import keep_contract
from etl.sources.source import Source, SourceResult

ZOOM = ("Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)", "Guest")
CAME = ("Anna", "a@example.org", "10/26/2026 01:30:00 PM", "10/26/2026 02:30:00 PM", "60", "No")
TICKET = ("Order #", "Order Date", "First Name", "Last Name", "Email", "Attendee #", "Ticket Type",
          "Attendee Status")  # fmt: skip
SOLD = ("1", "2026-03-16", "Anna", "Smit", "a@example.org", "11", "Free", "Attending")


def held(source: Source, heading: tuple[str, ...], row: tuple[str, ...]) -> str | None:
    """What stops the file, if anything."""
    table = TextTable("", [TextRow(1, heading), TextRow(2, row)])
    assert source.recognises(table)
    result = source.read("file.csv", table, Settings())
    assert isinstance(result, SourceResult)
    try:
        keep_contract(source.format_id, "file.csv", table, result)
    except InputError as error:
        return error.line()
    return None


def without(cells: tuple[str, ...], place: int) -> tuple[str, ...]:
    return cells[:place] + cells[place + 1 :]


def test_a_new_column_of_another_kind_is_no_reason_to_stop() -> None:
    assert held(zoom_participants, (*ZOOM, "Device"), (*CAME, "PC")) is None
    webex = ("Display Name", "Attendee Email", "Attendance Duration", "Attendee ID")
    assert held(webex_attendance, webex, ("Anna", "a@example.org", "58 mins", "7")) is None
    connections = (
        "First Name",
        "Last Name",
        "Email Address",
        "Company",
        "Position",
        "Connected On",
        "Pronouns",
    )
    assert held(linkedin_connections, connections, ("Anna", "Smit", "", "", "", "1 Feb 2024", "she")) is None


def test_a_new_column_that_may_be_the_missing_one_stops_the_file() -> None:
    assert '"Wachtkamer" is not known' in str(held(zoom_participants, (*ZOOM, "Wachtkamer"), (*CAME, "Yes")))
    connections = (
        "First Name",
        "Last Name",
        "Profiel",
        "Email Address",
        "Company",
        "Position",
        "Connected On",
    )
    row = ("Anna", "Smit", "https://www.linkedin.com/in/anna-example", "", "", "", "1 Feb 2024")
    assert '"URL" is missing' in str(held(linkedin_connections, connections, row))


@pytest.mark.parametrize("place", [1, 4])
def test_what_an_organiser_did_not_tick_is_not_missed_unless_it_goes_by_another_name(place: int) -> None:
    assert held(eventbrite, without(TICKET, place), without(SOLD, place)) is None
    renamed = (*TICKET[:place], "Iets anders", *TICKET[place + 1 :])
    assert f'"{TICKET[place]}" is missing' in str(held(eventbrite, renamed, SOLD))


def test_zooms_own_name_column_tells_its_list_without_guests() -> None:
    assert held(zoom_participants, ZOOM[:-1], CAME[:-1]) is None
