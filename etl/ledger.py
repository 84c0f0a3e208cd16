"""The ledger: what happened. The register of landed files, what was read from each, and every run; and where
every run of the themes left each text. Texts are known by their hash, never by their words.

One Ledger is used by one thread; open another where another thread needs one. Times are UTC.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from etl.store import open_store

if TYPE_CHECKING:
    from etl.home import Home
    from etl.sources.reading import FileReading

MIGRATIONS = (
    """
    create table landed_file (
        sha256 text primary key,
        file text not null,
        received_at text not null,
        bytes integer not null,
        quarantined integer not null default 0
    ) strict;
    create table received (
        sha256 text not null references landed_file,
        file text not null,
        received_at text not null,
        primary key (sha256, file, received_at)
    ) strict;
    create table reading (
        sha256 text primary key references landed_file,
        format text,
        source text,
        fingerprint text not null,
        status text not null,
        reason text,
        feeds text not null,
        rows_read integer not null,
        rows_used integer not null,
        rows_rejected integer not null,
        rows_hidden integer not null,
        warnings text not null,
        newest_on text,
        read_at text not null
    ) strict;
    create table refused_row (
        sha256 text not null references landed_file,
        line integer not null,
        column_name text,
        reason text not null
    ) strict;
    create index refused_row_file on refused_row (sha256);
    create table run (
        run_id integer primary key,
        started_at text not null,
        finished_at text,
        outcome text not null,
        pid integer not null,
        as_of text not null,
        release text,
        message text,
        report text
    ) strict;
    """,
    """
    create table theme_run (
        theme_run_id integer primary key,
        made_at text not null,
        model_id text not null,
        mean blob not null,
        parameters text not null
    ) strict;
    create table theme (
        theme_id text primary key,
        theme_run_id integer not null references theme_run,
        label_nl text not null,
        label_en text not null,
        words_nl text not null,
        words_en text not null,
        status text not null
    ) strict;
    create table theme_member (
        text_hash text not null,
        theme_run_id integer not null references theme_run,
        theme_id text references theme,
        second_theme_id text references theme,
        assigned_by text not null,
        nearness real not null,
        primary key (text_hash, theme_run_id)
    ) strict;
    create table theme_state (
        state text not null
    ) strict;
    """,
    """
    create table publication (
        publication text primary key,
        published_at text not null,
        published_on text not null,
        release text not null,
        rule_version integer not null,
        note text
    ) strict;
    create table published_figure (
        publication text not null references publication,
        table_name text not null,
        row_key text not null,
        others text not null,
        state text not null,
        number integer,
        primary key (table_name, row_key, publication)
    ) strict;
    """,
    """
    alter table run add column kind text default 'refresh' not null;
    alter table run add column started_by text default 'hand' not null;
    """,
    """
    alter table publication add column is_served integer not null default 1;
    """,
    """
    create table erasure (
        erasure_id text primary key,
        erased_at text not null,
        finished_at text,
        lifted_at text
    ) strict;
    create table suppressed_key (
        erasure_id text not null references erasure,
        handle text not null,
        primary key (erasure_id, handle)
    ) strict;
    create table audit_head (
        first_number integer not null,
        before_first text not null,
        number integer not null,
        mac text not null
    ) strict;
    """,
    """
    create table connection (
        name text primary key,
        scope text not null,
        cursor text not null,
        whole_at text,
        done_at text,
        tried_at text not null,
        fault text
    ) strict;
    create table collected_item (
        name text not null,
        item text not null,
        mark text not null,
        primary key (name, item)
    ) strict;
    """,
    """
    create table accepted_file (
        sha256 text primary key references landed_file,
        accepted_at text not null
    ) strict;
    """,
    """
    create table audit_subject (
        subject text not null,
        former text not null,
        primary key (subject, former)
    ) strict;
    create table watched_file (
        name text primary key,
        mark text
    ) strict;
    """,
    """
    alter table published_figure add column exact integer;
    alter table published_figure add column is_exact_kept integer not null default 0;
    create table published_state (
        publication text primary key references publication,
        state text not null
    ) strict;
    create table restatement (
        restatement_id integer primary key,
        publication text not null references publication,
        table_name text not null,
        row_key text not null,
        published integer,
        current integer,
        causes text not null,
        changed_at text not null
    ) strict;
    """,
    """
    create table told_refusal (
        sha256 text primary key references landed_file,
        status text not null,
        rows_rejected integer not null
    ) strict;
    insert into told_refusal select sha256, status, rows_rejected from reading;
    """,
    """
    create table left_out_file (
        sha256 text primary key references landed_file,
        left_out_at text not null
    ) strict;
    """,
)


STARTED_BY = "KRING_STARTED_BY"  # in the environment of a refresh that the page starts
LATELY = 40  # files: as far back as is looked for what a list was last time


class Outcome(Enum):
    """How a run ended. A run that is RUNNING while nobody holds the lock has crashed."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CRASHED = "crashed"


class RunKind(Enum):
    """What a run does."""

    REFRESH = "refresh"
    HOUSEKEEPING = "housekeeping"


class StartedBy(Enum):
    """Who started a run: a command, the button on the page, or the clock."""

    HAND = "hand"
    SCREEN = "screen"
    SCHEDULE = "schedule"


@dataclass(frozen=True)
class LandedFile:
    """The bytes of one file Kring received, by the first name it came under."""

    sha256: str
    file: str
    received_at: datetime
    bytes: int
    quarantined: bool = False


@dataclass(frozen=True)
class StoredConnection:
    """How far a connection of `[[collect]]` was read, and how it stands; `cursor` is JSON, for its own kind.

    `scope` tells which place it was; `whole_at` when everything there was last read. Holds nothing personal.
    """

    name: str
    scope: str
    cursor: str
    whole_at: datetime | None
    done_at: datetime | None
    tried_at: datetime
    fault: str | None = None


@dataclass(frozen=True)
class StoredReading:
    """What the last reading of a landed file gave. `status` and `format` as in FileReading."""

    sha256: str
    file: str
    received_at: datetime
    format: str | None
    source: str | None
    fingerprint: str
    status: str
    reason: str | None
    feeds: tuple[str, ...]
    rows_read: int
    rows_used: int
    rows_rejected: int
    rows_hidden: int
    warnings: tuple[str, ...]
    newest_on: date | None
    read_at: datetime


@dataclass(frozen=True)
class RefusedRow:
    """One row of a landed file that could not be used; line 0 is the file as a whole."""

    sha256: str
    file: str
    line: int
    column: str | None
    reason: str


@dataclass(frozen=True)
class Run:
    """One refresh or housekeeping. Of a process that is gone `outcome` says crashed, written down or not."""

    run_id: int
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome
    pid: int
    as_of: date
    release: str | None
    message: str | None
    report: str | None
    kind: RunKind = RunKind.REFRESH
    started_by: StartedBy = StartedBy.HAND


@dataclass(frozen=True)
class StoredTheme:
    """A theme as a run made it. `words_*` are the words that tell it from the others, joined by " / "."""

    theme_id: str
    label_nl: str
    label_en: str
    words_nl: str
    words_en: str
    status: str


@dataclass(frozen=True)
class StoredMember:
    """Where a run left one text, known by its hash; no theme while nothing fits."""

    text_hash: str
    theme_id: str | None
    second_theme_id: str | None
    assigned_by: str
    nearness: float


@dataclass(frozen=True)
class StoredThemeRun:
    """All themes and members after a run, and what it was made with: `mean` is float32, `parameters` JSON."""

    theme_run_id: int
    made_at: datetime
    model_id: str
    mean: bytes
    parameters: str
    themes: tuple[StoredTheme, ...]
    members: tuple[StoredMember, ...]


class Ledger:
    """The ledger of one home, open. Use it as a context manager, or close it."""

    def __init__(self, home: Home) -> None:
        self._connection = open_store(home.ledger_file, MIGRATIONS)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def register_file(self, sha256: str, file: str, size: int, received_at: datetime) -> bool:
        """Note that these bytes were received under this name. True when the bytes are new."""
        with self._transaction() as connection:
            new = connection.execute(
                "insert into landed_file (sha256, file, received_at, bytes) values (?, ?, ?, ?)"
                " on conflict do nothing",
                (sha256, file, _written(received_at), size),
            ).rowcount
            connection.execute(
                "insert into received (sha256, file, received_at) values (?, ?, ?) on conflict do nothing",
                (sha256, file, _written(received_at)),
            )
        return new == 1

    def quarantine_file(self, sha256: str, quarantined: bool = True) -> None:
        """Note that the bytes lie in quarantine/ (or lie in landed/ again)."""
        self._connection.execute(
            "update landed_file set quarantined = ? where sha256 = ?", (int(quarantined), sha256)
        )

    def files(self) -> tuple[LandedFile, ...]:
        """Every file received, in the order of receipt; within one run by fingerprint."""
        rows = self._connection.execute(
            "select sha256, file, received_at, bytes, quarantined from landed_file"
            " order by received_at, sha256"
        )
        return tuple(
            LandedFile(sha256, file, _moment(received_at), size, bool(quarantined))
            for sha256, file, received_at, size, quarantined in rows
        )

    def quarantined_before(self, moment: datetime) -> tuple[str, ...]:
        """The refused files that were last handed in before a moment, by their fingerprint."""
        rows = self._connection.execute(
            "select sha256 from landed_file join received using (sha256) where quarantined = 1"
            " group by sha256 having max(received.received_at) < ? order by sha256",
            (_written(moment),),
        )
        return tuple(str(row[0]) for row in rows)

    def received_in(self, received_at: datetime) -> tuple[int, int]:
        """How many files a run took whose bytes were new, and how many whose bytes were known.

        Of two files with the same new bytes in one run, one is new and the other is known.
        """
        row = self._connection.execute(
            "select count(distinct received.sha256) filter (where landed_file.received_at = ?1),"
            " count(*)"
            " from received join landed_file using (sha256) where received.received_at = ?1",
            (_written(received_at),),
        ).fetchone()
        new, taken = int(row[0]), int(row[1])
        return new, taken - new

    def taken_in(self, received_at: datetime) -> frozenset[str]:
        """The files that a run took, by their fingerprint, also those whose bytes were known."""
        rows = self._connection.execute(
            "select sha256 from received where received_at = ?", (_written(received_at),)
        )
        return frozenset(str(row[0]) for row in rows)

    def refusals_told(self) -> dict[str, tuple[str, int]]:
        """The status and the number of refused rows of each file, as a run last told them to its end."""
        rows = self._connection.execute("select sha256, status, rows_rejected from told_refusal")
        return {str(sha256): (str(status), int(rejected)) for sha256, status, rejected in rows}

    def tell_refusals(self) -> None:
        """Note that what is refused of every file now was told."""
        self._connection.execute(
            "insert or replace into told_refusal"
            " select sha256, status, rows_rejected from reading"
            " except select sha256, status, rows_rejected from told_refusal"
        )

    def record_reading(self, sha256: str, reading: FileReading) -> None:
        """Keep what was read from a landed file, instead of what was read before."""
        counts = reading.rows
        values = (
            sha256, reading.format, reading.source, reading.fingerprint, reading.status.value, reading.reason,
            ",".join(sorted({feed.feed for feed in reading.feeds if feed.rows})),
            counts.read, counts.used, counts.rejected, counts.hidden,
            json.dumps(reading.warnings, ensure_ascii=False), reading.dates.max, _written(datetime.now(UTC)),
        )  # fmt: skip
        refused = [(sha256, each.line, each.column, each.reason) for each in reading.rejects]
        with self._transaction() as connection:
            connection.execute("delete from refused_row where sha256 = ?", (sha256,))
            marks = ", ".join("?" * len(values))
            connection.execute(f"insert or replace into reading values ({marks})", values)
            connection.executemany("insert into refused_row values (?, ?, ?, ?)", refused)

    def forget_readings(self, but: Iterable[str] = ()) -> None:
        """Forget what was read, so that everything is read again, but of files whose bytes are gone.

        The register of files stays.
        """
        kept = json.dumps(list(but))
        with self._transaction() as connection:
            for table in ("refused_row", "reading"):
                connection.execute(
                    f"delete from {table} where sha256 not in (select value from json_each(?))", (kept,)
                )

    def accept_file(self, sha256: str) -> None:
        """A person said that a held file is right as it is: it is read again, and its rows count."""
        with self._transaction() as connection:
            connection.execute(
                "insert or ignore into accepted_file values (?, ?)", (sha256, _written(datetime.now(UTC)))
            )
            _forget_reading(connection, sha256)

    def leave_out_file(self, sha256: str) -> None:
        """A person said that a file that waits is not to be used: it waits no longer, and no row counts."""
        with self._transaction() as connection:
            connection.execute(
                "insert or ignore into left_out_file values (?, ?)", (sha256, _written(datetime.now(UTC)))
            )
            _forget_reading(connection, sha256)

    def take_back_file(self, sha256: str) -> None:
        """A file that was left out is handed in again: it is read as if nobody had said anything."""
        with self._transaction() as connection:
            if connection.execute("delete from left_out_file where sha256 = ?", (sha256,)).rowcount:
                _forget_reading(connection, sha256)

    def left_out_files(self) -> frozenset[str]:
        """The files that a person left out."""
        return frozenset(str(row[0]) for row in self._connection.execute("select sha256 from left_out_file"))

    def audit_subjects(self) -> tuple[tuple[str, str], ...]:
        """Pseudonyms in the audit log, each with one by which it knew the same person before."""
        rows = self._connection.execute("select subject, former from audit_subject order by subject, former")
        return tuple((str(subject), str(former)) for subject, former in rows)

    def add_audit_subjects(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep that two pseudonyms in the audit log are one person's."""
        with self._transaction() as connection:
            connection.executemany("insert or ignore into audit_subject values (?, ?)", pairs)

    def erasures(self) -> dict[str, datetime]:
        """When each person who was erased was, by the id of the erasure."""
        rows = self._connection.execute("select erasure_id, erased_at from erasure order by erased_at")
        return {str(erasure_id): _moment(str(erased_at)) for erasure_id, erased_at in rows}

    def accepted_files(self) -> frozenset[str]:
        """The files that a person accepted as they are."""
        return frozenset(str(row[0]) for row in self._connection.execute("select sha256 from accepted_file"))

    def readings(self) -> tuple[StoredReading, ...]:
        """The last reading of every file, in the order of receipt."""
        rows = self._connection.execute(
            "select sha256, file, received_at, format, source, fingerprint, status, reason, feeds, rows_read,"
            " rows_used, rows_rejected, rows_hidden, warnings, newest_on, read_at"
            " from reading join landed_file using (sha256) order by received_at, sha256"
        )
        return tuple(_reading(row) for row in rows)

    def lately_used(self, source: str | None, before: datetime) -> tuple[StoredReading, ...]:
        """The newest readings of a source that were used, among files received before a moment."""
        rows = self._connection.execute(
            "select sha256, file, received_at, format, source, fingerprint, status, reason, feeds, rows_read,"
            " rows_used, rows_rejected, rows_hidden, warnings, newest_on, read_at"
            " from reading join landed_file using (sha256)"
            " where source = ? and received_at < ? and status in ('accepted', 'partial')"
            " order by received_at desc, sha256 desc limit ?",
            (source, _written(before), LATELY),
        )
        return tuple(_reading(row) for row in rows)

    def refused_rows(self, sha256: str | None = None) -> tuple[RefusedRow, ...]:
        """The refused rows of one file, or of all."""
        rows = self._connection.execute(
            "select sha256, file, line, column_name, reason from refused_row join landed_file using (sha256)"
            " where ?1 is null or sha256 = ?1 order by received_at, sha256, line, refused_row.rowid",
            (sha256,),
        )
        return tuple(RefusedRow(*row) for row in rows)

    def start_run(
        self, as_of: date, kind: RunKind = RunKind.REFRESH, started_by: StartedBy = StartedBy.HAND
    ) -> int:
        """Begin a run; only the holder of the writer lock may. Runs still open are dead by now."""
        self.close_dead_runs()
        row = self._connection.execute(
            "insert into run (started_at, outcome, pid, as_of, kind, started_by)"
            " values (?, ?, ?, ?, ?, ?) returning run_id",
            (_written(datetime.now(UTC)), Outcome.RUNNING.value, os.getpid(), as_of.isoformat(),
             kind.value, started_by.value),
        ).fetchone()  # fmt: skip
        return int(row[0])

    def close_dead_runs(self) -> int:
        """Note that runs still open have crashed; only the holder of the writer lock may. Gives how many."""
        return self._connection.execute(
            "update run set outcome = ?, finished_at = ? where outcome = ?",
            (Outcome.CRASHED.value, _written(datetime.now(UTC)), Outcome.RUNNING.value),
        ).rowcount

    def finish_run(
        self,
        run_id: int,
        outcome: Outcome,
        release: str | None = None,
        message: str | None = None,
        report: str | None = None,
    ) -> None:
        """End a run. `message` is the one line of an error; `report` the JSON of `kring refresh --json`."""
        self._connection.execute(
            "update run set finished_at = ?, outcome = ?, release = ?, message = ?, report = ?"
            " where run_id = ?",
            (_written(datetime.now(UTC)), outcome.value, release, message, report, run_id),
        )

    def runs(self, most: int = 20, kind: RunKind | None = None) -> tuple[Run, ...]:
        """The last runs, newest first."""
        rows = self._connection.execute(
            "select run_id, started_at, finished_at, outcome, pid, as_of, release, message, report,"
            " kind, started_by from run where ?1 is null or kind = ?1 order by run_id desc limit ?2",
            (kind.value if kind else None, most),
        )
        return tuple(_run(row) for row in rows)

    def save_theme_run(
        self,
        model_id: str,
        mean: bytes,
        parameters: str,
        themes: Iterable[StoredTheme],
        members: Iterable[StoredMember],
    ) -> int:
        """Keep a run: of its themes and members what is new or moved. Nothing is overwritten."""
        before = self.theme_run()
        known = {theme.theme_id for theme in before.themes} if before else set()
        placed = {member.text_hash: member for member in before.members} if before else {}
        with self._transaction() as connection:
            row = connection.execute(
                "insert into theme_run (made_at, model_id, mean, parameters) values (?, ?, ?, ?)"
                " returning theme_run_id",
                (_written(datetime.now(UTC)), model_id, mean, parameters),
            ).fetchone()
            run_id = int(row[0])
            connection.executemany(
                "insert into theme values (?, ?, ?, ?, ?, ?, ?)",
                [(one.theme_id, run_id, one.label_nl, one.label_en, one.words_nl, one.words_en, one.status)
                 for one in themes if one.theme_id not in known],
            )  # fmt: skip
            connection.executemany(
                "insert into theme_member values (?, ?, ?, ?, ?, ?)",
                [(one.text_hash, run_id, one.theme_id, one.second_theme_id, one.assigned_by, one.nearness)
                 for one in members if placed.get(one.text_hash) != one],
            )  # fmt: skip
        return run_id

    def theme_run(self, theme_run_id: int | None = None) -> StoredThemeRun | None:
        """How all texts stood after a run; without a number after the last. None before the first."""
        row = self._connection.execute(
            "select theme_run_id, made_at, model_id, mean, parameters from theme_run"
            " where ?1 is null or theme_run_id = ?1 order by theme_run_id desc limit 1",
            (theme_run_id,),
        ).fetchone()
        if row is None:
            return None
        themes = self._connection.execute(
            "select theme_id, label_nl, label_en, words_nl, words_en, status from theme"
            " where theme_run_id <= ? order by rowid",
            (row[0],),
        )
        members = self._connection.execute(
            "select text_hash, theme_id, second_theme_id, assigned_by, nearness"
            " from (select *, max(theme_run_id) from theme_member where theme_run_id <= ? group by text_hash)"
            " order by text_hash",
            (row[0],),
        )
        return StoredThemeRun(
            theme_run_id=int(row[0]),
            made_at=_moment(row[1]),
            model_id=str(row[2]),
            mean=bytes(row[3]),
            parameters=str(row[4]),
            themes=tuple(StoredTheme(*each) for each in themes),
            members=tuple(StoredMember(*each) for each in members),
        )

    def connections(self) -> tuple[StoredConnection, ...]:
        """How every connection stands that was ever tried."""
        rows = self._connection.execute(
            "select name, scope, cursor, whole_at, done_at, tried_at, fault from connection order by name"
        )
        return tuple(
            StoredConnection(
                name, scope, cursor, _moment(whole_at) if whole_at else None,
                _moment(done_at) if done_at else None, _moment(tried_at), fault,
            )
            for name, scope, cursor, whole_at, done_at, tried_at, fault in rows
        )  # fmt: skip

    def save_connection(self, state: StoredConnection, marks: Mapping[str, str] | None = None) -> None:
        """Keep how a connection stands; with `marks`, what was landed of it, in the same moment."""
        moments = [_written(each) if each else None for each in (state.whole_at, state.done_at)]
        with self._transaction() as connection:
            connection.execute(
                "insert or replace into connection values (?, ?, ?, ?, ?, ?, ?)",
                (state.name, state.scope, state.cursor, *moments, _written(state.tried_at), state.fault),
            )
            connection.executemany(
                "insert or replace into collected_item values (?, ?, ?)",
                [(state.name, item, mark) for item, mark in (marks or {}).items()],
            )

    def collected_marks(self, name: str) -> dict[str, str]:
        """The mark of everything that was landed of a connection, by the keyed hash of its id."""
        rows = self._connection.execute("select item, mark from collected_item where name = ?", (name,))
        return {str(item): str(mark) for item, mark in rows}

    def forget_collected(self, name: str) -> None:
        """Forget what was landed of a connection: it now reads another place."""
        with self._transaction() as connection:
            connection.execute("delete from collected_item where name = ?", (name,))

    def theme_state(self) -> str:
        """What the texts and themes in the warehouse were last made from; empty when they never were."""
        row = self._connection.execute("select state from theme_state").fetchone()
        return str(row[0]) if row else ""

    def set_theme_state(self, state: str) -> None:
        """Note what the texts and themes in the warehouse are made from."""
        with self._transaction() as connection:
            connection.execute("delete from theme_state")
            connection.execute("insert into theme_state values (?)", (state,))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have all that is written meanwhile on the disk at once: a thousand files need no thousand waits."""
        with self._transaction():
            yield

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self._connection.in_transaction:
            yield self._connection
            return
        self._connection.execute("begin immediate")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")


def _forget_reading(connection: sqlite3.Connection, sha256: str) -> None:
    for table in ("refused_row", "reading", "told_refusal"):
        connection.execute(f"delete from {table} where sha256 = ?", (sha256,))


def _written(moment: datetime) -> str:
    """A moment as stored: UTC ISO text, which sorts as time does."""
    utc = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _reading(row: tuple[str, ...]) -> StoredReading:
    (sha256, file, received_at, format_id, source, fingerprint, status, reason, feeds,
     read, used, rejected, hidden, warnings, newest_on, read_at) = row  # fmt: skip
    return StoredReading(
        sha256=sha256,
        file=file,
        received_at=_moment(received_at),
        format=format_id,
        source=source,
        fingerprint=fingerprint,
        status=status,
        reason=reason,
        feeds=tuple(feeds.split(",")) if feeds else (),
        rows_read=int(read),
        rows_used=int(used),
        rows_rejected=int(rejected),
        rows_hidden=int(hidden),
        warnings=tuple(json.loads(warnings)),
        newest_on=date.fromisoformat(newest_on) if newest_on else None,
        read_at=_moment(read_at),
    )


def _run(row: tuple[str, ...]) -> Run:
    run_id, started_at, finished_at, outcome, pid, as_of, release, message, report, kind, started_by = row
    is_dead = outcome == Outcome.RUNNING.value and not _is_alive(int(pid))
    return Run(
        run_id=int(run_id),
        started_at=_moment(started_at),
        finished_at=_moment(finished_at) if finished_at else None,
        outcome=Outcome.CRASHED if is_dead else Outcome(outcome),
        pid=int(pid),
        as_of=date.fromisoformat(as_of),
        release=release,
        message=message,
        report=report,
        kind=RunKind(kind),
        started_by=StartedBy(started_by),
    )


def _is_alive(pid: int) -> bool:
    """Whether a process with that id exists; one of another user counts."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
