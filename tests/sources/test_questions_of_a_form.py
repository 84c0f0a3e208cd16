"""Several columns of one table that are all contributions: from kring.toml to rows, and as a proposal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etl.errors import SettingsError
from etl.reading.table import TextRow, TextTable
from etl.settings import TableMapping, read_settings
from etl.settings_file import table_text
from etl.sources.answers import open_questions
from etl.sources.inspect import inspect
from etl.sources.mapping import read_mapped
from etl.sources.proposal import propose
from etl.sources.reading import reading_json
from etl.sources.source import SourceResult

MAPPING = """
[[tables]]
name = "intake"
match = "intake*"
feed = "contribution"
[tables.columns]
"E-mail" = "email"
"Ingevuld op" = "contributed_at"
"Wat wil je leren?" = "text"
"Wat kan beter?" = "text"
"""
KINDS = '[tables.kinds]\n"Wat kan beter?" = "feedback"\n'
HEADING = ("E-mail", "Ingevuld op", "Wat wil je leren?", "Kleur", "Wat  kan\nbeter?")


def mapping(text: str = MAPPING + KINDS) -> TableMapping:
    (found,) = read_settings(text, {}).tables
    return found


def read(text: str, *rows: tuple[str, ...], heading: tuple[str, ...] = HEADING) -> SourceResult:
    lines = [TextRow(line, cells) for line, cells in enumerate((heading, *rows), start=1)]
    return read_mapped(TextTable("", lines), mapping(text))


def test_each_answer_is_a_contribution_with_its_question() -> None:
    found = read(
        MAPPING + KINDS,
        ("anna@example.org", "16-3-2026", "Luisteren", "rood", "Meer tijd"),
        ("bo@example.org", "17-3-2026", "", "blauw", "Een agenda"),
        ("els@example.org", "18-3-2026", "", "", " "),
    )
    (rows,) = found.feeds
    assert rows.columns == ("email", "contributed_at", "text", "question", "kind")
    assert rows.rows == [
        ("anna@example.org", "16-3-2026", "Luisteren", "Wat wil je leren?", None),
        ("anna@example.org", "16-3-2026", "Meer tijd", "Wat kan beter?", "feedback"),
        ("bo@example.org", "17-3-2026", "Een agenda", "Wat kan beter?", "feedback"),
    ]
    assert rows.lines == [2, 2, 3]
    assert (found.rows_read, found.rejects) == (3, ())
    assert found.seen is not None
    assert [row[0] for row in found.seen.rows] == ["els@example.org"]


def test_a_fixed_kind_holds_for_the_questions_without_one_of_their_own() -> None:
    fixed = '[tables.constants]\nkind = "question"\nworking_group = "Kennisbasis"\n'
    found = read(MAPPING + fixed + KINDS, ("anna@example.org", "16-3-2026", "Luisteren", "", "Meer tijd"))
    (rows,) = found.feeds
    assert rows.columns == ("email", "contributed_at", "working_group", "text", "question", "kind")
    assert [row[-1] for row in rows.rows] == ["question", "feedback"]


def test_one_question_stays_a_row_for_each_row() -> None:
    one = MAPPING.replace('"Wat kan beter?" = "text"\n', "")
    (rows,) = read(one, ("anna@example.org", "16-3-2026", "", "", "")).feeds
    assert rows.columns == ("email", "contributed_at", "text")
    assert rows.rows == [("anna@example.org", "16-3-2026", None)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (MAPPING + '[tables.kinds]\n"Kleur" = "feedback"\n', "no column that is text"),
        (MAPPING + '[tables.kinds]\n"Wat kan beter?" = "klacht"\n', "klacht is no kind"),
        (MAPPING + '"Soort" = "kind"\n' + KINDS, "kind has a column already"),
        (MAPPING + '"Vraag" = "question"\n', "each heading is the question"),
        (MAPPING + '[tables.constants]\ntext = "x"\n', "text has a column already"),
        (MAPPING + '"Mail" = "email"\n', "email has a column already"),
        (MAPPING.replace("contribution", "membership"), "text is no field of membership"),
    ],
)
def test_what_cannot_be_meant_is_said(text: str, fault: str) -> None:
    with pytest.raises(SettingsError, match=fault):
        read_settings(text, {})


def test_a_mapping_with_kinds_is_written_as_it_was_read() -> None:
    assert mapping(table_text(mapping())) == mapping()
    assert mapping(MAPPING).fingerprint() != mapping().fingerprint()


def test_moments_under_a_heading_in_utc_are_utc() -> None:
    heading = ("E-mail", "Submit Date (UTC)", "Wat wil je leren?", "Kleur", "Wat kan beter?")
    text = MAPPING.replace('"Ingevuld op"', '"Submit Date (UTC)"')
    found = read(
        text,
        ("anna@example.org", "2026-07-01 12:00:00", "a", "", ""),
        ("anna@example.org", "2026-07-01 12:00:00+02:00", "b", "", ""),
        ("anna@example.org", "2026-07-01", "c", "", ""),
        heading=heading,
    )
    moments = [row[1] for row in found.feeds[0].rows]
    assert moments == ["2026-07-01 12:00:00 UTC", "2026-07-01 12:00:00+02:00", "2026-07-01"]


def test_a_form_counts_its_answers_and_everybody_who_handed_it_in(tmp_path: Path) -> None:
    form = tmp_path / "intake 2026.csv"
    form.write_text(
        "E-mail;Ingevuld op;Wat wil je leren?;Wat kan beter?\n"
        "anna@example.org;16-3-2026 10:00;Luisteren;Meer tijd\n"
        "bo@example.org;17-3-2026 10:00;Luisteren;\n"
        "els@example.org;18-3-2026 10:00;;\n"
        "jan@example.org;eens;Vragen;Zien\n",
        encoding="utf-8",
    )
    (found,) = json.loads(reading_json(inspect([form], read_settings(MAPPING, {}))))
    assert found["status"] == "partial"
    assert found["rows"] == {"read": 4, "used": 3, "rejected": 1, "hidden": 0}
    assert (found["counts"]["people"], found["counts"]["contributions"]) == (3, 2)
    assert [reject["line"] for reject in found["rejects"]] == [5]


TYPEFORM = (
    ("#", "Je e-mailadres", "Waar loop je tegenaan?", "Wat kan er beter?", "Cijfer", "Submit Date (UTC)"),
    ("x1", "anna@example.org", "Ik mis leestijd en rust", "Veel minder lang praten", "8", "2026-03-01 10:05"),
    ("x2", "bo@example.org", "Te veel overleg zonder besluit", "", "7", "2026-03-01 11:05:00"),
)  # fmt: skip
KOBO = (
    ("start", "end", "Naam", "Welke casus breng je in?", "_id", "_submission_time", "_status"),
    (
        "2026-03-01T10:00:00",
        "2026-03-01T10:05:00",
        "Anna",
        "Onze wijkaanpak",
        "12",
        "2026-03-01T09:05:00",
        "x",
    ),
)
MEMBERS = (("Naam", "Lid sinds", "Opmerking"), ("Anna", "2026-01-01", "Heeft een vraag over geld gesteld"))


@pytest.mark.parametrize(
    ("rows", "feed", "columns", "kinds"),
    [
        (
            TYPEFORM, "contribution",
            {"Je e-mailadres": "email", "Waar loop je tegenaan?": "text", "Wat kan er beter?": "text",
             "Submit Date (UTC)": "contributed_at"},
            {},
        ),
        (
            KOBO, "contribution",
            {"Naam": "full_name", "Welke casus breng je in?": "text", "_submission_time": "contributed_at"},
            {"Welke casus breng je in?": "practice_case"},
        ),
        (MEMBERS, "membership", {"Naam": "full_name", "Lid sinds": "joined_on"}, {}),
    ],
)  # fmt: skip
def test_an_unknown_form_is_proposed_with_all_its_open_questions(
    rows: tuple[tuple[str, ...], ...], feed: str, columns: dict[str, str], kinds: dict[str, str]
) -> None:
    table = TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])
    found = mapping(propose("Antwoorden 3.csv", table))
    assert (found.feed.name, dict(found.columns), dict(found.kinds)) == (feed, columns, kinds)
    assert read_mapped(table, found).feeds[0].rows


def test_a_column_of_days_is_no_question() -> None:
    heading = ("Organization", "Followed On")
    day = "Sat Sep 05 08:12:14 UTC 2026"
    assert open_questions(heading, [("Voorbeeld", day)], {0}) == {}
    assert open_questions(("E-mail", "Bijgewerkt"), [("a@example.org", "1/29/26")], {0}) == {}
    assert open_questions(("E-mail", "Wanneer en waarom?"), [("a@example.org", "ooit, denk ik, op zee")], {0})
