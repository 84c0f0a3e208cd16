"""The demo from end to end: `kring demo`, then the questions that its stories must answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from etl.demo import mess
from etl.demo.calendar import network_sessions
from etl.demo.leernetwerk import leernetwerk_sessions
from etl.demo.members import AS_OF, network_members

Row = dict[str, object]


def kring(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from flows.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "home"
    done = kring("demo", "--home", str(home), "--no-serve")
    assert done.returncode in (0, 3), done.stderr
    return home


@cache
def ask(home: Path, question: str) -> list[Row]:
    done = kring("ask", question, "--home", str(home), "--format", "json")
    assert done.returncode == 0, done.stderr
    return cast("list[Row]", json.loads(done.stdout)["rows"])


def test_the_leernetwerk_is_active_for_eighty_and_forty_percent(home: Path) -> None:
    rows = [row for row in ask(home, "participation") if row["series"] == "Online leernetwerk"]
    assert len(rows) == 1
    assert rows[0]["eligible"] == 50
    assert rows[0]["activities"] == 12
    assert 0.78 <= cast("float", rows[0]["union_reach"]) <= 0.82
    assert 0.38 <= cast("float", rows[0]["mean_reach"]) <= 0.42
    assert 0.18 <= cast("float", rows[0]["min_reach"]) <= 0.22
    assert 0.58 <= cast("float", rows[0]["max_reach"]) <= 0.62


def test_9_june_2021_had_about_130(home: Path) -> None:
    sessions = {str(row["title"]): row for row in ask(home, "sessions")}
    june = sessions["Thema's op tafel"]
    assert str(june["starts_at"]).startswith("2021-06-09")
    assert june["total"] == 130
    assert june["headcount_is_approximate"] is True
    assert 90 <= cast("int", june["attended"]) <= 96
    assert str(june["yield_on"]).startswith("2021-07-05")
    start = sessions["Startwebinar Netwerk Learning Communities"]
    assert (start["total"], start["headcount_is_approximate"], start["attended"]) == (100, True, None)


def test_every_attendance_list_finds_its_entry_on_the_agenda(home: Path) -> None:
    planned = {session.title for session in (*network_sessions(), *leernetwerk_sessions())}
    titles = [str(row["title"]) for row in ask(home, "sessions")]
    assert Counter(titles) == Counter(planned)


def test_about_seven_in_ten_of_those_who_register_come(home: Path) -> None:
    rates = [cast("float", row["show_up_rate"]) for row in ask(home, "sessions") if row["show_up_rate"]]
    assert len(rates) > 50
    assert 0.64 <= sum(rates) / len(rates) <= 0.76
    assert all(0.5 <= rate <= 0.85 for rate in rates)


def test_the_network_grows_to_a_believable_size(home: Path) -> None:
    months = ask(home, "growth")
    last = months[-1]
    assert str(last["period_start"]) == "2026-11-01"
    assert last["is_open"] is True
    truth = len({stay.person.number for stay in network_members() if stay.holds(AS_OF)})
    closing = cast("int", last["closing"])
    assert 1000 <= closing <= 1300
    assert truth <= closing <= truth + 40, "people with two addresses count twice until somebody says so"
    year = months[-13:-1]
    assert all(sum(cast("int", row[column]) for row in year) > 10 for column in ("new", "returned", "ended"))
    assert sum(cast("int", row["corrections"]) for row in months) == 0


def test_exactly_the_intended_rows_are_refused(home: Path) -> None:
    refused = Counter(Path(str(row["file"])).name for row in ask(home, "refused_rows"))
    assert refused == Counter(mess.REFUSED_ROWS)


def test_only_the_newsletter_counts_wait_for_a_mapping(home: Path) -> None:
    status = ask(home, "data_status")
    assert [row for row in status if row["status"] == "needs_mapping"]
    assert len(status) > 8


def test_spellings_of_an_organisation_are_one_organisation_with_a_sector(home: Path) -> None:
    rows = {str(row["organisation"]): row["sector"] for row in ask(home, "organisations")}
    assert rows["Hogeschool Noordrand"] == "hbo"
    assert not {"HNR", "Hs Noordrand", "hogeschool noordrand"} & set(rows)
    assert set(rows.values()) >= {"mbo", "hbo", "wo", "company", "government"}
