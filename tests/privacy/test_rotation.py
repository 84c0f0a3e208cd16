"""A new key: everybody has another id, and every join, decision and erasure is what it was."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etl.decisions import DecisionKind, Decisions
from etl.home import Home
from etl.manifest import release_folders
from etl.privacy import audit, rotation
from etl.privacy.search import Needle, search
from etl.privacy.subject import find_people
from etl.release import current, releases
from etl.warehouse import ReleaseReader, open_release
from flows.person import erase, export
from flows.rotation import rotate_key
from flows.run import refresh
from tests.cli.network import copy_home, kring
from tests.privacy.planted import Planted, plant
from tests.privacy.test_retention import LANDED, keep, landed

PEOPLE = [Planted(number) for number in range(2)]
OTHERS = [Planted(number) for number in range(60, 80)]
TWIN = "tweede.adres@example.nl"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A network with decisions of every kind, somebody who was erased, and pseudonyms of earlier days."""
    home = Home(tmp_path_factory.mktemp("rotation") / "home")
    plant(home, PEOPLE, OTHERS)
    other = f"Naam,E-mail,Lid sinds\nPieternel {OTHERS[0].family},{TWIN},2026-01-05\n"
    (home.inbox / "members second.csv").write_text(other, encoding="utf-8")
    refresh(home)
    erase(home, PEOPLE[0].email)
    ids = {person.number: id_of(home, person.email) for person in OTHERS}
    with Decisions(home) as decisions:
        same = (ids[60], id_of(home, TWIN))
        decisions.decide_pair(DecisionKind.SAME, *same, decided_by="wie", evidence="e1")
        decisions.decide_pair(DecisionKind.DIFFERENT, ids[61], ids[62], decided_by="wie", evidence="e2")
        decisions.decide_pair(DecisionKind.LATER, ids[63], ids[64], decided_by="wie")
        handles = [row["handle"] for row in asked(home, "person_keys", person=ids[65])]
        decisions.split(ids[65], [str(handles[0])], [str(each) for each in handles[1:]], decided_by="wie")
        decisions.decide_pair(DecisionKind.SAME, ids[66], ids[67], decided_by="wie")
        decisions.undo_person_decision(undone_by="wie")
    audit.record(
        home, audit.Action.PERSON_VIEWED, audit.pseudonym(home.privacy_key(), id_of(home, OTHERS[9].email))
    )
    refresh(home)
    return home


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    return copy_home(made, tmp_path / "home")


def asked(home: Home, question: str, **parameters: str) -> list[dict[str, object]]:
    return [dict(each) for each in ReleaseReader(home).ask(question, parameters).records()]


def id_of(home: Home, who: str) -> str:
    (found,) = find_people(home, who)
    return found


def people(home: Home) -> dict[str, frozenset[str]]:
    """The keys of each person in the release that is served."""
    served = current(home)
    assert served is not None
    with open_release(home.releases / served.release / "kring.duckdb") as connection:
        rows = connection.execute("select person_id::varchar, key from core.person_key").fetchall()
    found: dict[str, set[str]] = {}
    for person_id, key in rows:
        found.setdefault(person_id, set()).add(key)
    return {person: frozenset(keys) for person, keys in found.items()}


def told(home: Home) -> dict[str, int]:
    served = current(home)
    assert served is not None
    return {table.name: table.rows for table in served.tables}


def in_force(home: Home) -> list[tuple[object, ...]]:
    return sorted(
        (row["decision_id"], row["kind"], row["evidence"], row["is_in_force"])
        for row in asked(home, "person_decisions")
    )


def test_everybody_has_another_id_and_everything_else_stays(home: Home, tmp_path: Path) -> None:
    before, rows, decided = people(home), told(home), in_force(home)
    assert {row[1] for row in decided} == {"same", "different", "later", "split"}
    assert [row[1] for row in decided if row[3]] == ["same", "different", "later"]
    old = home.hmac_key()
    report = rotate_key(home, by="wie")
    assert (report.lost, report.unknown, report.decisions) == (0, 0, 5)
    after = people(home)
    assert set(before) & set(after) == set()
    assert sorted(map(sorted, before.values())) == sorted(map(sorted, after.values()))
    assert (told(home), in_force(home)) == (rows, decided)
    assert home.hmac_key() != old
    assert [each.is_current for each in releases(home)] == [True]
    assert len(release_folders(home)) == 1
    assert not home.rotating_file.exists()
    assert search(home, [Needle(each) for each in before]).is_clean
    assert [e.action for e in audit.entries(home)].count(audit.Action.KEY_ROTATED) == 1
    assert audit.verify(home).is_whole
    assert old not in b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert not refresh(home).published_release
    with Decisions(home) as decisions:
        decisions.undo_person_decision(1, undone_by="wie")
    refresh(home)
    assert id_of(home, TWIN) != id_of(home, OTHERS[0].email)
    done = export(home, OTHERS[9].email, tmp_path / "out.zip")
    assert dict(done.searched)["audit"] == 1


@pytest.mark.long
def test_whoever_was_erased_stays_out_after_a_new_key(home: Home, tmp_path: Path) -> None:
    rotate_key(home)
    plant(Home(tmp_path / "again"), PEOPLE, OTHERS)
    text = (tmp_path / "again" / "inbox" / "members.csv").read_text(encoding="utf-8")
    (home.inbox / "members new.csv").write_text(f"{text}Nieuw Mens,n@example.org,2026-05-05,x\n", "utf-8")
    refresh(home)
    assert len(find_people(home, "n@example.org")) == 1
    assert find_people(home, PEOPLE[0].email) == ()
    assert search(home, [Needle(PEOPLE[0].email)]).is_clean
    assert erase(home, PEOPLE[1].email).is_clean


LONG = pytest.mark.long


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("put_key", marks=LONG),
        "rekey_decisions",
        pytest.param("rekey_condensed", marks=LONG),
        pytest.param("lost", marks=LONG),
        pytest.param("finish", marks=LONG),
    ],
)
def test_a_change_of_key_that_breaks_off_is_finished_by_the_next_run(
    made: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    home = copy_home(made, tmp_path / "home")
    before, rows, decided = people(home), told(home), in_force(home)
    done = getattr(rotation, step)

    def breaks_off(*arguments: object) -> None:
        done(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(rotation, step, breaks_off)
        rotate_key(home)
    refresh(home)
    assert not home.rotating_file.exists()
    after = people(home)
    assert set(before) & set(after) == set()
    assert sorted(map(sorted, before.values())) == sorted(map(sorted, after.values()))
    assert (told(home), in_force(home)) == (rows, decided)
    assert len(release_folders(home)) == 1


@pytest.mark.long
def test_pseudonyms_of_earlier_days_are_made_anew(home: Home) -> None:
    landed(home, LANDED)
    keep(home, datetime(2026, 7, 1, tzinfo=UTC))
    before, rows = people(home), told(home)
    marks = {key[7:39] for keys in before.values() for key in keys if key.startswith("email:~")}
    assert len(marks) > 10
    assert not search(home, [Needle(f"~{next(iter(marks))}")]).is_clean
    report = rotate_key(home)
    assert (report.lost, report.condensed_files > 2) == (0, True)
    assert told(home) == rows
    held = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert [mark for mark in marks if mark.encode() in held] == []
    refresh(home, rebuild=True)
    assert told(home) == rows


@pytest.mark.long
def test_the_verb_asks_first_and_says_what_it_did(home: Home) -> None:
    assert kring("person", "rotate-key", "--home", home.root).returncode == 2
    done = kring("person", "rotate-key", "--yes", "--json", "--home", home.root)
    assert done.returncode == 0
    assert json.loads(done.stdout)["lost"] == 0
    with closing(sqlite3.connect(home.decisions_file)) as store:
        pairs = store.execute("select handle_a, handle_b from person_decision where kind <> 'split'")
        assert all(one < other for one, other in pairs)
