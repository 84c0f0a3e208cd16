"""A home with releases in it, made by the real writer from a few rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl import warehouse
from etl.home import Home
from etl.manifest import Manifest
from etl.release import ReleasePlan, write_release, writer_lock
from queries.catalog import Parameter, Query, QueryLayer, ReturnColumn, Role
from tests.store.sample import ROWS, Publish, fill_with


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    made.settings_file.touch(0o600)
    warehouse.open_warehouse(made.warehouse_file).close()
    return made


@pytest.fixture
def publish(home: Home) -> Publish:
    """Publish a release whose every row says `version`."""

    def write(version: int, keep: int = 3, rows: int = ROWS, mark: str = "") -> Manifest:
        plan = ReleasePlan(date(2026, 11, 21), "Test", "nl", mark or f"mark {version}", keep)
        with writer_lock(home):
            return write_release(home, plan, fill_with(version, rows))

    return write


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two questions over the tables above, in place of the catalogue's."""

    def query(name: str, sql: str, parameters: tuple[Parameter, ...] = (), role: Role = Role.PUBLIC) -> Query:
        returns = (ReturnColumn("value", "integer", "", "A value"),)
        return Query(name, Path(f"{name}.sql"), QueryLayer.QUESTIONS, "A test.", "one row", role,
                     parameters, returns, sql)  # fmt: skip

    asked = {
        "one": query(
            "one",
            "-- a comment\nselect id, version, value, label from core.fact where id = $id or label = $label",
            (Parameter("id", "integer", "0", "Which row"), Parameter("label", "text", None, "Its label")),
        ),
        "versions": query(
            "versions",
            "select min(fact.version) as low, max(fact.version) as high, max(total.version) as total"
            " from core.fact, (select version from marts.total) as total",
        ),
        "outside": query("outside", "select * from read_csv('/etc/passwd')"),
        "secret": query("secret", "select 1 as value", role=Role.COORDINATOR),
        "types": query(
            "types",
            "select date '2026-11-21' as d, timestamp '2026-11-21 10:00' as t, 1.5::decimal(4, 2) as n,"
            " true as b, null as u, uuid '00000000-0000-0000-0000-000000000001' as id, sum(id) as s"
            " from core.fact",
        ),
    }
    monkeypatch.setattr(warehouse, "question", asked.__getitem__)
