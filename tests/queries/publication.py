"""The tables of a publication, beside a network in memory, for the questions that everyone may ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from duckdb import DuckDBPyConnection

from etl.schema.ddl import quoted
from etl.schema.public import PUBLIC_TABLES
from queries.catalog import PUBLISHED

Cell = str | int | float | bool | date | datetime | None


def make_publication(
    connection: DuckDBPyConnection, given: Mapping[str, Sequence[Mapping[str, Cell]]]
) -> None:
    """Make every table of a publication, with the rows given for it by name."""
    connection.execute(f"create schema if not exists {PUBLISHED}")
    for table in PUBLIC_TABLES:
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in table.columns)
        connection.execute(f"create or replace table {PUBLISHED}.{quoted(table.name)} ({columns})")
        for row in given.get(table.name, ()):
            names = ", ".join(quoted(name) for name in row)
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"insert into {PUBLISHED}.{quoted(table.name)} ({names}) values ({marks})", list(row.values())
            )
