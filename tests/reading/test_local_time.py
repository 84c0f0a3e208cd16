"""Wall time to UTC: one table, used by Python and by SQL, held against zoneinfo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from etl.cleaning.local_time import to_utc, to_wall, utc_offset_sql, wall_offset_sql
from etl.warehouse import scratch


def oracle(wall: datetime, zone: str) -> datetime | None:
    """What zoneinfo says with our policy: no such hour is None, an hour that comes twice is the first."""
    moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    exists = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
    return moment.replace(tzinfo=None) if exists else None


def half_hours(zone: str) -> list[datetime]:
    """Every half hour of the nights on which the clock changes, 2024-2030, and of the ends of months."""
    nights = []
    day = datetime(2024, 1, 1)
    while day.year <= 2030:
        following = day + timedelta(days=1)
        shifts = {each.replace(tzinfo=ZoneInfo(zone)).utcoffset() for each in (day, following)}
        if len(shifts) > 1 or following.day == 1:
            nights += [day + timedelta(minutes=30 * step) for step in range(49)]
        day = following
    return nights


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Europe/Brussels", "America/New_York", "UTC"])
def test_python_and_sql_agree_with_zoneinfo(zone: str) -> None:
    walls = half_hours(zone)
    assert len(walls) > 4_000
    expected = [oracle(wall, zone) for wall in walls]
    assert [to_utc(wall, zone) for wall in walls] == expected
    if zone != "UTC":
        assert None in expected
    listed = ", ".join(f"(TIMESTAMP '{wall}')" for wall in walls)
    for met in (None, (walls[0], walls[-1])):
        with scratch(threads=1) as database:
            utc = f"wall - to_seconds({wall_offset_sql('wall', zone, met)})"
            found = database.execute(f"SELECT {utc} FROM (VALUES {listed}) AS t (wall)").fetchall()
        assert [row[0] for row in found] == expected


def test_utc_to_wall_agrees_with_zoneinfo() -> None:
    zone = "Europe/Amsterdam"
    moments = half_hours(zone)
    expected = [each.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for each in moments]
    assert [to_wall(each, zone) for each in moments] == expected
    listed = ", ".join(f"(TIMESTAMP '{each}')" for each in moments)
    with scratch(threads=1) as database:
        found = database.execute(
            f"SELECT utc + to_seconds({utc_offset_sql('utc', zone)}) FROM (VALUES {listed}) AS t (utc)"
        ).fetchall()
    assert [row[0] for row in found] == expected


def test_the_hour_that_comes_twice_is_the_first_and_the_hour_that_is_skipped_is_none() -> None:
    assert to_utc(datetime(2026, 10, 25, 2, 30), "Europe/Amsterdam") == datetime(2026, 10, 25, 0, 30)
    assert to_utc(datetime(2026, 3, 29, 2, 30), "Europe/Amsterdam") is None
