"""Samples damaged at random: each is read or refused with a reason, none makes a reader fail."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from etl.reading.child import read_files
from etl.reading.file import ReadJob, read_file
from etl.settings import Settings, read_settings
from etl.sources.source import FileStatus
from etl.warehouse import scratch

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = sorted(
    path for path in SAMPLES.glob("*/*") if not path.name.endswith((".inspect.json", ".zip", ".xlsx", ".xls"))
)
WORKBOOKS = sorted(SAMPLES.glob("*/*.xls"))
SEED = 20261121
ROUNDS = 6
PIECES = (
    b'"',
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"''",
    b"99/99/9999",
    b"2. ",
    b"=cmd()",
    b"@",
    b"",
)


@dataclass(frozen=True)
class Damage:
    """One way to damage a file, with the numbers that decide where."""

    seed: int

    def __call__(self, content: bytes) -> bytes:
        chance = random.Random(self.seed)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(content) + 1)
            to = min(len(content), at + chance.choice((0, 1, 2, 40, 400)))
            content = content[:at] + chance.choice(PIECES) * chance.choice((1, 1, 2, 50)) + content[to:]
        return content if chance.random() < 0.8 else content[: chance.randrange(len(content) + 1)]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return read_settings((SAMPLES / "kring.toml").read_text(encoding="utf-8"), {})


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_damage_makes_a_reader_fail(file: Path, settings: Settings, tmp_path: Path) -> None:
    content = file.read_bytes()
    moment = datetime(2026, 11, 21)
    with scratch(threads=1) as database:
        for number in range(ROUNDS):
            damaged = tmp_path / file.name
            damaged.write_bytes(Damage(SEED + number)(content))
            reading = read_file(
                ReadJob(damaged, file.name, f"{number:064d}", moment), settings, database, tmp_path
            )
            rows = reading.rows
            assert (
                rows.read == rows.used + rows.rejected + rows.hidden
                or reading.status is FileStatus.NEEDS_MAPPING
            )
            assert min(rows.used, rows.rejected, rows.hidden) >= 0
            if reading.status in (FileStatus.REJECTED, FileStatus.NEEDS_MAPPING):
                assert reading.reason, number


def test_a_damaged_old_workbook_costs_its_child_at_most(settings: Settings, tmp_path: Path) -> None:
    """Its parser may ask for any memory, so this goes through the limited child, as a refresh does."""
    moment, jobs = datetime(2026, 11, 21), []
    for place, file in enumerate(WORKBOOKS):
        for number in range(2):
            damaged = tmp_path / f"{place}-{number}.xls"
            damaged.write_bytes(Damage(SEED + number)(file.read_bytes()))
            jobs.append(ReadJob(damaged, damaged.name, f"{place:032d}{number:032d}", moment))
    readings = list(read_files(jobs, settings, tmp_path))
    assert [each.sha256 for each in readings] == [each.sha256 for each in jobs]
    assert all(each.reason for each in readings if each.status is FileStatus.REJECTED)
