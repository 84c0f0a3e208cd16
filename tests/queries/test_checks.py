"""The checks find what is wrong, and name all of it at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from duckdb import DuckDBPyConnection

from etl import checks
from etl.checks import check
from etl.errors import CheckError
from etl.schema.tables import TABLES, table_named

GIVEN = {
    "membership": [
        {
            "email": "a@example.org",
            "joined_on": "2026-01-01",
            "organisation": "Hogeschool A",
            "working_group": "Een",
        },
        {"email": "b@example.org", "joined_on": "2026-01-01"},
    ],
    "attendance": [
        {"email": "a@example.org", "title": "A", "starts_at": "2026-03-01 12:00:00", "minutes": 30}
    ],
}
FAULTS = (
    ("core.person: keys that occur twice", "insert into core.person from core.person"),
    (
        "core.person: rows without a key",
        "update core.person set person_id = null where email = 'b@example.org'",
    ),
    (
        "core.membership: rows that point at no core.person",
        "delete from core.person where email = 'b@example.org'",
    ),
    ("core.attendance: minutes below zero", "update core.attendance set minutes = -1"),
    (
        "core.membership: stretches that end before they begin",
        "update core.membership set ends_on = starts_on - 1",
    ),
    (
        "core.session: meetings that end before they begin",
        "update core.session set ends_at = starts_at - interval 1 day",
    ),
    (
        "marts.growth_day: growth does not add up to the members",
        "update marts.growth_day set started = 5",
    ),
    (
        "core.membership: more people in the working groups than in the network",
        "delete from core.membership",
    ),
    (
        "core.membership: stretches that overlap",
        "insert into core.membership "
        "select person_id, 2, starts_on, ends_on, start_is_known from core.membership",
    ),
)


@pytest.mark.parametrize(("failure", "fault"), FAULTS, ids=[failure for failure, _ in FAULTS])
def test_each_fault_is_found(
    failure: str, fault: str, build_network: Callable[..., DuckDBPyConnection]
) -> None:
    connection = build_network(GIVEN)
    connection.execute(fault)
    with pytest.raises(CheckError) as raised:
        check(connection)
    assert any(failure in line for line in raised.value.failures), raised.value.failures


def test_all_failures_come_at_once(build_network: Callable[..., DuckDBPyConnection]) -> None:
    connection = build_network(GIVEN)
    connection.execute("update core.attendance set minutes = -1")
    connection.execute("insert into core.person from core.person")
    with pytest.raises(CheckError) as raised:
        check(connection)
    assert len(raised.value.failures) >= 2
    assert "example.org" not in raised.value.line()


@pytest.mark.parametrize("table", ["core.person", "core.attendance"])
def test_a_repeated_key_is_found_and_counted_in_a_large_table_too(
    table: str, build_network: Callable[..., DuckDBPyConnection], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = build_network(GIVEN)
    monkeypatch.setattr(checks, "MANY_ROWS", 0)
    check(connection)
    rows = connection.execute(f"select count(*) from {table}").fetchall()[0][0]
    connection.execute(f"insert into {table} from {table}")
    with pytest.raises(CheckError) as raised:
        check(connection)
    assert f"{table}: keys that occur twice ({rows})" in raised.value.failures


@pytest.mark.parametrize("target", sorted({each.table for table in TABLES for each in table.references}))
def test_every_row_that_points_at_nothing_is_counted_under_its_table(
    target: str, build_network: Callable[..., DuckDBPyConnection]
) -> None:
    connection = build_network(GIVEN)
    expected = []
    for table in TABLES:
        for each in table.references:
            known = " and ".join(f"{column} is not null" for column in each.columns)
            counted = f"select count(*) from {table.qualified_name} where {known}"
            rows = connection.execute(counted).fetchall()[0][0]
            if each.table == target and rows:
                expected.append(f"{table.qualified_name}: rows that point at no {target} ({rows})")
    connection.execute(f"delete from {table_named(target).qualified_name}")
    if not expected:
        check(connection)
        return
    with pytest.raises(CheckError) as raised:
        check(connection)
    assert set(expected) <= set(raised.value.failures)
