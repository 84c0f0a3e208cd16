"""Adding something is one file and one line; a file without its line fails here."""

from __future__ import annotations

from dashboard.navigation import PAGES, VIEWS
from etl.sources import SOURCES
from queries.catalog import FOLDER, all_queries
from tests.house.modules import ROOT, modules

NO_PAGES = {"__init__.py"}


def test_every_module_that_names_a_format_is_in_sources() -> None:
    named = {
        name
        for name, module in modules().items()
        if name.startswith("etl.sources.") and "\nformat_id" in module.path.read_text(encoding="utf-8")
    }
    registered = {str(getattr(source, "__name__", type(source).__module__)) for source in SOURCES}
    assert registered == named
    assert len({source.format_id for source in SOURCES}) == len(SOURCES)


def test_every_view_is_a_page() -> None:
    files = {path.relative_to(VIEWS).as_posix() for path in VIEWS.rglob("*.py")} - NO_PAGES
    assert {page.file for page in PAGES} == files
    for attribute in ("key", "path"):
        values = [getattr(page, attribute) for page in PAGES]
        assert len(set(values)) == len(values), f"two pages share a {attribute}"


def test_every_sql_file_is_in_the_catalogue() -> None:
    assert {query.path for query in all_queries()} == set(FOLDER.rglob("*.sql"))
    stray = [
        path for path in ROOT.glob("*/**/*.sql") if FOLDER not in path.parents and ".venv" not in path.parts
    ]
    assert stray == [], "SQL files live in queries/"


def test_every_flow_is_registered() -> None:
    from flows.schedule import FLOWS

    files = {
        name
        for name, module in modules().items()
        if name.startswith("flows.") and "\n@flow" in module.path.read_text(encoding="utf-8")
    }
    assert {entry.flow.fn.__module__ for entry in FLOWS} == files
