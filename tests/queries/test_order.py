"""No figure depends on the order of rows, not even in its last digit."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime

from duckdb import DuckDBPyConnection

Cell = str | int | float | bool | date | datetime | None
Build = Callable[..., DuckDBPyConnection]
MEMBERS = [{"email": f"p{number}@example.org", "joined_on": date(2026, 1, 1)} for number in range(7)]
TABLES = ("core.attendance", "marts.session_figures", "marts.participation")


def attendance() -> list[dict[str, Cell]]:
    """Six meetings that 1 to 6 of seven came to, each in three lengths that are no binary fractions."""
    rows: list[dict[str, Cell]] = [
        {"email": f"p{person}@example.org", "title": f"Sessie {meeting}", "minutes": minutes,
         "starts_at": datetime(2026, 9, meeting, 10)}
        for meeting in range(1, 7)
        for person in range(meeting)
        for minutes in (10.1, 10.2, 10.3, 0.7)
    ]  # fmt: skip
    return [{**row, "line": line} for line, row in enumerate(rows, 2)]


def test_figures_do_not_depend_on_the_order_of_rows(build_network: Build) -> None:
    rows = attendance()
    answers = set()
    for seed in range(4):
        random.Random(seed).shuffle(rows)
        connection = build_network({"membership": MEMBERS, "attendance": rows})
        answers.add(
            repr([sorted(map(repr, connection.execute(f"from {table}").fetchall())) for table in TABLES])
        )
    assert len(answers) == 1
