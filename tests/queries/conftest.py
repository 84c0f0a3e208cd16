"""A small network in memory: rows of feeds in, core and marts out, by the real build."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

import pytest
from duckdb import DuckDBPyConnection

from etl import warehouse
from etl.build import NOTHING_DECIDED, NetworkFacts, OrganisationBook, ThemeName, build
from etl.checks import check
from etl.decisions import PersonDecision
from etl.schema.ddl import quoted
from etl.schema.feeds import FEEDS
from etl.themes.tables import THEME_TABLES

Cell = str | int | float | bool | date | datetime | None
Rows = Sequence[Mapping[str, Cell]]
Given = Mapping[str, Rows]
Build = Callable[..., DuckDBPyConnection]

FILE_TABLES = {
    "source_file": (
        "sha256 varchar, file varchar, source varchar, format varchar, feeds varchar, received_at timestamp, "
        "rows_read bigint, rows_used bigint, rows_rejected bigint, rows_hidden bigint, status varchar, "
        "reason varchar, warnings varchar, newest_on date"
    ),
    "refused_row": "sha256 varchar, file varchar, line bigint, column_name varchar, reason varchar",
} | {
    name: ", ".join(f"{column} {kind}" for column, kind in columns) for name, columns in THEME_TABLES.items()
}
AS_OF = date(2026, 11, 21)
RECEIVED = datetime(2026, 11, 20, 12)
KEY = b"a key for tests"


def make_feeds(connection: DuckDBPyConnection, given: Given) -> None:
    """Attach `feeds` and `staging` in memory and fill the feeds; where a row came from may be left out."""
    connection.execute("attach ':memory:' as feeds")
    connection.execute("attach ':memory:' as staging")
    tables = {
        feed.name: ", ".join(f"{quoted(each.name)} {each.type.value}" for each in feed.table.columns)
        for feed in FEEDS
    }
    for table, columns in (tables | FILE_TABLES).items():
        connection.execute(f"create table feeds.{quoted(table)} ({columns})")
        for line, row in enumerate(given.get(table, ()), start=1):
            origin: dict[str, Cell] = {"sha256": "a file", "received_at": RECEIVED}
            if table in tables:
                origin |= {"part": 0, "line": line, "source": "a table"}
            if table == "refused_row":
                del origin["received_at"]
            if table in ("theme", "theme_member"):
                origin = {}
            if table == "text_unit":
                origin = {"sha256": "a file", "part": 0, "unit": 0, "is_filler": False}
            whole = {**origin, **row}
            names = ", ".join(quoted(name) for name in whole)
            marks = ", ".join("?" for _ in whole)
            connection.execute(
                f"insert into feeds.{quoted(table)} ({names}) values ({marks})", list(whole.values())
            )


@pytest.fixture
def build_network() -> Iterator[Build]:
    """A function that builds a network from rows of feeds; the connection holds its release."""
    opened: list[DuckDBPyConnection] = []

    def made(
        given: Given,
        facts: Mapping[str, Cell] | None = None,
        organisations: OrganisationBook = NOTHING_DECIDED,
        only: Sequence[str] | None = None,
        theme_names: Sequence[ThemeName] = (),
        person_decisions: Sequence[PersonDecision] = (),
        failing: Sequence[str] = (),
    ) -> DuckDBPyConnection:
        connection = warehouse.scratch(threads=1)
        opened.append(connection)
        make_feeds(connection, given)
        settings = NetworkFacts(**({"name": "A network", "as_of": AS_OF} | dict(facts or {})))  # type: ignore[arg-type]
        build(
            connection, settings, KEY, organisations=organisations, only=only, theme_names=theme_names,
            person_decisions=person_decisions, failing=failing,
        )  # fmt: skip
        if only is None:
            check(connection)
        return connection

    yield made
    for connection in opened:
        connection.close()
