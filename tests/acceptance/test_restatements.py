"""What was published stays, and what changed since is told: from, to, why. On real files and commands."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.command import Record, ask, kring, refresh

SETTINGS = """\
releases_kept = 12

[network]
name = "Een netwerk"
as_of = {as_of}
minimum_minutes = {minutes}

[[tables]]
name = "members"
match = "leden*.csv"
feed = "membership"
partial = true
[tables.columns]
Naam = "full_name"
"E-mail" = "email"
Groep = "working_group"
Sinds = "joined_on"
Tot = "left_on"

[[tables]]
name = "contacts"
match = "contacten*.csv"
feed = "contact"
[tables.columns]
"E-mail" = "email"
LinkedIn = "linkedin_url"

[[tables]]
name = "profiles"
match = "profielen*.csv"
feed = "membership"
partial = true
[tables.columns]
Naam = "full_name"
LinkedIn = "linkedin_url"
Sinds = "joined_on"

[[tables]]
name = "presence"
match = "aanwezig*.csv"
feed = "attendance"
[tables.columns]
titel = "title"
begin = "starts_at"
"E-mail" = "email"
minuten = "minutes"
"""
HEAD = "Naam,E-mail,Groep,Sinds,Tot\n"
GROUPS = ("Zuid", "Noord")
PRESENT = "titel,begin,E-mail,minuten\n"
MEMBERS, TWICE = 110, ((1, 111), (2, 112))  # the last two are the first two under another address


@dataclass(frozen=True)
class Told:
    """One row of the log, as far as most tests look."""

    row_key: str
    published: int | None
    current: int | None
    reason: str
    status: str


def told(home: Path, question: str = "growth") -> list[Told]:
    """The log, newest first."""
    return [
        Told(
            str(row["row_key"]), _count(row, "published"), _count(row, "current"),
            str(row["reason"]), str(row["status"]),
        )
        for row in ask(home, "restatements")
        if row["question"] == question
    ]  # fmt: skip


def _count(row: Record, name: str) -> int | None:
    value = row[name]
    assert value is None or isinstance(value, int)
    return value


def write_settings(home: Path, as_of: str = "2026-04-20", minutes: int = 10) -> None:
    text = SETTINGS.format(as_of=as_of, minutes=minutes)
    (home / "kring.toml").write_text(text, encoding="utf-8")


def hand_in(home: Path, name: str, text: str) -> None:
    (home / "inbox" / name).write_text(text, encoding="utf-8")


def person(home: Path, number: int) -> str:
    (found,) = {
        row["person_id"] for row in ask(home, "person_keys") if row["key"] == f"email:lid{number}@example.org"
    }
    return str(found)


def review(home: Path, *words: str) -> None:
    ended = kring("review", *words, "--home", home, "--json")
    assert ended.code == 0, ended.errors


def merge(home: Path) -> None:
    for one, other in TWICE:
        review(home, "same", person(home, one), person(home, other), "--by", "tester")


def publish(home: Path, *more: str) -> None:
    ended = kring("publish", "--yes", "--json", "--home", home, *more)
    assert ended.code == 0, ended.errors


def members_at(home: Path, day: str) -> object:
    (row,) = [row for row in ask(home, "growth", grain="quarter") if row["period_end"] == day]
    return row["closing"]


def published_members(home: Path) -> list[Record]:
    ended = kring("ask", "public_members", "--role", "public", "--format", "json", "--home", home)
    assert ended.code == 0, ended.errors
    rows: list[Record] = json.loads(ended.output)["rows"]
    return rows


def differing(home: Path, one: str, other: str) -> list[str]:
    ended = kring("releases", "diff", one, other, "--home", home, "--json")
    assert ended.code == 0, ended.errors
    return [each["name"] for each in json.loads(ended.output)["tables"] if not each["same"]]


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """112 members in March, two of them twice; published. Only looked at."""
    home = tmp_path_factory.mktemp("restated") / "home"
    assert kring("init", home).code == 0
    write_settings(home)
    rows = "".join(
        f"Lid {number},lid{number}@example.org,{GROUPS[number % 2]},2025-11-{1 + number % 28:02d},\n"
        for number in range(1, MEMBERS + 1)
    )
    rows += "".join(f"Lid {one},lid{other}@example.org,Noord,2026-03-05,\n" for one, other in TWICE)
    hand_in(home, "leden.csv", HEAD + rows)
    present = "".join(
        f"Open dag,2026-02-10T13:00:00,lid{number}@example.org,{30 if number > 20 else 12}\n"
        for number in range(1, 41)
    )
    hand_in(home, "aanwezig.csv", PRESENT + present)
    _, said = refresh(home)
    assert said.rejected_rows == 0
    publish(home)
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def test_fixture_14_the_published_112_stays_and_the_110_of_now_is_told(home: Path) -> None:
    assert members_at(home, "2026-03-31") == 112
    before = published_members(home)
    merge(home)
    _, merged = refresh(home)
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Amsterdam")).date()

    assert members_at(home, "2026-03-31") == 110
    assert published_members(home) == before, "what was published stays"
    reason = f"2 duplicates merged on {in_words(today)}"
    assert told(home) == [Told("2026-03-31", 112, 110, reason, "stands")]
    (row,) = [row for row in ask(home, "restatements") if row["question"] == "growth"]
    assert list(row)[:6] == ["question", "row_key", "published", "current", "reason", "changed_at"]
    assert (row["shown"], row["published_on"]) == ("110", "2026-04-20")

    _, again = refresh(home)
    assert not again.published, "nothing new, so nothing is noted"
    _, rebuilt = refresh(home, "--rebuild")
    assert differing(home, merged.release, rebuilt.release) == []

    review(home, "undo")
    refresh(home)
    assert told(home)[0].current == 111
    review(home, "undo")
    _, undone = refresh(home)
    back = f"as published again: 1 merge taken back on {in_words(today)}"
    assert told(home) == [
        Told("2026-03-31", 112, 112, back, "back"),
        Told("2026-03-31", 112, 111, f"1 duplicate merged on {in_words(today)}", "replaced"),
        Told("2026-03-31", 112, 110, reason, "replaced"),
    ]
    _, rebuilt = refresh(home, "--rebuild")
    assert differing(home, undone.release, rebuilt.release) == []


def test_a_working_group_is_told_of_too_and_who_is_not_in_a_figure_is_not(home: Path) -> None:
    merge(home)
    refresh(home)
    (row,) = told(home, "group_growth")  # one of the two was in Zuid as well as in Noord
    assert (row.row_key, row.published, row.current) == ("Noord, 2026-03-31", 57, 56)
    assert row.reason.startswith("1 duplicate merged on ")


def test_a_late_file_is_named_and_the_regular_one_beside_it_is_not(home: Path) -> None:
    write_settings(home, "2026-05-20")
    hand_in(
        home,
        "leden-maart.csv",
        HEAD + "Nieuw Een,n1@example.org,Noord,2026-03-09,\nNieuw Twee,n2@example.org,,2026-03-09,\n",
    )
    hand_in(
        home,
        "leden-mei.csv",
        HEAD + "Lid 5,lid5@example.org,Noord,2025-11-06,\nMei Nieuw,m1@example.org,Noord,2026-05-09,\n",
    )
    hand_in(home, "leden-opzegging.csv", HEAD + "Lid 7,lid7@example.org,Noord,2025-11-08,2026-02-28\n")
    refresh(home)
    (row,) = told(home)
    assert (row.published, row.current) == (112, 113)
    assert "leden-maart.csv" in row.reason
    assert "leden-opzegging.csv" in row.reason
    assert "leden-mei.csv" not in row.reason
    assert row.reason.count("a late file received on ") == 2


def test_a_file_that_makes_two_people_one_is_named(home: Path) -> None:
    profile = "https://www.linkedin.com/in/lid-negen"
    hand_in(home, "profielen.csv", f"Naam,LinkedIn,Sinds\nLid 9,{profile},2026-03-01\n")
    refresh(home)
    assert told(home)[0].current == 113
    hand_in(home, "contacten.csv", f"E-mail,LinkedIn\nlid9@example.org,{profile}\n")
    refresh(home)
    newest = told(home)[0]
    assert (newest.published, newest.current, newest.status) == (112, 112, "back")
    assert newest.reason.startswith("as published again: a late file received on ")
    assert newest.reason.endswith(": contacten.csv")


def test_another_setting_says_so(home: Path) -> None:
    assert told(home, "public_attendance") == []
    write_settings(home, minutes=20)
    refresh(home)
    (row,) = told(home, "public_attendance")
    assert (row.row_key, row.published, row.current) == ("2026-03-31", 40, 20)
    assert row.reason == "the setting minimum_minutes went from 10 to 20"


def test_a_meeting_that_becomes_known_later_was_not_known_when_published(home: Path) -> None:
    hand_in(home, "aanwezig-laat.csv", PRESENT + "Nog een dag,2026-03-10T13:00:00,lid50@example.org,60\n")
    refresh(home)
    (row,) = told(home, "public_attendance")
    assert (row.published, row.current) == (40, 41)
    assert "aanwezig-laat.csv" in row.reason


def test_a_correction_ends_what_stood_and_the_history_stays(home: Path) -> None:
    merge(home)
    rows = "".join(f"Laat {number},laat{number}@example.org,Zuid,2026-02-01,\n" for number in range(40))
    hand_in(home, "leden-laat.csv", HEAD + rows)
    refresh(home)
    assert [(each.current, each.status) for each in told(home)] == [(150, "stands")]
    preview = kring("publish", "--preview", "--home", home)
    assert "3 published figures have changed since: kring ask restatements says why." in preview.output
    publish(home, "--correction", "Een lijst kwam later")
    _, said = refresh(home)
    assert said.published, "the log is part of a release"
    assert [(each.current, each.status) for each in told(home)] == [(150, "corrected")]
    assert [row["shown"] for row in published_members(home)] == ["110", "150"]


def test_a_release_of_an_earlier_day_restates_nothing(home: Path) -> None:
    write_settings(home, "2026-02-01")
    refresh(home)
    assert ask(home, "restatements") == []


def test_an_erasure_leaves_no_name_in_a_reason(home: Path) -> None:
    name = "leden Wouter Zonderling.csv"
    hand_in(home, name, HEAD + "Wouter Zonderling,wouter.zonderling@example.org,Noord,2026-03-09,\n")
    refresh(home)
    (row,) = told(home)
    assert name in row.reason
    ended = kring("person", "erase", "wouter.zonderling@example.org", "--yes", "--home", home)
    assert ended.code == 0, ended.errors + ended.output
    rows = told(home)
    assert [(each.current, each.status) for each in rows] == [(112, "back"), (113, "replaced")]
    assert rows[0].reason.startswith("as published again: 1 person erased on request on ")
    assert not any("Zonderling" in each.reason for each in rows)
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"Zonderling" not in kept


def test_nothing_published_nothing_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    kring("init", home)
    write_settings(home)
    hand_in(home, "leden.csv", HEAD + "Lid 1,lid1@example.org,Noord,2025-11-01,\n")
    refresh(home)
    assert ask(home, "restatements") == []
