"""Every core, marts and question query against its cases: given rows of feeds, expected rows."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from etl.build import OrganisationBook, ThemeName
from etl.organisation_book import Apart, MailDomain, OrganisationFacts, Sector, Spelling
from etl.restatement import Restatement, write_log
from queries.catalog import PUBLISHED, QueryLayer, all_queries, query, tables_read
from tests.queries.publication import make_publication

CASES = Path(__file__).parent / "cases"
Cell = str | int | float | bool | date | datetime | None
Row = Mapping[str, Cell]


@dataclass(frozen=True)
class Case:
    """Given rows, and what the query must make of them. `select` asks for other columns than its own."""

    query: str
    name: str
    given: Mapping[str, Sequence[Row]]
    facts: Row
    parameters: Mapping[str, str]
    organisations: OrganisationBook
    theme_names: tuple[ThemeName, ...]
    failing: tuple[str, ...]
    restatements: tuple[Restatement, ...]
    select: str | None
    expect: Sequence[Row]


def read_cases() -> Iterator[Case]:
    for path in sorted(CASES.glob("*.toml")):
        text = tomllib.loads(path.read_text(encoding="utf-8"))
        shared = text.get("given", {})
        for each in text["case"]:
            yield Case(
                path.stem,
                each["name"],
                shared | each.get("given", {}),
                text.get("facts", {}) | each.get("facts", {}),
                each.get("parameters", {}),
                OrganisationBook(
                    tuple(Spelling(*row) for row in each.get("spellings", ())),
                    tuple(MailDomain(*row) for row in each.get("mail_domains", ())),
                    tuple(
                        OrganisationFacts(name, Sector(sector) if sector else None, *more)
                        for name, sector, *more in each.get("organisation_facts", ())
                    ),
                    tuple(Apart(*pair) for pair in each.get("organisations_apart", ())),
                ),
                tuple(ThemeName(*row) for row in each.get("theme_names", ())),
                tuple(each.get("failing", ())),
                tuple(Restatement(**row) for row in each.get("restatements", ())),
                each.get("select"),
                each["expect"],
            )


@pytest.mark.parametrize("case", tuple(read_cases()), ids=lambda case: f"{case.query}: {case.name}")
def test_case(case: Case, build_network: Callable[..., DuckDBPyConnection]) -> None:
    connection = build_network(
        case.given, case.facts, case.organisations, _needed(case), case.theme_names, failing=case.failing
    )
    write_log(connection, case.restatements)
    found = _answer(connection, case)
    expected = [tuple(_wanted(cell) for cell in row.values()) for row in case.expect]
    if "." in case.query and case.select is None:
        found, expected = sorted(found, key=str), sorted(expected, key=str)
    assert len(found) == len(expected), found
    for got, wanted in zip(found, expected, strict=True):
        assert got == pytest.approx(wanted, abs=1e-4, nan_ok=False), f"{found}"


def test_every_query_has_a_case() -> None:
    cased = {path.stem for path in CASES.glob("*.toml")}
    needed = {
        each.name if each.layer is QueryLayer.QUESTIONS else each.target
        for each in all_queries()
        if each.layer in (QueryLayer.CORE, QueryLayer.MARTS, QueryLayer.PUBLIC, QueryLayer.QUESTIONS)
    }
    assert needed - cased == set()
    assert cased - needed == set()


def _needed(case: Case) -> list[str]:
    is_made = "." in case.query and not case.query.startswith(f"{PUBLISHED}.")
    asked = [case.query] if is_made else list(tables_read(query(case.query).sql))
    return asked + (list(tables_read(case.select)) if case.select else [])


def _answer(connection: DuckDBPyConnection, case: Case) -> list[tuple[object, ...]]:
    if case.select:
        rows = connection.execute(case.select).fetchall()
        return [tuple(_plain(cell) for cell in row) for row in rows]
    columns = list(case.expect[0]) if case.expect else []
    if "." in case.query and not case.query.startswith(f"{PUBLISHED}."):
        cursor = connection.execute(f"from {case.query}")
    else:
        make_publication(connection, case.given)
        asked = query(case.query)
        cursor = connection.execute(asked.sql, asked.bind(case.parameters))
    names = [str(column[0]) for column in cursor.description or ()]
    places = [names.index(column) for column in columns]
    return [tuple(_plain(row[place]) for place in places) for row in cursor.fetchall()]


def _plain(cell: object) -> object:
    return (
        cell.isoformat(sep=" ")
        if isinstance(cell, datetime)
        else cell.isoformat()
        if isinstance(cell, date)
        else cell
    )


def _wanted(cell: Cell) -> object:
    return None if cell == "null" else _plain(cell)
