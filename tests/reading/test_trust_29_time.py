"""Trust 29: every half hour of the nights on which the clock changes, and of the edges of months.

Each wall time is read from a file as a refresh reads it, and by the function behind it, and held against
zoneinfo: 0 differences. Each moment falls in the same month for DuckDB, polars and Python.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars
import pytest

from etl.cleaning.local_time import NO_SUCH_HOUR, to_utc, to_utc_in, to_wall, utc_text
from etl.reading.child import ReadJob, read_files
from etl.schema.feeds import REGISTRATION
from etl.settings import NetworkSettings, Settings, TableMapping
from etl.sources.reading import FileReading
from etl.warehouse import scratch

ZONES = ("Europe/Amsterdam", "Europe/Brussels", "America/New_York", "Europe/London", "Atlantic/Azores")
HALF_HOUR = timedelta(minutes=30)
RECEIVED = datetime(2031, 1, 1)
MAPPING = TableMapping(
    "times", "times*.csv", REGISTRATION,
    (("name", "full_name"), ("event", "title"), ("when", "registered_at")),
)  # fmt: skip


def oracle(wall: datetime, zone: str) -> datetime | None:
    """What zoneinfo says with our policy: no such hour is None, an hour that comes twice is the first."""
    moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    exists = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
    return moment.replace(tzinfo=None) if exists else None


def half_hours(zone: str, years: range) -> Iterator[datetime]:
    """From noon to noon around each change of the clock, and around each first of a month."""
    info = ZoneInfo(zone)
    day = datetime(years.start, 1, 1)
    while day.year in years:
        following = day + timedelta(days=1)
        is_change = day.replace(tzinfo=info).utcoffset() != following.replace(tzinfo=info).utcoffset()
        if is_change or following.day == 1 or day.day == 1:
            yield from (day - timedelta(hours=12) + HALF_HOUR * step for step in range(96))
        day = following


def read_written(
    tmp_path: Path, walls: list[datetime], zone: str
) -> tuple[FileReading, list[datetime | None]]:
    """The moments that a refresh stores for these wall times; None for a row that it refuses."""
    path = tmp_path / "times.csv"
    lines = [f"P{number},Call,{wall:%d-%m-%Y %H:%M}" for number, wall in enumerate(walls)]
    path.write_text("\n".join(["name,event,when", *lines, ""]), encoding="utf-8")
    settings = Settings(network=NetworkSettings(time_zone=zone), tables=(MAPPING,))
    job = ReadJob(path, path.name, "0" * 64, RECEIVED)
    (reading,) = tuple(read_files([job], settings, tmp_path))
    with scratch() as connection:
        found = connection.execute(
            f"SELECT line, registered_at FROM read_parquet('{reading.feeds[0].path}')"
        ).fetchall()
    stored = {int(line): moment for line, moment in found}
    return reading, [stored.get(number + 2) for number in range(len(walls))]


def check(tmp_path: Path, zone: str, years: range) -> int:
    walls = sorted(set(half_hours(zone, years)))
    expected = [oracle(wall, zone) for wall in walls]
    assert [to_utc(wall, zone) for wall in walls] == expected
    assert [to_utc_in(wall, ZoneInfo(zone)) for wall in walls] == expected
    reading, stored = read_written(tmp_path, walls, zone)
    assert stored == expected
    lost = [number + 2 for number, moment in enumerate(expected) if moment is None]
    assert lost
    assert sorted(reject.line for reject in reading.rejects) == lost
    assert {reject.reason for reject in reading.rejects} == {NO_SUCH_HOUR}
    moments = [each for each in expected if each]
    assert [to_wall(each, zone) for each in moments] == [
        each.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for each in moments
    ]
    check_months(moments, zone)
    return len(walls)


def check_months(moments: list[datetime], zone: str) -> None:
    """The month that each program puts a moment in."""
    by_python = [to_wall(each, zone).strftime("%Y-%m") for each in moments]
    series = polars.Series(moments, dtype=polars.Datetime("us", "UTC"))
    by_polars = series.dt.convert_time_zone(zone).dt.strftime("%Y-%m").to_list()
    listed = json.dumps([each.isoformat() for each in moments])
    with scratch() as connection:
        found = connection.execute(
            "SELECT strftime(timezone(?, timezone('UTC', moment)), '%Y-%m') "
            "FROM (SELECT unnest(from_json(?, '[\"TIMESTAMP\"]')) AS moment)",
            [zone, listed],
        ).fetchall()
    assert by_python == by_polars == [month for (month,) in found]


def test_half_hours_of_two_years(tmp_path: Path) -> None:
    assert check(tmp_path, "Europe/Amsterdam", range(2026, 2028)) > 2_000


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
def test_every_half_hour_of_seven_years(tmp_path: Path, zone: str) -> None:
    count = check(tmp_path, zone, range(2024, 2031))
    print(f"{zone}: {count:,} half hours, 0 differences")
    assert count > 8_000


def test_the_last_evening_of_march_is_in_april_here_and_in_march_in_utc() -> None:
    assert to_wall(datetime(2026, 3, 31, 23, 30), "Europe/Amsterdam") == datetime(2026, 4, 1, 1, 30)
    check_months([datetime(2026, 3, 31, 23, 30), datetime(2026, 12, 31, 23, 30)], "Europe/Amsterdam")


def test_a_zone_that_nobody_knows_gives_nothing() -> None:
    assert utc_text(datetime(2026, 3, 16, 14), "Europe/Nowhere") is None
    assert utc_text(datetime(2026, 3, 16, 14), "../etc/passwd") is None
    assert utc_text(datetime(2026, 3, 16, 14), "Europe/Amsterdam") == "2026-03-16T13:00:00Z"
