"""The ledger and the decisions: typed in, typed out, and files of an older Kring brought up to date."""

from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from etl import ledger as ledger_module
from etl.decisions import Decisions, SessionLink
from etl.errors import HomeError
from etl.home import Home
from etl.ledger import Ledger, Outcome
from etl.sources.reading import DateRange, FeedFile, FileReading, RowCounts
from etl.sources.source import FileStatus, Reject
from etl.store import open_store

NOW = datetime(2026, 11, 21, 10, 30, 0, 123, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.create()
    return made


def reading(sha256: str, *rejects: Reject, status: FileStatus = FileStatus.ACCEPTED) -> FileReading:
    return FileReading(
        file="x.csv",
        sha256=sha256,
        format="table",
        status=status,
        rows=RowCounts(read=5, used=4, rejected=len(rejects)),
        rejects=rejects,
        dates=DateRange("2026-01-01", "2026-03-04"),
        warnings=("dates read as day-month",),
        source="members",
        fingerprint="v1",
        feeds=(FeedFile("membership", Path("a.parquet"), 4), FeedFile("contact", Path("b.parquet"), 0)),
    )


def test_the_register_keeps_every_name_and_the_first_receipt(home: Home) -> None:
    with Ledger(home) as ledger:
        assert ledger.register_file("aa", "members.csv", 10, NOW)
        assert ledger.register_file("bb", "agenda.csv", 20, NOW)
        assert not ledger.register_file("aa", "members (1).csv", 10, LATER)
        assert [(file.sha256, file.file, file.received_at) for file in ledger.files()] == [
            ("aa", "members.csv", NOW),
            ("bb", "agenda.csv", NOW),
        ]
        assert ledger.received_in(NOW) == (2, 0)
        assert ledger.received_in(LATER) == (0, 1)


def test_a_reading_replaces_the_one_before(home: Home) -> None:
    with Ledger(home) as ledger:
        ledger.register_file("aa", "members.csv", 10, NOW)
        ledger.record_reading(
            "aa", reading("aa", Reject(3, "E-mail", "no address"), Reject(9, None, "too long"))
        )
        assert [(row.file, row.line, row.column) for row in ledger.refused_rows("aa")] == [
            ("members.csv", 3, "E-mail"),
            ("members.csv", 9, None),
        ]
        ledger.record_reading("aa", reading("aa", Reject(4, None, "empty")))
        assert [row.line for row in ledger.refused_rows()] == [4]
        stored = ledger.readings()
        assert len(stored) == 1
        assert (stored[0].feeds, stored[0].newest_on) == (("membership",), date(2026, 3, 4))
        assert (stored[0].status, stored[0].warnings) == ("accepted", ("dates read as day-month",))
        ledger.forget_readings()
        assert (ledger.readings(), ledger.refused_rows()) == ((), ())
        assert len(ledger.files()) == 1


def test_a_reading_of_bytes_that_were_never_received_is_refused_whole(home: Home) -> None:
    with Ledger(home) as ledger:
        with pytest.raises(sqlite3.IntegrityError):
            ledger.record_reading("zz", reading("zz", Reject(1, None, "x")))
        assert (ledger.readings(), ledger.refused_rows()) == ((), ())


def test_a_run_that_nobody_ended_has_crashed(home: Home) -> None:
    with Ledger(home) as ledger:
        first = ledger.start_run(date(2026, 11, 20))
        second = ledger.start_run(date(2026, 11, 21))
        ledger.finish_run(second, Outcome.DONE, "20261121", report="{}")
        third = ledger.start_run(date(2026, 11, 22))
        ledger.finish_run(third, Outcome.FAILED, message="checks: 1 failed")
    with Ledger(home) as again:
        runs = again.runs()
    assert [(run.run_id, run.outcome) for run in runs] == [
        (third, Outcome.FAILED),
        (second, Outcome.DONE),
        (first, Outcome.CRASHED),
    ]
    assert runs[1].release == "20261121"
    assert runs[0].message == "checks: 1 failed"


def test_every_decision_raises_the_revision(home: Home) -> None:
    with Decisions(home) as decisions:
        assert decisions.revision() == 0
        decisions.link_session(SessionLink("teams-1", "E12"))
        decisions.link_session(SessionLink("teams-2", "E13"))
        assert decisions.revision() == 2
    with Decisions(home) as again:
        assert again.session_links() == (SessionLink("teams-1", "E12"), SessionLink("teams-2", "E13"))


def test_stores_are_private_and_in_wal(home: Home) -> None:
    with Ledger(home), Decisions(home):
        files = [*home.root.glob("*.sqlite*")]
        assert len(files) >= 4
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_an_older_store_is_brought_up_to_date_and_a_newer_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    steps = ("create table a (x integer) strict; insert into a values (1)", "alter table a add column y text")
    open_store(path, steps[:1]).close()
    connection = open_store(path, steps)
    assert connection.execute("select x, y from a").fetchall() == [(1, None)]
    connection.close()
    with pytest.raises(HomeError, match="newer Kring"):
        open_store(path, steps[:1])


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    open_store(path, ("create table a (x integer)",)).close()
    with pytest.raises(sqlite3.Error):
        open_store(path, ("", "insert into a values (1); insert into nowhere values (1)"))
    connection = open_store(path, ("",))
    assert connection.execute("select count(*) from a").fetchone() == (0,)
    connection.close()


def test_migrations_are_cut_at_semicolons_so_none_may_stand_in_a_text() -> None:
    for script in ledger_module.MIGRATIONS:
        assert "';" not in script
        assert "--" not in script
