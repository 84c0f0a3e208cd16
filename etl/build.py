"""Feeds to core and marts: run the queries in the order their lineage gives, each into its table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date

import duckdb

from etl.decisions import PersonDecision
from etl.decisions import ThemeName as ThemeName
from etl.errors import BuildError
from etl.identity.keys import SQL_FUNCTIONS
from etl.identity.resolve import PERSON_TABLES, TOLD_TABLES, name_keyless, resolve, tell
from etl.identity.suggest import suggest
from etl.organisation_book import OrganisationBook as OrganisationBook
from etl.progress import Progress, silent
from etl.schema.ddl import comments, create_table
from etl.schema.tables import table_named
from queries.catalog import Query, QueryLayer, build_order, feeds_behind, order_for, questions, tables_read

NOTHING_DECIDED = OrganisationBook()
ORGANISATIONS_IN_FORCE = (
    """
    create or replace table staging.organisation_spelling as
    select staging.plain_organisation(written) as plain_organisation, min(name) as name, min(unit) as unit
    from staging.spelling_as_written
    where staging.plain_organisation(written) is not null and staging.plain_organisation(name) is not null
    group by all
    """,
    """
    create or replace table staging.organisation_fact as
    select
        staging.plain_organisation(name) as plain_name,
        min(sector) as sector, min(parent) as parent, min(region) as region
    from staging.fact_as_written
    where staging.plain_organisation(name) is not null
    group by all
    """,
    """
    create or replace table staging.organisation_apart as
    select staging.plain_organisation(one) as one, staging.plain_organisation(other) as other
    from staging.apart_as_written
    """,
    """
    create or replace table staging.organisation_title as
    select staging.plain_organisation(name) as plain_name, min(name) as name
    from (
        select name from staging.spelling_as_written
        union
        select name from staging.mail_domain
        union
        select name from staging.fact_as_written
    )
    where staging.plain_organisation(name) is not null
    group by all
    """,
)


MADE_FIRST = ("core.network", "core.question_feed", "core.failing_connection", "core.restatement")
"""Tables that no query makes. The last is filled when all figures are there: etl/restatement.py."""
SEEN_THROUGH = ("staging.identity_key",)
"""Matching queries that add so little to what they read that their rows are never stored."""


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
    organisations: OrganisationBook = NOTHING_DECIDED,
    only: Iterable[str] | None = None,
    theme_names: Sequence[ThemeName] = (),
    person_decisions: Sequence[PersonDecision] = (),
    remembers: bool = False,
    failing: Sequence[str] = (),
) -> None:
    """Fill core and marts of the release that `connection` holds, from the attached `feeds`.

    With `only`, no more is made than these tables need. With `remembers`, the attached `compared` says which
    records were compared before. `failing`: the connections that could not be collected.
    """
    prepare(connection, facts, organisations, theme_names, failing)
    between: dict[str, Callable[[], None]] = {
        "staging.keyless_name": lambda: name_keyless(connection),
        "staging.likely_pair": lambda: suggest(connection, remembers),
    }
    between |= dict.fromkeys(PERSON_TABLES, lambda: resolve(connection, hmac_key, person_decisions))
    between |= dict.fromkeys(TOLD_TABLES, lambda: tell(connection, hmac_key))
    order = build_order() if only is None else order_for(only)
    for index, query in enumerate(order, start=1):
        progress(query.target, index, len(order))
        for table in tables_read(query.sql):
            if make := between.get(table):
                between = {name: other for name, other in between.items() if other is not make}
                make()
        run(connection, query)
    _comment(connection, order)


def prepare(
    connection: duckdb.DuckDBPyConnection,
    facts: NetworkFacts,
    organisations: OrganisationBook = NOTHING_DECIDED,
    theme_names: Sequence[ThemeName] = (),
    failing: Sequence[str] = (),
) -> None:
    """Make what the queries need before the first of them runs."""
    connection.execute("create schema if not exists core")
    connection.execute("create schema if not exists marts")
    for function in SQL_FUNCTIONS:
        connection.execute(function.statement)
    for name in MADE_FIRST:
        connection.execute(create_table(table_named(name)))
    network = table_named("core.network")
    marks = ", ".join(f"${column.name}" for column in network.columns)
    connection.execute(f"insert into core.network values ({marks})", asdict(facts))
    _write_organisations(connection, organisations)
    _write_theme_names(connection, theme_names)
    rows = [(each.name, feed) for each in questions() for feed in feeds_behind(each.name)]
    connection.executemany("insert into core.question_feed values (?, ?)", rows)
    for name in sorted(failing):
        connection.execute("insert into core.failing_connection values (?)", [name])


def run(connection: duckdb.DuckDBPyConnection, query: Query) -> None:
    """Make what one query makes: a view of staging, or a table."""
    kind = "view" if query.layer is QueryLayer.STAGING or query.target in SEEN_THROUGH else "table"
    try:
        connection.execute(f"create or replace {kind} {query.target} as {query.sql}")
    except duckdb.Error as error:
        raise BuildError(query.target, type(error).__name__, "a query that runs", _safe(error)) from error


def _comment(connection: duckdb.DuckDBPyConnection, order: Sequence[Query]) -> None:
    """Say in the release what its tables and columns mean, in one go: each commit waits for the disk."""
    built = [query.target for query in order if query.layer in (QueryLayer.CORE, QueryLayer.MARTS)]
    connection.execute("begin")
    for target in (*MADE_FIRST, *built):
        for statement in comments(table_named(target)):
            connection.execute(statement)
    connection.execute("commit")


def _write_organisations(connection: duckdb.DuckDBPyConnection, book: OrganisationBook) -> None:
    written: dict[str, list[tuple[str | None, ...]]] = {
        "spelling_as_written (written varchar, name varchar, unit varchar)": [
            (each.as_written, each.name, each.unit) for each in book.spellings
        ],
        "apart_as_written (one varchar, other varchar)": [(each.one, each.other) for each in book.apart],
        "mail_domain (domain varchar, name varchar)": [(each.domain, each.name) for each in book.domains],
        "fact_as_written (name varchar, sector varchar, parent varchar, region varchar)": [
            (each.name, each.sector.value if each.sector else None, each.parent, each.region)
            for each in book.facts
        ],
    }
    for table, rows in written.items():
        connection.execute(f"create or replace table staging.{table}")
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"insert into staging.{table.split()[0]} values ({marks})", rows)
    for statement in ORGANISATIONS_IN_FORCE:
        connection.execute(statement)


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
