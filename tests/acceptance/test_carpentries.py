"""Open data of a real learning network, which nobody shaped for Kring: every figure equals plain counting.

The files are not part of this repository. Where they lie beside the checkout, in ../shared/data/carpentries,
they are read through the example mappings; elsewhere these tests are skipped.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.acceptance.command import Record, ask, kring, refresh
from tests.house.modules import ROOT

DATA = ROOT.parent / "shared" / "data" / "carpentries"
EXAMPLE = ROOT / "docs" / "examples" / "carpentries" / "kring.toml"
AS_OF = "2019-12-31"
UNMAPPED = "member_organizations.csv"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the open data of The Carpentries is not beside this checkout"
)


@dataclass(frozen=True)
class Facts:
    """What plain Python counts in the files."""

    first_days: tuple[date, ...]
    headcounts: tuple[int | None, ...]

    def joined(self, start: date, end: date) -> int:
        """People whose first day lies in a stretch, both ends included."""
        return sum(start <= day <= end for day in self.first_days)


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def facts() -> Facts:
    first: dict[str, date] = {}
    for row in read("instructors.csv"):
        day = date.fromisoformat(row["first_badge_date"])
        first[row["person"]] = min(day, first.get(row["person"], day))
    heads = [int(row["attendance"]) if row["attendance"] else None for row in read("workshops.csv")]
    return Facts(tuple(sorted(first.values())), tuple(heads))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("carpentries") / "home"
    assert kring("init", home).code == 0
    shutil.copy(EXAMPLE, home / "kring.toml")
    for file in DATA.glob("*.csv"):
        shutil.copy(file, home / "inbox")
    ended, said = refresh(home, "--as-of", AS_OF)
    assert ended.code == (3 if said.refused_files or said.rejected_rows else 0)
    assert said.rejected_rows == 0
    return home


def day(row: Record, column: str) -> date:
    return date.fromisoformat(str(row[column]))


@pytest.mark.parametrize("grain", ["year", "month", "day"])
def test_growth_equals_plain_counting(home: Path, facts: Facts, grain: str) -> None:
    start, end = facts.first_days[0], facts.first_days[-1]
    rows = ask(home, "growth", grain=grain, from_on=start.isoformat(), to_on=end.isoformat())
    assert day(rows[0], "period_start") <= start
    assert day(rows[-1], "period_end") >= end
    wrong = []
    for row in rows:
        before = sum(joined < day(row, "period_start") for joined in facts.first_days)
        new = facts.joined(day(row, "period_start"), day(row, "period_end"))
        expected = (before, new, 0, 0, 0, before + new, before + new)
        columns = ("opening", "new", "returned", "ended", "corrections", "closing", "ever")
        if tuple(row[column] for column in columns) != expected:
            wrong.append((row["period_start"], [row[column] for column in columns], expected))
    assert wrong == []
    assert rows[-1]["closing"] == len(facts.first_days)


def test_the_facts_that_anybody_can_check(home: Path, facts: Facts) -> None:
    (row,) = ask(home, "growth", grain="day", from_on="2018-10-29", to_on="2018-10-29")
    assert row["closing"] == 1692
    assert facts.first_days[0] == date(2012, 5, 27)
    assert len(facts.first_days) == 1925


def test_headcounts_are_counted_and_unknown_stays_unknown(home: Path, facts: Facts) -> None:
    rows = ask(home, "sessions")
    totals = [row["total"] for row in rows]
    known = [int(total) for total in totals if total is not None]
    assert Counter(totals) == Counter(facts.headcounts)
    assert (len(known), sum(known)) == (1651, 41_554)
    assert totals.count(None) == 218
    assert not any(row["headcount_is_approximate"] for row in rows if row["total"] is not None)


def test_the_third_file_waits_for_a_mapping_and_says_so(home: Path) -> None:
    waiting = [row["subject"] for row in ask(home, "attention") if row["kind"] == "needs_mapping"]
    assert waiting == [UNMAPPED]
    inspected = kring("inspect", DATA / UNMAPPED, "--home", home)
    assert "[[tables]]" in inspected.output


def test_reading_it_again_changes_nothing(home: Path) -> None:
    for file in DATA.glob("*.csv"):
        shutil.copy(file, home / "inbox")
    _, said = refresh(home, "--as-of", AS_OF)
    assert not said.published
    ended, _ = refresh(home, "--as-of", AS_OF, "--rebuild")
    assert ended.code == 0
    differences = kring("releases", "diff", "previous", "current", "--home", home)
    assert "0 tables differ" in differences.output
