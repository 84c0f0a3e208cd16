"""Every file of SQL: its header is whole, its folder its role; it reads and returns what it may."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from etl.errors import BuildError, QuestionError
from etl.schema.tables import TABLES, table_named
from queries import catalog
from queries.catalog import SQL_TYPES, Query, QueryLayer, Role, all_queries, may_read, questions
from tests.queries.publication import make_publication

ROOT = Path(__file__).parents[2]
EVERY = all_queries()
NAMES = [each.target for each in EVERY]
HEAD = "-- meaning: m\n-- grain: one row\n-- role: coordinator\n"
# The columns that the public contract promises, in order. More may follow.
PROMISED = {
    "growth": "period_start, period_end, is_open, opening, new, returned, ended, corrections, closing, ever",
    "working_groups": "working_group, members, new, ended",
    "organisations": "organisation, sector, parent, members, attendances, attendance_share",
    "sessions": (
        "session_id, title, starts_at, ends_at, kind, mode, series, theme, working_group, audience, "
        "registered, attended, headcount, headcount_is_approximate, total, show_up_rate, walk_ins, "
        "first_timers, returning, median_minutes, yield_on"
    ),
    "participation": (
        "series, working_group, from_on, to_on, eligible, activities, union_reach, mean_reach, min_reach, "
        "max_reach, chance_baseline, differentiation_index"
    ),
    "data_status": "source, last_received_at, newest_on, files, rows, rejected, status",
    "refused_rows": "file, line, column, reason",
    "restatements": "question, row_key, published, current, reason, changed_at",
    "milestones": "title, kind, happened_on, owner, value",
    "active_members": "period_start, period_end, is_open, members, active, share",
    "group_growth": "working_group, period_start, period_end, is_open, closing",
    "attention": "kind, subject, value, happened_on",
    "source_files": "file, source, sha256, received_at, rows_read, rows_used, rows_rejected, status",
    "filters": "dimension, value, people",
}


@pytest.mark.parametrize("each", EVERY, ids=NAMES)
def test_header_says_what_the_query_means(each: Query) -> None:
    assert len(each.meaning) > 15
    assert each.grain.startswith("one row")
    if each.layer is QueryLayer.QUESTIONS:
        assert each.path.parent.name == each.role.name.lower()
        assert each.returns
    else:
        assert each.declared_as == each.target


@pytest.mark.parametrize("each", EVERY, ids=NAMES)
def test_a_query_reads_only_what_its_folder_may(each: Query) -> None:
    for table in catalog.tables_read(each.sql):
        assert table.partition(".")[0] in may_read(each), table


@pytest.mark.parametrize("each", EVERY, ids=NAMES)
def test_parameters_declared_are_parameters_used(each: Query) -> None:
    assert set(re.findall(r"\$(\w+)", _code(each))) == {parameter.name for parameter in each.parameters}
    for parameter in each.parameters:
        parameter.value(parameter.default)


@pytest.mark.parametrize("each", EVERY, ids=NAMES)
def test_a_query_is_one_select(each: Query) -> None:
    code = _code(each)
    assert ";" not in code
    assert not re.search(r"\b(now|current_\w+|random|today|uuid)\(|\bcurrent_(date|timestamp)\b", code)


OVER_NOTHING = re.compile(r"(?<!row_number\(\) )\bover\s*\(\s*\)", re.IGNORECASE)


@pytest.mark.parametrize(
    "file", sorted([*ROOT.glob("queries/**/*.sql"), *ROOT.glob("[efd]*/**/*.py")]), ids=lambda file: file.stem
)
def test_no_window_is_over_nothing(file: Path) -> None:
    """On such a window DuckDB 1.5.5 fails now and then, and every question after it, until it is opened anew.

    Numbering as rows pass (`row_number() over ()`) is another operator, which does not fail.
    """
    assert not OVER_NOTHING.search(file.read_text(encoding="utf-8"))


def test_answers_have_the_columns_that_the_header_says(
    build_network: Callable[..., DuckDBPyConnection],
) -> None:
    connection = build_network({})
    make_publication(connection, {})
    for each in questions():
        described = connection.execute(f"describe {each.sql}", each.bind()).fetchall()
        assert [(row[0], row[1]) for row in described] == [
            (column.name, SQL_TYPES[column.type]) for column in each.returns
        ], each.name


def test_tables_have_the_columns_that_are_declared(build_network: Callable[..., DuckDBPyConnection]) -> None:
    connection = build_network({})
    for table in TABLES:
        described = connection.execute(f"describe {table.qualified_name}").fetchall()
        declared = [(column.name, column.type.value) for column in table.columns]
        assert [(row[0], row[1]) for row in described] == declared, table.qualified_name
    commented = connection.execute(
        "select count(*) from duckdb_columns() where schema_name in ('core', 'marts') and comment is not null"
    ).fetchone()
    assert commented == (sum(len(table.columns) for table in TABLES),)


def test_every_table_is_declared_once_and_made_once() -> None:
    made = [each.target for each in EVERY if each.layer in (QueryLayer.CORE, QueryLayer.MARTS)]
    by_hand = {"core.network", "core.question_feed", "core.failing_connection", "core.restatement"}
    assert sorted([*made, *by_hand]) == sorted(table.qualified_name for table in TABLES)
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert set(table.key) <= set(names)
        for reference in table.references:
            assert set(reference.columns) <= set(names)
            assert len(table_named(reference.table).key) == len(reference.columns)


def test_only_the_coordinator_gets_answers_about_persons() -> None:
    """A question for a lower role returns no column that a table declares as personal or pseudonymous."""
    near_persons = {
        column.name for table in TABLES for column in table.columns if column.sensitivity.value != "none"
    } - {"text"}
    for each in questions():
        if each.role < Role.COORDINATOR:
            assert not near_persons & {column.name for column in each.returns}, each.name


def test_every_promised_question_exists_with_its_columns_in_order() -> None:
    for name, columns in PROMISED.items():
        promised = columns.split(", ")
        assert [column.name for column in catalog.question(name).returns][: len(promised)] == promised


def test_the_build_runs_each_query_after_what_it_reads() -> None:
    done: set[str] = set()
    for each in catalog.build_order():
        made = {other.target for other in catalog.build_order()}
        assert set(catalog.tables_read(each.sql)) & made <= done
        done.add(each.target)


def test_lineage_leaves_out_cte_names_and_reads_parameters() -> None:
    sql = (
        "with x as (from core.a) select $p, (select max(i) from marts.b) from x "
        "where j in (select j from core.c)"
    )
    assert catalog.tables_read(sql) == ("core.a", "core.c", "marts.b")
    with pytest.raises(BuildError):
        catalog.tables_read("select from where")


def test_feeds_behind_a_question() -> None:
    assert catalog.feeds_behind("growth") == ("contact", "membership")
    assert {"attendance", "event", "registration"} <= set(catalog.feeds_behind("sessions"))


def test_an_unknown_question_or_parameter_is_refused() -> None:
    for name in ("nothing", "../core/person", "growth; drop"):
        with pytest.raises(QuestionError):
            catalog.question(name)
    growth = catalog.question("growth")
    for given in ({"colour": "red"}, {"grain": "hour"}, {"from_on": "yesterday"}):
        with pytest.raises(QuestionError) as refused:
            growth.bind(given)
        assert "yesterday" not in refused.value.line()
    assert growth.bind({"grain": "week"})["grain"] == "week"
    with pytest.raises(QuestionError):
        catalog.question("working_groups").bind({"months": "many"})


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "-- meaning: too little\nselect 1",
        f"{HEAD}-- parameters:\n--   x\n-- returns:\n--   a text: b\nselect 1",
        f"{HEAD}-- parameters: none\n-- returns:\n--   a colour: b\nselect 1",
    ],
)
def test_a_header_that_is_not_whole_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "questions" / "coordinator" / "broken.sql"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalog, "FOLDER", tmp_path)
    with pytest.raises(BuildError):
        catalog.read_query(path)


def _code(each: Query) -> str:
    return "\n".join(line for line in each.sql.splitlines() if not line.lstrip().startswith("--"))
