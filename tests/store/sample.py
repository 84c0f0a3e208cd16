"""A tiny release for the tests of the store."""

from __future__ import annotations

from collections.abc import Callable

from duckdb import DuckDBPyConnection

from etl.manifest import Manifest

ROWS = 500
Publish = Callable[..., Manifest]


def fill_with(version: int, rows: int = ROWS) -> Callable[[DuckDBPyConnection], None]:
    """A build that marks every row with its version, so that a mix of two releases would be seen."""

    def fill(connection: DuckDBPyConnection) -> None:
        connection.execute(
            f"create table core.fact as select i as id, {version} as version, i / 7.0 as share,"
            f" 'row ' || i as label, {version} * 1000000 + i as value from range({rows}) numbers(i)"
        )
        connection.execute(
            "create table marts.total as select version, count(*) as n from core.fact group by 1"
        )

    return fill
