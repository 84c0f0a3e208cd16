"""Periods: what was kept long enough goes on its day, not before; figures stay what they were."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.home import Home
from etl.ledger import RunKind, StartedBy
from etl.privacy.retention import Due, months_before
from etl.privacy.search import Needle, search
from etl.release import current
from flows.person import keep_to_periods, retention_due
from flows.run import refresh, running
from tests.cli.network import copy_home, members, new_home

LANDED = datetime(2024, 6, 15, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Thirty-nine people in a list of 2024; the last ten also in a longer list of a year later."""
    home = new_home(tmp_path_factory.mktemp("periods") / "home")
    refresh(home)
    landed(home, LANDED)
    (home.inbox / "members later.csv").write_text(members(30, 80), encoding="utf-8")
    refresh(home)
    landed(home, LANDED + timedelta(days=365), "members later.csv")
    refresh(home, rebuild=True)
    return home


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    return copy_home(made, tmp_path / "home")


def landed(home: Home, moment: datetime, file: str | None = None) -> None:
    """As if files were received at a moment."""
    text = moment.replace(tzinfo=None).isoformat(timespec="microseconds")
    with closing(sqlite3.connect(home.ledger_file)) as ledger, ledger:
        ledger.execute("update landed_file set received_at = ? where ?2 is null or file = ?2", (text, file))


def keep(home: Home, now: datetime) -> Due:
    with running(home, None, False, StartedBy.HAND, RunKind.HOUSEKEEPING) as plan:
        return keep_to_periods(home, plan, now)


def told(home: Home) -> tuple[int, int]:
    served = current(home)
    assert served is not None
    rows = {table.name: table.rows for table in served.tables}
    return served.people, rows["core.attendance"]


def test_months_are_counted_on_the_calendar() -> None:
    assert months_before(datetime(2026, 3, 31), 1) == datetime(2026, 2, 28)
    assert months_before(datetime(2026, 1, 5), 24) == datetime(2024, 1, 5)


def test_nothing_goes_before_its_day(home: Home) -> None:
    assert keep(home, LANDED + timedelta(days=729)) == Due(LANDED - timedelta(days=1), 0, 0, 0)
    assert (home.landed / "69").exists() or any(home.landed.rglob("*"))
    assert not search(home, [Needle("persoon3@example.org")]).is_clean


def test_on_its_day_who_is_met_no_more_becomes_a_pseudonym_and_counts_stay(home: Home) -> None:
    before = told(home)
    now = LANDED + timedelta(days=731)
    due = retention_due(home, now)
    assert (due.files, due.texts) == (3, 0)
    assert due.rows == 29 + 24
    assert keep(home, now) == due
    assert told(home) == before
    assert search(home, [Needle("persoon3@example.org"), Needle("Persoon 3")]).is_clean
    assert not search(home, [Needle("persoon35@example.org")]).is_clean
    assert not retention_due(home, now).is_anything
    served = current(home)
    refresh(home, rebuild=True)
    rebuilt = current(home)
    assert served and rebuilt
    assert rebuilt.tables == served.tables


@pytest.mark.long
def test_a_year_later_the_others_follow_and_still_count(home: Home) -> None:
    before = told(home)
    gone = []
    for month in range(36):
        now = months_before(LANDED, -month) + timedelta(hours=1)
        if month in (23, 24, 35, 36) or retention_due(home, now).is_anything:
            gone += [month] if keep(home, now).is_anything else []
    assert gone == [24]
    keep(home, LANDED + timedelta(days=365 + 731))
    assert told(home) == before
    assert search(home, [Needle("persoon35@example.org")]).is_clean
    assert not retention_due(home, LANDED + timedelta(days=365 + 731)).is_anything
