"""The exact figures behind the public tables, read from a release or from one that is being built."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from duckdb import DuckDBPyConnection

from etl.disclosure import ExactRow
from etl.schema.public import PublicTable
from etl.warehouse import exact_rows
from queries.catalog import public_queries


def exact_figures(connection: DuckDBPyConnection, table: PublicTable) -> Iterator[ExactRow]:
    """Every row of a public table, with its exact count. None of it may be shown to everyone."""
    asked = next(each for each in public_queries() if each.name == table.name)
    width, others = len(table.keys), len(table.others)
    for row in exact_rows(connection, asked.sql):
        persons = row[width + others]
        yield ExactRow(
            keys=tuple(each if isinstance(each, date) else str(each) for each in row[:width]),
            others=tuple(int(str(each)) for each in row[width : width + others]),
            persons=None if persons is None else int(str(persons)),
            applies=bool(row[width + others + 1]),
        )
