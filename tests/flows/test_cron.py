"""When Kring says that something runs next is when the server that fires schedules runs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.cron import read_cron

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TEXTS = (
    "* * * * *", "0 6 * * *", "30 4 * * sun", "*/15 8-18 * * mon-fri", "5,35 0-23/6 * * *", "0 0 1 */3 *",
    "0 12 13 * 5", "0 9 * * 7", "10 7 1-7 jan-mar,dec 1", "0 6 29 2 *", "59 23 31 12 *",
)  # fmt: skip


@given(text=st.sampled_from(TEXTS), minutes=st.integers(0, 60 * 24 * 366 * 4))
def test_the_next_moment_is_the_servers(text: str, minutes: int) -> None:
    croniter = import_module("prefect._vendor.croniter").croniter
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes, seconds=minutes % 60)
    expected = croniter(text, now).get_next(datetime)
    assert read_cron(text).next_after(now, ZoneInfo("UTC")) == expected


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-21T04:59:59+00:00", "2026-11-21T05:00:00+00:00"),  # winter: six is five in UTC
        ("2026-11-21T05:00:00+00:00", "2026-11-22T05:00:00+00:00"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29T04:00:00+00:00"),  # the clock was put forward that night
    ],
)
def test_six_is_six_on_the_clocks_of_the_network(now: str, due: str) -> None:
    cron = read_cron("0 6 * * *")
    assert cron.next_after(datetime.fromisoformat(now), AMSTERDAM) == datetime.fromisoformat(due)


def test_a_day_that_never_comes() -> None:
    assert read_cron("0 6 31 2 *").next_after(datetime(2026, 1, 1, tzinfo=UTC), AMSTERDAM) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "daily",
        "0 6 * *",
        "0 6 * * * *",
        "60 * * * *",
        "0 24 * * *",
        "* * 0 * *",
        "5-1 * * * *",
        "*/0 * *",
    ],
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_cron(text)
