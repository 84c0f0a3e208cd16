"""A time that came while nothing served the schedule is made up for, and no other time is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from etl.cron import read_cron
from flows.schedule import is_missed

DAILY = read_cron("0 6 * * *")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("began", "now", "missed"),
    [
        (None, "2026-03-02 07:00", False),  # a new home: nothing ran, so nothing was missed
        ("2026-03-02 06:00:01", "2026-03-03 05:59", False),
        ("2026-03-02 06:00:01", "2026-03-03 06:00", True),
        ("2026-03-02 05:59:59.600", "2026-03-02 07:00", False),  # the server rounds its waiting
        ("2026-03-02 05:58", "2026-03-02 07:00", True),
    ],
)
def test_a_time_is_missed_when_it_came_since_the_last_run(began: str | None, now: str, missed: bool) -> None:
    began_at = datetime.fromisoformat(began).replace(tzinfo=AMSTERDAM) if began else None
    now_at = datetime.fromisoformat(now).replace(tzinfo=AMSTERDAM)
    assert is_missed(began_at, DAILY, now_at, AMSTERDAM) is missed
