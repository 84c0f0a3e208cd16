"""Many small files at once: to plan the SQL that types twenty rows costs far more than to run it.

Each file is read and understood by itself. Then the rows of all that have the same columns, written in the
same way, are typed by one statement, and each file gets its own Parquet file and its own reading, as when it
is read alone. Whatever goes wrong raises: the caller then reads the files one by one.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import KringError
from etl.reading.convert import (
    LACKS_FIRST_GROUP,
    MOST_REJECTS_KEPT,
    PLACE,
    TIMED,
    Converted,
    Reading,
    make_typed,
    number_fields,
    registered,
    reject,
    shown_mark_sql,
)
from etl.reading.file import ReadJob, Understood, told, understand, undisturbed
from etl.sources import outcome
from etl.sources.reading import Counts, FileReading
from etl.sources.summary import Summary, date_range, days_of, ends_of
from etl.warehouse import quote_name, quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from etl.settings import Settings
    from etl.sources.source import FeedRows

FILE = "file_number"


@dataclass(frozen=True)
class _Typed:
    """What became of the rows of one feed of one file, and the days that they are of."""

    converted: Converted
    days: tuple[str, ...]


def read_together(
    jobs: Sequence[ReadJob], settings: Settings, scratch: DuckDBPyConnection, folder: Path
) -> list[FileReading]:
    """What `read_file` says of each of these files, in their order; nothing is counted within a file."""
    with undisturbed():
        found = [_understood(job, settings, scratch, folder) for job in jobs]
        parts = [part for each in found if isinstance(each, Understood) for part in each.parts(folder)]
        typed = iter(_typed(scratch, parts, settings.network.time_zone, folder))
    readings = []
    for each in found:
        if isinstance(each, Understood):
            feeds = [next(typed) for _ in each.parts(folder)]
            readings.append(_told(each, feeds, settings))
        else:
            readings.append(each)
    return readings


def _understood(
    job: ReadJob, settings: Settings, scratch: DuckDBPyConnection, folder: Path
) -> Understood | FileReading:
    try:
        return understand(job, settings, scratch, folder)
    except KringError as error:
        return outcome.refused(job.name, job.sha256, error)


def _told(understood: Understood, feeds: Sequence[_Typed], settings: Settings) -> FileReading:
    result = understood.found.result
    last = {each.converted.feed.name: each.days for each in feeds}  # of two parts of a feed the last counts
    days = [day for each in last.values() for day in each]
    dates = date_range(days, result.seen, settings.network.time_zone)
    summary = Summary(Counts(), dates, result.sessions, ())
    return told(understood, [each.converted for each in feeds], settings, summary)


def _typed(
    scratch: DuckDBPyConnection, parts: Sequence[tuple[FeedRows, Path]], zone: str, folder: Path
) -> list[_Typed]:
    """Every part, in the order given."""
    alike: dict[object, list[int]] = defaultdict(list)
    for number, (rows, _) in enumerate(parts):
        alike[rows.feed.name, rows.columns, tuple(sorted(rows.shapes.items()))].append(number)
    done: dict[int, _Typed] = {}
    for numbers in alike.values():
        group = [parts[number] for number in numbers]
        done.update(zip(numbers, _group(scratch, group, zone, folder), strict=True))
    return [done[number] for number in range(len(parts))]


def _group(
    scratch: DuckDBPyConnection, parts: Sequence[tuple[FeedRows, Path]], zone: str, folder: Path
) -> list[_Typed]:
    """Parts with the same columns; those that write numbers in the same way go through one statement."""
    first = parts[0][0]
    done: dict[int, _Typed] = {}
    with registered(scratch, [rows for rows, _ in parts]) as relation:
        same: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
        for number, marks in enumerate(_marks(scratch, first, len(parts), relation)):
            same[tuple(sorted(marks.items()))].append(number)
        for written, numbers in same.items():
            plain = Reading(first.feed, first.columns, first.shapes, zone, dict(written), is_plain=True)
            _make(scratch, plain, relation, numbers)
            given = {number: parts[number] for number in numbers}
            done.update(_collect(scratch, plain, given, folder))
    return [done[number] for number in range(len(parts))]


def _marks(scratch: DuckDBPyConnection, rows: FeedRows, count: int, relation: str) -> list[dict[str, str]]:
    """The decimal mark of each column of numbers in each file: of the first value that shows it."""
    marks: list[dict[str, str]] = [{} for _ in range(count)]
    for field in number_fields(rows.feed, rows.columns):
        numbered = f"SELECT *, row_number() OVER () AS place FROM {relation}"
        found = scratch.execute(
            f"SELECT {FILE}, arg_min(mark, place) FROM (SELECT *, {shown_mark_sql(field)} AS mark "
            f"FROM ({numbered})) WHERE mark IS NOT NULL GROUP BY {FILE}"
        ).fetchall()
        for number, mark in found:
            marks[int(number)][field] = str(mark)
    return marks


def _make(scratch: DuckDBPyConnection, plain: Reading, relation: str, numbers: Sequence[int]) -> None:
    """Make the table `typed` of these files; of those that do not write every date the usual way, anew."""
    kept = (FILE, *PLACE)
    make_typed(scratch, plain, _of(relation, numbers), kept)
    if not plain.typed(TIMED):
        return
    found = scratch.execute(
        f"SELECT DISTINCT {FILE} FROM typed WHERE refused BETWEEN 1 AND {LACKS_FIRST_GROUP - 1}"
    ).fetchall()
    if not found:
        return
    unusual = sorted(int(number) for (number,) in found)
    make_typed(scratch, replace(plain, is_plain=False), _of(relation, unusual), kept, "typed_anew")
    scratch.execute(f"DELETE FROM typed WHERE {FILE} IN ({_listed(unusual)})")
    scratch.execute("INSERT INTO typed BY NAME FROM typed_anew")
    scratch.execute("DROP TABLE typed_anew")


def _of(relation: str, numbers: Sequence[int]) -> str:
    return f"(SELECT * FROM {relation} WHERE {FILE} IN ({_listed(numbers)}))"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _collect(
    scratch: DuckDBPyConnection, reading: Reading, parts: Mapping[int, tuple[FeedRows, Path]], folder: Path
) -> dict[int, _Typed]:
    """Hand over the table `typed`: what was refused of each file, its days, and its rows in a file."""
    refused: dict[int, list[tuple[int, int]]] = defaultdict(list)
    codes = f"SELECT {FILE}, line, refused FROM typed WHERE refused <> 0 ORDER BY {FILE}, line"
    for number, line, code in scratch.execute(codes).fetchall():
        refused[int(number)].append((int(line), int(code)))
    days = _days(scratch, reading)
    _write(scratch, reading, {number: path for number, (_, path) in parts.items()}, folder)
    scratch.execute("DROP TABLE typed")
    return {
        number: _Typed(
            Converted(
                reading.feed, path, len(rows.rows) - len(refused[number]), len(refused[number]),
                tuple(reject(reading, *each) for each in refused[number][:MOST_REJECTS_KEPT]),
            ),
            days.get(number, ()),
        )
        for number, (rows, path) in parts.items()
    }  # fmt: skip


def _days(scratch: DuckDBPyConnection, reading: Reading) -> dict[int, tuple[str, ...]]:
    feed = reading.feed.name
    names, ends = ends_of(feed, reading.stored)
    if not names:
        return {}
    found = scratch.execute(f"SELECT {FILE}, {ends} FROM typed WHERE refused = 0 GROUP BY {FILE}").fetchall()
    return {int(number): tuple(days_of(feed, names, each, reading.zone)) for number, *each in found}


def _write(scratch: DuckDBPyConnection, reading: Reading, paths: Mapping[int, Path], folder: Path) -> None:
    """One Parquet file for each file, also where none of its rows is left."""
    aside = folder / "together"
    names = ", ".join(quote_name(name) for name in (*PLACE, *reading.stored))
    scratch.execute(
        f"COPY (SELECT {names}, {FILE} FROM typed WHERE refused = 0) TO {quote_text(str(aside))} "
        f"(FORMAT parquet, PARTITION_BY ({FILE}))"
    )
    for number, path in paths.items():
        part = aside / f"{FILE}={number}"
        if part.exists():
            (written,) = part.iterdir()
            written.rename(path)
        else:
            scratch.execute(
                f"COPY (SELECT {names} FROM typed WHERE false) TO {quote_text(str(path))} (FORMAT parquet)"
            )
    shutil.rmtree(aside, ignore_errors=True)
