"""What a question was asked with, as *Herkomst* tells it."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.navigation import Language
from dashboard.parameter_words import CHOICE_WORDS, PARAMETER_WORDS, parameter_words
from dashboard.wording import Wording
from queries.catalog import Parameter, questions

NL, EN = Wording(Language.DUTCH), Wording(Language.ENGLISH)
ASKED = [(question.name, parameter) for question in questions() for parameter in question.parameters]


def test_every_parameter_has_words_and_no_word_is_left_over() -> None:
    assert set(PARAMETER_WORDS) == {parameter.name for _question, parameter in ASKED}


@pytest.mark.parametrize(("question", "parameter"), ASKED, ids=lambda value: getattr(value, "name", value))
def test_every_choice_is_said_in_both_languages(question: str, parameter: Parameter) -> None:
    for choice in parameter.choices:
        value = parameter.value(choice)
        dutch, english = (parameter_words(parameter.name, value, words) for words in (NL, EN))
        if not isinstance(value, int):
            assert choice in CHOICE_WORDS[parameter.name]
            assert dutch != english
            assert "_" not in dutch + english
        assert parameter.name not in dutch or parameter.name == NL.t(PARAMETER_WORDS[parameter.name])


@pytest.mark.parametrize(
    ("name", "value", "dutch", "english"),
    [
        ("grain", "month", "lengte van één periode: een maand", "length of one period: a month"),
        ("from_on", date(2026, 9, 1), "vanaf: 1 september 2026", "from: 1 September 2026"),
        ("months", 24, "aantal maanden: 24", "number of months: 24"),
        ("working_group", "month", "werkgroep: month", "working group: month"),
    ],
)
def test_it_reads_as_words(name: str, value: str | int | date, dutch: str, english: str) -> None:
    assert parameter_words(name, value, NL) == dutch
    assert parameter_words(name, value, EN) == english
