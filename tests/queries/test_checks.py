"""The checks find what is wrong, and name all of it at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from duckdb import DuckDBPyConnection

from etl.checks import check
from etl.errors import CheckError

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
