"""Is the build right? Keys, references, ranges and the balance of growth: every failure in one error.

A right build is asked little: each table is gone through once for all that a row alone can show, tables that
point at one other are looked up in it together, and of a large table's keys only hashes are compared. What a
hash makes suspect is asked in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import duckdb

from etl.errors import CheckError
from etl.schema.ddl import quoted
from etl.schema.model import Reference, Table
from etl.schema.tables import TABLES, table_named

MANY_ROWS = 100_000  # DuckDB counts different keys in memory for each of them; a sorted list needs 8 bytes


@dataclass(frozen=True)
class Check:
    """A question whose right answer is 0, and what it means when it is not."""

    meaning: str
    sql: str


WRONG_ROWS = {
    "core.membership": (("stretches that end before they begin", "ends_on <= starts_on"),),
    "core.working_group_membership": (("stretches that end before they begin", "ends_on <= starts_on"),),
    "core.affiliation": (("stretches that end before they begin", "ends_on <= starts_on"),),
    "core.attendance": (("minutes below zero", "minutes < 0"),),
    "core.session": (
        ("a headcount below zero", "headcount < 0"),
        ("meetings that end before they begin", "ends_at < starts_at"),
    ),
}
"""What a row of a table shows by itself, and when it does."""
BETWEEN_ROWS = (
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
    failures = tuple(f"{meaning} ({count})" for meaning, count in _found(connection) if count)
    if failures:
        raise CheckError(failures)


def _found(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, int]]:
    """Everything that is checked, from the declared schema and from what is said above, with how often."""
    for table in TABLES:
        yield from _in_rows(connection, table)
    yield from _in_references(connection)
    for each in BETWEEN_ROWS:
        yield each.meaning, _numbers(connection, each.sql)[0]


def _in_rows(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[tuple[str, int]]:
    """What is wrong with the rows of one table, each by itself and among each other."""
    wrong = WRONG_ROWS.get(table.qualified_name, ())
    if table.key:
        wrong = (("rows without a key", " or ".join(f"{quoted(each)} is null" for each in table.key)), *wrong)
    if not wrong:
        return
    counts = "".join(f", count(*) filter ({condition})" for _, condition in wrong)
    rows, *found = _numbers(connection, f"select count(*){counts} from {table.qualified_name}")
    yield from (
        (f"{table.qualified_name}: {meaning}", count)
        for (meaning, _), count in zip(wrong, found, strict=True)
    )
    if table.key and _may_repeat(connection, table, rows):
        columns = ", ".join(map(quoted, table.key))
        repeated = f"select 1 from {table.qualified_name} group by {columns} having count(*) > 1"
        yield (
            f"{table.qualified_name}: keys that occur twice",
            _numbers(connection, f"select count(*) from ({repeated})")[0],
        )


def _may_repeat(connection: duckdb.DuckDBPyConnection, table: Table, rows: int) -> bool:
    """Whether two rows have the same hash of their key: without that, no two have the same key."""
    mark = f"hash({', '.join(map(quoted, table.key))})"
    if rows < MANY_ROWS:
        return _numbers(connection, f"select count(distinct {mark}) from {table.qualified_name}")[0] < rows
    marks = connection.execute(f"select {mark} as mark from {table.qualified_name}").fetchnumpy()["mark"]
    marks.sort()
    return bool((marks[1:] == marks[:-1]).any())


def _in_references(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, int]]:
    """The rows that point at nothing: all that point at one table are looked up in it at once."""
    pointing = [(reference, table) for table in TABLES for reference in table.references]
    pointing.sort(key=lambda each: each[0].table)
    for target, listed in groupby(pointing, key=lambda each: each[0].table):
        sources = list(listed)
        found = dict(connection.execute(_lost_sql(table_named(target), sources)).fetchall())
        for number, (_, table) in enumerate(sources):
            yield f"{table.qualified_name}: rows that point at no {target}", int(found.get(number, 0))


def _lost_sql(target: Table, sources: list[tuple[Reference, Table]]) -> str:
    """SELECT of the number of each source that has rows without a target, and how many."""
    names = [f"key_{place}" for place in range(len(target.key))]
    selects = []
    for number, (reference, table) in enumerate(sources):
        keys = ", ".join(
            f"{quoted(own)} as {name}" for own, name in zip(reference.columns, names, strict=True)
        )
        selects.append(f"select {number} as source, {keys} from {table.qualified_name}")
    pairs = " and ".join(
        f"pointing.{name} = target.{quoted(theirs)}" for name, theirs in zip(names, target.key, strict=True)
    )
    known = " and ".join(f"{name} is not null" for name in names)
    return (
        f"select source, count(*) from ({' union all '.join(selects)}) as pointing "
        f"anti join {target.qualified_name} as target on {pairs} where {known} group by source"
    )


def _numbers(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    """The one row of a SELECT of numbers."""
    return tuple(int(number or 0) for number in connection.execute(sql).fetchone() or ())
