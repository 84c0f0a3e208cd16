"""Is the build right? Keys, references, ranges and the balance of growth: every failure in one error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from etl.errors import CheckError
from etl.schema.ddl import quoted
from etl.schema.model import Table
from etl.schema.tables import TABLES, table_named


@dataclass(frozen=True)
class Check:
    """A question whose right answer is 0, and what it means when it is not."""

    meaning: str
    sql: str


RANGES = (
    Check("core.membership: stretches that end before they begin",
          "select count(*) from core.membership where ends_on <= starts_on"),
    Check("core.working_group_membership: stretches that end before they begin",
          "select count(*) from core.working_group_membership where ends_on <= starts_on"),
    Check("core.affiliation: stretches that end before they begin",
          "select count(*) from core.affiliation where ends_on <= starts_on"),
    Check("core.attendance: minutes below zero", "select count(*) from core.attendance where minutes < 0"),
    Check("core.session: a headcount below zero", "select count(*) from core.session where headcount < 0"),
    Check("core.session: meetings that end before they begin",
          "select count(*) from core.session where ends_at < starts_at"),
    Check("core.membership: stretches that overlap", """
        select count(*)
        from core.membership as earlier
        join core.membership as later
            on later.person_id = earlier.person_id and later.stretch = earlier.stretch + 1
        where later.stretch > 1 and (earlier.ends_on is null or later.starts_on < earlier.ends_on)"""),
    Check("core.membership: more people in the working groups than in the network", """
        select count(*) from (select distinct person_id from core.working_group_membership)
        anti join core.membership using (person_id)"""),
    Check("marts.growth_day: growth does not add up to the members", """
        select abs(
            coalesce((select sum(started - ended) from marts.growth_day
                where working_group is null and audience is null), 0)
            - (select count(*) from core.membership, core.network
                where starts_on <= as_of and (ends_on is null or ends_on > as_of)))"""),
)  # fmt: skip


def check(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise one CheckError that names everything that is wrong, or return."""
    failures = []
    for each in checks():
        row = connection.execute(each.sql).fetchone()
        if row and row[0]:
            failures.append(f"{each.meaning} ({row[0]})")
    if failures:
        raise CheckError(tuple(failures))


def checks() -> Iterator[Check]:
    """Everything that is checked, from the declared schema and from the ranges above."""
    for table in TABLES:
        if table.key:
            yield _key_is_whole(table)
            yield _key_is_unique(table)
        yield from _references(table)
    yield from RANGES


def _key_is_whole(table: Table) -> Check:
    empty = " or ".join(f"{quoted(column)} is null" for column in table.key)
    return Check(
        f"{table.qualified_name}: rows without a key",
        f"select count(*) from {table.qualified_name} where {empty}",
    )


def _key_is_unique(table: Table) -> Check:
    """Keys of several columns are compared by a hash first: only rows that share one are compared in full."""
    columns = ", ".join(quoted(column) for column in table.key)
    suspects = ""
    if len(table.key) > 1:
        suspects = (
            f"semi join (select hash({columns}) as mark from {table.qualified_name} group by mark "
            f"having count(*) > 1) as suspect on suspect.mark = hash({columns}) "
        )
    return Check(
        f"{table.qualified_name}: keys that occur twice",
        f"select count(*) from (select 1 from {table.qualified_name} {suspects}"
        f"group by {columns} having count(*) > 1)",
    )


def _references(table: Table) -> Iterator[Check]:
    for reference in table.references:
        target = table_named(reference.table)
        pairs = " and ".join(
            f"source.{quoted(own)} = target.{quoted(theirs)}"
            for own, theirs in zip(reference.columns, target.key, strict=True)
        )
        known = " and ".join(f"source.{quoted(own)} is not null" for own in reference.columns)
        yield Check(
            f"{table.qualified_name}: rows that point at no {reference.table}",
            f"select count(*) from {table.qualified_name} as source "
            f"anti join {target.qualified_name} as target on {pairs} where {known}",
        )
