"""Names: what is one, and when two are one name."""

from __future__ import annotations

import pytest

from etl.cleaning.names import (
    email_key,
    is_placeholder,
    linkedin_slug,
    names_compatible,
    normal_name,
    without_suffixes,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Berg, Jan van den", "Jan van den Berg"),
        ("Jan van den Berg (Guest)", "Jan Van Den Berg"),
        ("Piet v. d. Hof", "Piet v.d. Hof"),
        ("Piet vd Hof", "Piet v/d Hof"),
        ("Piet van 't Hof", "Piet van het Hof"),
        ("Piet van ’t Hof", "Piet van 't Hof"),
        ("José Núñez", "Jose Nunez"),
        ("Jose\u0301 Nu\u0301n\u0303ez", "José Núñez"),
        ("Els D'Hondt, PhD", "els dhondt"),
        ("Jan Vanden Broeck (Extern)", "Jan Van den Broeck"),
        ("Dr. Anna de Vries", "Anna de Vries"),
        ("Zoë 🎉 Müller", "Zoe Muller"),
    ],
)
def test_names_written_differently_are_one_name(one: str, other: str) -> None:
    assert normal_name(one) == normal_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jan van den Berg", "Jan van der Berg"),
        ("Jan Berg", "Jan van den Berg"),
        ("Wei Ma", "Wei"),
        ("Li Ba", "Li"),
    ],
)
def test_other_names_stay_other_names(one: str, other: str) -> None:
    assert normal_name(one) != normal_name(other)


@pytest.mark.parametrize(
    "name",
    [
        "", "--", "?", "iPhone", "iPhone van Jan", "Jan's iPhone", "iPad (2)", "Galaxy S21", "SM-G973F",
        "LinkedIn Member",
        "anonymous", "Anoniem", "Gast", "Guest User", "Meeting room 2", "Vergaderzaal Oost", "31612345678",
        "DESKTOP-AB12",
        "Totaal", "Totaal: 45", "Eindtotaal", "Subtotaal 12", "Total",
        "Secretariaat", "info", "Read.ai meeting notes", "Otter.ai",
    ],
)  # fmt: skip
def test_devices_and_placeholders_are_nobody(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize(
    "name",
    [
        "Anna",
        "Pixel Smit",
        "Beller, Jan",
        "Gaston Vos",
        "Testa Rossa",
        "O",
        "Wu",
        "Inge Post",
        "Tota Vos",
        "Som",
    ],
)
def test_people_are_somebody(name: str) -> None:
    assert not is_placeholder(name)


def test_suffixes_go_and_names_stay() -> None:
    assert without_suffixes("Kim Bakker (Gast) (EXT)") == "Kim Bakker"
    assert without_suffixes("Ola Przykład (Gość)") == "Ola Przykład"
    assert without_suffixes("Bo Smit | Voorbeeld BV") == "Bo Smit"
    assert without_suffixes("Wei Ma") == "Wei Ma"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jan van den Berg", "J. van den Berg"),
        ("Berg, Jan v.d.", "Jan van den Berg"),
        ("Anna", "Anna de Vries"),
        ("Anna", "A. de Vries"),
        ("de Vries", "Anna de Vries"),
        ("Maria van der Meer", "Maria van der Meer-de Wit"),
        ("Jan Piet Smit", "J.P. Smit"),
        ("Anna", None),
        ("iPhone", "Anna de Vries"),
    ],
)
def test_names_are_compatible_as_far_as_both_are_written(one: str, other: str | None) -> None:
    assert names_compatible(one, other)
    assert names_compatible(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jan van den Berg", "Piet van den Berg"),
        ("Jan Smit", "Jan Bakker"),
        ("J. Smit", "P. Smit"),
        ("Anna", "Bo Smit"),
    ],
)
def test_names_of_two_people_are_not_compatible(one: str, other: str) -> None:
    assert not names_compatible(one, other)
    assert not names_compatible(other, one)


def test_addresses() -> None:
    assert email_key(" Jose\u0301@Example.org ") == "josé@example.org"
    assert email_key("anonymous") is None
    assert email_key("a@b") is None


def test_linkedin_profiles() -> None:
    assert linkedin_slug("https://www.linkedin.com/in/Zo%C3%AB-Example/?trk=x") == "zoë-example"
    assert linkedin_slug("nl.linkedin.com/in/anna-example/") == "anna-example"
    assert linkedin_slug(" /in/Anna-Example ") == "anna-example"
    assert linkedin_slug("https://www.linkedin.com/mwlite/in/anna-example") == "anna-example"
    assert linkedin_slug("https://school.example.org/in/contact") is None
    assert linkedin_slug("https://school.example.org/?site=linkedin.com in/contact") is None
    assert linkedin_slug("https://www.linkedin.com/company/voorbeeld") is None
