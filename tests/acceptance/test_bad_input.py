"""Bad input through the real command line: each file costs its own rows, never the run."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.acceptance.command import RefreshSaid, ask, kring, refresh

SETTINGS = """\
[network]
name = "Bad input"
as_of = 2026-06-30

[[tables]]
name = "members"
match = "members*.csv"
feed = "membership"
[tables.columns]
Naam = "full_name"
"E-mail" = "email"
"Lid sinds" = "joined_on"
"""
HEADING = "Naam,E-mail,Lid sinds\n"
GOOD_ROWS = 3
LOGIN = "<!DOCTYPE html>\n<html><head><title>Inloggen</title></head><body><form>…</form></body></html>\n"
SECRET = "Willemijn Onverwacht"  # stands in refused rows and may not appear in any message


def row(number: int) -> str:
    return f"Lid {number},lid{number}@example.org,2026-01-0{number}\n"


def zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("Connections.csv", b"First Name,Last Name\n" + b"a,b\n" * 20_000_000)


def put_bad_files(inbox: Path) -> dict[str, str]:
    """Write one file of each kind; gives what must become of each: `rejected`, or a row of it refused."""
    (inbox / "members-login.csv").write_text(LOGIN, encoding="utf-8")
    (inbox / "members-empty.csv").write_bytes(b"")
    (inbox / "members-half.csv").write_bytes((HEADING + row(4)).encode("utf-16")[:-1])
    (inbox / "members-column.csv").write_text("Naam,Lid sinds\nLid 5,2026-01-05\n", encoding="utf-8")
    (inbox / "members-nul.csv").write_text(
        HEADING + row(6) + f"{SECRET}\0,x@example.org,\n", encoding="utf-8"
    )
    (inbox / "members-quote.csv").write_text(
        HEADING + row(7) + f'"{SECRET},y@example.org,\n', encoding="utf-8"
    )
    huge = f"{SECRET}{'x' * 1_000_000},z@example.org,2026-01-01\n"
    (inbox / "members-cell.csv").write_text(HEADING + row(8) + huge, encoding="utf-8")
    zip_bomb(inbox / "bomb.zip")
    (inbox / "surprise.csv").write_text("planet,moons\nMars,2\n", encoding="utf-8")
    return {
        "members-login.csv": "rejected",
        "members-empty.csv": "rejected",
        "members-half.csv": "rejected",
        "members-column.csv": "rejected",
        "members-nul.csv": "rows",
        "members-quote.csv": "rows",
        "members-cell.csv": "rows",
        "bomb.zip": "rejected",
        "surprise.csv": "needs_mapping",
    }


class World:
    """A home with a good release, then a refresh in which everything bad arrives beside one good file."""

    def __init__(self, root: Path) -> None:
        self.home = root / "home"
        assert kring("init", self.home).code == 0
        (self.home / "kring.toml").write_text(SETTINGS, encoding="utf-8")
        self.inbox = self.home / "inbox"
        (self.inbox / "members.csv").write_text(HEADING + row(1) + row(2), encoding="utf-8")
        ended, self.before = refresh(self.home)
        assert ended.code == 0
        self.fates = put_bad_files(self.inbox)
        (self.inbox / "members-good.csv").write_text(HEADING + row(3), encoding="utf-8")
        self.ended, self.after = refresh(self.home)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("bad-input"))


def lines_about(said: RefreshSaid, name: str) -> list[str]:
    return [line for line in said.warnings if line.startswith(f"{name}:")]


def test_the_exit_code_says_that_input_was_refused(world: World) -> None:
    assert world.ended.code == 3
    assert world.after.published


def test_every_bad_file_has_one_clear_line(world: World) -> None:
    for name in world.fates:
        lines = lines_about(world.after, name)
        assert len(lines) == 1, (name, lines)
        assert len(lines[0]) < 400
        assert "\n" not in lines[0]
    assert lines_about(world.after, "members-good.csv") == []


def test_the_files_have_the_status_they_deserve(world: World) -> None:
    read = {str(each["file"]): each["status"] for each in ask(world.home, "source_files", question="growth")}
    whole = {str(each["file"]) for each in ask(world.home, "refused_rows") if each["line"] == 0}
    waiting = {
        str(each["subject"]) for each in ask(world.home, "attention") if each["kind"] == "needs_mapping"
    }
    fates = {
        name: "needs_mapping" if name in waiting else "rows" if read.get(name) == "partial" else "rejected"
        for name in world.fates
    }
    assert fates == world.fates
    rejected = {name for name, fate in world.fates.items() if fate == "rejected"}
    assert rejected <= whole
    assert world.after.refused_files == len(rejected)


def test_refused_rows_are_listed_with_file_line_and_reason(world: World) -> None:
    refused = ask(world.home, "refused_rows")
    for name, fate in world.fates.items():
        if fate != "needs_mapping":
            reasons = [str(each["reason"]) for each in refused if each["file"] == name]
            assert reasons, name
            assert all(reasons), name
    lines = {str(each["file"]): each["line"] for each in refused}
    assert [lines[f"members-{name}.csv"] for name in ("nul", "quote", "cell")] == [3, 3, 3]
    (column,) = [str(each["reason"]) for each in refused if each["file"] == "members-column.csv"]
    assert "E-mail" in column


def test_everything_else_is_loaded(world: World) -> None:
    (last,) = ask(world.home, "growth", grain="year", from_on="2026-06-30", to_on="2026-06-30")
    rows_beside_a_bad_one = sum(fate == "rows" for fate in world.fates.values())
    assert last["closing"] == GOOD_ROWS + rows_beside_a_bad_one


def test_an_unknown_table_gets_a_proposal(world: World, tmp_path: Path) -> None:
    file = tmp_path / "deelnemers.csv"
    file.write_text("Naam;E-mailadres;Aanwezig\nLid 9;lid9@example.org;ja\n", encoding="utf-8")
    ended = kring("inspect", file, "--json")
    assert ended.code == 0
    (said,) = json.loads(ended.output)
    assert said["status"] == "needs_mapping"
    assert "[[tables]]" in said["reason"]
    assert '"E-mailadres" = "email"' in said["reason"]


def test_bad_files_alone_leave_the_good_figures_served(world: World) -> None:
    before = ask(world.home, "growth", grain="year")
    (world.inbox / "members-page.csv").write_text(LOGIN + "<!-- again -->", encoding="utf-8")
    ended, _ = refresh(world.home)
    assert ended.code == 3
    assert ask(world.home, "growth", grain="year") == before


def test_a_run_that_fails_leaves_the_last_release_served(world: World) -> None:
    before = ask(world.home, "growth", grain="year")
    settings = world.home / "kring.toml"
    try:
        settings.write_text(SETTINGS + "\n[tables.constants]\nno_such_field = 'x'\n", encoding="utf-8")
        failed = kring("refresh", "--home", world.home)
        assert failed.code == 2
        assert len(failed.errors.strip().splitlines()) == 1
        assert ask(world.home, "growth", grain="year") == before
    finally:
        settings.write_text(SETTINGS, encoding="utf-8")


def test_no_message_holds_a_personal_value(world: World) -> None:
    said = world.ended.output + world.ended.errors + kring("status", "--home", world.home).output
    said += json.dumps(ask(world.home, "refused_rows"))
    assert SECRET not in said
    assert "@example.org" not in said
