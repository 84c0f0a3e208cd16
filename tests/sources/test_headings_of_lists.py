"""Headings by which Dutch and English lists tell when somebody joined and left."""

from __future__ import annotations

import pytest

from etl.sources.headings import likely_fields


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Uitgeschreven op", "left_on"), ("Opgezegd per", "left_on"), ("Ended on", "left_on"),
        ("Lid geworden op", "joined_on"), ("Lid sinds:", "joined_on"),
    ],
)  # fmt: skip
def test_a_list_of_members_tells_who_left(heading: str, field: str) -> None:
    assert likely_fields(heading) == (field,)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Naam lid", "full_name"), ("Werkgroep(en)", "working_group"), ("Groep(en)", "working_group"),
        ("Organisatie / werkgever", "organisation"), ("Organisatie/bedrijf", "organisation"),
        ("Titel bijeenkomst", "title"), ("Naam van de bijeenkomst:", "title"),
    ],
)  # fmt: skip
def test_a_heading_of_several_words_is_known(heading: str, field: str) -> None:
    assert likely_fields(heading) == (field,)


@pytest.mark.parametrize("heading", ["Naam / e-mail", "Organisatie / onbekend", "/", ""])
def test_a_heading_of_two_different_things_is_not_guessed(heading: str) -> None:
    assert likely_fields(heading) == ()
