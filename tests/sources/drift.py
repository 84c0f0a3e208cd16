"""Changes that an export may undergo, made to real samples: columns, headings, dates, cuts and emptiness."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import xlsxwriter
from duckdb import DuckDBPyConnection

from etl.reading.delimited import decode, find_dialect, with_doubled_quotes
from etl.reading.file import ReadJob, read_file, tables_of
from etl.reading.sniff import FileKind, sniff
from etl.settings import Settings
from etl.sources.reading import FileReading
from etl.sources.stamps import worded_date

FORMS = ("google_forms", "microsoft_forms", "limesurvey")
STRANGE = "Qwertyuiop"
ADDED, ADDED_VALUE = "Nieuwe kolom", "abc"
NONSENSE = "???"
DUTCH = {
    "name": "Naam", "full name": "Naam", "first name": "Voornaam", "last name": "Achternaam",
    "email": "E-mailadres", "email address": "E-mailadres", "date": "Datum", "role": "Rol",
    "company": "Bedrijf", "position": "Functie", "order date": "Besteldatum", "timestamp": "Tijdstempel",
}  # fmt: skip
ISO_DAY = re.compile(r"(20\d\d)-(\d\d)-(\d\d)(?=$|[ T])")
Rows = list[list[str]]
Value = object
Fact = tuple[str, tuple[tuple[str, Value], ...]]


@dataclass(frozen=True)
class Export:
    """A sample as sheets of cells, or as one text; `delimiter` is None for a workbook."""

    path: Path
    sheets: tuple[tuple[str, Rows], ...]
    delimiter: str | None

    def copy(self) -> Export:
        """The same cells, to change."""
        return replace(self, sheets=tuple((name, [list(row) for row in rows]) for name, rows in self.sheets))

    def write(self, path: Path) -> None:
        """As its tool would save it."""
        if self.delimiter is not None:
            text = io.StringIO()
            csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n").writerows(self.sheets[0][1])
            path.write_bytes(text.getvalue().encode())
            return
        options = {"strings_to_urls": False, "strings_to_formulas": False}
        with xlsxwriter.Workbook(str(path), options) as book:
            for name, rows in self.sheets:
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    for place, cell in enumerate(row):
                        if cell:
                            sheet.write_string(number, place, cell)


@dataclass(frozen=True)
class Block:
    """One table within a sheet: its heading row and where it ends."""

    sheet: int
    start: int
    end: int


@dataclass(frozen=True)
class Change:
    """A changed export. `column` is the heading that was touched, when one was."""

    kind: str
    export: Export
    column: str | None = None


def export_of(path: Path, settings: Settings) -> Export:
    """A sample, cut into cells by Kring's own reader."""
    kind = sniff(path)
    tables = tables_of(path, settings)
    sheets = tuple((table.name, [list(row.cells) for row in table.rows]) for table in tables)
    if kind in (FileKind.XLSX, FileKind.XLS):
        return Export(path, sheets, None)
    (name, rows), width = sheets[0], len(sheets[0][1][0])
    if all(len(row) <= width for row in rows) and path.parent.name in FORMS:  # cells at the end may lack
        sheets = ((name, [[*row, *[""] * (width - len(row))] for row in rows]),)
    return Export(path, sheets, find_dialect(with_doubled_quotes(decode(path, kind))).delimiter)


def blocks(export: Export) -> Iterator[Block]:
    """Runs of equally wide rows, of a workbook what stands below the first wide row of a sheet."""
    for number, (_, rows) in enumerate(export.sheets):
        if export.delimiter is None:
            widths = [sum(1 for cell in row if cell.strip()) for row in rows[:30]]
            most = max(widths, default=0)
            start = next((at for at, width in enumerate(widths) if width >= max(2, most * 0.6)), None)
            if start is not None:
                yield Block(number, start, len(rows))
            continue
        start = 0
        for end in range(1, len(rows) + 1):
            if end == len(rows) or len(rows[end]) != len(rows[start]):
                if sum(1 for cell in rows[start] if cell.strip()) > 2:
                    yield Block(number, start, end)
                start = end


def changes(export: Export, chance: random.Random, most_columns: int | None) -> Iterator[Change]:
    """Every kind of change, to each table of the file; `most_columns` of each table when that is given."""
    for block in blocks(export):
        heading = export.sheets[block.sheet][1][block.start]
        width = len(heading)
        order = chance.sample(range(width), width)
        yield Change("reorder", _reordered(export, block, order))
        for place in (0, width // 2, width):
            yield Change("add", _with_column(export, block, place))
        yield Change("heading only", _cut(export, block))
        places = [place for place in range(width) if heading[place].strip()]
        for place in (
            places if most_columns is None else chance.sample(places, min(most_columns, len(places)))
        ):
            yield from _column_changes(export, block, place)
    yield Change("preamble", _with_preamble(export))
    yield Change("dates", _other_dates(export))
    if export.delimiter is not None:
        for delimiter in set(",;\t|") - {export.delimiter}:
            yield Change("delimiter", replace(export, delimiter=delimiter))
    yield Change("empty", replace(export, sheets=((export.sheets[0][0], []),), delimiter=","))


def _column_changes(export: Export, block: Block, place: int) -> Iterator[Change]:
    heading = export.sheets[block.sheet][1][block.start][place]
    dutch = DUTCH.get(" ".join(heading.split()).casefold())
    yield Change("drop", _each_row(export, block, lambda row, _: row[:place] + row[place + 1 :]), heading)
    yield Change("rename", _with_heading(export, block, place, STRANGE), heading)
    if dutch:
        yield Change("translate", _with_heading(export, block, place, dutch), heading)
    yield Change(
        "double",
        _each_row(export, block, lambda row, is_heading: [*row, heading if is_heading else "zzz"]),
        heading,
    )
    yield Change(
        "type",
        _each_row(
            export, block,
            lambda row, is_heading: row if is_heading or not row[place].strip()
            else [*row[:place], NONSENSE, *row[place + 1 :]],
        ),
        heading,
    )  # fmt: skip


def _reordered(export: Export, block: Block, order: Sequence[int]) -> Export:
    return _each_row(export, block, lambda row, _: [row[place] for place in order])


def _with_column(export: Export, block: Block, place: int) -> Export:
    def longer(row: list[str], is_heading: bool) -> list[str]:
        return [*row[:place], ADDED if is_heading else ADDED_VALUE, *row[place:]]

    return _each_row(export, block, longer)


def _each_row(export: Export, block: Block, change: Callable[[list[str], bool], list[str]]) -> Export:
    changed = export.copy()
    rows = changed.sheets[block.sheet][1]
    for at in range(block.start, block.end):
        rows[at] = change(rows[at], at == block.start)
    return changed


def _with_heading(export: Export, block: Block, place: int, heading: str) -> Export:
    changed = export.copy()
    changed.sheets[block.sheet][1][block.start][place] = heading
    return changed


def _cut(export: Export, block: Block) -> Export:
    changed = export.copy()
    del changed.sheets[block.sheet][1][block.start + 1 : block.end]
    return changed


def _with_preamble(export: Export) -> Export:
    changed = export.copy()
    rows = changed.sheets[0][1]
    width = len(rows[0]) if rows and export.delimiter is None else 1
    rows[0:0] = [["Rapport van de afdeling", *[""] * (width - 1)], [""] * (width - 1)]
    return changed


def _other_dates(export: Export) -> Export:
    """ISO days as Dutch Excel shows them, English words as ISO."""
    changed = export.copy()
    for _, rows in changed.sheets:
        for row in rows:
            row[:] = [worded_date(cell) or ISO_DAY.sub(r"\3-\2-\1", cell) for cell in row]
    return changed


def json_changes(path: Path, chance: random.Random, most: int | None) -> Iterator[tuple[str, str, bytes]]:
    """A JSON export with one of its names gone, or called something else."""
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    names = sorted(set(_names(document)))
    for name in names if most is None else chance.sample(names, min(most, len(names))):
        for kind, to in (("drop", None), ("rename", STRANGE)):
            yield kind, name, json.dumps(_renamed(document, name, to)).encode()


def _names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


def _renamed(value: object, name: str, to: str | None) -> object:
    if isinstance(value, list):
        return [_renamed(each, name, to) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _renamed(each, name, to) for key, each in value.items() if key != name}
    return {**kept, to: value[name]} if to and name in value else kept


class Bench:
    """Reads files and keeps what they say."""

    def __init__(self, settings: Settings, database: DuckDBPyConnection, folder: Path) -> None:
        self.settings, self.database, self.folder = settings, database, folder
        self.read_count = 0

    def read(self, path: Path, name: str) -> tuple[FileReading, Counter[Fact]]:
        """What Kring makes of it, and its rows without their lines."""
        self.read_count += 1  # a path of its own each time: DuckDB may remember what an earlier file held
        job = ReadJob(path, name, f"{self.read_count:064x}", datetime(2026, 11, 21), is_counted=False)
        reading = read_file(job, self.settings, self.database, self.folder)
        facts: Counter[Fact] = Counter()
        for file in reading.feeds:
            found = self.database.execute("FROM read_parquet($1)", [str(file.path)])
            columns = [each[0] for each in found.description or ()]
            for row in found.fetchall():
                told = sorted(
                    (name, value)
                    for name, value in zip(columns, row, strict=True)
                    if value is not None and name not in ("line", "part")
                )
                facts[file.feed, tuple(told)] += 1
            file.path.unlink()
        return reading, facts
