"""A refresh collects first: what came is in the release, what failed is a warning and stops nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from etl.home import Home
from etl.warehouse import ReleaseReader
from flows.run import RefreshReport, refresh
from queries.catalog import Role
from tests.collect.site import Site, agenda, status

AS_OF = date(2031, 1, 1)
SETTINGS = """
[network]
name = "Leernetwerk"
[[collect]]
name = "agenda"
kind = "the_events_calendar"
base_url = "{url}"
allow_loopback = true
"""


@pytest.fixture
def home(tmp_path: Path, site: Site) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    made.settings_file.write_text(SETTINGS.format(url=site.url), encoding="utf-8")
    return made


def titles(home: Home) -> list[str]:
    answer = ReleaseReader(home).ask("sessions")
    return sorted(str(row["title"]) for row in answer.records())


def attending(home: Home) -> list[tuple[object, object]]:
    """Which connections ask for attention."""
    rows = ReleaseReader(home).ask("attention", role=Role.COORDINATOR).records()
    return [(row["kind"], row["subject"]) for row in rows if row["kind"] == "failed_connection"]


def run(home: Home, rebuild: bool = False) -> RefreshReport:
    return refresh(home, AS_OF, rebuild)


def test_a_refresh_collects_and_a_rebuild_needs_no_network(home: Home, site: Site) -> None:
    site.usual = agenda(3)
    report = run(home)
    assert (report.warnings, report.refused_input) == ((), False)
    assert report.steps[0][0] == "collect"
    assert titles(home) == ["Sessie – 1", "Sessie – 2", "Sessie – 3"]
    asked = len(site.paths)
    assert not run(home).published_release
    again = run(home, rebuild=True)
    assert len(site.paths) == 2 * asked
    assert "collect" not in dict(again.steps)
    assert titles(home) == ["Sessie – 1", "Sessie – 2", "Sessie – 3"]


def test_an_agenda_that_goes_back_and_forth_is_followed(home: Home, site: Site) -> None:
    for count in (2, 3, 2):
        site.usual = agenda(count)
        run(home)
        assert len(titles(home)) == count


def test_a_source_that_fails_is_a_warning_and_the_rest_is_read(home: Home, site: Site) -> None:
    run(home)
    site.usual = status(403)
    (home.inbox / "LinkedIn tellingen.csv").write_text(
        "Datum;Leden LinkedIn-groep\n1-1-2026;1204\n", encoding="utf-8"
    )
    report = run(home)
    assert report.refused_input
    assert report.files_new == 1
    assert report.warnings[0].startswith("collect agenda: refused (HTTP 403)")
    assert len(titles(home)) == 5
    assert attending(home) == [("failed_connection", "agenda")]
    site.usual = agenda(5)
    run(home)
    assert attending(home) == []


def test_a_source_that_fails_is_named_and_its_last_data_stay(home: Home, site: Site) -> None:
    """Also one that never gave anything; and when it works again nothing is said any more."""
    run(home)
    text = home.settings_file.read_text(encoding="utf-8")
    never = (
        text.split("[[collect]]")[1].replace('"agenda"', '"intake"').replace("the_events_calendar", "tally")
    )
    home.settings_file.write_text(f'{text}[[collect]]{never}form_id = "x"\n', encoding="utf-8")
    site.usual = status(403)
    report = run(home)
    assert [warning.split(":")[0] for warning in report.warnings] == ["collect agenda", "collect intake"]
    assert report.published_release
    told = {row["source"]: row for row in ReleaseReader(home).ask("data_status").records()}
    assert {name: row["status"] for name, row in told.items()} == {"agenda": "failed", "intake": "failed"}
    assert (told["agenda"]["files"], told["intake"]["files"]) == (1, 0)
    assert len(titles(home)) == 5
    assert not run(home).published_release
    home.settings_file.write_text(text, encoding="utf-8")
    site.usual = agenda(5)
    assert run(home).published_release
    told = {row["source"]: row for row in ReleaseReader(home).ask("data_status").records()}
    assert {name: row["status"] for name, row in told.items()} == {"agenda": "late"}  # AS_OF is years later


def test_the_command_says_so_with_its_exit_code(home: Home, site: Site) -> None:
    site.usual = status(403)
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "refresh", "--home", str(home.root)],
        capture_output=True, text=True, check=False, env={**os.environ}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "collect agenda: refused (HTTP 403)" in done.stdout + done.stderr
