"""Landed files become rows of the feeds in warehouse.duckdb: each is parsed once per version of its reader.

A feed is a view in schema `main`. Behind it, small files share one table per feed in schema `stored`. The
typed rows of a large file stay as its reader wrote them, a Parquet file in `feeds/` with only the columns
that the file has: they are written once, and a new reading replaces the file instead of deleting a million
rows. `stored.large_file` says which of those files count; any other there is what a killed run left behind.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

from etl.durable import sync
from etl.holds import held
from etl.home import FILE_RIGHTS, create_private, make_folder
from etl.landing import quarantine
from etl.progress import Progress, silent
from etl.schema.feeds import FEEDS, Feed, feed_named
from etl.sources.source import CONDENSED, FileStatus
from etl.themes.tables import THEME_TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.home import Home
    from etl.ledger import Ledger, StoredReading
    from etl.reading.file import ReadJob
    from etl.settings import Settings
    from etl.sources.reading import FeedFile, FileReading

STEP = "read the files"
PERSON_KEYS = ("email", "external_id", "linkedin_url", "full_name", "family_name")
WORK_FOLDER = ".reading-"
UNFINISHED = ".load-unfinished"  # a run that died after its last file left views and register as they were
OWN_FILE_ROWS = 100_000
BATCH_FILES, SMALL_BYTES = 50, 256 * 1024
LARGE_FILE = (
    ("file", "VARCHAR"), ("feed", "VARCHAR"), ("sha256", "VARCHAR"), ("source", "VARCHAR"),
    ("received_at", "TIMESTAMP"), ("first_line", "BIGINT"),
)  # fmt: skip
FIRST_LINE = "first_line"  # as etl.reading.large writes it
SOURCE_FILE = (
    ("sha256", "VARCHAR"), ("file", "VARCHAR"), ("source", "VARCHAR"), ("format", "VARCHAR"),
    ("feeds", "VARCHAR"),
    ("received_at", "TIMESTAMP"), ("rows_read", "BIGINT"), ("rows_used", "BIGINT"),
    ("rows_rejected", "BIGINT"),
    ("rows_hidden", "BIGINT"), ("status", "VARCHAR"), ("reason", "VARCHAR"), ("warnings", "VARCHAR"),
    ("newest_on", "DATE"),
)  # fmt: skip
REFUSED_ROW = (
    ("sha256", "VARCHAR"), ("file", "VARCHAR"), ("line", "BIGINT"), ("column_name", "VARCHAR"),
    ("reason", "VARCHAR"),
)  # fmt: skip


@dataclass(frozen=True)
class LoadReport:
    """What one run read: nothing when every landed file had been read already."""

    files_read: int = 0
    files_refused: int = 0
    rows_read: int = 0
    rows_used: int = 0
    rows_rejected: int = 0


def load(
    home: Home,
    settings: Settings,
    ledger: Ledger,
    progress: Progress = silent,
    own_file_rows: int = OWN_FILE_ROWS,
) -> LoadReport:
    """Read what is not read yet, or was read differently from today, and put its rows in the warehouse."""
    is_in_shape = _is_in_shape(home, ledger)
    jobs = _jobs(home, settings, ledger)
    unfinished = home.root / UNFINISHED
    if not jobs and not unfinished.exists() and is_in_shape:
        return LoadReport()
    from etl.privacy.screen import Landed
    from etl.sources import outcome
    from etl.warehouse import open_warehouse

    report = LoadReport()
    with (
        _work_folder(home) as folder,
        open_warehouse(home.warehouse_file) as warehouse,
        closing(Landed(home, jobs, settings, folder)) as readings,
    ):
        ahead = Thread(target=_import_ahead)
        ahead.start()
        warehouse.execute("SET preserve_insertion_order = false")
        create_private(unfinished)
        _prepare(warehouse)
        _remove_unknown(warehouse, home)
        stored = _files_held(warehouse)
        accepted, left_out = ledger.accepted_files(), ledger.left_out_files()
        job_of = {job.sha256: job for job in jobs}
        number = 0
        waiting = _Waiting(warehouse)
        for batch in _batches(jobs):
            with ledger.together(), _whole(warehouse):
                _forget(warehouse, [job.sha256 for job in batch if job.sha256 in stored])
                for reading in islice(readings, len(batch)):
                    ahead.join()
                    job = job_of[reading.sha256]
                    reading = _of_its_source(reading, settings)
                    if reading.sha256 in left_out:
                        reading = outcome.left_out(reading)
                    # what stayed of a file is no new list to judge
                    elif reading.sha256 not in accepted and not reading.fingerprint.startswith(CONDENSED):
                        earlier = ledger.lately_used(reading.source, job.received_at)
                        told_again = partial(_told_again, warehouse, home, reading, waiting)
                        reading = held(reading, earlier, settings, told_again)
                    _store(warehouse, home, reading, job, own_file_rows, waiting)
                    ledger.record_reading(reading.sha256, reading)
                    if reading.status is FileStatus.REJECTED:
                        quarantine(home, ledger, reading.sha256)
                    report = _with(report, reading)
                    number += 1
                    progress(STEP, number, len(jobs))
                waiting.store()
        _remove_unknown(warehouse, home)
        _make_views(warehouse, home)
        _write_register(warehouse, ledger)
        readings.settle()
        unfinished.unlink()
    return report


def _of_its_source(reading: FileReading, settings: Settings) -> FileReading:
    """A file that could not be read is a delivery too, of the source whose mapping fits its name."""
    from etl.sources.mapping import mapping_for

    if reading.source or reading.status not in (FileStatus.REJECTED, FileStatus.NEEDS_MAPPING):
        return reading
    mapping = mapping_for(reading.file, settings)
    return replace(reading, source=mapping.name) if mapping else reading


def _import_ahead() -> None:
    """DuckDB imports pandas at the first value it is given: here a core is free, while a child starts."""
    with suppress(ImportError):
        import_module("pandas")


def _jobs(home: Home, settings: Settings, ledger: Ledger) -> list[ReadJob]:
    """The landed files to read, in the order of receipt. What was refused waits to be handed in again."""
    from etl.reading.file import ReadJob
    from etl.sources.identify import still_right

    read = {reading.sha256: reading for reading in ledger.readings()}
    jobs = []
    for file in ledger.files():
        reading = read.get(file.sha256)
        condensed = home.condensed_file(file.sha256)
        is_right = condensed.exists() or file.quarantined
        if reading and (is_right or still_right(file.file, reading.fingerprint, settings)):
            continue
        path = home.quarantine / file.sha256 if file.quarantined else home.landed_file(file.sha256)
        path = condensed if condensed.exists() else path
        if not path.exists():  # its bytes went after their time, or with somebody who was erased
            continue
        jobs.append(ReadJob(path, file.file, file.sha256, _utc(file.received_at), is_counted=False))
    return sorted(jobs, key=lambda job: job.path != home.condensed_file(job.sha256))


def _batches(jobs: Sequence[ReadJob]) -> Iterator[list[ReadJob]]:
    """Small files are stored together, a large one alone: others wait for the ledger as long as one batch."""
    batch: list[ReadJob] = []
    for job in jobs:
        is_large = job.path.stat().st_size > SMALL_BYTES
        if batch and (is_large or len(batch) == BATCH_FILES):
            yield batch
            batch = []
        batch.append(job)
        if is_large:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def _work_folder(home: Home) -> Iterator[Path]:
    """A folder for what the child hands over; what a killed run left behind goes first."""
    for left in home.root.glob(f"{WORK_FOLDER}*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=WORK_FOLDER, dir=home.root) as folder:
        yield Path(folder)


def _prepare(warehouse: DuckDBPyConnection) -> None:
    """The shared tables, where they are not there yet."""
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS stored")
    described = ", ".join(f"{column} {kind}" for column, kind in LARGE_FILE)
    warehouse.execute(f"CREATE TABLE IF NOT EXISTS stored.large_file ({described})")
    for feed in FEEDS:
        columns = ", ".join(f"{_name(column.name)} {column.type.value}" for column in feed.table.columns)
        warehouse.execute(f"CREATE TABLE IF NOT EXISTS {_shared(feed)} ({columns})")
        _widen(warehouse, feed)
    for name, listed in THEME_TABLES.items():
        columns = ", ".join(f"{column} {kind}" for column, kind in listed)
        warehouse.execute(f"CREATE TABLE IF NOT EXISTS main.{name} ({columns})")


def _is_in_shape(home: Home, ledger: Ledger) -> bool:
    """Whether the warehouse is there, with every field of every feed and its large files where they were.

    One that keeps large files in another way, as an earlier version did, is read anew from landed/.
    """
    if not home.warehouse_file.exists():
        return False
    from etl.warehouse import open_warehouse

    with open_warehouse(home.warehouse_file, read_only=True) as warehouse:
        columns = warehouse.execute(
            "SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns()"
        ).fetchall()
        held = {str(row[0]) for row in columns}
        if f"stored.large_file.{LARGE_FILE[0][0]}" in held:
            names = warehouse.execute("SELECT file FROM stored.large_file").fetchall()
            written = warehouse.execute(
                "SELECT sql FROM duckdb_views() WHERE schema_name = 'main'"
            ).fetchall()
        elif "stored.membership.sha256" in held:
            names = written = []
            forget_warehouse(home, ledger)
    wanted = {f"main.{feed.name}.{column.name}" for feed in FEEDS for column in feed.table.columns}
    wanted |= {f"main.{name}.{column}" for name, listed in THEME_TABLES.items() for column, _ in listed}
    views = " ".join(str(row[0]) for row in written)
    return wanted <= held and all(_literal(str(home.feeds / str(row[0]))) in views for row in names)


def _widen(warehouse: DuckDBPyConnection, feed: Feed) -> None:
    """Give a table of an earlier version the fields that its feed has got since."""
    held = {str(row[0]) for row in warehouse.execute(f"DESCRIBE {_shared(feed)}").fetchall()}
    for column in feed.table.columns:
        if column.name not in held:
            added = f"{_name(column.name)} {column.type.value}"
            warehouse.execute(f"ALTER TABLE {_shared(feed)} ADD COLUMN {added}")


def _store(
    warehouse: DuckDBPyConnection,
    home: Home,
    reading: FileReading,
    job: ReadJob,
    own_file_rows: int,
    waiting: _Waiting,
) -> None:
    """Put the rows of one file in the warehouse; those of a small one as soon as others go with them."""
    for file in _feed_files(reading):
        if file.rows >= own_file_rows:
            _keep(warehouse, home, file, job, reading.source or "")
        elif file.rows:
            waiting.add(file, job, reading.source or "")
        else:
            file.path.unlink(missing_ok=True)


class _Waiting:
    """The rows of small files that are stored together: one statement costs as much as for one of them."""

    def __init__(self, warehouse: DuckDBPyConnection) -> None:
        self._warehouse = warehouse
        self._given: dict[str, tuple[FeedFile, ReadJob, str]] = {}

    def add(self, file: FeedFile, job: ReadJob, source: str) -> None:
        """Have the rows of a file stored at the next occasion."""
        self._given[str(file.path)] = (file, job, source)

    def store(self) -> None:
        """Store what waits."""
        for columns, paths in self._alike():
            given = [self._given[path] for path in paths]
            if "line" in columns:
                _insert_together(self._warehouse, given, columns)
            else:
                for file, job, source in given:
                    _insert(self._warehouse, file, job, source)
        for path in self._given:
            Path(path).unlink(missing_ok=True)
        self._given.clear()

    def _alike(self) -> list[tuple[tuple[str, ...], list[str]]]:
        """The files of one feed with the same columns, and which they are."""
        if not self._given:
            return []
        listed = ", ".join(_literal(path) for path in self._given)
        found = self._warehouse.execute(
            f"SELECT file_name, name FROM parquet_schema([{listed}]) WHERE num_children IS NULL"
        ).fetchall()
        columns: dict[str, list[str]] = {path: [] for path in self._given}
        for path, name in found:
            columns[str(path)].append(str(name))
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for path, (file, _, _) in self._given.items():
            alike.setdefault((file.feed, tuple(columns[path])), []).append(path)
        return [(names, paths) for (_, names), paths in alike.items()]


@contextmanager
def _whole(warehouse: DuckDBPyConnection) -> Iterator[None]:
    """All that is stored meanwhile, or nothing of it."""
    warehouse.execute("BEGIN")
    try:
        yield
        warehouse.execute("COMMIT")
    except BaseException:
        warehouse.execute("ROLLBACK")
        raise


def _told_again(
    warehouse: DuckDBPyConnection, home: Home, reading: FileReading, waiting: _Waiting, sha256: str
) -> float:
    """The share of the rows of a list of people whose person stands in an earlier file, from 0 to 1."""
    waiting.store()  # the earlier file may be one of them
    shares = [0.0]
    for file in _feed_files(reading):
        key = _person_key(_held_fields(warehouse, file.path))
        if not file.rows or key is None:
            continue
        earlier = [
            f"SELECT {_person_key(PERSON_KEYS)} AS key FROM stored.{_name(file.feed)} WHERE sha256 = $1"
        ]
        kept = warehouse.execute(
            "SELECT file FROM stored.large_file WHERE sha256 = ? AND feed = ?", [sha256, file.feed]
        ).fetchall()
        for (name,) in kept:
            path = home.feeds / str(name)
            of_large = _person_key(_held_fields(warehouse, path))
            earlier += [f"SELECT {of_large} FROM {_rows(path)}"] if of_large else []
        found = warehouse.execute(
            f"SELECT avg((key IN (FROM ({' UNION ALL '.join(earlier)}) WHERE key IS NOT NULL))::INTEGER) "
            f"FROM (SELECT {key} AS key FROM {_rows(file.path)}) WHERE key IS NOT NULL",
            [sha256],
        ).fetchone()
        shares.append(float(found[0]) if found and found[0] is not None else 0.0)
    return max(shares)


def _person_key(fields: Sequence[str]) -> str | None:
    """SQL for what tells one row of a list from another: the first of its keys, else the name."""
    keys = [f"lower(trim({_name(name)}::VARCHAR))" for name in PERSON_KEYS if name in fields]
    return f"coalesce({', '.join(keys)})" if keys else None


def _feed_files(reading: FileReading) -> Iterator[FeedFile]:
    """The converted rows of a file, and of the members of an archive."""
    yield from reading.feeds
    for member in reading.members:
        yield from _feed_files(member)


def _files_held(warehouse: DuckDBPyConnection) -> set[str]:
    """The files of which there are rows, also those that a run stored and died before it could say so."""
    selects = [f"SELECT sha256 FROM {_shared(feed)}" for feed in FEEDS]
    every = " UNION ".join(["SELECT sha256 FROM stored.large_file", *selects])
    return {str(row[0]) for row in warehouse.execute(every).fetchall()}


def _forget(warehouse: DuckDBPyConnection, files: Sequence[str]) -> None:
    """Remove what an earlier reading of files gave."""
    if not files:
        return
    listed = ", ".join(_literal(sha256) for sha256 in files)
    for table in (*map(_shared, FEEDS), "stored.large_file"):
        warehouse.execute(f"DELETE FROM {table} WHERE sha256 IN ({listed})")


def _remove_unknown(warehouse: DuckDBPyConnection, home: Home) -> None:
    """Remove the files of large rows that no longer count."""
    if not home.feeds.exists():
        return
    known = {str(row[0]) for row in warehouse.execute("SELECT file FROM stored.large_file").fetchall()}
    for path in home.feeds.iterdir():
        if path.name not in known:
            path.unlink()


def _keep(warehouse: DuckDBPyConnection, home: Home, file: FeedFile, job: ReadJob, source: str) -> None:
    """The rows of a large file stay as they were written, under a name that was never used."""
    make_folder(home.feeds)
    kept = home.feeds / f"{file.feed}-{job.sha256[:16]}-{token_hex(4)}.parquet"
    file.path.rename(kept)
    kept.chmod(FILE_RIGHTS)
    sync(kept)
    sync(home.feeds)
    row = [kept.name, file.feed, job.sha256, source, job.received_at, _first_line(warehouse, kept)]
    warehouse.execute("INSERT INTO stored.large_file VALUES (?, ?, ?, ?, ?, ?)", row)


def _insert(warehouse: DuckDBPyConnection, file: FeedFile, job: ReadJob, source: str) -> None:
    feed = feed_named(file.feed)
    held = _held_fields(warehouse, file.path)
    given = {
        "sha256": _literal(job.sha256), "source": _literal(source),
        "received_at": f"TIMESTAMP {_literal(str(job.received_at))}",
        **_place(held, None if "line" in held else _first_line(warehouse, file.path)),
    }  # fmt: skip
    fields = [column.name for column in feed.columns if column.name in held]
    columns = ", ".join(_name(name) for name in (*given, *fields))
    values = ", ".join((*given.values(), *(_name(field) for field in fields)))
    warehouse.execute(f"INSERT INTO {_shared(feed)} ({columns}) SELECT {values} FROM {_rows(file.path)}")


def _insert_together(
    warehouse: DuckDBPyConnection, given: Sequence[tuple[FeedFile, ReadJob, str]], held: Sequence[str]
) -> None:
    """The rows of files of one feed that have the same columns, `line` and `part` among them."""
    feed = feed_named(given[0][0].feed)
    about = ", ".join(
        f"({_literal(str(file.path))}, {_literal(job.sha256)}, {_literal(source)}, "
        f"TIMESTAMP {_literal(str(job.received_at))})"
        for file, job, source in given
    )
    names = [_name(column.name) for column in feed.columns if column.name in held]
    columns = ", ".join(("sha256", "source", "received_at", *_place(held, None), *names))
    values = ", ".join(
        ("told.sha256", "told.source", "told.received_at", *_place(held, None).values(), *names)
    )
    paths = ", ".join(_literal(str(file.path)) for file, _, _ in given)
    warehouse.execute(
        f"INSERT INTO {_shared(feed)} ({columns}) SELECT {values} "
        f"FROM read_parquet([{paths}], filename = 'path_read') "
        f"JOIN (VALUES {about}) AS told(path_read, sha256, source, received_at) USING (path_read)"
    )


def _held_fields(warehouse: DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    """The columns of a file of typed rows."""
    found = warehouse.execute(f"DESCRIBE FROM read_parquet({_literal(str(path))})").fetchall()
    return tuple(str(row[0]) for row in found)


def _first_line(warehouse: DuckDBPyConnection, path: Path) -> int | None:
    """The line of the first row, of typed rows that stand on consecutive lines and need no column of them."""
    found = warehouse.execute(
        f"SELECT decode(value)::BIGINT FROM parquet_kv_metadata({_literal(str(path))}) "
        f"WHERE decode(key) = '{FIRST_LINE}'"
    ).fetchone()
    return int(found[0]) if found else None


def _place(held: Sequence[str], first_line: int | None) -> dict[str, str]:
    """SQL for the part and line of a row."""
    return {
        "part": "part" if "part" in held else "0::BIGINT",
        "line": "line" if "line" in held else f"file_row_number + {first_line or 1}",
    }


def _rows(path: Path) -> str:
    return f"read_parquet({_literal(str(path))}, file_row_number = true)"


def _make_views(warehouse: DuckDBPyConnection, home: Home) -> None:
    """Each feed as one view over its shared table and the rows of large files."""
    kept = warehouse.execute(
        "SELECT file, feed, sha256, source, received_at, first_line FROM stored.large_file ORDER BY file"
    ).fetchall()
    for feed in FEEDS:
        names = ", ".join(_name(column.name) for column in feed.table.columns)
        selects = [f"SELECT {names} FROM {_shared(feed)}"]
        for file, of, sha256, source, received_at, first_line in kept:
            if of == feed.name:
                about = {"sha256": sha256, "source": source, "received_at": received_at}
                selects.append(_as_feed(warehouse, feed, home.feeds / file, about, first_line))
        warehouse.execute(f"CREATE OR REPLACE VIEW main.{_name(feed.name)} AS {' UNION ALL '.join(selects)}")


def _as_feed(
    warehouse: DuckDBPyConnection, feed: Feed, path: Path, about: dict[str, object], first_line: int | None
) -> str:
    """A large file's rows with every column of the feed: what it has, what all rows share, or nothing."""
    held = _held_fields(warehouse, path)
    known = {name: _name(name) for name in held}
    known |= {name: _literal(str(value)) for name, value in about.items()} | _place(held, first_line)
    columns = [
        f"{known.get(column.name, 'NULL')}::{column.type.value} AS {_name(column.name)}"
        for column in feed.table.columns
    ]
    return f"SELECT {', '.join(columns)} FROM {_rows(path)}"


def forget_warehouse(home: Home, ledger: Ledger) -> None:
    """Have everything that landed read again, into a warehouse of its own."""
    home.warehouse_file.unlink(missing_ok=True)
    home.warehouse_file.with_name(home.warehouse_file.name + ".wal").unlink(missing_ok=True)
    ledger.forget_readings(
        file.sha256
        for file in ledger.files()
        if not any(
            path.exists()
            for path in (
                home.landed_file(file.sha256),
                home.condensed_file(file.sha256),
                home.quarantine / file.sha256,
            )
        )
    )


def _write_register(warehouse: DuckDBPyConnection, ledger: Ledger) -> None:
    """The register as two tables, written whole: what each file gave and what was refused of it."""
    files = [_register_row(reading) for reading in ledger.readings()]
    rows = [(row.sha256, row.file, row.line, row.column, row.reason) for row in ledger.refused_rows()]
    warehouse.execute("BEGIN")
    write_table(warehouse, "source_file", SOURCE_FILE, files)
    write_table(warehouse, "refused_row", REFUSED_ROW, rows)
    warehouse.execute("COMMIT")


def _register_row(reading: StoredReading) -> tuple[object, ...]:
    return (
        reading.sha256, reading.file, reading.source, reading.format, ",".join(reading.feeds),
        _utc(reading.received_at), reading.rows_read, reading.rows_used, reading.rows_rejected,
        reading.rows_hidden, reading.status, reading.reason, "; ".join(reading.warnings), reading.newest_on,
    )  # fmt: skip


def write_table(
    warehouse: DuckDBPyConnection,
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[tuple[object, ...]],
) -> None:
    """Write a table of the warehouse whole, beside the feeds."""
    import pyarrow as pa

    kinds = {
        "VARCHAR": pa.string(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "TIMESTAMP": pa.timestamp("us"),
        "DATE": pa.date32(),
    }
    values: Iterable[Sequence[object]] = zip(*rows, strict=True) if rows else [()] * len(columns)
    arrays = {
        column: pa.array(each, kinds[kind]) for (column, kind), each in zip(columns, values, strict=True)
    }
    warehouse.register("register_rows", pa.table(arrays))
    warehouse.execute(f"CREATE OR REPLACE TABLE main.{name} AS FROM register_rows")
    warehouse.unregister("register_rows")


def _with(report: LoadReport, reading: FileReading) -> LoadReport:
    return LoadReport(
        report.files_read + 1,
        report.files_refused + (reading.status in (FileStatus.REJECTED, FileStatus.HELD)),
        report.rows_read + reading.rows.read,
        report.rows_used + reading.rows.used,
        report.rows_rejected + reading.rows.rejected,
    )


def _shared(feed: Feed) -> str:
    return f"stored.{_name(feed.name)}"


def _utc(moment: datetime) -> datetime:
    """The moment without its zone, as DuckDB stores it."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
