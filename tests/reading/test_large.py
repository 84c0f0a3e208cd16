"""A large table is read by DuckDB when its bytes are clean, else by the strict reader: the same rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from etl.errors import InputError
from etl.reading import large
from etl.reading.file import ReadJob, read_file
from etl.reading.large import read_large
from etl.reading.sniff import FileKind
from etl.schema.feeds import ATTENDANCE, EVENT, Feed
from etl.settings import Limits, Settings, TableMapping
from etl.sources.reading import FileReading
from etl.sources.source import FileStatus
from etl.warehouse import scratch

SHEETS = TableMapping(
    "presence", "presence*.csv", ATTENDANCE,
    (("Wie", "email"), ("Naam", "full_name"), ("Wat", "event_id"), ("Binnen", "joined_at"),
     ("Min", "minutes")),
    constants=(("role", "attendee"),), max_rows=1_000_000,
)  # fmt: skip
AGENDA = TableMapping(
    "agenda", "agenda*.csv", EVENT, (("Titel", "title"), ("Begin", "starts_at"), ("Aantal", "headcount"))
)
HEADING = "Wie,Naam,Wat,Binnen,Min,Extra\n"
CLEAN = [
    "{n}@example.org,Jan van den Berg,E{n},2026-03-16 14:00:00,45,x",
    "{n}@example.org,Zoë,E{n},2026-10-25 02:30:00,1.5,",
    "{n}@example.org,Łukasz,E{n},2026-07-01,,y",
    "{n}@example.nl,,E{n},,12,",
]
QUOTED = ['{n}@example.org,"Berg, Jan ""J."" van den",E{n},2026-03-16 14:00:00,"45",x', '"",,"","",,""']
AWKWARD = [
    " {n}@example.org ,\u00a0An\u00a0,E{n},2026-03-16T14:00:00Z,45 ,x",
    "{n}@example.org,An,E{n},16 mrt 2026 14:00,45,x",
    ",,,,,",
    ", , ,,,",
    ",,,,,only what is not mapped",
    "{n}@example.org,An,,2026-03-16 14:00:00,45,x",
    "{n}@example.org,An,E{n},2026-03-29 02:30:00,45,x",
    "{n}@example.org,An,E{n},morgen,45,x",
    "{n}@example.org,An,E{n},2026-03-16 14:00:00,veel,x",
]
BROKEN = [
    '{n}@example.org,"An\nna",E{n},2026-03-16 14:00:00,45,x',
    '{n}@example.org,the "good" one,E{n},2026-03-16 14:00:00,45,x',
    "{n}@example.org,short,E{n}",
    "{n}@example.org,long,E{n},2026-03-16 14:00:00,45,x,y,z",
    '{n}@example.org,"never closed,E{n},2026-03-16 14:00:00,45,x',
    "{n}@example.org,nul\0,E{n},2026-03-16 14:00:00,45,x",
    "",
]


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDBPyConnection]:
    with scratch(threads=2) as connection:
        yield connection


def lines(kinds: list[str], count: int, seed: int) -> str:
    chance = random.Random(seed)
    return "".join(chance.choice(kinds).format(n=number) + "\n" for number in range(count))


def both(
    database: DuckDBPyConnection, tmp_path: Path, content: bytes, mapping: TableMapping = SHEETS
) -> tuple[FileReading, FileReading]:
    """The same bytes as a small file and as a large one."""
    path = tmp_path / f"{mapping.name}.csv"
    path.write_bytes(content)
    job = ReadJob(path, path.name, "0" * 64, datetime(2026, 11, 21))
    readings = []
    for name, size in (("small", 10**9), ("large", 0)):
        folder = tmp_path / name
        folder.mkdir()
        readings.append(read_file(job, Settings(tables=(mapping,)), database, folder, large_bytes=size))
    return readings[0], readings[1]


def rows(database: DuckDBPyConnection, reading: FileReading, feed: Feed) -> list[tuple[object, ...]]:
    if not reading.feeds:
        return []
    (file,) = reading.feeds
    names = ", ".join(column.name for column in feed.columns if column.name in _held(database, file.path))
    source = f"read_parquet('{file.path}', file_row_number = true)"
    line = "line" if "line" in _held(database, file.path) else "file_row_number + 2"
    return database.execute(f"SELECT {line}, {names} FROM {source} ORDER BY ALL").fetchall()


def _held(database: DuckDBPyConnection, path: Path) -> list[str]:
    return [row[0] for row in database.execute(f"DESCRIBE FROM read_parquet('{path}')").fetchall()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("clean", HEADING + lines(CLEAN, 300, 1)),
        ("no end of line", HEADING + lines(CLEAN, 30, 2).rstrip("\n")),
        ("windows", (HEADING + lines(CLEAN, 300, 3)).replace("\n", "\r\n")),
        ("bom", "\ufeff" + HEADING + lines(CLEAN, 30, 4)),
        ("quoted", HEADING + lines(CLEAN + QUOTED, 300, 5)),
        ("awkward", HEADING + lines(CLEAN + QUOTED + AWKWARD, 400, 6)),
        ("broken", HEADING + lines(CLEAN + QUOTED + AWKWARD + BROKEN, 400, 7)),
        ("mixed ends", HEADING + lines(CLEAN, 30, 8) + lines(CLEAN, 30, 9).replace("\n", "\r\n")),
    ],
)
def test_both_paths_give_the_same(
    database: DuckDBPyConnection, tmp_path: Path, name: str, content: str
) -> None:
    small, big = both(database, tmp_path, content.encode())
    assert rows(database, small, ATTENDANCE) == rows(database, big, ATTENDANCE)
    assert len(rows(database, small, ATTENDANCE)) == small.rows.used > 20
    same = ("status", "rows", "rejects", "counts", "dates", "format", "source", "fingerprint")
    assert [getattr(small, each) for each in same] == [getattr(big, each) for each in same]
    if name in ("awkward", "broken"):
        assert small.status is FileStatus.PARTIAL


def test_random_tables_give_the_same(
    database: DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "CHECKED_BYTES", 1000)
    monkeypatch.setattr(large, "PROMISING_CHUNKS", 1)
    chance = random.Random(42)
    kinds = CLEAN + QUOTED + AWKWARD + BROKEN
    for number in range(12):
        chosen = CLEAN + chance.sample(kinds, 3)
        folder = tmp_path / str(number)
        folder.mkdir()
        small, big = both(database, folder, (HEADING + lines(chosen, 60, number)).encode())
        assert rows(database, small, ATTENDANCE) == rows(database, big, ATTENDANCE), chosen
        assert (small.rows, small.rejects) == (big.rows, big.rejects), chosen


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_other_encodings_give_the_same(database: DuckDBPyConnection, tmp_path: Path, encoding: str) -> None:
    content = (HEADING + lines(CLEAN[:2], 60, 10)).encode(encoding)
    small, big = both(database, tmp_path, content)
    assert rows(database, small, ATTENDANCE) == rows(database, big, ATTENDANCE)
    assert small.rows.used == big.rows.used == 60


@pytest.mark.parametrize("order", ["{d}-{m}-2026 10:00", "{m}/{d}/2026 10:00"])
def test_the_order_of_day_and_month_is_the_same(
    database: DuckDBPyConnection, tmp_path: Path, order: str
) -> None:
    heads = ("ca. 130", "1.250", "", "12")
    made = [f"Sessie {n};{order.format(d=1 + n % 28, m=1 + n % 12)};{heads[n % 4]}\n" for n in range(3_000)]
    small, big = both(database, tmp_path, ("Titel;Begin;Aantal\n" + "".join(made)).encode(), AGENDA)
    found = rows(database, big, EVENT)
    assert found == rows(database, small, EVENT)
    assert found[12][2] == datetime(2026, 1, 13, 9)
    assert len(found) == 3_000


def test_the_strict_reader_in_pieces_gives_the_same(
    database: DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PIECE_ROWS", 7)
    small, big = both(database, tmp_path, (HEADING + lines(CLEAN + BROKEN, 200, 11)).encode())
    assert rows(database, small, ATTENDANCE) == rows(database, big, ATTENDANCE)
    assert (small.rows, small.rejects) == (big.rows, big.rejects)


def test_a_clean_file_goes_the_fast_way_and_others_do_not(
    database: DuckDBPyConnection, tmp_path: Path
) -> None:
    settings = Settings(tables=(SHEETS,))
    for kinds, fast in (
        (CLEAN, True),
        (CLEAN + QUOTED, True),
        (CLEAN + AWKWARD, True),
        (CLEAN + BROKEN, False),
    ):
        path = tmp_path / "presence.csv"
        path.write_text(HEADING + lines(kinds, 200, 12), encoding="utf-8", newline="")
        found = read_large(path, FileKind.UTF8, SHEETS, settings, database, tmp_path / "x.parquet")
        assert found.is_fast is fast


def test_more_rows_than_the_mapping_allows_are_refused_on_both_paths(
    database: DuckDBPyConnection, tmp_path: Path
) -> None:
    settings = Settings(tables=(replace(SHEETS, max_rows=None),), limits=Limits(rows=50))
    for kinds in (CLEAN, [*CLEAN, BROKEN[1]]):
        path = tmp_path / "presence.csv"
        path.write_text(HEADING + lines(kinds, 200, 13), encoding="utf-8", newline="")
        with pytest.raises(InputError, match="too many rows"):
            read_large(path, FileKind.UTF8, settings.tables[0], settings, database, tmp_path / "x.parquet")


STAMPED = "{n}@example.org,Jan,E{n},2026-03-16 14:00:00,45,x"


@pytest.mark.parametrize(
    "late",
    [
        "{n}@example.org,Jan,E{n},2026-02-30 14:00:00,45,x",  # no such day
        "{n}@example.org,Jan,E{n},1850-01-01 14:00:00,45,x",  # no plausible day
        "{n}@example.org,Jan,E{n},2026-03-29 02:30:00,45,x",  # no such hour
        "{n}@example.org,Jan,E{n},2026-03-16 14:00:0x,45,x",
        "{n}@example.org,Jan,E{n},2026-03-16 14:00:0:,45,x",
        "{n}@example.org,Jan,E{n},2026-03-16T14:00:00,45,x",
        "{n}@example.org,Jan,E{n},2026-03-16,45,x",
        "{n}@example.org,Jan,E{n},,45,x",
        "{n}@example.org, Jan,E{n},2026-03-16 14:00:00,45,x",
        '{n}@example.org,"Jan",E{n},2026-03-16 14:00:00,45,x',
        "{n}@example.org,Jan,E{n},2026-03-16 14:00:00,45",
        "{n}@example.org,Jan,E{n},2026-03-16 14:00:00,45,x\r",
        ",,,,,",
    ],
)
def test_what_the_first_bytes_promise_is_checked_to_the_end(
    database: DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    monkeypatch.setattr(large, "CHECKED_BYTES", 400)
    monkeypatch.setattr(large, "PROMISING_CHUNKS", 1)
    content = HEADING + lines([STAMPED], 40, 1) + lines([late], 1, 2) + lines([STAMPED], 40, 3)
    small, big = both(database, tmp_path, content.encode())
    assert rows(database, small, ATTENDANCE) == rows(database, big, ATTENDANCE)
    assert (small.rows, small.rejects) == (big.rows, big.rejects)
    assert small.rows.used >= 80


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns_of_stamps_are_known_by_their_bytes(tmp_path: Path, end: str) -> None:
    mapping = replace(SHEETS, columns=(("Binnen", "joined_at"), ("Wat", "event_id"), ("Buiten", "left_at")))
    for first, last, found in (
        ("2026-03-16 14:00:00", "2026-03-16", {0, 2}),
        ("", "", {0, 2}),
        ("2026-03-16 14:00", "2026-03-16 14:00:00", {2}),
        ("16-03-2026", "2026-3-16", set()),
    ):
        path = tmp_path / "presence.csv"
        path.write_text(f"Binnen,Wat,Buiten{end}" + f"{first},E1,{last}{end}" * 3, "utf-8", newline="")
        table = large._look(path, FileKind.UTF8, mapping, Settings(tables=(mapping,)))
        clean = large.check_bytes(table, Settings(tables=(mapping,)))
        assert clean is not None and clean.stamps == found, first
