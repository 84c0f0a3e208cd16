"""Whoever is in the bytes is found, however it is written; whoever is not, is not."""

from __future__ import annotations

import pytest

from etl.gate import hits, wanted

ID = "0b3f2c1a-9d8e-4f70-8a6b-5c4d3e2f1a0b"
PEOPLE = wanted(
    ["Eva van den Berg", "Zoë D’Hondt", "Jan", "eva.vandenberg@example.org", ID, ID.replace("-", "")]
)


@pytest.mark.parametrize(
    "text",
    [
        "Eva van den Berg",
        "EVA VAN DEN BERG",
        "<b>Eva</b>, van den <i>Berg</i>"[3:].replace("</b>,", "").replace("<i>", "").replace("</i>", ""),
        "Eva&nbsp;van&nbsp;den&nbsp;Berg",
        "Zo&euml; D&rsquo;Hondt",
        "Zoe\u0308 D’Hondt",
        "mailto:eva.vandenberg@example.org?x",
        "Eva.VandenBerg@Example.org",
        f"\x00{ID}\x01",
        ID.replace("-", "").upper(),
    ],
)
def test_a_person_is_found(text: str) -> None:
    assert hits(PEOPLE, {"a file": b"\xff\x00" + text.encode()}, []) == ("a file",)


@pytest.mark.parametrize(
    "text", ["jan 2021", "Eva van den Bergh", "van den Berg", "example.org", "Zoë", "d3e2f1a0b"]
)
def test_nobody_is_found(text: str) -> None:
    assert hits(PEOPLE, {"a file": text.encode()}, []) == ()


def test_a_name_of_one_word_is_found_in_what_came_from_data() -> None:
    assert hits(PEOPLE, {}, ["Werkgroep Jan"]) == ("a name of a group, a kind or a note",)
    assert hits(PEOPLE, {}, ["Januari"]) == ()
