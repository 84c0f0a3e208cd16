"""One file, from its bytes to typed rows and what is said about it. Runs in the limited child."""

from __future__ import annotations

import gc
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from etl.errors import InputError, KringError
from etl.reading import private_mail
from etl.reading.archive import holds_members, members, private_members, read_member
from etl.reading.convert import Converted, to_parquet
from etl.reading.delimited import read_delimited, refusal
from etl.reading.document import is_document, read_document
from etl.reading.json_text import read_json
from etl.reading.large import LARGE_BYTES, most_bytes, read_large
from etl.reading.sniff import FileKind, sniff
from etl.reading.spreadsheet import read_spreadsheet
from etl.sources import outcome
from etl.sources.date_order import OrderUnknown
from etl.sources.identify import TABLE_FORMAT, Identified, ask_order, mapping_fingerprint, read_source
from etl.sources.mapping import mapping_for, normal_heading
from etl.sources.reading import FileReading
from etl.sources.source import FeedRows, NeedsMapping, Reject, SourceResult

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.reading.table import TextTable
    from etl.settings import Settings, TableMapping
    from etl.sources.summary import Summary

LACKS = re.compile(r"no (\w+(?: or \w+)*), which an? \w+ cannot do without")  # as etl.reading.convert says it
HEADING_ROWS = 1_000  # so far down may a second heading row of a report stand
LONGEST_HEADING = 100


@dataclass(frozen=True)
class ReadJob:
    """One file to read: where its bytes are, and the name and moment it was received under.

    `is_counted`: also count people, meetings and the like, as `kring inspect` shows; loading does without.
    """

    path: Path
    name: str
    sha256: str
    received_at: datetime
    is_counted: bool = True


@dataclass(frozen=True)
class Understood:
    """A file that a source knows: its tables, and what the source reads in them, as text still."""

    job: ReadJob
    tables: tuple[TextTable, ...]
    found: Identified

    def parts(self, folder: Path) -> list[tuple[FeedRows, Path]]:
        """The rows of each feed, and the file for what they become."""
        return [
            (rows, _target(folder, self.job.sha256, number))
            for number, rows in enumerate(self.found.result.feeds)
            if rows.rows
        ]


def read_file(
    job: ReadJob,
    settings: Settings,
    scratch: DuckDBPyConnection,
    folder: Path,
    large_bytes: int = LARGE_BYTES,
) -> FileReading:
    """Read one file. Whatever is wrong with it is said in the result; nothing it holds can raise."""
    try:
        with undisturbed():
            found = understand(job, settings, scratch, folder, large_bytes)
            return found if isinstance(found, FileReading) else _converted(found, settings, scratch, folder)
    except KringError as error:
        return outcome.refused(job.name, job.sha256, error)
    except MemoryError:
        return outcome.refused(job.name, job.sha256, too_costly(job.name, "memory"))
    except duckdb.Error as error:
        kind = "memory" if isinstance(error, duckdb.OutOfMemoryException) else type(error).__name__
        return outcome.refused(job.name, job.sha256, too_costly(job.name, kind))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the search for garbage, which goes through millions of cells again and again and finds none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def too_costly(name: str, what: str) -> InputError:
    """The refusal of a file that needs more than its reader may use."""
    return InputError(
        name, f"its reader was stopped ({what})", "a file within the limits", "Split it, or export it again.",
    )  # fmt: skip


def understand(
    job: ReadJob,
    settings: Settings,
    scratch: DuckDBPyConnection,
    folder: Path,
    large_bytes: int = LARGE_BYTES,
) -> Understood | FileReading:
    """What a source makes of a file; or the whole of it, where there is no more to say or it is read apart.

    Raises KringError where the file must be refused.
    """
    mapping = mapping_for(job.name, settings)
    size = job.path.stat().st_size
    if size > most_bytes(mapping, settings):
        raise InputError(
            job.name, f"{size // 1_000_000:,} MB",
            f"at most {most_bytes(mapping, settings) // 1_000_000:,} MB",
            "Raise max_rows in its mapping, or limits.file_bytes in kring.toml, when the file is right.",
        )  # fmt: skip
    if is_document(job.path):
        return _understood(job, (read_document(job.path, settings.limits),), settings)
    if private_mail.is_private_mail(job.path):
        return outcome.skipped(job.name, job.sha256, private_mail.REASON)
    kind = sniff(job.path)
    if kind is FileKind.ZIP:
        return _read_archive(job, settings, scratch, folder, large_bytes)
    if mapping is not None and kind.is_text and size > large_bytes and not mapping.asks_several:
        return _read_large(job, kind, mapping, settings, scratch, folder)
    return _understood(job, _tables(job.path, kind, settings), settings)


def _words(mapping: TableMapping) -> dict[str, str]:
    """The heading of each field that one column of a mapped table means."""
    fields = [field for _, field in mapping.whole]
    return {field: heading for heading, field in mapping.whole if fields.count(field) == 1}


def _headed(
    rejects: Sequence[Reject], headings: Mapping[str, str], tables: Sequence[TextTable] = ()
) -> tuple[Reject, ...]:
    """What was refused, with every column called as the file itself calls it, capitals and all."""
    columns = {reject.column for reject in rejects if reject.column}
    named = {column: headings.get(column, column) for column in columns}
    wanted = {normal_heading(name) for name in named.values()}
    written: dict[str, str] = {}
    for row in (row for table in tables if wanted for row in table.rows[:HEADING_ROWS]):
        for cell in row.cells:
            if len(cell) <= LONGEST_HEADING and normal_heading(cell) in wanted:
                written.setdefault(normal_heading(cell), " ".join(cell.replace("\ufeff", "").split()))
    names = {column: written.get(normal_heading(name), name) for column, name in named.items()}
    return tuple(replace(each, column=names[each.column]) if each.column else each for each in rejects)


def _said_lacking(rejects: Sequence[Reject], headings: Mapping[str, str]) -> tuple[Reject, ...]:
    """What a row of a mapped table lacks, with the column where it should stand, if there is a single one."""
    named = []
    for each in rejects:
        lacks = LACKS.match(each.reason) if each.column is None else None
        columns = [headings[field] for field in lacks[1].split(" or ") if field in headings] if lacks else []
        named.append(replace(each, column=columns[0]) if len(columns) == 1 else each)
    return tuple(named)


def _understood(job: ReadJob, tables: tuple[TextTable, ...], settings: Settings) -> Understood | FileReading:
    found = read_source(job.name, tables, settings)
    if isinstance(found, NeedsMapping):
        return outcome.unmapped(job.name, job.sha256, found)
    return Understood(job, tables, found)


def _converted(
    understood: Understood, settings: Settings, scratch: DuckDBPyConnection, folder: Path
) -> FileReading:
    zone, job, found = settings.network.time_zone, understood.job, understood.found
    converted = [to_parquet(scratch, rows, zone, path) for rows, path in understood.parts(folder)]
    summary = outcome.summary_of(found, converted, scratch, settings, job.is_counted)
    return told(understood, converted, settings, summary)


def told(
    understood: Understood, converted: Sequence[Converted], settings: Settings, summary: Summary
) -> FileReading:
    """What is said about a file of which the rows were converted."""
    job, tables, found = understood.job, understood.tables, understood.found
    cut = tuple(reject for table in tables for reject in table.rejects)
    mapping = mapping_for(job.name, settings)
    is_mapped = mapping is not None and found.source == mapping.name
    words = _words(mapping) if mapping and is_mapped else found.result.headings
    if is_mapped:
        converted = [replace(one, rejects=_said_lacking(one.rejects, words)) for one in converted]
    result = replace(found.result, rejects=_headed(found.result.rejects, words, tables))
    named = [replace(one, rejects=_headed(one.rejects, words, tables)) for one in converted]
    return outcome.used(job.name, job.sha256, replace(found, result=result), cut, named, summary)


def tables_of(path: Path, settings: Settings) -> tuple[TextTable, ...]:
    """The tables of a file, as text. Raises InputError when it holds none."""
    if is_document(path):
        return (read_document(path, settings.limits),)
    return _tables(path, sniff(path), settings)


def _tables(path: Path, kind: FileKind, settings: Settings) -> tuple[TextTable, ...]:
    if kind in (FileKind.XLSX, FileKind.XLS):
        return read_spreadsheet(path, settings.limits)
    if kind is FileKind.JSON:
        return (read_json(path, settings.limits),)
    if kind.is_text:
        return (read_delimited(path, settings.limits, kind),)
    raise refusal(kind)


def _read_large(
    job: ReadJob,
    kind: FileKind,
    mapping: TableMapping,
    settings: Settings,
    scratch: DuckDBPyConnection,
    folder: Path,
) -> FileReading:
    try:
        large = read_large(job.path, kind, mapping, settings, scratch, _target(folder, job.sha256, 0))
    except OrderUnknown as unknown:
        return outcome.unmapped(job.name, job.sha256, ask_order(mapping, unknown, settings))
    identified = Identified(
        TABLE_FORMAT, mapping.name, mapping_fingerprint(mapping, settings), SourceResult((), large.rows_read)
    )
    words = _words(mapping)
    refused = _headed(_said_lacking(large.converted.rejects, words), words)
    converted: Sequence[Converted] = (replace(large.converted, rejects=refused),)
    summary = outcome.summary_of(identified, converted, scratch, settings, job.is_counted)
    return outcome.used(job.name, job.sha256, identified, (), converted, summary)


def _read_archive(
    job: ReadJob, settings: Settings, scratch: DuckDBPyConnection, folder: Path, large_bytes: int
) -> FileReading:
    """The members that are read, each as a file of its own."""
    readings = []
    private = private_members(job.path, settings.limits)
    if private and not holds_members(job.path):
        return outcome.skipped(job.name, job.sha256, private_mail.REASON)
    for member in members(job.path, settings.limits):
        content = read_member(job.path, member, settings.limits)
        path = folder / f"member-{hashlib.sha256(content).hexdigest()}"
        path.write_bytes(content)
        inner = replace(job, path=path, name=member.name, sha256=path.name.removeprefix("member-"))
        readings.append(read_file(inner, settings, scratch, folder, large_bytes))
        path.unlink()
    found = outcome.archive(job.name, job.sha256, readings)
    return replace(found, warnings=(*found.warnings, private_mail.WARNING)) if private else found


def _target(folder: Path, sha256: str, number: int) -> Path:
    return folder / f"{sha256}-{number}.parquet"
