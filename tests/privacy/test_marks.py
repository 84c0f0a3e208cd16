"""Where a name stands in a text: also right before the ending of a file."""

from __future__ import annotations

import pytest

from etl.privacy.marks import redacted

MARKS = frozenset(("first:wouter", "words:wouter zonderling"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("leden Wouter Zonderling.csv", "leden […].csv"),
        ("lijst van Wouter_Zonderling.XLSX, nieuw", "lijst van […].XLSX, nieuw"),
        ("Wouter Zonderling.", "[…]."),
        ("Wouter Zonderling-Smit.csv", "Wouter Zonderling-Smit.csv"),
        ("Wouter anders.csv", "Wouter anders.csv"),
    ],
)
def test_a_name_is_found_before_the_ending_of_a_file(text: str, left: str) -> None:
    assert redacted(text, MARKS.__contains__) == left
