"""Words, numbers and dates in both languages, and catalogues that are complete."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from babel.messages.catalog import Message

from dashboard.navigation import Language
from dashboard.wording import (
    Wording,
    catalogue_bytes,
    catalogue_file,
    messages_in_code,
    read_catalogue,
    sentence,
)
from queries.catalog import questions

NL, EN = Wording(Language.DUTCH), Wording(Language.ENGLISH)


def keys(messages: list[Message]) -> set[str | tuple[str, ...]]:
    return {
        message.id if isinstance(message.id, str) else tuple(message.id) for message in messages if message.id
    }


def test_both_catalogues_hold_exactly_what_the_code_asks() -> None:
    asked = keys(list(messages_in_code()))
    assert len(asked) > 100
    for language in Language:
        assert keys(list(read_catalogue(language))) == asked


def test_what_a_question_means_is_told_in_the_readers_language() -> None:
    for each in questions():
        for said in (each.meaning, each.grain):
            assert EN.t(said) == said
            assert NL.t(said) != said


@pytest.mark.parametrize("language", list(Language))
def test_no_message_is_empty_or_fuzzy(language: Language) -> None:
    for message in read_catalogue(language):
        if message.id:
            parts = [message.string] if isinstance(message.string, str) else list(message.string or ())
            assert parts, message.id
            assert all(parts), message.id
            assert not message.fuzzy, message.id


@pytest.mark.parametrize("language", list(Language))
def test_catalogue_stands_as_the_script_writes_it(language: Language) -> None:
    written = catalogue_file(language).read_bytes()
    assert catalogue_bytes(language, read_catalogue(language)) == written


@pytest.mark.parametrize("language", list(Language))
def test_every_message_keeps_its_named_values(language: Language) -> None:
    for message in read_catalogue(language):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        wanted = set().union(*(_names(text) for text in ids))
        for text in strings:
            assert _names(text) <= wanted, message.id


def _names(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


@pytest.mark.parametrize(
    ("value", "dutch", "english"),
    [(1284, "1.284", "1,284"), (-85, "−85", "−85"), (0, "0", "0"), (1234567, "1.234.567", "1,234,567")],
)
def test_numbers(value: int, dutch: str, english: str) -> None:
    assert (NL.number(value), EN.number(value)) == (dutch, english)


def test_signs_shares_and_points() -> None:
    assert NL.signed(167) == "+167"
    assert NL.signed(-85) == "−85"
    assert NL.signed(0) == "0"
    assert NL.share(0.68) == "68%"
    assert NL.points(0.04) == "+4 punt"
    assert NL.points(-0.001) == "0 punt"
    assert EN.points(0.01) == "+1 point"
    assert NL.number(2.44, 1) == "2,4"


def test_estimates_and_unknowns_are_words() -> None:
    assert NL.counted(130, approximate=True) == "ca. 130"
    assert NL.counted(None) == "onbekend"
    assert EN.counted(None) == "unknown"
    assert NL.counted(0) == "0"
    assert NL.share(0.81, approximate=True) == "ca. 81%"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.5, "de helft"), (0.23, "bijna een kwart"), (0.33, "een derde"), (0.70, "zeven op de tien"),
        (0.68, "ruim twee derde"), (0.72, "ruim zeven op de tien"), (0.45, "45%"), (0.02, "2%"),
        (0.79, "acht op de tien"),
    ],
)  # fmt: skip
def test_share_in_words(value: float, words: str) -> None:
    assert NL.share_in_words(value) == words


@pytest.mark.parametrize("percent", range(101))
def test_share_in_words_is_never_far_from_the_truth(percent: int) -> None:
    words = EN.share_in_words(percent / 100)
    plain = {"half": 50, "a quarter": 25, "a third": 33.3, "two thirds": 66.7, "three quarters": 75}
    tens = dict(
        zip(
            ("one", "two", "three", "four", "six", "seven", "eight", "nine"),
            (10, 20, 30, 40, 60, 70, 80, 90),
            strict=True,
        )
    )
    core = words.removeprefix("almost ").removeprefix("just over ")
    if core.endswith("%"):
        assert core == f"{percent}%"
        return
    said = plain.get(core, 20.0 if core == "one in five" else tens.get(core.split()[0], -1))
    assert abs(said - percent) <= 3.01
    if words.startswith("almost"):
        assert percent < said
    if words.startswith("just over"):
        assert percent > said


def test_dates_follow_the_language() -> None:
    day = date(2026, 3, 5)
    assert NL.date(day) == "5 maart 2026"
    assert NL.short_date(day) == "5 mrt"
    assert NL.short_date(day, date(2028, 1, 1)) == "5 mrt 2026"
    assert EN.date(date(2026, 9, 1)) == "1 September 2026"
    assert EN.short_date(date(2026, 9, 1)) == "1 Sep"
    assert NL.interval(date(2025, 11, 1), date(2026, 10, 31)) == "1 november 2025 – 31 oktober 2026"
    assert NL.short_interval(date(2025, 11, 1), date(2026, 10, 31)) == "1 nov 2025 t/m 31 okt 2026"
    assert NL.clock(datetime(2026, 11, 21, 6)) == "06.00 uur"
    assert (NL.day_in_month(date(2026, 11, 21)), EN.day_in_month(date(2026, 11, 21))) == ("21e", "21st")
    assert [EN.day_in_month(date(2026, 11, day)) for day in (2, 3, 11, 12, 13, 22)] == [
        "2nd", "3rd", "11th", "12th", "13th", "22nd",
    ]  # fmt: skip


def test_lists_and_capitals() -> None:
    assert NL.listed(["a", "b", "c"]) == "a, b en c"
    assert NL.listed(["a"]) == "a"
    assert sentence(NL.number_word(1)) == "Eén"
    assert NL.number_word(13) == "13"
