"""The screen between reading and storing: whoever was erased stays out, whatever file comes in again.

Of each file that is read, rows of erased people are left out and their names, addresses and profiles are
taken out of other texts. A file that held anything of them is at once replaced by the rows that are left (its
fingerprint stays in the register, so that it is known when it comes again); one that is not read, or was
refused, loses those lines or its bytes. This is all that an erasure, a re-import and a restore need.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from etl.cleaning.names import normal_name
from etl.durable import sync, write_file
from etl.errors import InputError, KringError, SealError
from etl.identity.keys import SQL_FUNCTIONS
from etl.privacy.condense import feed_files, is_condensed, read_condensed, write_condensed
from etl.privacy.marks import (
    BETWEEN,
    NOT_ONE_ADDRESS,
    IsMarked,
    found_in,
    hashed,
    marker,
    name_alone,
    redacted,
)
from etl.privacy.register import Erasure, Suppressions
from etl.privacy.search import READ_ERRORS, Finder, holds
from etl.reading.large import FIRST_LINE
from etl.schema.feeds import feed_named
from etl.schema.model import ColumnType
from etl.sealing import is_sealed, key_beside, opened
from etl.sources import outcome
from etl.sources.reading import FeedFile, FileReading
from etl.sources.source import FileStatus
from etl.warehouse import quote_name, quote_text, scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.home import Home
    from etl.reading.file import ReadJob
    from etl.settings import Settings

KEY_FIELDS = ("external_id", "full_name", "given_name", "family_name", "email", "linkedin_url")
ACTS = {"membership": "joined_on", "contribution": "contributed_at", "registration": "registered_at"}
FORMS = ("google_forms", "microsoft_forms")
NAMES_UP_TO_BYTES = 2 * 1024 * 1024
TAG = re.compile(r"<[^<>]{0,200}>")
REMOVED_WHOLE = "it held somebody who was erased, and could not be read: its bytes are gone"


@dataclass(frozen=True)
class _Row:
    """What tells one way of writing a person from another in one file, and when the person acted."""

    code: int
    email: str | None
    linkedin: str | None
    external: str | None
    name: str | None
    act: date | None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for key in (self.email, self.linkedin, self.external) if key)


class Landed(Iterator[FileReading]):
    """What is read from landed files: condensed ones first, without anybody who was erased.

    The caller may hold the ledger while it reads, so what the ledger must know is kept until `settle`.
    """

    def __init__(self, home: Home, jobs: Sequence[ReadJob], settings: Settings, folder: Path) -> None:
        self._home = home
        self._screen = screen_of(home)
        self._readings = self._read(jobs, settings, folder)

    def __next__(self) -> FileReading:
        return next(self._readings)

    def close(self) -> None:
        """Have nothing more read."""
        self._readings.close()

    def settle(self) -> None:
        """Note who has signed up anew."""
        if self._screen and self._screen.lifted:
            with Suppressions(self._home) as suppressions:
                for erasure_id, moment in sorted(self._screen.lifted.items()):
                    suppressions.lift(erasure_id, _naive(moment).replace(tzinfo=UTC))

    def _read(
        self, jobs: Sequence[ReadJob], settings: Settings, folder: Path
    ) -> Generator[FileReading, None, None]:
        from etl.reading.child import read_files

        screen = self._screen
        for job in (job for job in jobs if is_condensed(job.path)):
            reading = read_condensed(job.path, job.name, job.sha256, folder)
            yield screen.admit(reading, job, settings, folder) if screen else reading
        raw = [job for job in jobs if not is_condensed(job.path)]
        for job, reading in zip(raw, read_files(raw, settings, folder), strict=True):
            yield screen.admit(reading, job, settings, folder) if screen else reading


def screen_of(home: Home) -> Screen | None:
    """The screen of a home; None where nobody was ever erased."""
    if not home.ledger_file.exists():
        return None
    from etl.privacy.erasure import finder_of

    finder = finder_of(home)
    with Suppressions(home) as suppressions:
        erasures = suppressions.erasures()
    return Screen(home, erasures, finder) if erasures else None


class Screen:
    """Keeps out whoever was erased."""

    def __init__(self, home: Home, erasures: Iterable[Erasure], finder: Finder | None = None) -> None:
        self._home = home
        self._finder = finder
        self._key = home.privacy_key()
        self._erasures = tuple(erasures)
        self.lifted: dict[str, datetime] = {}
        self._markers: dict[frozenset[str], IsMarked] = {}

    def marked(self, received_at: datetime | None = None) -> IsMarked:
        """Whether a mark is of somebody who may not be in a file received then."""
        ids = frozenset(each.erasure_id for each in self._in_force(received_at))
        if ids not in self._markers:
            hashes = (one for each in self._erasures if each.erasure_id in ids for one in each.hashes)
            self._markers[ids] = marker(self._key, hashes)
        return self._markers[ids]

    def admit(self, reading: FileReading, job: ReadJob, settings: Settings, folder: Path) -> FileReading:
        """The reading without the erased. What had to go is gone from landed/ when this returns."""
        is_marked = self.marked(job.received_at)
        with _staged() as connection:
            screened, lines, touched = self._rows(connection, reading, job, is_marked)
        was_condensed = is_condensed(job.path)
        if not touched and (was_condensed or not self._raw_holds(job.path, is_marked)):
            return reading
        if screened.status in (FileStatus.ACCEPTED, FileStatus.PARTIAL):
            used = max(0, screened.rows.used - lines)
            rows = replace(screened.rows, used=used, hidden=screened.rows.hidden + screened.rows.used - used)
            return write_condensed(self._home, replace(screened, rows=rows))
        if screened.status is FileStatus.NEEDS_MAPPING and self._reduce(job, settings, is_marked):
            from etl.reading.child import read_files

            (left,) = read_files([job], settings, folder)  # as any later run will read it
            if left.status is FileStatus.NEEDS_MAPPING:
                return left
        job.path.unlink(missing_ok=True)
        if screened.status is FileStatus.REJECTED:
            return screened
        return outcome.refused(job.name, job.sha256, InputError(job.name, REMOVED_WHOLE))

    def _raw_holds(self, path: Path, is_marked: IsMarked) -> bool:
        return raw_holds(path, is_marked) or (self._finder is not None and holds(path, self._finder))

    def _in_force(self, received_at: datetime | None) -> Iterator[Erasure]:
        for each in self._erasures:
            if each.lifted_at is None or (
                received_at is not None and _naive(received_at) <= _naive(each.lifted_at)
            ):
                yield each

    def _rows(
        self, connection: DuckDBPyConnection, reading: FileReading, job: ReadJob, is_marked: IsMarked
    ) -> tuple[FileReading, int, bool]:
        """The reading with screened rows, how many lines went, and whether anything was touched."""
        kept: list[FeedFile] = []
        touched = False
        lines: set[int] = set()
        for file in feed_files(reading):
            _take(connection, file)
            gone = self._drop(connection, file, reading, job, is_marked)
            changed = _redact(connection, file, is_marked)
            if gone or changed:
                touched = True
                lines |= gone
                file = _put(connection, file)
            connection.execute("drop table taken")
            kept.append(file)
        return (replace(reading, feeds=tuple(kept), members=()) if touched else reading), len(lines), touched

    def _drop(
        self,
        connection: DuckDBPyConnection,
        file: FeedFile,
        reading: FileReading,
        job: ReadJob,
        is_marked: IsMarked,
    ) -> set[int]:
        """Take the rows of erased people out of the table `taken`. Gives their lines."""
        feed = feed_named(file.feed)
        if not feed.has_person:
            return set()
        held = {str(row[0]) for row in connection.execute("describe taken").fetchall()}
        act = ACTS.get(file.feed)
        codes = [
            row.code
            for row in _ways(connection, held, reading.source or "", act if act in held else None)
            if self._is_out(row, job, reading, is_marked)
        ]
        if not codes:
            return set()
        connection.execute(
            "create or replace temp table code_out as select unnest($1::ubigint[]) as code", [codes]
        )
        gone = connection.execute(
            "select line from taken semi join code_out on hash(who, act) = code_out.code"
        ).fetchall()
        connection.execute("delete from taken where hash(who, act) in (select code from code_out)")
        return {int(row[0]) for row in gone}

    def _is_out(self, row: _Row, job: ReadJob, reading: FileReading, is_marked: IsMarked) -> bool:
        marks = [mark for mark in _marks(row, job.sha256) if is_marked(mark)]
        marks += _addresses_in(row, is_marked)
        if not marks:
            return False
        wanted = {hashed(self._key, mark) for mark in marks}
        held = [each for each in self._in_force(job.received_at) if each.hashes & wanted]
        return not all(self._signed_up(row, each, reading, job) for each in held)

    def _signed_up(self, row: _Row, erasure: Erasure, reading: FileReading, job: ReadJob) -> bool:
        """Whether the row is itself a new consent: a form filled in, or a membership begun, since then.

        A list that was here before says nothing of it, whatever day it names.
        """
        erased = _naive(erasure.erased_at)
        if row.act is None or _naive(job.received_at) <= erased:
            return False
        if isinstance(row.act, datetime):
            later = reading.format in FORMS and row.act > erased
        else:
            later = row.act > erased.date()
        if later and erasure.lifted_at is None:
            known = self.lifted.get(erasure.erasure_id, job.received_at)
            self.lifted[erasure.erasure_id] = min(known, job.received_at)
        return later

    def _reduce(self, job: ReadJob, settings: Settings, is_marked: IsMarked) -> bool:
        """Write a table that waits for a mapping again, as CSV, without the lines that hold the erased.

        False when it is no table after all.
        """
        from etl.reading.file import tables_of

        try:
            tables = tables_of(job.path, settings)
        except KringError:
            return False
        fullest = max(tables, key=lambda table: len(table.rows))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for row in fullest.rows:
            if not any(True for _ in found_in(" ".join(row.cells), is_marked)):
                writer.writerow(row.cells)
        write_file(job.path, text.getvalue().encode())
        sync(job.path.parent)
        return True


def raw_holds(path: Path, is_marked: IsMarked) -> bool:
    """Whether the bytes of a file, or what it holds packed, hold an erased address, profile or name."""
    try:
        return any(
            any(True for _ in found_in(text, is_marked, names=len(text) <= NAMES_UP_TO_BYTES))
            for text in _texts(path)
        )
    except SealError:
        return True  # nobody can look into it
    except READ_ERRORS:
        return False


def _texts(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PK\3\4" or is_sealed(path):
        try:
            with opened(path, key_beside(path)) as content, zipfile.ZipFile(content) as archive:
                for info in archive.infolist():
                    yield TAG.sub(" ", _decoded(archive.read(info)))
            return
        except SealError:
            raise
        except READ_ERRORS:
            pass  # damaged: what can be read without unpacking it is looked through
    yield _decoded(path.read_bytes())


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:200].count(0) > 40:
        encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-16-le", "utf-16-be"]
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _marks(row: _Row, sha256: str) -> Iterator[str]:
    for key in row.keys:
        yield key
        if row.name:
            yield f"{key}{BETWEEN}{normal_name(row.name)}"
    if not row.keys and row.name:
        name = normal_name(row.name)
        yield f"named:{name}"
        yield f"name:{sha256}:{name}"
        if (alone := name_alone(row.name)) != row.name:
            yield f"named:{normal_name(alone)}"


def _addresses_in(row: _Row, is_marked: IsMarked) -> list[str]:
    """Marked addresses that stand beside other text: two in one cell, or one in place of a name or number."""
    held = [row.external, *(() if row.email else (row.name,))]
    if row.email and re.search(NOT_ONE_ADDRESS, row.email):
        held.append(row.email)
    return [
        each.mark for text in held if text and "@" in text for each in found_in(text, is_marked, names=False)
    ]


def _staged() -> DuckDBPyConnection:
    """A database in memory that knows keys as the build does."""
    connection = scratch()
    connection.execute("attach ':memory:' as staging")
    for function in SQL_FUNCTIONS:
        connection.execute(function.statement)
    return connection


def _take(connection: DuckDBPyConnection, file: FeedFile) -> None:
    """The typed rows as the table `taken`, each with its line and part and the order they came in."""
    relation = f"read_parquet({quote_text(str(file.path))}, file_row_number = true)"
    held = [str(row[0]) for row in connection.execute(f"describe from {relation}").fetchall()]
    line = "" if "line" in held else f", file_row_number + {_first_line(connection, file.path)} as line"
    part = "" if "part" in held else ", 0::bigint as part"
    connection.execute(f"create or replace table taken as select *{line}{part} from {relation}")
    fields = [quote_name(field) for field in KEY_FIELDS if field in held]
    connection.execute("alter table taken add column who ubigint")
    connection.execute("alter table taken add column act varchar")
    who = f"hash({', '.join(fields)})" if fields else "0"
    act = ACTS.get(file.feed)
    acted = f"{quote_name(str(act))}::varchar" if act in held else "null"
    connection.execute(f"update taken set who = {who}, act = {acted}")


def _first_line(connection: DuckDBPyConnection, path: Path) -> int:
    """The line of the first of typed rows that stand on consecutive lines."""
    found = connection.execute(
        f"select decode(value)::bigint from parquet_kv_metadata({quote_text(str(path))})"
        f" where decode(key) = {quote_text(FIRST_LINE)}"
    ).fetchone()
    return int(found[0]) if found else 1


def _ways(connection: DuckDBPyConnection, held: set[str], source: str, act: str | None) -> Iterator[_Row]:
    """Every way of writing a person among the rows of `taken`."""
    field = {
        name: f"any_value({quote_name(name)})" if name in held else "null::varchar" for name in KEY_FIELDS
    }
    acted = f"any_value({quote_name(act)})" if act else "null"
    rows = connection.cursor().execute(
        f"""
        select
            hash(who, act),
            staging.email_key({field["email"]}),
            staging.linkedin_key({field["linkedin_url"]}),
            staging.external_key({quote_text(source)}, {field["external_id"]}),
            staging.name_of({field["full_name"]}, {field["given_name"]}, {field["family_name"]}), {acted}
        from taken
        group by who, act
        """
    )
    while found := rows.fetchmany(10_000):
        for row in found:
            yield _Row(*row)


def _redact(connection: DuckDBPyConnection, file: FeedFile, is_marked: IsMarked) -> bool:
    """Take marked places out of every text that is no name or key of a person. True when there were any."""
    held = {str(row[0]) for row in connection.execute("describe taken").fetchall()}
    changed = False
    for column in feed_named(file.feed).columns:
        if column.type is not ColumnType.TEXT or column.name in KEY_FIELDS or column.name not in held:
            continue
        name = quote_name(column.name)
        texts = connection.execute(f"select distinct {name} from taken where {name} is not null").fetchall()
        pairs = [(text, after) for (text,) in texts if (after := redacted(text, is_marked)) != text]
        if pairs:
            changed = True
            connection.execute("create or replace temp table put (was varchar, new varchar)")
            connection.execute(
                "insert into put select unnest($1::varchar[]), unnest($2::varchar[])",
                [[before for before, _ in pairs], [after for _, after in pairs]],
            )
            connection.execute(f"update taken set {name} = put.new from put where taken.{name} = put.was")
    return changed


def _put(connection: DuckDBPyConnection, file: FeedFile) -> FeedFile:
    """The rows that are left, in a file of their own."""
    target = file.path.with_name(f"{file.path.stem}-screened.parquet")
    held = {str(row[0]) for row in connection.execute("describe taken").fetchall()}
    extra = [name for name in ("who", "act", "file_row_number") if name in held]
    connection.execute(
        f"copy (select * exclude ({', '.join(extra)}) from taken order by line, part)"
        f" to {quote_text(str(target))} (format parquet)"
    )
    row = connection.execute("select count(*) from taken").fetchone()
    file.path.unlink(missing_ok=True)
    return FeedFile(file.feed, target, int(row[0]) if row else 0)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
