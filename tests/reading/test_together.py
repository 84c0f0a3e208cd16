"""Small files that are read together give what each gives when it is read alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from etl.reading import child
from etl.reading.child import ReadJob, read_files
from etl.reading.file import read_file
from etl.reading.together import read_together
from etl.schema.feeds import ATTENDANCE, MEMBERSHIP
from etl.settings import Settings, TableMapping, read_settings
from etl.sources.reading import FileReading
from etl.warehouse import quote_text, scratch

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = sorted(path for path in SAMPLES.glob("*/*") if not path.name.endswith(".inspect.json"))
MEMBERS = TableMapping(
    "members", "members*", MEMBERSHIP, (("Naam", "full_name"), ("E-mail", "email"), ("Sinds", "joined_on"))
)
PRESENT = TableMapping(
    "present", "present*", ATTENDANCE,
    (("Wie", "full_name"), ("Begin", "starts_at"), ("Binnen", "joined_at"), ("Minuten", "minutes")),
    (("title", "Lunch"),),
)  # fmt: skip
HEADING = "Naam,E-mail,Sinds\n"


@pytest.fixture
def database() -> Iterator[DuckDBPyConnection]:
    with scratch(threads=1) as connection:
        yield connection


def jobs_of(files: list[Path]) -> list[ReadJob]:
    moment = datetime(2026, 11, 21)
    return [
        ReadJob(path, path.name, hashlib.sha256(str(path).encode()).hexdigest(), moment, is_counted=False)
        for path in files
    ]


def told(reading: FileReading, database: DuckDBPyConnection) -> tuple[object, ...]:
    """Everything about a reading, with the typed rows and their types instead of the files they are in."""
    rows: list[object] = []
    for feed in reading.feeds:
        source = f"read_parquet({quote_text(str(feed.path))})"
        described = database.execute(f"DESCRIBE FROM {source}").fetchall()
        found = database.execute(f"SELECT * FROM {source}").fetchall()
        assert len(found) == feed.rows
        rows.append((feed.feed, described, found))
    members = tuple(told(member, database) for member in reading.members)
    return replace(reading, feeds=(), members=()), rows, members


def compare(
    files: list[Path], settings: Settings, database: DuckDBPyConnection, tmp_path: Path
) -> list[FileReading]:
    jobs = jobs_of(files)
    apart, together = tmp_path / "apart", tmp_path / "together"
    apart.mkdir()
    together.mkdir()
    alone = [told(read_file(job, settings, database, apart), database) for job in jobs]
    found = read_together(jobs, settings, database, together)
    assert [told(each, database) for each in found] == alone
    return found


def test_every_sample_is_read_the_same(database: DuckDBPyConnection, tmp_path: Path) -> None:
    settings = read_settings((SAMPLES / "kring.toml").read_text(encoding="utf-8"), {})
    found = compare(FILES, settings, database, tmp_path)
    assert len({each.format for each in found}) > 20
    assert len({each.status for each in found}) > 3


def test_each_file_keeps_its_own_way_of_writing(database: DuckDBPyConnection, tmp_path: Path) -> None:
    """Dates, decimal marks and refused rows of one file say nothing about the next."""
    texts = {
        "members-1.csv": HEADING + "An,an@example.org,2025-01-02\n",
        "members-2.csv": HEADING + "Bo,bo@example.org,31-12-2024\nCo,co@example.org,1-2-2025\n",
        "members-3.csv": HEADING + "Di,di@example.org,2025-1-9\nEd,ed@example.org,soon\n,,2025-01-01\n",
        "members-4.csv": HEADING + "Fé,fe@example.org,12/31/2024\n",
        "members-5.csv": HEADING + ",,2025-01-02\n",
        "members-6.csv": HEADING,
        "members-7.csv": "Naam,E-mail\nGé,ge@example.org\n",
        "members-8.csv": HEADING + "Ha,ha@example.org,1 januari 2025\n",
        "present-1.csv": "Wie;Begin;Binnen;Minuten\nAn;2025-03-30 01:30;2025-03-30 02:30;1.250\n"
        "Bo;2025-03-30 01:30;2025-03-30 01:45;12,5\n",
        "present-2.csv": "Wie;Begin;Binnen;Minuten\nAn;2025-01-02 10:00;;1.250\n",
        "present-3.csv": "Wie;Begin;Binnen;Minuten\nAn;2025-01-02 10:00;;1.250\nBo;2025-01-02 10:00;;1.5\n",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = compare(
        [tmp_path / name for name in texts], Settings(tables=(MEMBERS, PRESENT)), database, tmp_path
    )
    assert [each.status.value for each in found] == [
        "accepted", "accepted", "partial", "accepted", "rejected", "accepted", "rejected", "accepted",
        "partial", "accepted", "accepted",
    ]  # fmt: skip
    assert [each.dates.max for each in found[:4]] == ["2025-01-02", "2025-02-01", "2025-01-09", "2024-12-31"]
    minutes = [
        database.execute(f"SELECT max(minutes) FROM read_parquet({quote_text(str(each.feeds[0].path))})")
        .fetchall()[0][0]
        for each in found[8:]
    ]  # fmt: skip
    assert minutes == [12.5, 1250.0, 1.5]


def test_where_they_cannot_be_read_together_they_are_read_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the child of the whole batch dies of: here it gets no time."""
    files = []
    for number in range(4):
        path = tmp_path / f"members-{number}.csv"
        path.write_text(HEADING + f"An {number},an{number}@example.org,2025-01-02\n", encoding="utf-8")
        files.append(path)
    files[2].write_text(HEADING + '"' + "x" * 70_000 + "\n", encoding="utf-8")
    tried: list[tuple[int, bool]] = []

    class WithoutTime(child._Batch):
        def start(self) -> ForkServerProcess:
            tried.append((len(self._waiting), self._together))
            self._ceiling = child.Ceiling(wall_seconds=0 if self._together else 120)
            return super().start()

    monkeypatch.setattr(child, "_Batch", WithoutTime)
    work = tmp_path / "work"
    work.mkdir()
    found = list(read_files(jobs_of(files), Settings(tables=(MEMBERS,)), work))
    assert tried == [(4, True), (4, False)]
    assert [each.status.value for each in found] == ["accepted", "accepted", "rejected", "accepted"]
    assert [each.file for each in found] == [path.name for path in files]
    assert not list(work.glob("*.result"))
