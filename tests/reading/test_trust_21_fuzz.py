"""Thousands of broken files through the limited child: none makes a reader fail, each is told what is wrong.

Half of the CSV files are whole: what is accepted of those is what Python's own reader finds in them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import resource
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from etl.reading.child import ReadJob, read_files
from etl.schema.feeds import MEMBERSHIP
from etl.settings import Settings, TableMapping, read_settings
from etl.sources.reading import FileReading
from etl.sources.source import FileStatus
from tests.conftest import LONG

SAMPLES = Path(__file__).parents[1] / "samples"
SEED = 20261121
COUNT = 10_000 if os.environ.get(LONG) else 500
SHARES = {"csv": 0.60, "xlsx": 0.15, "zip": 0.10, "json": 0.15}
BATCH = 500
STOPPED = "its reader was stopped"
MEMBERS = TableMapping("fuzz", "whole*.csv", MEMBERSHIP, (("Naam", "full_name"), ("Groep", "working_group")))
LETTERS = "abcXYZ éëïôßłőğşİ,;\t|\"'\n\r=+-@0199.\ufeff\u200b\u202eø😀\x00\x1a"
PIECES = (
    b'"', b",", b";", b"\t", b"\n", b"\r\n", b"\0", b"\xff\xfe", b"\xc3", b"''", b"99/99/9999", b"{", b"]",
    b"<!DOCTYPE", b"sep=;\n", b"=cmd()", b"PK\x03\x04", b"\xef\xbb\xbf", b"NaN", b"1e999", b"",
)  # fmt: skip
Made = tuple[str, bytes]


@dataclass(frozen=True)
class Whole:
    """A CSV file that is not broken, and the rows in it."""

    content: bytes
    rows: list[tuple[str, str]]


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Pieces put in, taken out and repeated; sometimes cut off."""
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(content) + 1)
        to = min(len(content), at + chance.choice((0, 1, 2, 40, 400)))
        content = content[:at] + chance.choice(PIECES) * chance.choice((1, 1, 2, 50)) + content[to:]
    return content if chance.random() < 0.8 else content[: chance.randrange(len(content) + 1)]


def samples(*endings: str) -> list[Path]:
    return sorted(
        path for path in SAMPLES.glob("*/*") if path.suffix in endings and ".inspect." not in path.name
    )


def whole_csv(chance: random.Random) -> Whole:
    """Random text, quoted as the rules of CSV ask for."""
    rows = [
        ("".join(chance.choices(LETTERS[:-2], k=chance.randint(1, 30))), chance.choice(("Noord", "Zuid", "")))
        for _ in range(chance.randint(1, 40))
    ]
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=chance.choice(",;\t"), quoting=chance.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
    )
    writer.writerows([("Naam", "Groep"), *rows])
    encoding = chance.choice(("utf-8", "utf-8-sig", "utf-16"))
    return Whole(text.getvalue().encode(encoding), rows)


def broken_csv(chance: random.Random) -> Made:
    kind = chance.random()
    if kind < 0.2:
        return "noise.csv", chance.randbytes(chance.randint(0, 3_000))
    if kind < 0.4:
        return "noise.txt", "".join(chance.choices(LETTERS, k=chance.randint(0, 3_000))).encode()
    path = chance.choice(samples(".csv", ".tsv", ".txt", ".ics"))
    return path.name, damaged(path.read_bytes(), chance)


def broken_zip(path: Path, chance: random.Random) -> bytes:
    """Damage within the parts, in a whole archive, or damage to the archive itself."""
    if chance.random() < 0.4:
        return damaged(path.read_bytes(), chance)
    target = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            content = source.read(name)
            made.writestr(name, damaged(content, chance) if chance.random() < 0.4 else content)
    return target.getvalue()


def broken_xlsx(chance: random.Random) -> Made:
    path = chance.choice(samples(".xlsx", ".xls"))
    if not zipfile.is_zipfile(path):
        return path.name, damaged(path.read_bytes(), chance)
    return path.name, broken_zip(path, chance)


def broken_archive(chance: random.Random) -> Made:
    path = chance.choice(samples(".zip"))
    return path.name, broken_zip(path, chance)


def broken_json(chance: random.Random) -> Made:
    """Damage to the bytes, or another kind of value where one stood."""
    path = chance.choice(samples(".json"))
    if chance.random() < 0.5:
        return path.name, damaged(path.read_bytes(), chance)
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        return path.name, damaged(path.read_bytes(), chance)
    return path.name, json.dumps(_strange(document, chance)).encode()


def _strange(value: object, chance: random.Random) -> object:
    if chance.random() < 0.04:
        return chance.choice(
            (None, [], {}, "", 0, -1, 1e300, True, "\0", [[[]]], {"a": {}}, "9" * 400, "2026-13-45")
        )
    if isinstance(value, dict):
        return {key: _strange(each, chance) for key, each in value.items()}
    return [_strange(each, chance) for each in value] if isinstance(value, list) else value


BROKEN: dict[str, Callable[[random.Random], Made]] = {
    "csv": broken_csv, "xlsx": broken_xlsx, "zip": broken_archive, "json": broken_json
}  # fmt: skip


@pytest.fixture(scope="module")
def settings() -> Settings:
    known = read_settings((SAMPLES / "kring.toml").read_text(encoding="utf-8"), {})
    return Settings(network=known.network, tables=(*known.tables, MEMBERS), collect=known.collect)


def files(kind: str, count: int) -> Iterator[tuple[Made, Whole | None]]:
    chance = random.Random(f"{SEED} {kind}")
    for number in range(count):
        if kind == "csv" and number % 2:
            whole = whole_csv(chance)
            yield ("whole.csv", whole.content), whole
        else:
            yield BROKEN[kind](chance), None


def read(
    made: list[tuple[Made, Whole | None]], settings: Settings, folder: Path
) -> Iterator[tuple[FileReading, Whole | None]]:
    """Each file read in the child; the files of rows are gone after it was looked at."""
    jobs = []
    for number, ((name, content), _) in enumerate(made):
        path = folder / f"{number}.bytes"
        path.write_bytes(content)
        jobs.append(ReadJob(path, name, f"{number:064d}", datetime(2026, 11, 21)))
    for reading, (_, whole) in zip(read_files(jobs, settings, folder), made, strict=True):
        yield reading, whole
        for feed in reading.feeds:
            feed.path.unlink(missing_ok=True)
    for job in jobs:
        job.path.unlink()


def names_and_groups(reading: FileReading) -> list[tuple[str | None, str | None]]:
    (feed,) = reading.feeds
    return duckdb.sql(f"SELECT full_name, working_group FROM '{feed.path}' ORDER BY line, part").fetchall()


def trimmed(text: str) -> str:
    return text.strip(" \t\n\r\ufeff\u200b").strip()


@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("kind", SHARES)
def test_no_broken_file_makes_a_reader_fail(kind: str, settings: Settings, tmp_path: Path) -> None:
    count = round(COUNT * SHARES[kind])
    fates: Counter[str] = Counter()
    rows = stopped = 0
    started = time.monotonic()
    waiting = list(files(kind, count)) if count <= BATCH else None
    source = iter(waiting) if waiting is not None else files(kind, count)
    while batch := [each for _, each in zip(range(BATCH), source, strict=False)]:
        for reading, whole in read(batch, settings, tmp_path):
            said = reading.reason or ""
            fates[reading.status.value] += 1
            assert "the reader failed" not in said, said
            if STOPPED in said:  # a damaged workbook of 1997 may ask for all memory: the limit refuses it
                stopped += 1
                assert reading.file.endswith(".xls"), said
            counted = reading.rows
            assert min(vars(counted).values()) >= 0
            if reading.status in (FileStatus.REJECTED, FileStatus.NEEDS_MAPPING):
                assert said, reading.file
            if reading.status is FileStatus.REJECTED:
                assert all(each.reason and each.line >= 0 for each in reading.rejects), reading.file
                assert reading.rejects or reading.members, reading.file
            if reading.status in (FileStatus.ACCEPTED, FileStatus.PARTIAL):
                assert counted.read == counted.used + counted.rejected + counted.hidden, reading.file
            if whole is not None:
                rows += check_against_python(reading, whole)
    took = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"trust 21: {count:,} {kind} files, seed {SEED}: {dict(fates)}, 0 unhandled, {stopped} stopped; "
        f"{rows:,} rows as Python reads them; {took:.0f} s, parent at most {peak} MB"
    )


def check_against_python(reading: FileReading, whole: Whole) -> int:
    """Rows that name somebody are all there, in their order; the others are refused with their lines."""
    wanted = [(trimmed(name), group) for name, group in whole.rows]
    kept = [(name, group or None) for name, group in wanted if name]
    if not kept:
        assert reading.status in (FileStatus.REJECTED, FileStatus.ACCEPTED), reading.reason
        return 0
    assert reading.status in (FileStatus.ACCEPTED, FileStatus.PARTIAL), (reading.reason, whole.content)
    found = names_and_groups(reading)
    assert [(trimmed(name or ""), group) for name, group in found] == kept, whole.content
    return len(kept)
