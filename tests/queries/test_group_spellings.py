"""A working group is one, however its name is written: capitals and white space make no other group."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

import pytest
from duckdb import DuckDBPyConnection

from etl import warehouse
from etl.identity.keys import SQL_FUNCTIONS
from etl.schema.groups import plain_group
from queries.catalog import feeds_behind

Cell = str | int | float | bool | date | datetime | None
Row = dict[str, Cell]
Build = Callable[..., DuckDBPyConnection]
FIRST: Row = {"sha256": "first", "received_at": datetime(2026, 2, 1, 10)}
LATER: Row = {"sha256": "later", "received_at": datetime(2026, 6, 1, 10)}
SOURCE: Row = {"source": "ledenlijst"}
SHOWN = "Groep Café"
SLOPPY = "  groep  " + unicodedata.normalize("NFD", "CAFÉ") + " "
MEMBERS: list[Row] = [
    {"email": "a@example.org", "working_group": SHOWN, "joined_on": date(2025, 1, 1), "role": "voorzitter",
     **FIRST, **SOURCE},
    {"email": "a@example.org", "working_group": SLOPPY, "joined_on": date(2025, 1, 1), "role": "voorzitter",
     "left_on": date(2026, 3, 1), **LATER, **SOURCE},
    {"email": "a@example.org", "working_group": "GROEP CAFÉ", "joined_on": date(2026, 3, 10), **LATER},
    {"email": "b@example.org", "working_group": "Groep\u00a0Café", "joined_on": date(2025, 6, 1), **LATER},
    {"email": "c@example.org", "working_group": "Groep Café.", "joined_on": date(2025, 6, 1), **LATER},
]  # fmt: skip
EVENTS: list[Row] = [
    {"title": "Casus 1", "starts_at": datetime(2026, 3, 2, 12), "series": "Reeks", "working_group": SLOPPY},
    {"title": "Casus 2", "starts_at": datetime(2026, 4, 6, 12), "series": "Reeks", "working_group": SHOWN},
]
ATTENDANCE: list[Row] = [
    {"email": "b@example.org", "title": "Casus 1", "starts_at": datetime(2026, 3, 2, 12), "minutes": 60.0},
    {"email": "c@example.org", "title": "Casus 2", "starts_at": datetime(2026, 4, 6, 12), "minutes": 60.0},
]
TEXTS: list[Row] = [{"email": "b@example.org", "text": "Hoe dan?", "working_group": SLOPPY, **LATER}]
GIVEN = {"membership": MEMBERS, "event": EVENTS, "attendance": ATTENDANCE, "contribution": TEXTS}


def test_a_stretch_goes_on_when_the_group_is_written_differently(build_network: Build) -> None:
    connection = build_network({"membership": MEMBERS})
    assert connection.execute(
        "select email, working_group, stretch, starts_on, ends_on from core.working_group_membership"
        " join core.person using (person_id) order by all"
    ).fetchall() == [
        ("a@example.org", SHOWN, 1, date(2025, 1, 1), None),
        ("b@example.org", SHOWN, 1, date(2025, 6, 1), None),
        ("c@example.org", "Groep Café.", 1, date(2025, 6, 1), None),
    ]
    assert connection.execute(
        "select working_group, sum(joined), sum(started - ended) from marts.growth_day"
        " where working_group is not null group by all order by all"
    ).fetchall() == [(SHOWN, 2, 2), ("Groep Café.", 1, 1)]


def test_a_role_told_again_in_other_capitals_is_the_same_role(build_network: Build) -> None:
    connection = build_network({"membership": MEMBERS})
    assert connection.execute("select working_group, role, starts_on, ends_on from core.role").fetchall() == [
        (SHOWN, "voorzitter", date(2025, 1, 1), date(2026, 3, 1))
    ]


def test_meetings_texts_participation_and_filters_know_one_group(build_network: Build) -> None:
    connection = build_network(GIVEN)

    def asked(sql: str) -> list[tuple[object, ...]]:
        return connection.execute(sql).fetchall()

    assert asked("select distinct working_group from core.session") == [(SHOWN,)]
    assert asked("select working_group from core.contribution") == [(SHOWN,)]
    assert asked(
        "select distinct series, working_group, activities, eligible from marts.participation"
        " where window_months = 12 and (series is not null or working_group is not null) order by all"
    ) == [("Reeks", SHOWN, 2, 2), (None, SHOWN, 2, 2)]
    assert asked(
        "select value, people from marts.filter_value where dimension = 'working_group' order by all"
    ) == [(SHOWN, 2), ("Groep Café.", 1)]


@pytest.mark.parametrize(("one", "other"), [("groep a", "Groep A"), ("Groep A", "groep a")])
def test_the_way_received_first_is_shown_whatever_a_later_file_does(
    build_network: Build, one: str, other: str
) -> None:
    """Also where the later file tells the same row anew, and a third does so in the first way."""
    rows: list[Row] = [
        {"email": "a@example.org", "working_group": one, "entry_id": "1", **FIRST},
        {"email": "b@example.org", "working_group": other, **LATER},
        {"email": "a@example.org", "working_group": one, "entry_id": "1", "sha256": "last",
         "received_at": datetime(2026, 7, 1)},
    ]  # fmt: skip
    connection = build_network({"membership": rows})
    assert connection.execute("select distinct working_group from core.listing").fetchall() == [(one,)]


def test_in_one_run_the_order_of_files_and_rows_does_not_count(build_network: Build) -> None:
    names = ["groep a", "Groep A", "GROEP  A", "Groep a"]
    found = set()
    for seed in range(4):
        random.Random(seed).shuffle(names)
        rows = [
            {"email": f"{len(name)}{name[:3]}@example.org", "working_group": name, "sha256": str(place)}
            for place, name in enumerate(names)
        ]
        connection = build_network({"membership": rows})
        found |= set(connection.execute("select distinct working_group from core.listing").fetchall())
    assert found == {("GROEP A",)}


def test_nothing_but_white_space_is_no_group(build_network: Build) -> None:
    connection = build_network({"membership": [{"email": "a@example.org", "working_group": " \u00a0 "}]})
    assert connection.execute("select working_group from core.listing").fetchall() == [(None,)]


def test_how_a_group_is_written_elsewhere_is_not_counted_as_a_source_of_a_figure() -> None:
    assert "contribution" not in feeds_behind("growth")
    assert "event" not in feeds_behind("working_groups")


def test_sql_and_python_compare_groups_alike() -> None:
    letters = [chr(code) for code in range(1, sys.maxunicode) if not 0xD800 <= code < 0xE000]
    names = ["".join(("a", letter, " ", letter, "B")) for letter in letters if letter.isprintable()]
    names += [f"a{letter}b" for letter in letters[:0x3000]] + ["ΣΑΣ Σ", "Straße STRASSE", "ﬁ Ǆ"]
    with warehouse.scratch(threads=1) as connection:
        connection.execute("attach ':memory:' as staging")
        for function in SQL_FUNCTIONS:
            connection.execute(function.statement)
        found = connection.execute(
            "select name, coalesce(staging.plain_group(name), '') from (select unnest($names) as name)",
            {"names": names},
        ).fetchall()
    assert [(name, plain) for name, plain in found if plain != plain_group(name)] == []
