"""Moments and lengths of time as Teams writes them in the languages it speaks."""

from __future__ import annotations

import pytest

from etl.sources.stamps import DAY_FIRST, ISO
from etl.sources.teams_report import Passage, Stay, stays
from etl.sources.teams_words import is_length, moment, seconds


@pytest.mark.parametrize(
    "written",
    [
        "14/11/22, 4:16:54 PM",
        "\u200e14/11/22, 4:16:54\u202fPM",
        "14/11/2022, 4:16:54 p. m.",
        "14.11.2022 klo 16.16.54",
        "14.11.2022 г., 16:16:54",
        "14.11.22, 16:16:54 Uhr",
        "14. 11. 2022 16:16:54",
        "14/11/22 4:16:54 μ.μ.",
        "14/11/2565 16:16:54",
        "١٤/١١/٢٠٢٢ ٠٤:١٦:٥٤ م",
    ],
)
def test_a_moment_is_read_in_any_language(written: str) -> None:
    stamp = moment(written)
    assert stamp is not None
    assert stamp.iso(DAY_FIRST) == "2022-11-14T16:16:54"


@pytest.mark.parametrize(
    "written",
    [
        "2022/11/14 下午 4:16:54",
        "2022. 11. 14. 오후 4:16:54",
        "2022-11-14 16 h 16 min 54 s",
        "2022. 11. 14. 16:16:54",
    ],
)
def test_years_may_come_first(written: str) -> None:
    stamp = moment(written)
    assert stamp is not None
    assert stamp.iso(ISO) == "2022-11-14T16:16:54"


@pytest.mark.parametrize("written", ["", "Bo Smit", "1h 32m", "vanmiddag", "12345"])
def test_other_text_is_no_moment(written: str) -> None:
    assert moment(written) is None


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("1h 32m 21s", 5541),
        ("59 Min. 0 Sek.", 3540),
        ("1 Std. 5 Min.", 3900),
        ("1 godz. 3 min 4 sek.", 3784),
        ("1 u 5 min", 3900),
        ("1 小时 3 分钟 2 秒", 3782),
        ("1 sa 5 dk 3 sn", 3903),
        ("1 ч 3 мин 2 с", 3782),
        ("0:29:22", 1762),
        ("30s", 30),
        ("2 xy", None),
        ("", None),
    ],
)
def test_a_length_is_read_in_any_language_or_unknown(written: str, length: int | None) -> None:
    assert seconds(written) == length


@pytest.mark.parametrize(
    ("written", "is_one"), [("29m 22s", True), ("1 t 3 min", True), ("45", False), ("Sessie 2 kring", False)]
)
def test_a_bare_number_is_no_length_in_words(written: str, is_one: bool) -> None:
    assert is_length(written) is is_one


def passages(written: str) -> list[Passage]:
    """`J10 L11` as passages, each on its own line."""
    return [
        Passage(line, f"2020-10-14T{each[1:]}:00", each[0] == "L")
        for line, each in enumerate(written.split(), start=1)
    ]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("J10 L11", ["10-11"]),
        ("L11 J10", ["10-11"]),
        ("J10 L11 J11 L12", ["10-11", "11-12"]),
        ("J10 J11 L11 L12", ["10-11", "11-12"]),
        ("J10 J10 L11", ["10-11"]),
        ("J10", ["10-?"]),
        ("J10 L11 J12", ["10-?"]),
        ("L11", ["?-?"]),
        ("L09 J10 L11", ["10-?"]),
        ("J10 L10", ["10-10"]),
    ],
)
def test_coming_and_going_make_stays_and_what_is_unknown_stays_so(written: str, found: list[str]) -> None:
    def hour(text: str | None) -> str:
        return text[11:13] if text else "?"

    made: list[Stay] = stays(passages(written))
    assert [f"{hour(stay.joined)}-{hour(stay.left)}" for stay in made] == found
