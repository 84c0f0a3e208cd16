"""Stamps are taken apart whatever their order, and put in order by evidence."""

from __future__ import annotations

import pytest

from etl.schema.model import DateShape
from etl.sources.stamps import (
    DAY_FIRST,
    ISO,
    MONTH_FIRST,
    duration_seconds,
    order_matters,
    possible_shapes,
    read_stamp,
    rising_shapes,
    worded_date,
)


@pytest.mark.parametrize(
    ("written", "shape", "iso"),
    [
        ("2024/12/03 8:48:17 p.m. CET", ISO, "2024-12-03T20:48:17+01:00"),
        ("2017/05/17 5:01:12 PM GMT+2", ISO, "2017-05-17T17:01:12+02:00"),
        ("2026-03-16T14:00:00Z", ISO, "2026-03-16T14:00:00Z"),
        ("11/26/25, 4:16:54 PM", MONTH_FIRST, "2025-11-26T16:16:54"),
        ("14/11/22, 09:29:07", DAY_FIRST, "2022-11-14T09:29:07"),
        ("06.10.26, 18:01:00", DAY_FIRST, "2026-10-06T18:01:00"),
        ("5/04/26, 12:21:32 AM", DAY_FIRST, "2026-04-05T00:21:32"),
        ("4-5-2026 10:59:37", DAY_FIRST, "2026-05-04T10:59:37"),
        ("3/16/21, 3:00:00\u202fPM", MONTH_FIRST, "2021-03-16T15:00:00"),
        ("19-11-2026", DAY_FIRST, "2026-11-19"),
    ],
)
def test_a_stamp_in_its_order(written: str, shape: DateShape, iso: str) -> None:
    stamp = read_stamp(written)
    assert stamp is not None
    assert stamp.iso(shape) == iso


@pytest.mark.parametrize(
    "written", ["", "gisteren", "12:30", "13:00 PM", "4-5-2026 13:00 PM", "1/2/26 10:00 XYZ", "31 mei"]
)
def test_what_is_no_stamp(written: str) -> None:
    assert read_stamp(written) is None


def test_a_day_that_does_not_exist_has_no_date() -> None:
    stamp = read_stamp("31/2/2026")
    assert stamp is not None
    assert stamp.iso(DAY_FIRST) is None


def test_months_in_words() -> None:
    assert worded_date("15 Mar 2024") == "2024-03-15"
    assert worded_date("4-Apr-21") == "2021-04-04"
    assert worded_date("15-mrt-24") == "2024-03-15"
    assert worded_date("31 feb 2024") is None


def test_one_value_over_twelve_decides_and_two_contradict() -> None:
    day, month, either = (read_stamp(text) for text in ("13/5/26", "5/14/26", "5/6/26"))
    assert day and month and either
    assert possible_shapes([either, day]) == {DAY_FIRST}
    assert possible_shapes([either, month]) == {MONTH_FIRST}
    assert possible_shapes([either]) == {DAY_FIRST, MONTH_FIRST}
    assert possible_shapes([day, month]) == frozenset()


def test_one_wrong_date_among_many_is_its_own_and_none_in_any_order_says_nothing() -> None:
    month = [stamp for text in ["5/14/26"] * 10 if (stamp := read_stamp(text))]
    day, never = read_stamp("14/5/26"), read_stamp("99/99/26")
    assert day and never
    assert possible_shapes([*month, day]) == {MONTH_FIRST}
    assert possible_shapes([*month[:9], day]) == frozenset()
    assert possible_shapes([day, never]) == {DAY_FIRST}
    assert possible_shapes([never]) == frozenset()


def test_the_same_day_and_month_need_no_order() -> None:
    same, other = read_stamp("5/5/26"), read_stamp("5/6/26")
    assert same and other
    assert not order_matters([same])
    assert order_matters([same, other])


def test_rows_in_order_of_time_show_the_order_of_the_day() -> None:
    stamps = [stamp for text in ("9/8/2026", "9/9/2026", "10/1/2026") if (stamp := read_stamp(text))]
    assert rising_shapes(stamps, frozenset({DAY_FIRST, MONTH_FIRST})) == {MONTH_FIRST}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1h 32m 21s", 5541),
        ("21m 7s", 1267),
        ("30s", 30),
        ("59 Min. 0 Sek.", 3540),
        ("1 Std. 5 Min.", 3900),
        ("1 godz. 2 min 3 sek", 3723),
        ("1 u 5 min", 3900),
        ("1:02:03", 3723),
        ("", None),
        ("lang", None),
    ],
)
def test_durations(written: str, seconds: int | None) -> None:
    assert duration_seconds(written) == seconds
