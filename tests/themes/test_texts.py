"""What counts as one text to cluster."""

import pytest

from etl.themes.texts import clean, content_words, is_filler, split_questions, text_hash


def test_clean_keeps_diacritics_and_folds_white_space() -> None:
    assert clean("  Coo\u0308rdinatie\n van\u00a0 reflectie ") == "Coördinatie van reflectie"


def test_exact_duplicates_share_a_hash_whatever_their_capitals() -> None:
    assert text_hash("Hoe borgen we dit?") == text_hash(" hoe borgen  we DIT?")
    assert text_hash("Hoe borgen we dit?") != text_hash("Hoe borgen we dat?")


@pytest.mark.parametrize(
    "text", ["Geen vraag", "geen idee!", "n.v.t.", "-", "Nee", "Dank u wel", "No questions", "Hoe dan?"]
)
def test_filler_is_set_aside(text: str) -> None:
    assert is_filler(text)


def test_a_real_question_is_no_filler() -> None:
    assert not is_filler("Hoe borgen we de opbrengst van een leergemeenschap?")


def test_stop_words_carry_no_meaning() -> None:
    assert content_words("Hoe kunnen we de opbrengst meten?") == ["opbrengst", "meten"]


def test_two_full_questions_are_two_texts() -> None:
    text = "Hoe meten we de opbrengst van leren? Wie betaalt de begeleiding van groepen?"
    assert split_questions(text) == (
        "Hoe meten we de opbrengst van leren?",
        "Wie betaalt de begeleiding van groepen?",
    )


def test_a_question_with_an_explanation_stays_whole() -> None:
    text = "Hoe meten we de opbrengst van leren? Wij doen dat nu niet."
    assert split_questions(text) == (text,)
