"""How fast files are read, beside the readers underneath.

    python -m benchmarks.reading [--rows N] [--files N] [--json] [--limits none|loose|full]

A large clean CSV (its bytes checked, its cells typed, its rows written) stands beside DuckDB's own `read_csv`
into a database file with CHECKPOINT, and for the record beside the same into memory, where nothing is
written; a workbook of 5 MB beside fastexcel alone; a refresh of many small files beside 30 seconds. Each
side of a ratio runs in a process of its own, in turns, and its imports do not count.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.network import SETTINGS, Size, write_network
from benchmarks.process import run
from benchmarks.scale import KRING, LOOSE, Figure, line

THROUGHPUT = 0.6
WORKBOOK_RATIO, WORKBOOK_BYTES, WORKBOOK_COLUMNS = 3.0, 5_000_000, 8
SMALL_FILES_SECONDS, ROWS_A_FILE = 30.0, 20
TURNS = 3

READ_WITH_KRING = """
import sys, tempfile, time
from datetime import datetime
from pathlib import Path
from etl.home import Home
from etl.reading.file import ReadJob, read_file
from etl.settings import load_settings
from etl.warehouse import scratch
import fastexcel, numpy, pandas, pyarrow.compute, python_calamine  # the child has them, or does without
path = Path(sys.argv[2])
job = ReadJob(path, path.name, "0" * 64, datetime(2026, 11, 21), is_counted=False)
settings = load_settings(Home(Path(sys.argv[1])))
with tempfile.TemporaryDirectory(dir=path.parent) as folder, scratch(memory_limit="2GB") as database:
    started = time.perf_counter()
    reading = read_file(job, settings, database, Path(folder))
    print(time.perf_counter() - started)
    if reading.status.value != "accepted":
        raise SystemExit(f"{path.name} was not accepted: {reading.reason}")
"""
READ_WITH_DUCKDB = """
import duckdb, sys, time
connection = duckdb.connect(sys.argv[1])
connection.execute("set enable_progress_bar = false")
started = time.perf_counter()
connection.execute("create table t as from read_csv(?)", [sys.argv[2]])
connection.execute("checkpoint")
print(time.perf_counter() - started)
"""
READ_WITH_FASTEXCEL = """
import fastexcel, sys, time
started = time.perf_counter()
fastexcel.read_excel(sys.argv[1]).load_sheet(0).to_arrow()
print(time.perf_counter() - started)
"""
WORKBOOK_TABLE = """
[[tables]]
name = "workbook"
match = "*.xlsx"
feed = "membership"
[tables.columns]
"Column 0" = "email"
"Column 1" = "full_name"
"""


def measure(rows: int, files: int, folder: Path) -> Iterator[Figure]:
    """Every piece of work."""
    home = _home(folder / "home", SETTINGS + WORKBOOK_TABLE)
    table = write_network(Size(max(1000, rows // 10), rows), folder / "files")[2]
    yield from _large(home, table, folder)
    yield _workbook(home, _write_workbook(folder / "list.xlsx"))
    yield _small_files(files, folder / "small")


def _home(home: Path, settings: str) -> Path:
    run([KRING, "init", str(home)])
    (home / "kring.toml").write_text(settings, encoding="utf-8")
    return home


def _seconds(code: str, *arguments: str) -> tuple[float, float]:
    done = run([sys.executable, "-c", code, *arguments])
    return float(done.output.split()[-1]), done.peak_mb  # DuckDB may draw its progress before it


def _large(home: Path, table: Path, folder: Path) -> Iterator[Figure]:
    own, stored, held = [], [], []
    for _ in range(TURNS):
        own.append(_seconds(READ_WITH_KRING, str(home), str(table)))
        target = folder / "plain.duckdb"
        stored.append(_seconds(READ_WITH_DUCKDB, str(target), str(table))[0])
        target.unlink()
        held.append(_seconds(READ_WITH_DUCKDB, ":memory:", str(table))[0])
    seconds, peak = statistics.median(each[0] for each in own), max(each[1] for each in own)
    yield Figure(
        "a large CSV, beside a DuckDB file", seconds, statistics.median(stored), peak, 1 / THROUGHPUT
    )
    yield Figure("a large CSV, beside DuckDB in memory", seconds, statistics.median(held), peak, math.inf)


def _write_workbook(path: Path) -> Path:
    """A workbook of about five megabytes, of text, numbers and dates as text."""
    import xlsxwriter

    rows = WORKBOOK_BYTES // (WORKBOOK_COLUMNS * 6)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"Column {number}" for number in range(WORKBOOK_COLUMNS)])
        for row in range(1, rows):
            person = row * 2654435761 % 2**32
            cells = [f"person{person}@example.org", f"Given van der Family{row}", row, person / 7]
            sheet.write_row(row, 0, [*cells, f"2026-03-{1 + row % 28:02}", "ja", f"Group {row % 12}", ""])
    return path


def _workbook(home: Path, path: Path) -> Figure:
    own, alone = [], []
    for _ in range(TURNS):
        own.append(_seconds(READ_WITH_KRING, str(home), str(path)))
        alone.append(_seconds(READ_WITH_FASTEXCEL, str(path))[0])
    seconds, peak = statistics.median(each[0] for each in own), max(each[1] for each in own)
    work = f"a workbook of {path.stat().st_size / 1e6:.1f} MB"
    return Figure(work, seconds, statistics.median(alone), peak, WORKBOOK_RATIO)


def _small_files(files: int, home: Path) -> Figure:
    _home(home, SETTINGS.replace('match = "members.csv"', 'match = "members*.csv"\npartial = true'))
    heading = "E-mail,Naam,Organisatie,Werkgroep,Lid sinds,Lid tot\n"
    for file in range(files):
        rows = (
            f"p{file}.{row}@example.org,Given{row} Family{file},Org {file % 9},,2025-01-{1 + row},\n"
            for row in range(ROWS_A_FILE)
        )
        (home / "inbox" / f"members-{file}.csv").write_text(heading + "".join(rows), encoding="utf-8")
    done = run([KRING, "refresh", "--home", str(home), "--json"])
    if json.loads(done.output)["rows"]["used"] != files * ROWS_A_FILE:
        raise SystemExit("not every row of the small files was used")
    shutil.rmtree(home)
    return Figure(f"refresh of {files} small files", done.seconds, SMALL_FILES_SECONDS, done.peak_mb)


def main() -> None:
    """The command line of the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000, help="rows of the large CSV")
    parser.add_argument("--files", type=int, default=1000, help="small files in one refresh")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--limits", choices=("none", "loose", "full"), default="none", help="fail past the goals"
    )
    asked = parser.parse_args()
    misses = []
    with tempfile.TemporaryDirectory(prefix="kring-bench-") as temporary:
        for figure in measure(asked.rows, asked.files, Path(temporary)):
            print(figure.as_json() if asked.json else line(figure), flush=True)
            misses.append(figure.misses(LOOSE if asked.limits == "loose" else 1.0))
    missed = [miss for miss in misses if miss]
    for miss in missed:
        print(f"not met: {miss}", file=sys.stderr)
    sys.exit(1 if missed and asked.limits != "none" else 0)


if __name__ == "__main__":
    main()
