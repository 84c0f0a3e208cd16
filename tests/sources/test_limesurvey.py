"""LimeSurvey: the rules that no sample file shows."""

from __future__ import annotations

import pytest

from etl.reading.table import TextRow, TextTable
from etl.settings import Settings
from etl.sources import limesurvey
from etl.sources.source import FeedRows, SourceResult

FULL = ("Response ID", "Date submitted", "Last page", "Start language", "Seed")
CODES = ("id", "submitdate", "lastpage", "startlanguage", "seed")
OWN = ("1", "2026-03-02 10:15:00", "3", "nl", "1234567890")


def table(*rows: tuple[str, ...]) -> TextTable:
    return TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])


def read(*rows: tuple[str, ...]) -> SourceResult:
    assert limesurvey.recognises(table(*rows))
    found = limesurvey.read("results-survey1.csv", table(*rows), Settings())
    assert isinstance(found, SourceResult)
    return found


def column(rows: FeedRows, field: str) -> list[str | None]:
    return [row[rows.columns.index(field)] for row in rows.rows]


@pytest.mark.parametrize("own", [FULL, CODES, ("Numéro", "Soumis le", "Page", "Langue", "Graine")])
def test_a_survey_is_known_in_every_language(own: tuple[str, ...]) -> None:
    (rows,) = read((*own, "Je vraag?"), (*OWN, "Wie doet mee?")).feeds
    assert column(rows, "text") == ["Wie doet mee?"]
    assert column(rows, "contributed_at") == ["2026-03-02T10:15:00"]


@pytest.mark.parametrize("written", ["1980-01-01 00:00:00", "1970-01-01 01:00:00", "1980-01-01"])
def test_an_anonymous_answer_has_no_day(written: str) -> None:
    found = read((*FULL, "Je vraag?"), (OWN[0], written, *OWN[2:], "Wie doet mee?"))
    assert column(found.feeds[0], "contributed_at") == [None]
    assert any("anonymous" in warning for warning in found.warnings)


def test_a_response_that_was_never_submitted_is_left_out() -> None:
    found = read((*FULL, "Je vraag?"), (*OWN, "Wie doet mee?"), ("2", "", *OWN[2:], "Half"))
    assert column(found.feeds[0], "text") == ["Wie doet mee?"]
    assert (found.rows_read, found.rows_hidden) == (2, 1)


def test_codes_of_answers_are_choices_and_addresses_of_computers_are_not_read() -> None:
    found = read(
        (*CODES, "startdate", "datestamp", "ipaddr", "refurl", "token", "firstname", "Q1", "Q2[SQ001]", "Q3"),
        (
            *OWN,
            OWN[1],
            OWN[1],
            "192.0.2.7",
            "https://example.org",
            "abc",
            "Bo",
            "A2",
            "Y",
            "Een plek om te vragen",
        ),
    )
    (rows,) = found.feeds
    assert column(rows, "text") == ["Een plek om te vragen"]
    assert column(rows, "question") == ["Q3"]
    assert column(rows, "given_name") == ["Bo"]
    assert not any("192.0.2.7" in (cell or "") for row in rows.rows for cell in row)


def test_markup_in_a_heading_is_no_part_of_the_question() -> None:
    (rows,) = read((*FULL, "<p>Wat is je <b>vraag</b>?&nbsp;</p>"), (*OWN, "Wie doet mee?")).feeds
    assert column(rows, "question") == ["Wat is je vraag?"]


@pytest.mark.parametrize(
    "rows",
    [
        (("id", "naam"), ("1", "Bo")),
        (("id", "datum", "pagina", "taal", "getal", "vraag"), ("x", *OWN[1:], "Wie?")),
        (("Response ID", "Name", "Date submitted"), ("1", "Bo", OWN[1])),
        (FULL[:2], OWN[:2]),
    ],
)
def test_another_table_is_no_survey(rows: tuple[tuple[str, ...], ...]) -> None:
    assert not limesurvey.recognises(table(*rows))
