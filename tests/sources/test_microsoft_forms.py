"""Microsoft Forms: the rules that no sample file shows."""

from __future__ import annotations

import pytest

from etl.reading.table import TextRow, TextTable
from etl.settings import Settings
from etl.sources import microsoft_forms
from etl.sources.source import FeedRows, SourceResult

DUTCH = ("ID", "Begintijd", "Tijd van voltooien", "E-mail", "Naam")
TIMES = ("2026-03-02 09:00:00", "2026-03-02 09:05:00")


def read(*rows: tuple[str, ...]) -> FeedRows:
    table = TextTable("", [TextRow(line, cells) for line, cells in enumerate(rows, start=1)])
    assert microsoft_forms.recognises(table)
    found = microsoft_forms.read("Vragen.xlsx", table, Settings())
    assert isinstance(found, SourceResult)
    return found.feeds[0]


def column(rows: FeedRows, field: str) -> list[str | None]:
    return [row[rows.columns.index(field)] for row in rows.rows]


@pytest.mark.parametrize("written", ["anonymous", "Anoniem", ""])
def test_nobody_is_made_of_an_anonymous_answer(written: str) -> None:
    rows = read((*DUTCH, "Je vraag?"), ("1", *TIMES, written, written, "Hoe begin je een leerkring?"))
    assert rows.columns == ("text", "kind", "question", "contributed_at")
    assert column(rows, "question") == ["Je vraag?"]
    assert column(rows, "contributed_at") == ["2026-03-02T09:05:00"]


def test_an_answer_without_a_name_stands_beside_answers_with_one() -> None:
    rows = read(
        (*DUTCH, "Je vraag?"),
        ("1", *TIMES, "anonymous", "", "Hoe begin je?"),
        ("2", *TIMES, "bo@example.org", "Bo Smit", "Wie doet mee?"),
    )
    assert column(rows, "email") == ["", "bo@example.org"]


def test_a_question_about_the_name_is_used_when_the_form_does_not_know_it() -> None:
    rows = read(
        (*DUTCH, "Wat is je naam?", "Je vraag?"),
        ("1", *TIMES, "anonymous", "", "Els Mulder", "Wie doet mee?"),
    )
    assert column(rows, "full_name") == ["Els Mulder"]
    assert column(rows, "text") == ["Wie doet mee?"]


def test_points_and_feedback_of_a_quiz_are_no_contributions() -> None:
    rows = read(
        (*DUTCH, "Je vraag?", "Punten - Je vraag?", "Feedback - Je vraag?"),
        ("1", *TIMES, "", "", "Wie doet mee?", "1", "Dat is een heel goede vraag"),
    )
    assert column(rows, "text") == ["Wie doet mee?"]


def test_the_start_counts_when_the_end_is_missing() -> None:
    rows = read((*DUTCH, "Je vraag?"), ("1", TIMES[0], "", "", "", "Wie doet mee?"))
    assert column(rows, "contributed_at") == ["2026-03-02T09:00:00"]


@pytest.mark.parametrize("heading", [DUTCH[1:], ("ID", "Begintijd", "E-mail"), ("ID", "Naam")])
def test_another_table_with_an_id_is_not_a_form(heading: tuple[str, ...]) -> None:
    assert not microsoft_forms.recognises(TextTable("", [TextRow(1, heading)]))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (("3/8/26 10:05:00", "3/9/26 10:05:00"), "2026-03-08T10:05:00"),
        (("8-3-2026 10:05:00", "9-3-2026 10:05:00"), "2026-03-08T10:05:00"),
        (("8/3/2026 10:05:00", "9/3/2026 10:05:00"), "2026-03-08T10:05:00"),
        (("28/3/26 10:05:00", "29/3/26 10:05:00"), "2026-03-28T10:05:00"),
    ],
)
def test_a_workbook_saved_as_csv_writes_short_years_the_american_way(
    written: tuple[str, str], day: str
) -> None:
    rows = [("1", at, at, "a@example.org", "Anna", "Hoe begin je met een kring?") for at in written]
    assert column(read((*DUTCH, "Welke vraag heb je?"), *rows), "contributed_at")[0] == day
