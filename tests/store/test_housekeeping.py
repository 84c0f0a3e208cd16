"""Housekeeping removes what nobody needs any more, on its day and not before, and nothing that counts."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.errors import LockHeldError, UsageError
from etl.home import Home
from etl.ledger import Ledger, Outcome, RunKind, StartedBy
from etl.manifest import release_folders
from etl.release import current, writer_lock
from flows.run import housekeeping, refresh
from tests.cli.network import copy_home, members, new_home

REFUSED = b"\x00\x01\x02 not a table \x00" * 50


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one release and one refused file; its settings keep two releases."""
    made = new_home(tmp_path_factory.mktemp("refreshed") / "home")
    made.settings_file.write_text(
        "releases_kept = 2\n" + made.settings_file.read_text(encoding="utf-8"), encoding="utf-8"
    )
    (made.inbox / "members broken.csv").write_bytes(REFUSED)
    refresh(made)
    return made


@pytest.fixture
def home(refreshed: Home, tmp_path: Path) -> Home:
    return copy_home(refreshed, tmp_path / "home")


def aged(path: Path, days: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(b"x")
    moment = datetime.now(UTC).timestamp() - days * 86_400
    os.utime(path, (moment, moment))
    return path


def received(home: Home, days: float) -> None:
    """As if every file was handed in so long ago."""
    import sqlite3

    moment = (
        (datetime.now(UTC) - timedelta(days=days)).replace(tzinfo=None).isoformat(timespec="microseconds")
    )
    with sqlite3.connect(home.ledger_file) as ledger:
        ledger.execute("update received set received_at = ?", (moment,))
    ledger.close()


def quarantined(home: Home) -> list[str]:
    return [path.name for path in home.quarantine.iterdir()]


@pytest.mark.parametrize(("days", "kept"), [(29, 1), (31, 0)])
def test_a_refused_file_goes_after_its_days_and_its_reason_stays(home: Home, days: int, kept: int) -> None:
    (sha256,) = quarantined(home)
    received(home, days)
    assert housekeeping(home).refused_files == 1 - kept
    assert len(quarantined(home)) == kept
    with Ledger(home) as ledger:
        assert [row.sha256 for row in ledger.refused_rows(sha256)] == [sha256]
    rebuilt = refresh(home, rebuild=True)
    assert rebuilt.people == 39
    if not kept:
        with pytest.raises(UsageError, match="its bytes were removed"):
            refresh(home, accept=sha256[:12])
        (home.inbox / "again.csv").write_bytes(REFUSED)
        refresh(home)
        assert quarantined(home) == [sha256]


def test_old_logs_and_leftovers_go_and_the_rest_stays(home: Home) -> None:
    gone = [
        aged(home.logs / "schedule-1.log", 31),
        aged(home.inbox / "upload.csv.part", 8),
        aged(home.landed / ".member-1", 0),
        aged(home.landed / "ab" / ".copied-from-another-disk.part", 0),
        aged(home.backups / ".20260101T000000000-abcdef.backup.part", 0),
        aged(home.backups / ".decisions.sqlite.part", 0),
        aged(home.releases / ".build-x" / "kring.duckdb", 0),
        aged(home.root / ".reading-x" / "file.parquet", 0),
    ]
    stays = [
        aged(home.logs / "schedule-2.log", 29),
        aged(home.inbox / "upload 2.csv.part", 6),
        aged(home.inbox / "waiting.csv", 100),
        *[path for path in home.landed.rglob("*") if path.is_file() and not path.name.startswith(".")],
    ]
    served = current(home)
    removed = housekeeping(home)
    assert (removed.logs, removed.leftovers) == (1, 7)
    assert [path for path in gone if path.exists()] == []
    assert [path for path in stays if not path.exists()] == []
    assert current(home) == served
    assert housekeeping(home).json() == '{"logs": 0, "refused_files": 0, "releases": 0, "leftovers": 0}'


def test_releases_beyond_the_number_kept_go_but_never_the_one_served(home: Home) -> None:
    home.settings_file.write_text(
        home.settings_file.read_text(encoding="utf-8").replace("releases_kept = 2", "releases_kept = 9"),
        encoding="utf-8",
    )
    for _ in range(3):
        refresh(home, rebuild=True)
    first = release_folders(home)[-1].name
    from etl.release import rollback

    rollback(home, first)
    home.settings_file.write_text(
        home.settings_file.read_text(encoding="utf-8").replace("releases_kept = 9", "releases_kept = 2"),
        encoding="utf-8",
    )
    assert housekeeping(home).releases == 1
    assert len(release_folders(home)) == 3
    assert release_folders(home)[-1].name == first


def test_a_run_of_it_stands_in_the_ledger_and_is_no_refresh(home: Home) -> None:
    housekeeping(home, StartedBy.SCHEDULE)
    with Ledger(home) as ledger:
        last, before = ledger.runs(2)
        assert (last.kind, last.started_by, last.outcome) == (
            RunKind.HOUSEKEEPING, StartedBy.SCHEDULE, Outcome.DONE,
        )  # fmt: skip
        assert (before.kind, before.started_by) == (RunKind.REFRESH, StartedBy.HAND)
        assert ledger.runs(9, RunKind.REFRESH) == (before,)


def test_it_does_not_run_beside_a_refresh(home: Home) -> None:
    with writer_lock(home), pytest.raises(LockHeldError):
        housekeeping(home)


def test_the_run_of_a_process_that_is_gone_has_crashed(home: Home, dead_process: Callable[[], int]) -> None:
    import sqlite3

    with Ledger(home) as ledger:
        run = ledger.start_run(datetime.now(UTC).date(), started_by=StartedBy.SCREEN)
        assert ledger.runs(1)[0].outcome is Outcome.RUNNING
        with sqlite3.connect(home.ledger_file) as other:
            other.execute("update run set pid = ? where run_id = ?", (dead_process(), run))
        other.close()
        assert ledger.runs(1)[0].outcome is Outcome.CRASHED
        assert ledger.close_dead_runs() == 1
        assert ledger.close_dead_runs() == 0


@pytest.fixture
def dead_process() -> Callable[[], int]:
    """The id of a process that has ended."""
    import subprocess
    import sys

    def ended() -> int:
        process = subprocess.Popen([sys.executable, "-c", ""])
        process.wait()
        return process.pid

    return ended


def test_a_scheduled_run_leaves_a_file_that_somebody_may_be_writing(home: Home) -> None:
    (home.inbox / "members new.csv").write_text(members(40, 45), encoding="utf-8")
    aged(home.inbox / "members old.csv", 1).write_text(members(45, 50), encoding="utf-8")
    aged(home.inbox / "members old.csv", 1)
    tomorrow = home.inbox / "members tomorrow.csv"
    tomorrow.write_text(members(50, 55), encoding="utf-8")
    aged(tomorrow, -1)
    assert refresh(home, started_by=StartedBy.SCHEDULE).people == 39 + 10
    assert [path.name for path in home.inbox.iterdir()] == ["members new.csv"]
    assert refresh(home).people == 39 + 15


def test_it_waits_until_the_inbox_is_quiet(home: Home) -> None:
    import time

    from etl.landing import wait_until_quiet

    aged(home.inbox / "done.csv", 1)
    began = time.monotonic()
    assert wait_until_quiet(home, 1.0, 5.0)
    assert time.monotonic() - began < 0.5
    (home.inbox / "busy.csv").write_bytes(b"x")
    assert not wait_until_quiet(home, 60.0, 0.2)
    began = time.monotonic()
    assert wait_until_quiet(home, 1.0, 5.0)
    assert 0.5 < time.monotonic() - began < 3
