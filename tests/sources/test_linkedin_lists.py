"""LinkedIn's activity, Page workbooks and lists of people: the rules that no sample file shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl.errors import InputError
from etl.reading.delimited import with_doubled_quotes
from etl.reading.table import TextRow, TextTable
from etl.settings import Connections, NetworkSettings, Settings
from etl.sources import (
    linkedin_activity,
    linkedin_connections,
    linkedin_page_followers,
    linkedin_page_visitors,
    linkedin_people,
)
from etl.sources.linkedin_page_days import figure
from etl.sources.source import SourceResult

HEADING = "Date,Link,Message\n"
LINK = "https://www.linkedin.com/feed/update/1"


def table(*rows: tuple[str, ...]) -> TextTable:
    return TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])


def pasted(text: str) -> TextTable:
    return table(*((line,) for line in text.splitlines() if line))


def people(found: object) -> list[tuple[str | None, ...]]:
    assert isinstance(found, SourceResult)
    return [row[:1] + row[3:4] + row[6:7] for row in found.feeds[0].rows]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"hij zei \\"ja\\" toen"', '"hij zei ""ja"" toen"'),
        ('"\\"alles\\""', '"""alles"""'),
        ('"C:\\"', '"C:\\"'),
        (f'"C:\\"\n2026-07-01 08:00:00,{LINK},"b"', f'"C:\\"\n2026-07-01 08:00:00,{LINK},"b"'),
        (f'"C:\\"\n,{LINK},"b"', f'"C:\\"\n,{LINK},"b"'),
        ('"regel \\"een\\"\nen twee"', '"regel ""een""\nen twee"'),
    ],
)
def test_quotes_behind_a_backslash_are_doubled(written: str, meant: str) -> None:
    start = f"{HEADING}2026-06-30 10:00:00,{LINK},"
    assert with_doubled_quotes(start + written) == start + meant


def test_no_other_file_loses_its_backslashes() -> None:
    assert with_doubled_quotes('Naam,Pad\nBo,"C:\\"\n') == 'Naam,Pad\nBo,"C:\\"\n'


def test_a_moment_in_utc_counts_for_the_local_day() -> None:
    rows = table(
        ("From", "To", "Sent At", "Message", "Direction"),
        ("a", "b", "2026-06-30 22:30:00 UTC", "", "OUTGOING"),
        ("c", "a", "2026-07-01 10:00:00 UTC", "", "INCOMING"),
    )
    found = linkedin_activity.read("Invitations.csv", rows, Settings())
    assert isinstance(found, SourceResult)
    assert [row[1:] for row in found.feeds[0].rows] == [
        ("invitations_received", "flow", "2026-07-01", "1"),
        ("invitations_sent", "flow", "2026-07-01", "1"),
    ]


@pytest.mark.parametrize(
    "heading",
    [("Date", "Link", "Message", "Status"), ("Date", "Type"), ("From", "To", "Message", "Direction")],
)
def test_other_tables_are_no_activity(heading: tuple[str, ...]) -> None:
    assert not linkedin_activity.recognises(table(heading))


@pytest.mark.parametrize(
    ("written", "meant"),
    [("12", 12), ("-3", -3), ("1,250", 1250), ("1.250", 1250), ("12.0", 12), ("", None), ("2%", None)],
)
def test_figures_are_whole_numbers_with_or_without_marks(written: str, meant: int | None) -> None:
    assert figure(written) == meant


def test_columns_of_a_page_are_matched_by_name_and_a_new_one_is_named() -> None:
    rows = table(
        ("Total followers", "Date", "Organic followers", "Employee followers"),
        ("5", "03/16/2026", "4", "1"),
    )
    found = linkedin_page_followers.read("x.xls", rows, Settings())
    assert isinstance(found, SourceResult)
    assert [row[1::3] for row in found.feeds[0].rows] == [
        ("new_followers", "5"),
        ("new_followers_organic", "4"),
    ]
    assert "Employee followers" in found.warnings[-1]


def test_twenty_five_columns_that_do_not_add_up_are_no_visitors() -> None:
    heading = ("Datum", *(f"k{number}" for number in range(24)))
    days = [f"03/{day:02d}/2026" for day in range(1, 9)]
    rising = [(day, *(str(number) for number in range(24))) for day in days]
    assert not linkedin_page_visitors.recognises(table(heading, *rising))
    zeros = [(day, *("0" for _ in range(24))) for day in days]
    assert linkedin_page_visitors.recognises(table(heading, *zeros))


@pytest.mark.parametrize(
    ("heading", "is_list"),
    [
        (("fullName", "profileUrl", "headline"), True),
        (("firstName", "lastName", "publicIdentifier"), True),
        (("Name", "headline", "groupUrl"), True),
        (("Naam", "LinkedIn"), False),
        (("Naam", "E-mail", "LinkedIn", "Functie"), False),
        (("fullName", "headline"), False),
        (("profileUrl", "headline", "timestamp"), False),
    ],
)
def test_a_tool_s_list_is_told_from_one_s_own(heading: tuple[str, ...], is_list: bool) -> None:
    row = tuple(
        "https://www.linkedin.com/in/bo-example" if "rl" in cell or cell == "LinkedIn" else "Bo"
        for cell in heading
    )
    assert linkedin_people.recognises(table(heading, row)) is is_list


@pytest.mark.parametrize(
    ("connections", "file", "feeds"),
    [
        (Connections.CONTACTS, "leden van de groep.csv", ["contact"]),
        (Connections.MEMBERS, "leden van de groep.csv", ["membership"]),
        (Connections.COUNTS, "leden van de groep.csv", []),
        (Connections.CONTACTS, "Open dag attendees.csv", ["contact", "registration"]),
        (Connections.MEMBERS, "Open dag attendees.csv", ["contact", "registration"]),
        (Connections.COUNTS, "Open dag attendees.csv", []),
    ],
)
def test_who_is_listed_is_what_the_setting_says(
    connections: Connections, file: str, feeds: list[str]
) -> None:
    settings = Settings(network=replace(NetworkSettings(), connections=connections))
    rows = table(("fullName", "publicIdentifier"), ("Bo Smit", "bo-example"))
    found = linkedin_people.read(file, rows, settings)
    assert isinstance(found, SourceResult)
    assert [each.feed.name for each in found.feeds] == feeds
    assert "Bo" not in str(found.warnings)


def test_pasted_people_have_their_own_lines() -> None:
    text = "Bo Smit\nBo Smit\n• 2nd\nDocent | leren\nMessage\nKim Bakker · 3e+\nhttps://www.linkedin.com/in/kim\n"
    assert people(linkedin_people.read("groep.txt", pasted(text), Settings())) == [
        ("Bo Smit", None, "Docent | leren"),
        ("Kim Bakker", "https://www.linkedin.com/in/kim", None),
    ]


@pytest.mark.parametrize(
    "text",
    ["Verslag\nDe 1e sessie\nDe 2e sessie\n", "Bo Smit\n• 2nd\nDocent\n", "naam\nBo\nKim\n"],
    ids=["prose", "one person", "a column"],
)
def test_other_text_is_no_list_of_people(text: str) -> None:
    assert not linkedin_people.recognises(pasted(text))


def test_a_page_without_its_total_is_stopped_by_name() -> None:
    with pytest.raises(InputError, match="Total followers"):
        linkedin_page_followers.read(
            "x", table(("Date", "Organic followers"), ("03/16/2026", "4")), Settings()
        )


@pytest.mark.parametrize(
    ("old", "new"),
    [("Connected On", "Since"), ("First Name", "Name"), ("Last Name", None), ("URL", "First Name")],
)
def test_connections_that_lost_a_column_are_stopped_by_its_name(old: str, new: str | None) -> None:
    columns = ["First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"]
    drifted = tuple(name for column in columns if (name := new if column == old else column))
    rows = table(drifted, tuple("x" for _ in drifted))
    assert linkedin_connections.recognises(rows)
    with pytest.raises(InputError, match=f'column "{new if old == "URL" else old}"'):
        linkedin_connections.read("Connections.csv", rows, Settings())


def test_a_member_list_that_looks_like_connections_is_left_to_a_mapping() -> None:
    heading = ("Voornaam", "Achternaam", "URL", "E-mailadres", "Bedrijf", "Functie", "Lid sinds")
    assert not linkedin_connections.recognises(table(heading))
