"""How long it takes to look for the likely duplicates of newcomers among many who were compared before.

The records are those of `benchmarks.dutch_people`: names that resemble each other, with slips. All but
the newcomers are compared first, which is not timed; then everybody is resolved by keys, and what is timed is
what a refresh does from there: making records, finding who is new, blocking, scoring, remembering.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from duckdb import DuckDBPyConnection

from benchmarks.dutch_people import Shape, write_people
from etl.identity.suggest import suggest
from etl.warehouse import attach_compared, scratch

PEOPLE_AN_ORGANISATION = 125
LIMIT_SECONDS = 60.0
Resolve = Callable[[DuckDBPyConnection, Path, int], None]


def score_newcomers(records: int, newcomers: int, resolve: Resolve) -> float:
    """Seconds to score the newcomers. `resolve` makes people of the first so many records of a file."""
    with TemporaryDirectory() as name:
        file, compared = Path(name, "people.csv"), Path(name, "compared.duckdb")
        everybody = records + newcomers
        write_people(file, shape=Shape(records=everybody, organisations=everybody // PEOPLE_AN_ORGANISATION))
        _suggest(file, records, compared, resolve)
        return _suggest(file, everybody, compared, resolve)


def _suggest(file: Path, records: int, compared: Path, resolve: Resolve) -> float:
    with scratch(spill=file.parent / "spill") as connection:
        resolve(connection, file, records)
        attach_compared(connection, compared)
        started = time.perf_counter()
        suggest(connection, remembers=True)
        seconds = time.perf_counter() - started
        connection.execute("detach compared")
    return seconds
