"""Cases with one right answer, from real files to answers: rejoins, grace days, jobs, groups, late merges."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import Record, ask, kring, refresh

SETTINGS = """\
[network]
name = "Klein netwerk"
as_of = 2026-10-31

[[tables]]
name = "members"
match = "leden*.csv"
feed = "membership"
[tables.columns]
Naam = "full_name"
"E-mail" = "email"
Werkgroep = "working_group"
Organisatie = "organisation"
Van = "joined_on"
Tot = "left_on"

[[tables]]
name = "agenda"
match = "agenda*.csv"
feed = "event"
[tables.columns]
id = "event_id"
titel = "title"
begin = "starts_at"
einde = "ends_at"

[[tables]]
name = "presence"
match = "presentie*.csv"
feed = "attendance"
[tables.columns]
id = "event_id"
"E-mail" = "email"
Organisatie = "organisation"
van = "joined_at"
tot = "left_at"
"""
REJOINS = (
    "E1,rik@example.org,,2026-06-09T13:00:00Z,2026-06-09T13:20:00Z\n"
    "E1,rik@example.org,,2026-06-09T13:18:00Z,2026-06-09T13:40:00Z\n"
    "E1,rik@example.org,,2026-06-09T14:10:00Z,2026-06-09T14:50:00Z\n"
)
EMPLOYERS = (
    "E2,mo@example.org,Hogeschool A,2026-03-16T13:00:00Z,2026-03-16T14:50:00Z\n"
    "E3,mo@example.org,Bedrijf B,2026-04-08T13:00:00Z,2026-04-08T14:50:00Z\n"
)
MEMBERS_HEADING = "Naam,E-mail,Werkgroep,Organisatie,Van,Tot\n"


def members() -> str:
    """Fixture 4, 5 and 6: who left and came back, who changed jobs, and two groups that overlap."""
    rows = [
        "Gre Grace,gre@example.org,,,2025-01-10,2026-05-01", "Gre Grace,gre@example.org,,,2026-05-20,",
        "Pia Pauze,pia@example.org,,,2025-01-10,2026-05-01", "Pia Pauze,pia@example.org,,,2026-08-01,",
        "Mo Beweegt,mo@example.org,,Hogeschool A,2025-01-10,",
    ]  # fmt: skip
    rows += [f"Lid {n},lid{n}@example.org,Een,,2025-01-10," for n in range(30)]
    rows += [f"Lid {n},lid{n}@example.org,Twee,,2025-01-10," for n in range(18, 48)]
    return MEMBERS_HEADING + "\n".join(rows) + "\n"


FILES = {
    "leden.csv": members(),
    "agenda.csv": (
        "id,titel,begin,einde\n"
        "E1,Rejoins,2026-06-09T13:00:00Z,2026-06-09T15:00:00Z\n"
        "E2,Maart,2026-03-16T13:00:00Z,2026-03-16T15:00:00Z\n"
        "E3,April,2026-04-08T13:00:00Z,2026-04-08T15:00:00Z\n"
    ),
    "presentie.csv": "id,E-mail,Organisatie,van,tot\n" + REJOINS + EMPLOYERS,
}


def hand_in(home: Path) -> None:
    for name, text in FILES.items():
        (home / "inbox" / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("fixtures") / "home"
    assert kring("init", home).code == 0
    (home / "kring.toml").write_text(SETTINGS, encoding="utf-8")
    hand_in(home)
    _, said = refresh(home)
    assert said.rejected_rows == 0
    return home


def month(home: Path, start: str) -> Record:
    (row,) = [row for row in ask(home, "growth") if row["period_start"] == start]
    return row


def meeting(home: Path, title: str) -> Record:
    (row,) = [row for row in ask(home, "sessions") if row["title"] == title]
    return row


def test_fixture_1_rejoins_are_one_person_for_eighty_minutes(made: Path) -> None:
    row = meeting(made, "Rejoins")
    assert (row["attended"], row["median_minutes"]) == (1, 80)


def test_fixture_4_a_gap_within_the_grace_days_is_no_movement(made: Path) -> None:
    may, august = month(made, "2026-05-01"), month(made, "2026-08-01")
    assert (may["ended"], may["returned"]) == (1, 0), "only the one who stayed away for long"
    assert (august["ended"], august["returned"], august["new"]) == (0, 1, 0)
    assert month(made, "2026-06-01")["returned"] == 0
    for row in ask(made, "growth"):
        moved = [row[each] for each in ("opening", "new", "returned", "corrections")]
        assert sum(int(each or 0) for each in moved) - int(row["ended"] or 0) == row["closing"]


def test_fixture_5_a_meeting_counts_for_the_organisation_of_that_day(made: Path) -> None:
    counted = {row["organisation"]: row["attendances"] for row in ask(made, "organisations")}
    assert counted["Hogeschool A"] == 1, "March"
    assert counted["Bedrijf B"] == 1, "April"


def test_fixture_6_groups_of_thirty_with_twelve_in_both_are_forty_eight_people(made: Path) -> None:
    rows = ask(made, "working_groups")
    counted = {row["working_group"]: row["members"] for row in rows}
    assert (counted["Een"], counted["Twee"]) == (30, 30)
    groupless = 3
    assert counted[None] == 48 + groupless


def test_fixture_13_the_same_files_twice_change_nothing_and_are_known(made: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(made, tmp_path / "home"))
    hand_in(home)
    ended, said = refresh(home)
    assert not said.published
    assert json.loads(ended.output)["files"] == {"new": 0, "known": 3, "refused": 0}
    text = (FILES["presentie.csv"] + REJOINS).encode()
    (home / "inbox" / "presentie nog eens.csv").write_bytes(text)
    refresh(home)
    assert meeting(home, "Rejoins")["median_minutes"] == 80, "rows told twice are no second presence"


def test_fixture_14_a_late_merge_moves_the_figure_of_now_and_not_what_was_published(tmp_path: Path) -> None:
    """112 people joined in March, as published; two of them turn out to be two others."""
    home = tmp_path / "home"
    assert kring("init", home).code == 0
    (home / "kring.toml").write_text(SETTINGS, encoding="utf-8")
    rows = [f"Lid {n},lid{n}@l{n}.example.org,,,2026-03-{n % 28 + 1:02}," for n in range(112)]
    (home / "inbox" / "leden.csv").write_text(MEMBERS_HEADING + "\n".join(rows) + "\n", encoding="utf-8")
    refresh(home)
    assert month(home, "2026-03-01")["new"] == 112
    assert kring("publish", "--home", home, "--yes").code == 0
    published = kring("ask", "public_members", "--role", "public", "--home", home, "--format", "json").output
    ids = {row["key"]: str(row["person_id"]) for row in ask(home, "person_keys")}
    for one, other in ((0, 1), (2, 3)):
        pair = (ids[f"email:lid{n}@l{n}.example.org"] for n in (one, other))
        assert kring("review", "same", *pair, "--home", home).code == 0
    refresh(home)
    assert month(home, "2026-03-01")["new"] == 110
    after = kring("ask", "public_members", "--role", "public", "--home", home, "--format", "json").output
    assert after == published, "what was published stays"
    assert len(ask(home, "person_decisions")) == 2, "and the decisions tell why the figure moved"
