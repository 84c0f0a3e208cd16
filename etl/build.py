"""Feeds to core and marts: run the queries in the order their lineage gives, each into its table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date

import duckdb

from etl.decisions import OrganisationAlias as OrganisationAlias
from etl.decisions import ThemeName as ThemeName
from etl.errors import BuildError
from etl.identity.keys import SQL_FUNCTIONS
from etl.identity.resolve import name_keyless, resolve
from etl.progress import Progress, silent
from etl.schema.ddl import comments, create_table
from etl.schema.tables import table_named
from queries.catalog import Query, QueryLayer, build_order, feeds_behind, order_for, questions, tables_read


@dataclass(frozen=True)
class NetworkFacts:
    """The settings on which figures depend: the one row of `core.network`."""

    name: str
    as_of: date
    time_zone: str = "Europe/Amsterdam"
    grace_days: int = 30
    theme_cycle_starts_on: date = date(2021, 1, 1)
    theme_cycle_months: int = 2
    connections: str = "contacts"
    minimum_minutes: int = 10


def build(
    connection: duckdb.DuckDBPyConnection,
    facts: NetworkFacts,
    hmac_key: bytes,
    progress: Progress = silent,
    aliases: Sequence[OrganisationAlias] = (),
    only: Iterable[str] | None = None,
    theme_names: Sequence[ThemeName] = (),
) -> None:
    """Fill core and marts of the release that `connection` holds, from the attached `feeds`.

    With `only`, no more is made than these tables need.
    """
    prepare(connection, facts, aliases, theme_names)
    between: dict[str, Callable[[], None]] = {
        "staging.keyless_name": lambda: name_keyless(connection),
        "staging.person_of": lambda: resolve(connection, hmac_key),
    }
    order = build_order() if only is None else order_for(only)
    for index, query in enumerate(order, start=1):
        progress(query.target, index, len(order))
        for table in tables_read(query.sql):
            if make := between.pop(table, None):
                make()
        run(connection, query)


def prepare(
    connection: duckdb.DuckDBPyConnection,
    facts: NetworkFacts,
    aliases: Sequence[OrganisationAlias] = (),
    theme_names: Sequence[ThemeName] = (),
) -> None:
    """Make what the queries need before the first of them runs."""
    connection.execute("create schema if not exists core")
    connection.execute("create schema if not exists marts")
    for function in SQL_FUNCTIONS:
        connection.execute(function.statement)
    network = table_named("core.network")
    connection.execute(create_table(network))
    marks = ", ".join(f"${column.name}" for column in network.columns)
    connection.execute(f"insert into core.network values ({marks})", asdict(facts))
    _write_aliases(connection, aliases)
    _write_theme_names(connection, theme_names)
    behind = table_named("core.question_feed")
    connection.execute(create_table(behind))
    rows = [(each.name, feed) for each in questions() for feed in feeds_behind(each.name)]
    connection.executemany("insert into core.question_feed values (?, ?)", rows)
    for table in (network, behind):
        _comment(connection, table.qualified_name)


def run(connection: duckdb.DuckDBPyConnection, query: Query) -> None:
    """Make what one query makes: a view of staging, or a table."""
    kind = "view" if query.layer is QueryLayer.STAGING else "table"
    try:
        connection.execute(f"create or replace {kind} {query.target} as {query.sql}")
    except duckdb.Error as error:
        raise BuildError(query.target, type(error).__name__, "a query that runs", _safe(error)) from error
    if query.layer in (QueryLayer.CORE, QueryLayer.MARTS):
        _comment(connection, query.target)


def _comment(connection: duckdb.DuckDBPyConnection, target: str) -> None:
    for statement in comments(table_named(target)):
        connection.execute(statement)


def _write_aliases(connection: duckdb.DuckDBPyConnection, aliases: Sequence[OrganisationAlias]) -> None:
    connection.execute(
        "create or replace table staging.alias_as_written "
        "(written varchar, name varchar, sector varchar, parent varchar)"
    )
    if aliases:
        connection.executemany(
            "insert into staging.alias_as_written values (?, ?, ?, ?)", [astuple(alias) for alias in aliases]
        )
    connection.execute(
        """
        create or replace table staging.organisation_alias as
        select
            staging.plain_organisation(written) as plain_organisation,
            min(name) as name, min(sector) as sector, min(parent) as parent
        from staging.alias_as_written
        where staging.plain_organisation(written) is not null
        group by all
        """
    )


def _write_theme_names(connection: duckdb.DuckDBPyConnection, names: Sequence[ThemeName]) -> None:
    connection.execute(
        "create or replace table staging.theme_name (theme_id varchar, label_nl varchar, label_en varchar)"
    )
    if names:
        connection.executemany(
            "insert into staging.theme_name values (?, ?, ?)", [astuple(name) for name in names]
        )


def _safe(error: duckdb.Error) -> str:
    """A binder or parser message names columns, never values; any other message may, and is left out."""
    return (
        str(error)
        if isinstance(error, duckdb.BinderException | duckdb.ParserException | duckdb.CatalogException)
        else ""
    )
