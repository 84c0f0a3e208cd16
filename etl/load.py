"""Landed files become rows of the feeds in warehouse.duckdb: each is parsed once per version of its reader.

A feed is a view in schema `main`. Behind it, in schema `stored`, small files share one table per feed and
every large file has a table of its own with only the columns that the file has: a column that is the same
for a whole file is no column there, and a new reading replaces the table instead of deleting a million
rows.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from etl.home import create_private
from etl.landing import quarantine
from etl.progress import Progress, silent
from etl.schema.feeds import FEEDS, Feed, feed_named
from etl.sources.source import FileStatus
from etl.themes.tables import THEME_TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.home import Home
    from etl.ledger import Ledger, StoredReading
    from etl.reading.file import ReadJob
    from etl.settings import Settings
    from etl.sources.reading import FeedFile, FileReading

STEP = "read the files"
WORK_FOLDER = ".reading-"
UNFINISHED = ".load-unfinished"  # a run that died after its last file left views and register as they were
OWN_TABLE_ROWS = 100_000
NO_PART = "0::BIGINT AS part"
FIRST_LINE = "first_line"  # as etl.reading.large writes it
ORIGIN = ("sha256", "part", "line", "source", "received_at")
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
    own_table_rows: int = OWN_TABLE_ROWS,
) -> LoadReport:
    """Read what is not read yet, or was read differently from today, and put its rows in the warehouse."""
    jobs = _jobs(home, settings, ledger)
    unfinished = home.root / UNFINISHED
    if not jobs and not unfinished.exists() and _is_in_shape(home):
        return LoadReport()
    from etl.reading.child import read_files
    from etl.warehouse import open_warehouse

    report = LoadReport()
    with _work_folder(home) as folder, open_warehouse(home.warehouse_file) as warehouse:
        warehouse.execute("SET preserve_insertion_order = false")
        create_private(unfinished)
        _prepare(warehouse)
        for number, reading in enumerate(read_files(jobs, settings, folder), start=1):
            _store(warehouse, reading, jobs[number - 1], own_table_rows)
            ledger.record_reading(reading.sha256, reading)
            if reading.status is FileStatus.REJECTED:
                quarantine(home, ledger, reading.sha256)
            report = _with(report, reading)
            progress(STEP, number, len(jobs))
        _make_views(warehouse)
        _write_register(warehouse, ledger)
        unfinished.unlink()
    return report


def _jobs(home: Home, settings: Settings, ledger: Ledger) -> list[ReadJob]:
    """The landed files to read, in the order of receipt. What was refused waits to be handed in again."""
    from etl.reading.file import ReadJob
    from etl.sources.identify import still_right

    read = {reading.sha256: reading for reading in ledger.readings()}
    jobs = []
    for file in ledger.files():
        reading = read.get(file.sha256)
        if reading and (file.quarantined or still_right(file.file, reading.fingerprint, settings)):
            continue
        path = home.quarantine / file.sha256 if file.quarantined else home.landed_file(file.sha256)
        if file.quarantined and not path.exists():  # housekeeping removed it after its time
            continue
        jobs.append(ReadJob(path, file.file, file.sha256, _utc(file.received_at), is_counted=False))
    return jobs


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
    for feed in FEEDS:
        columns = ", ".join(f"{_name(column.name)} {column.type.value}" for column in feed.table.columns)
        warehouse.execute(f"CREATE TABLE IF NOT EXISTS {_shared(feed)} ({columns})")
        _widen(warehouse, feed)
    for name, described in THEME_TABLES.items():
        columns = ", ".join(f"{column} {kind}" for column, kind in described)
        warehouse.execute(f"CREATE TABLE IF NOT EXISTS main.{name} ({columns})")


def _is_in_shape(home: Home) -> bool:
    """Whether the warehouse is there, with every field of every feed as this version knows them."""
    if not home.warehouse_file.exists():
        return False
    from etl.warehouse import open_warehouse

    with open_warehouse(home.warehouse_file, read_only=True) as warehouse:
        held = warehouse.execute(
            "SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE schema_name = 'main'"
        ).fetchall()
    wanted = {f"{feed.name}.{column.name}" for feed in FEEDS for column in feed.table.columns}
    wanted |= {f"{name}.{column}" for name, described in THEME_TABLES.items() for column, _ in described}
    return wanted <= {str(row[0]) for row in held}


def _widen(warehouse: DuckDBPyConnection, feed: Feed) -> None:
    """Give a table of an earlier version the fields that its feed has got since."""
    held = {str(row[0]) for row in warehouse.execute(f"DESCRIBE {_shared(feed)}").fetchall()}
    for column in feed.table.columns:
        if column.name not in held:
            added = f"{_name(column.name)} {column.type.value}"
            warehouse.execute(f"ALTER TABLE {_shared(feed)} ADD COLUMN {added}")


def _store(warehouse: DuckDBPyConnection, reading: FileReading, job: ReadJob, own_table_rows: int) -> None:
    """Put the rows of one file in place of what an earlier reading gave; all of it or nothing."""
    warehouse.execute("BEGIN")
    try:
        _forget(warehouse, reading.sha256)
        for file in _feed_files(reading):
            if file.rows:
                _insert(warehouse, file, job, reading.source or "", own_table_rows)
            file.path.unlink(missing_ok=True)
        warehouse.execute("COMMIT")
    except BaseException:
        warehouse.execute("ROLLBACK")
        raise


def _feed_files(reading: FileReading) -> Iterator[FeedFile]:
    """The converted rows of a file, and of the members of an archive."""
    yield from reading.feeds
    for member in reading.members:
        yield from _feed_files(member)


def _forget(warehouse: DuckDBPyConnection, sha256: str) -> None:
    for feed in FEEDS:
        if _own(feed, sha256) in _own_tables(warehouse):
            warehouse.execute(f"DROP VIEW IF EXISTS main.{_name(feed.name)}")
            warehouse.execute(f"DROP TABLE stored.{_name(_own(feed, sha256))}")
        warehouse.execute(f"DELETE FROM {_shared(feed)} WHERE sha256 = ?", [sha256])


def _insert(
    warehouse: DuckDBPyConnection, file: FeedFile, job: ReadJob, source: str, own_table_rows: int
) -> None:
    feed = feed_named(file.feed)
    path = _literal(str(file.path))
    held = [str(row[0]) for row in warehouse.execute(f"DESCRIBE FROM read_parquet({path})").fetchall()]
    fields = [column.name for column in feed.columns if column.name in held]
    relation = f"read_parquet({path}, file_row_number = true)"
    place = _place(warehouse, path, held)
    selected = ", ".join(_name(field) for field in fields)
    if file.rows >= own_table_rows:
        own = f"stored.{_name(_own(feed, job.sha256))}"
        stored = place if "part" in held else place.removeprefix(f"{NO_PART}, ")
        warehouse.execute(f"CREATE TABLE {own} AS SELECT {stored}, {selected} FROM {relation}")
        constants = {"sha256": job.sha256, "part": "0", "source": source, "received_at": str(job.received_at)}
        warehouse.execute(f"COMMENT ON TABLE {own} IS {_literal(json.dumps(constants))}")
        return
    columns = ", ".join(_name(name) for name in (*ORIGIN, *fields))
    origin = (
        f"{_literal(job.sha256)}, {place}, {_literal(source)}, TIMESTAMP {_literal(str(job.received_at))}"
    )
    warehouse.execute(f"INSERT INTO {_shared(feed)} ({columns}) SELECT {origin}, {selected} FROM {relation}")


def _place(warehouse: DuckDBPyConnection, path: str, held: Sequence[str]) -> str:
    """The part and line of a row. Rows of a large file stand on consecutive lines and need no column."""
    part = "part" if "part" in held else NO_PART
    if "line" in held:
        return f"{part}, line"
    found = warehouse.execute(
        f"SELECT decode(value)::BIGINT FROM parquet_kv_metadata({path}) WHERE decode(key) = '{FIRST_LINE}'"
    ).fetchone()
    return f"{part}, file_row_number + {found[0] if found else 1} AS line"


def _make_views(warehouse: DuckDBPyConnection) -> None:
    """Each feed as one view over its shared table and the tables of large files."""
    own = _own_tables(warehouse)
    for feed in FEEDS:
        names = ", ".join(_name(column.name) for column in feed.table.columns)
        selects = [f"SELECT {names} FROM {_shared(feed)}"]
        selects += [
            _as_feed(warehouse, feed, name, about) for name, about in sorted(own.items())
            if name.startswith(f"{feed.name}_")
        ]  # fmt: skip
        warehouse.execute(f"CREATE OR REPLACE VIEW main.{_name(feed.name)} AS {' UNION ALL '.join(selects)}")


def _as_feed(warehouse: DuckDBPyConnection, feed: Feed, table: str, about: str) -> str:
    """A large file's table with every column of the feed: what it has, what all rows share, or nothing."""
    constants: dict[str, str] = json.loads(about)
    held = {str(row[0]) for row in warehouse.execute(f"DESCRIBE stored.{_name(table)}").fetchall()}
    columns = []
    for column in feed.table.columns:
        value = _literal(constants[column.name]) if column.name in constants else "NULL"
        known = column.name in held
        expression = _name(column.name) if known else f"{value}::{column.type.value}"
        columns.append(f"{expression} AS {_name(column.name)}")
    return f"SELECT {', '.join(columns)} FROM stored.{_name(table)}"


def _own_tables(warehouse: DuckDBPyConnection) -> dict[str, str]:
    """The tables of large files, with what is the same for all their rows."""
    found = warehouse.execute(
        "SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'stored' AND comment IS NOT NULL"
    ).fetchall()
    return {str(name): str(comment) for name, comment in found}


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
        report.files_refused + (reading.status is FileStatus.REJECTED),
        report.rows_read + reading.rows.read,
        report.rows_used + reading.rows.used,
        report.rows_rejected + reading.rows.rejected,
    )


def _shared(feed: Feed) -> str:
    return f"stored.{_name(feed.name)}"


def _own(feed: Feed, sha256: str) -> str:
    return f"{feed.name}_{sha256[:16]}"


def _utc(moment: datetime) -> datetime:
    """The moment without its zone, as DuckDB stores it."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
