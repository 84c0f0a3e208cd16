"""A file that looks damaged waits for a person, while the rest of the run goes on."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from etl.home import Home
from etl.ledger import Ledger
from flows.run import WAITING
from tests.cli.network import kring, members, new_home

Row = dict[str, str | int | None]


def rows(home: Home, question: str) -> list[Row]:
    found: list[Row] = json.loads(kring("ask", question, "--format", "json", "--home", home.root).stdout)[
        "rows"
    ]
    return found


def people(home: Home) -> int:
    return int(json.loads(kring("refresh", "--json", "--home", home.root).stdout)["people"])


def statuses(home: Home) -> dict[str, str]:
    with Ledger(home) as ledger:
        return {each.file: each.status for each in ledger.readings()}


def damaged(first: int, good: int, bad: int) -> str:
    lines = [f"Persoon {n},persoon{n}@example.org,2026-13-40\n" for n in range(first, first + bad)]
    return members(first + bad, first + bad + good) + "".join(lines)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = new_home(tmp_path / "home")
    assert kring("refresh", "--home", made.root).returncode == 0
    return made


@pytest.mark.parametrize(
    ("good", "bad", "status"), [(981, 19, "partial"), (980, 20, "partial"), (979, 21, "held")]
)
def test_more_than_two_percent_of_wrong_rows_and_twenty(home: Home, good: int, bad: int, status: str) -> None:
    (home.inbox / "members new.csv").write_text(damaged(100, good, bad), encoding="utf-8")
    (home.inbox / "agenda new.csv").write_text(
        "id,titel,begin,einde\nE3,Derde,2026-06-04T13:00:00Z,2026-06-04T15:00:00Z\n", encoding="utf-8"
    )
    run = kring("refresh", "--json", "--home", home.root)
    assert run.returncode == 3
    assert statuses(home)["members new.csv"] == status
    assert len(rows(home, "sessions")) == 3, "the rest goes on"
    assert json.loads(run.stdout)["people"] == 39 + (good if status == "partial" else 0)


def test_a_held_file_says_why_waits_through_a_rebuild_and_counts_once_accepted(home: Home) -> None:
    (home.inbox / "members new.csv").write_text(damaged(100, 60, 40), encoding="utf-8")
    run = kring("refresh", "--home", home.root)
    assert run.returncode == 3
    assert (
        "waits for you: 40 of 100 rows could not be read (in Lid sinds), more than 2%"
        in run.stderr + run.stdout
    )
    assert [row["kind"] for row in rows(home, "attention")].count("held_file") == 1
    assert kring("refresh", "--rebuild", "--home", home.root).returncode == 0
    assert statuses(home)["members new.csv"] == "held"
    with Ledger(home) as ledger:
        (sha256,) = (each.sha256 for each in ledger.readings() if each.status == "held")
    accepted = kring("refresh", "--accept", sha256[:12], "--json", "--home", home.root)
    assert json.loads(accepted.stdout)["people"] == 39 + 60
    assert statuses(home)["members new.csv"] == "partial"
    assert kring("refresh", "--rebuild", "--home", home.root).returncode == 0
    assert statuses(home)["members new.csv"] == "partial"
    diff = json.loads(kring("releases", "diff", "previous", "current", "--json", "--home", home.root).stdout)
    assert diff["tables_differ"] == 0, diff


def test_a_file_that_waits_can_be_left_out_until_it_is_handed_in_again(home: Home) -> None:
    unknown = "kop,staart\n" + "".join(f"iets {n},{n}\n" for n in range(30))
    (home.inbox / "raadsel.csv").write_text(unknown, encoding="utf-8")
    (home.inbox / "members new.csv").write_text(damaged(100, 60, 40), encoding="utf-8")
    assert kring("refresh", "--home", home.root).returncode == 3
    with Ledger(home) as ledger:
        waiting = {each.file: each.sha256 for each in ledger.readings() if each.status in WAITING}
    assert sorted(waiting) == ["members new.csv", "raadsel.csv"]
    for sha256 in waiting.values():
        left_out = kring("refresh", "--leave-out", sha256[:12], "--json", "--home", home.root)
        assert json.loads(left_out.stdout)["published_release"] is True
    assert {statuses(home)[file] for file in waiting} == {"skipped"}
    kinds = {row["kind"] for row in rows(home, "attention")}
    assert kinds.isdisjoint({"held_file", "needs_mapping", "refused_rows"})
    sources = {row["source"]: row["status"] for row in rows(home, "data_status")}
    assert (sources["members"], "raadsel.csv" in sources) == ("fresh", False)
    assert people(home) == 39
    rebuilt = kring("refresh", "--rebuild", "--home", home.root)
    assert (rebuilt.returncode, {statuses(home)[file] for file in waiting}) == (0, {"skipped"})
    again = kring("refresh", "--leave-out", waiting["raadsel.csv"], "--home", home.root)
    assert again.returncode == 2, "it does not wait any more"
    (home.inbox / "raadsel.csv").write_text(unknown, encoding="utf-8")
    assert kring("refresh", "--home", home.root).returncode == 0, "to wait is no refusal"
    assert statuses(home)["raadsel.csv"] == "needs_mapping"


def test_a_short_list_of_newcomers_does_not_wait(home: Home) -> None:
    (home.inbox / "members new.csv").write_text(members(38, 50), encoding="utf-8")  # 2 of the 12 were there
    assert kring("refresh", "--home", home.root).returncode == 0
    assert people(home) == 49


def test_lists_of_two_groups_are_each_laid_beside_their_own(home: Home) -> None:
    for group, (first, last) in {"a": (100, 140), "b": (200, 260), "c": (300, 350)}.items():
        (home.inbox / f"members {group}.csv").write_text(members(first, last), encoding="utf-8")
    assert kring("refresh", "--home", home.root).returncode == 0
    for group, (first, last) in {"a": (100, 120), "b": (200, 235), "c": (300, 340)}.items():
        (home.inbox / f"members {group} later.csv").write_text(members(first, last), encoding="utf-8")
    run = kring("refresh", "--home", home.root)
    assert run.returncode == 3
    assert "it has 20 rows where the last file of members had 40, under 70%" in run.stderr + run.stdout
    assert "it has 35 rows where the last file of members had 60, under 70%" in run.stderr + run.stdout
    assert statuses(home)["members c later.csv"] == "accepted"


def test_a_much_shorter_list_waits_and_a_partial_one_does_not(home: Home) -> None:
    (home.inbox / "members june.csv").write_text(members(1, 27), encoding="utf-8")  # 26 of 39
    run = kring("refresh", "--home", home.root)
    assert run.returncode == 3
    assert "it has 26 rows where the last file of members had 39, under 70%" in run.stderr + run.stdout
    (home.inbox / "members july.csv").write_text(members(2, 30), encoding="utf-8")  # 28 of 39
    assert kring("refresh", "--home", home.root).returncode == 0
    text = home.settings_file.read_text(encoding="utf-8").replace(
        'feed = "membership"\n', 'feed = "membership"\npartial = true\n'
    )
    home.settings_file.write_text(text, encoding="utf-8")
    (home.inbox / "members new.csv").write_text(members(1, 4).replace("2026", "2025"), encoding="utf-8")
    assert kring("refresh", "--home", home.root).returncode == 0
    assert people(home) == 39


def test_a_meeting_that_ends_before_it_begins_costs_its_own_row(home: Home) -> None:
    (home.inbox / "agenda new.csv").write_text(
        "id,titel,begin,einde\n"
        "E3,Derde,2026-06-04T13:00:00Z,2026-06-04T11:00:00Z\n"
        "E4,Vierde,2026-06-05T13:00:00Z,2026-06-05T15:00:00Z\n",
        encoding="utf-8",
    )
    assert kring("refresh", "--home", home.root).returncode == 3
    assert [(row["line"], row["column"]) for row in rows(home, "refused_rows")] == [(2, "einde")]
    assert len(rows(home, "sessions")) == 3


def test_status_counts_what_the_release_calls_refused(home: Home) -> None:
    with duckdb.connect(home.warehouse_file) as feeds:  # as a reader of before had let it through
        feeds.execute("update stored.membership set left_on = joined_on - 1 where line in (3, 4)")
    assert kring("refresh", "--home", home.root, "--as-of", "2026-06-29").returncode == 0
    assert [row["line"] for row in rows(home, "refused_rows")] == [3, 4]
    said = kring("status", "--home", home.root).stdout
    assert "2 refused rows or files: see kring ask refused_rows." in said, "the build refused them"
    home.current_pointer.unlink()
    assert "Nothing was refused." in kring("status", "--home", home.root).stdout, "as far as was read"


def test_a_delivery_that_cannot_be_read_is_its_sources_newest(home: Home) -> None:
    def source() -> dict[str, tuple[str | int | None, ...]]:
        return {
            str(row["source"]): (row["status"], row["files"], row["rows"])
            for row in rows(home, "data_status")
        }

    assert source()["members"] == ("fresh", 1, 39)
    (home.inbox / "members july.csv").write_text("Naam,Lid sinds\nPersoon 1,2026-07-01\n", encoding="utf-8")
    assert kring("refresh", "--home", home.root).returncode == 3
    assert source()["members"] == ("failed", 2, 39), (
        "the rows of before count, and the source is not up to date"
    )
    assert "members july.csv" not in source()
    (home.inbox / "members july.csv").write_text(members(1, 41), encoding="utf-8")
    assert kring("refresh", "--home", home.root).returncode == 0
    assert source()["members"] == ("fresh", 3, 79)
