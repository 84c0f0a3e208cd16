"""LinkedIn connections, Google Forms, mappings and proposals: the rules that no sample file shows."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest

from etl.errors import InputError
from etl.reading.table import TextRow, TextTable
from etl.schema.feeds import CONTACT, EVENT, MEMBERSHIP, REACH
from etl.settings import Connections, NetworkSettings, Settings, TableMapping, read_settings
from etl.sources import google_forms, linkedin_connections
from etl.sources.identify import Identified, mapping_fingerprint, read_source, still_right
from etl.sources.mapping import mapping_for, read_mapped
from etl.sources.proposal import propose
from etl.sources.source import DateShape, NeedsMapping, SourceResult

CONNECTIONS = ("First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On")
MEMBERS = TableMapping(
    "members", "leden*.csv", MEMBERSHIP, (("Naam", "full_name"), ("Lid sinds", "joined_on"))
)


def table(*rows: tuple[str, ...]) -> TextTable:
    return TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])


def connection(name: str, day: str) -> tuple[str, ...]:
    return (name, "Smit", f"https://www.linkedin.com/in/{name}-example", "", "", "", day)


def meaning(connections: Connections) -> Settings:
    return Settings(network=replace(NetworkSettings(), connections=connections))


@pytest.mark.parametrize(
    ("connections", "feed", "rows"),
    [
        (Connections.CONTACTS, CONTACT, 3),
        (Connections.MEMBERS, MEMBERSHIP, 3),
        (Connections.COUNTS, REACH, 2),
    ],
)
def test_connections_are_what_the_setting_says(connections: Connections, feed: object, rows: int) -> None:
    found = linkedin_connections.read(
        "Connections.csv",
        table(
            CONNECTIONS,
            connection("a", "2 Mar 2024"),
            connection("b", "1 Mar 2024"),
            connection("c", "2 Mar 2024"),
        ),
        meaning(connections),
    )
    assert isinstance(found, SourceResult)
    assert found.feeds[0].feed is feed
    assert len(found.feeds[0].rows) == rows


def test_counted_connections_hold_nobody() -> None:
    found = linkedin_connections.read(
        "Connections.csv",
        table(
            CONNECTIONS,
            connection("a", "2 Mar 2024"),
            connection("b", "1 Mar 2024"),
            connection("c", "2 Mar 2024"),
        ),
        meaning(Connections.COUNTS),
    )
    assert isinstance(found, SourceResult)
    assert [row[3:] for row in found.feeds[0].rows] == [("2024-03-01", "1"), ("2024-03-02", "3")]
    assert "example" not in str(found.feeds[0].rows)


def test_practical_matters_and_choices_are_no_contributions() -> None:
    heading = (
        "Timestamp",
        "Email Address",
        "Any dietary wishes?",
        "Your phone number",
        "Rate the day (1-5)",
        "Will you come?",
    )
    rows = [
        (
            "2026/05/04 9:00:00 AM GMT+2",
            f"p{n}@example.org",
            "I cannot eat any nuts at all",
            "06 0000 0000 00 00",
            "4",
            "Yes",
        )
        for n in range(3)
    ]
    found = google_forms.read("Form.csv", table(heading, *rows), Settings())
    assert isinstance(found, SourceResult)
    assert found.feeds[0].rows == []
    assert found.warnings


def test_options_in_sentences_are_choices() -> None:
    heading = ("Timestamp", "How did you hear of us?")
    rows = [("2026/05/04 9:00:00 AM GMT+2", f"Through a colleague at {n % 2} place") for n in range(8)]
    found = google_forms.read("Form.csv", table(heading, *rows), Settings())
    assert isinstance(found, SourceResult)
    assert found.feeds[0].rows == []


@pytest.mark.parametrize(("questions", "read"), [(("Wens",), 3), (("Wens", "Plaats"), 0)])
def test_short_answers_are_read_when_the_form_asks_one_thing(questions: tuple[str, ...], read: int) -> None:
    rows = [
        ("2026/05/04 9:00:00 AM GMT+2", *(f"{wish} {question}" for question in questions))
        for wish in ("Meer", "Minder", "Ander")
    ]
    found = google_forms.read("Form.csv", table(("Tijdstempel", *questions), *rows), Settings())
    assert isinstance(found, SourceResult)
    assert len(found.feeds[0].rows) == read


def test_a_mapping_goes_before_a_format() -> None:
    mapping = TableMapping("asked", "*form*.csv", MEMBERSHIP, (("Email Address", "email"),))
    settings = Settings(tables=(mapping,))
    form = table(("Timestamp", "Email Address"), ("2026/05/04 9:00:00 AM GMT+2", "bo@example.org"))
    found = read_source("Form.csv", (form,), settings)
    assert isinstance(found, Identified)
    assert (found.source, found.result.feeds[0].feed) == ("asked", MEMBERSHIP)


def test_headings_match_whatever_their_spaces_capitals_and_marks() -> None:
    found = read_mapped(
        table(("Ledenlijst 2026",), ("\ufeff NAAM ", "lid\xa0 sinds"), (" Bo  Smit ", "1-2-2021")), MEMBERS
    )
    assert found.feeds[0].rows == [("Bo  Smit", "1-2-2021")]
    assert found.feeds[0].lines == [3]
    assert found.feeds[0].shapes == {"joined_on": DateShape.DAY_MONTH_YEAR}


def test_constants_are_the_same_in_every_row() -> None:
    mapping = replace(MEMBERS, constants=(("working_group", "Kennisbasis"),))
    found = read_mapped(table(("Naam", "Lid sinds"), ("Bo", "2021-02-01"), ("Kim", "")), mapping)
    assert found.feeds[0].columns == ("full_name", "joined_on", "working_group")
    assert found.feeds[0].rows == [("Bo", "2021-02-01", "Kennisbasis"), ("Kim", None, "Kennisbasis")]


@pytest.mark.parametrize("heading", [("Naam", "Sinds"), ("Naam", "Lid sinds", "lid  SINDS"), ("a", "b")])
def test_a_missing_or_doubled_column_stops_the_file_by_name(heading: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r'column "(Lid sinds|Naam)"'):
        read_mapped(table(heading, heading), MEMBERS)


def test_a_row_of_another_width_costs_itself() -> None:
    found = read_mapped(
        table(("Naam", "Lid sinds"), ("Bo",), ("Kim", "2021-02-01", ""), ("Els", "2021-02-01", "x")), MEMBERS
    )
    assert [reject.line for reject in found.rejects] == [2, 4]
    assert found.rows_read == 3
    assert len(found.feeds[0].rows) == 1


def test_a_pattern_fits_the_name_as_received_without_its_folder() -> None:
    settings = Settings(tables=(MEMBERS,))
    assert mapping_for("2026/Leden maart.CSV", settings) is MEMBERS
    assert mapping_for("oud-leden.csv", settings) is None


def test_the_first_sheet_that_fits_is_read() -> None:
    sheets = (table(("Toelichting", "x")), table(("Naam", "Lid sinds"), ("Bo", "2021-02-01")))
    found = read_source("leden.csv", sheets, Settings(tables=(MEMBERS,)))
    assert isinstance(found, Identified)
    assert found.result.rows_read == 1


def test_readings_are_right_until_their_mapping_changes() -> None:
    settings = Settings(tables=(MEMBERS,))
    before = mapping_fingerprint(MEMBERS, settings)
    assert still_right("leden.csv", before, settings)
    changed = Settings(tables=(replace(MEMBERS, dates=DateShape.ISO),))
    assert not still_right("leden.csv", before, changed)
    unknown = read_source("x.csv", (table(("a", "b"), ("1", "2")),), settings)
    assert isinstance(unknown, NeedsMapping)
    assert still_right("x.csv", unknown.fingerprint, settings)
    assert not still_right("x.csv", unknown.fingerprint, changed)


@pytest.mark.parametrize(
    ("heading", "row", "feed", "fields"),
    [
        (
            ("Naam", "Mailadres", "Lid sinds"),
            ("Bo", "bo@example.org", "1-2-2021"),
            "membership",
            {"full_name", "email", "joined_on"},
        ),
        (
            ("Titel", "Datum", "Locatie", "Aantal deelnemers"),
            ("Open dag", "1-2-2021", "Utrecht", "ca. 30"),
            "event",
            {"title", "starts_at", "place", "headcount"},
        ),
        (
            ("Name", "Email", "Session", "Join time", "Leave time"),
            ("Bo", "bo@example.org", "Call", "2021-02-01 10:00", "2021-02-01 11:00"),
            "attendance",
            {"full_name", "email", "title", "joined_at", "left_at"},
        ),
        (
            ("Kanaal", "Peildatum", "Volgers"),
            ("linkedin_page", "2021-02-01", "812"),
            "reach",
            {"channel", "measured_on", "value"},
        ),
        (
            ("wie", "waar te vinden"),
            ("bo@example.org", "https://www.linkedin.com/in/bo-example"),
            "membership",
            {"email", "linkedin_url"},
        ),
    ],
)
def test_a_proposal_can_be_put_in_the_settings_as_it_is(
    heading: tuple[str, ...], row: tuple[str, ...], feed: str, fields: set[str]
) -> None:
    text = propose("Export van mij 3.csv", table(heading, row))
    settings = read_settings(text, {})
    (mapping,) = settings.tables
    assert mapping.feed.name == feed
    assert {field for _, field in mapping.columns} == fields
    assert mapping.fits("Export van mij 3.csv")


def test_a_proposal_says_what_is_lacking_and_never_shows_a_value() -> None:
    text = propose("kleuren.csv", table(("Kleur", 'Zeg "hoi"'), ("blauw", "geheim")))
    assert "still needed" in text
    assert "geheim" not in text
    assert tomllib.loads(text)["tables"][0]["feed"] == "membership"


def test_events_through_a_mapping_keep_estimates_as_written() -> None:
    mapping = TableMapping("agenda", "a.csv", EVENT, (("t", "title"), ("d", "starts_at"), ("n", "headcount")))
    found = read_mapped(
        table(("t", "d", "n"), ("Open dag", date(2021, 6, 9).isoformat(), "ca. 130")), mapping
    )
    assert found.feeds[0].rows == [("Open dag", "2021-06-09", "ca. 130")]
