"""The only module that opens DuckDB files. No other module holds a connect call, and a test keeps it so.

Writers: `scratch` (in memory), `open_warehouse` (feed tables) and `open_build` (a fresh release file, with
the warehouse attached read-only as `feeds` and an in-memory database attached as `staging`).

Readers: `ReleaseReader`. DuckDB shares one instance between all connections of a process to one path, and one
connection used by two threads hands each the other's rows. So every release has a path of its own, every
question takes a cursor of its own, and a release that is no longer current is closed by its last borrower.
After an error inside DuckDB an instance refuses every statement, so its release is closed and opened anew.
Values go into SQL as quoted literals of a prepared statement, because binding Python values makes DuckDB
import pandas, which would cost every `kring ask` its start-up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import duckdb
from duckdb import DuckDBPyConnection

from etl.errors import BuildError, QuestionError, ReleaseError
from etl.home import Home
from etl.manifest import (
    DATABASE,
    MAKE_ANEW,
    ROLL_BACK,
    Manifest,
    Pointer,
    ReleaseInfo,
    parse_pointer,
    prove_files,
    read_manifest,
    release_folders,
)
from etl.public_manifest import PUBLIC_DATABASE, Publication, read_publication
from queries.catalog import PUBLISHED, ParameterValue, Query, Role, question

Value = str | int | float | bool | date | datetime | None
Found = tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]
"""The names of the columns, and the rows."""

WRITER_MEMORY = "2500MB"
BUILD_BLOCKS = "2GB"  # of it, kept and used again: else each table asks the system for its memory anew
NO_CHECKPOINT = "1TB"  # of log: a build that dies is begun anew, and one that is done makes its checkpoint
READER_MEMORY = "1GB"
RETRY_SECONDS = 5.0
CLOSING_SECONDS = 5.0  # for the others to leave a release that DuckDB gave up
Config = dict[str, str | bool | int | float | list[str]]
OFFLINE: Config = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}
READ_ONLY: Config = {**OFFLINE, "enable_external_access": "false"}


def scratch(
    threads: int | None = None, memory_limit: str = WRITER_MEMORY, spill: Path | None = None
) -> DuckDBPyConnection:
    """A database in memory, for turning text into typed rows. It may read and write files.

    What does not fit in memory goes to `spill`, and nowhere without it: DuckDB would leave it in whatever
    folder the user happens to be in.
    """
    config = {**_writer(threads, memory_limit), "temp_directory": str(spill) if spill else ""}
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("set global TimeZone = 'UTC'")
    return connection


def open_warehouse(
    file: Path, *, read_only: bool = False, threads: int | None = None, memory_limit: str = WRITER_MEMORY
) -> DuckDBPyConnection:
    """The warehouse of feed tables. Only the holder of the writer lock may open it for writing."""
    config = OFFLINE if read_only else _writer(threads, memory_limit)
    with _warehouse_opens():
        connection = duckdb.connect(str(file), read_only=read_only, config=config)
    connection.execute("set global TimeZone = 'UTC'")
    if read_only:
        connection.execute(f"set allowed_directories = [{quote_text(str(Home(file.parent).feeds))}]")
        connection.execute("set enable_external_access = false")
    return connection


def open_build(
    release_file: Path, warehouse_file: Path, *, threads: int | None = None, memory_limit: str = WRITER_MEMORY
) -> DuckDBPyConnection:
    """A fresh release file with schemas core and marts; `feeds` and `staging` are attached beside it."""
    if release_file.exists():
        raise ReleaseError(release_file.name, "the file exists", "a fresh file")
    config = {
        **_writer(threads, memory_limit),
        "block_allocator_memory": BUILD_BLOCKS,
        "checkpoint_threshold": NO_CHECKPOINT,
    }
    connection = duckdb.connect(str(release_file), config=config)
    connection.execute("set global TimeZone = 'UTC'")
    connection.execute("set global preserve_insertion_order = false")
    with _warehouse_opens():
        connection.execute(f"attach {quote_text(str(warehouse_file))} as feeds (read_only)")
    connection.execute("attach ':memory:' as staging")
    connection.execute("create schema core")
    connection.execute("create schema marts")
    return connection


def attach_compared(connection: DuckDBPyConnection, file: Path) -> None:
    """Attach what earlier builds remember of comparing people as `compared`; begin a broken file again."""
    statement = f"attach {quote_text(str(file))} as compared"
    try:
        connection.execute(statement)
    except duckdb.Error:
        file.unlink(missing_ok=True)
        file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
        connection.execute(statement)


def open_publication(file: Path) -> DuckDBPyConnection:
    """A fresh file for the figures of a publication, with its schema and nothing attached to it."""
    if file.exists():
        raise ReleaseError(file.name, "the file exists", "a fresh file")
    connection = duckdb.connect(str(file), config=_writer(1, READER_MEMORY))
    connection.execute("set global TimeZone = 'UTC'")
    connection.execute(f"create schema {PUBLISHED}")
    return connection


def exact_rows(connection: DuckDBPyConnection, sql: str) -> tuple[tuple[Value, ...], ...]:
    """The rows of one SELECT on an open release, in the few types that Kring knows."""
    return _run(connection, sql, {})[1]


def open_release(file: Path, memory_limit: str = READER_MEMORY) -> DuckDBPyConnection:
    """A release file: read-only, nothing outside it can be reached, and its settings cannot be changed."""
    config: Config = {**READ_ONLY, "memory_limit": memory_limit}
    try:
        connection = duckdb.connect(str(file), read_only=True, config=config)
    except duckdb.Error as error:
        raise ReleaseError(f"releases/{file.parent.name}", "the database does not open") from error
    locked = connection.execute("select current_setting('lock_configuration')").fetchone()
    if locked == (False,):  # else this process has the file open already, with these settings
        connection.execute("set global TimeZone = 'UTC'")
        connection.execute("set global lock_configuration = true")
    return connection


@contextmanager
def reads_of_this_version(what: str) -> Iterator[None]:
    """A release that another version of Kring made may lack tables or columns: said with its remedy."""
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        raise ReleaseError(
            "release", f"another version of Kring made it, and it lacks what {what} reads",
            "one made by this version", MAKE_ANEW,
        ) from error  # fmt: skip


@contextmanager
def _warehouse_opens() -> Iterator[None]:
    """The warehouse can be made again from landed/, so a broken one is said with that remedy."""
    try:
        yield
    except (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException) as error:
        raise BuildError(
            "warehouse.duckdb", "it does not open", "a database that Kring wrote",
            "Make it again from what landed: kring refresh --rebuild",
        ) from error  # fmt: skip


def quote_text(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _writer(threads: int | None, memory_limit: str) -> Config:
    config: Config = {**OFFLINE, "memory_limit": memory_limit}
    if threads:
        config["threads"] = threads
    return config


@dataclass(frozen=True)
class Answer:
    """What a question gave, with everything needed to say where it came from."""

    question: str
    meaning: str
    grain: str
    release: str
    as_of: date
    parameters: tuple[tuple[str, Value], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def records(self) -> list[dict[str, Value]]:
        """The rows as one dictionary each."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class ReleaseReader:
    """Answers questions from the current release. One for each process; safe to share between threads."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._serving: _OpenRelease | None = None
        self._stopped: _OpenRelease | None = None
        self._seen = ""
        self._retry_at = 0.0

    def current(self) -> ReleaseInfo:
        """The release that questions are answered from now."""
        with self._borrow() as release:
            return release.info

    def ask(
        self, name: str, parameters: Mapping[str, str] | None = None, role: Role = Role.COORDINATOR
    ) -> Answer:
        """The answer to a named question. Raises QuestionError for what may not or cannot be asked.

        A question on which DuckDB itself fails is asked once more, of the release opened anew.
        """
        asked = question(name)
        if role < asked.role:
            raise QuestionError(
                f"question {name}", "not for this role", f"{asked.role.name.lower()} or higher"
            )
        values = asked.bind(parameters)
        try:
            info, found = self._read(asked.sql, values)
        except _EngineStopped:
            info, found = self._read(asked.sql, values)
        return _answer(asked, values, info.id, info.as_of, found)

    def _read(self, sql: str, values: Mapping[str, ParameterValue]) -> tuple[ReleaseInfo, Found]:
        with self._borrow() as release:
            try:
                return release.info, _run(release.connection, sql, values)
            except _EngineStopped:
                self._give_up(release)
                raise

    def _give_up(self, release: _OpenRelease) -> None:
        """Serve this instance no longer. The next question opens its file again, once all have left it."""
        with self._lock:
            if self._serving is release:
                self._serving, self._stopped = None, release
                self._seen, self._retry_at = "", 0.0
                release.retire()

    def close(self) -> None:
        """Let go of the release. The next question opens it again."""
        with self._lock:
            serving, self._serving, self._seen = self._serving, None, ""
            if serving:
                serving.retire()

    @contextmanager
    def _borrow(self) -> Iterator[_OpenRelease]:
        release = self._lent() or self._lent()  # another thread may have given it up in between
        if release is None:
            raise ReleaseError("releases", "no release yet", "", "Make one with: kring refresh")
        try:
            yield release
        finally:
            with self._lock:
                release.give_back()

    def _lent(self) -> _OpenRelease | None:
        self._follow_pointer()
        with self._lock:
            if self._serving is not None:
                self._serving.borrowers += 1
            return self._serving

    def _follow_pointer(self) -> None:
        """Open what the pointer names, when it moved. Others go on with the old release meanwhile."""
        text = self._pointer_text()
        if text == self._seen and time.monotonic() < self._retry_at:
            return
        if not self._opening.acquire(blocking=self._serving is None):
            return
        try:
            if text != self._seen or time.monotonic() >= self._retry_at:
                self._open(text)
        finally:
            self._opening.release()

    def _pointer_text(self) -> str:
        try:
            return self.home.current_pointer.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError):
            return "unreadable"

    def _open(self, text: str) -> None:
        if self._stopped is not None:  # while one reads on, DuckDB would give the same instance again
            self._stopped.closed.wait(CLOSING_SECONDS)
            self._stopped = None
        try:
            fresh = self._from_pointer(text)
        except (ReleaseError, duckdb.Error) as error:
            self._keep_last_good(text, error)
            return
        with self._lock:
            if self._serving:
                self._serving.retire()
            self._serving, self._seen = fresh, text
            self._retry_at = float("inf") if fresh else 0.0

    def _from_pointer(self, text: str) -> _OpenRelease | None:
        if not text and self._serving is None and not release_folders(self.home):
            return None
        pointer = parse_pointer(text)
        return _open_proved(self.home.releases / pointer.release, pointer)

    def _keep_last_good(self, text: str, error: Exception) -> None:
        """Go on with the release being served, else with the newest that is whole, and say since when."""
        because = error.line() if isinstance(error, ReleaseError) else "the release does not open"
        with self._lock:
            if self._serving is None:
                self._serving = self._newest_whole()
            if self._serving is None:
                raise error
            self._serving.mark_stale(because)
            self._seen, self._retry_at = text, time.monotonic() + RETRY_SECONDS

    def _newest_whole(self) -> _OpenRelease | None:
        for folder in release_folders(self.home):
            try:
                return _open_proved(folder, None)
            except (ReleaseError, duckdb.Error):
                continue
        return None


class PublicationReader:
    """Answers the questions for everyone from the publication that is served, and never from a release."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def current(self) -> Publication:
        """The publication that is served."""
        found = read_publication(self.home)
        if found is None:
            raise ReleaseError("public", "nothing is published yet", "", "Publish with: kring publish")
        return found

    def ask(self, name: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """The answer to a question for the public. Raises QuestionError for any other."""
        asked = question(name)
        if asked.role is not Role.PUBLIC:
            raise QuestionError(
                f"question {name}", "not for this role", f"{asked.role.name.lower()} or higher"
            )
        values = asked.bind(parameters)
        served = self.current()
        connection = open_release(self.home.public / served.publication / PUBLIC_DATABASE)
        try:
            found = _run(connection, asked.sql, values)
        finally:
            connection.close()
        return _answer(asked, values, served.publication, served.period_end, found)


class _EngineStopped(ReleaseError):
    """An error inside DuckDB: what this instance says next is that it was invalidated."""


class _OpenRelease:
    """One open release file and how many are reading it. Guarded by the reader's lock."""

    def __init__(self, manifest: Manifest, connection: DuckDBPyConnection) -> None:
        self.info = manifest.info
        self.connection = connection
        self.borrowers = 0
        self.retired = False
        self.closed = threading.Event()

    def retire(self) -> None:
        self.retired = True
        self._close_when_free()

    def give_back(self) -> None:
        self.borrowers -= 1
        self._close_when_free()

    def mark_stale(self, because: str) -> None:
        since = self.info.stale_since or datetime.now(UTC)
        self.info = replace(self.info, stale_since=since, stale_because=because)

    def _close_when_free(self) -> None:
        if self.retired and self.borrowers == 0:
            self.connection.close()
            self.closed.set()


def _open_proved(folder: Path, pointer: Pointer | None) -> _OpenRelease:
    manifest = read_manifest(folder, pointer.manifest_sha256 if pointer else None)
    prove_files(folder, manifest, thorough=False)
    return _OpenRelease(manifest, open_release(folder / DATABASE))


def _answer(
    asked: Query, values: Mapping[str, ParameterValue], release: str, as_of: date, found: Found
) -> Answer:
    """What was found, with where it came from."""
    columns, rows = found
    return Answer(
        question=asked.name,
        meaning=asked.meaning,
        grain=asked.grain,
        release=release,
        as_of=as_of,
        parameters=tuple(values.items()),
        columns=columns,
        rows=rows,
    )


def _run(connection: DuckDBPyConnection, sql: str, values: Mapping[str, ParameterValue]) -> Found:
    """Run one SELECT on a cursor of its own, and give its column names and rows."""
    given = ", ".join(f"{name} := {_literal(value)}" for name, value in values.items())
    cursor = connection.cursor()
    try:
        with reads_of_this_version("this question"):
            cursor.execute(f"prepare asked as\n{sql}")
            cursor.execute(f"execute asked({given})" if given else "execute asked")
            columns = tuple(str(column[0]) for column in cursor.description or ())
            return columns, tuple(tuple(_plain(value) for value in row) for row in cursor.fetchall())
    except duckdb.IOException as error:
        raise ReleaseError("release", "its file cannot be read", "", ROLL_BACK) from error
    except (duckdb.InternalException, duckdb.FatalException) as error:
        raise _EngineStopped("question", f"cannot be answered ({type(error).__name__})") from error
    except duckdb.Error as error:  # its words may quote a value
        raise ReleaseError("question", f"cannot be answered ({type(error).__name__})") from error
    finally:
        cursor.close()


def _literal(value: ParameterValue) -> str:
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    return f"date {quote_text(value.isoformat())}" if isinstance(value, date) else quote_text(value)


def _plain(value: object) -> Value:
    """A database value as one of the few types that pages, CSV and JSON know."""
    if value is None or isinstance(value, str | int | float | bool | date):
        return value
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, UUID) else repr(value)
