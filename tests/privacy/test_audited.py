"""Each sensitive action, done for real, is one line in the audit log; the log names nobody."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.decisions import DecisionKind, Decisions
from etl.home import Home
from etl.ledger import Ledger
from etl.organisation_book import OrganisationDecisions, Spelling
from etl.privacy.audit import Action, entries, verify
from etl.privacy.subject import find_people
from etl.release import rollback
from flows.backup import backup, restore
from flows.person import erase, erasure_preview, export, readmit, show
from flows.rotation import rotate_key
from flows.run import refresh
from tests.cli.network import copy_home, kring, members, new_home

NAMED = ("Persoon", "persoon", "@example", "coordinator", "example.org", "Voorbeeldschool")
WHO = "coordinator@example.org"
TRIES = 100
BUILDS_ANEW = (Action.PERSON_ERASED, Action.PERSON_READMITTED, Action.KEY_ROTATED, Action.BACKUP_RESTORED)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = new_home(tmp_path_factory.mktemp("audited") / "home")
    refresh(home)
    (home.inbox / "members later.csv").write_text(members(30, 80), encoding="utf-8")
    refresh(home)
    return home


def address(number: int) -> str:
    return f"persoon{number}@example.org"


def id_of(home: Home, number: int) -> str:
    (found,) = find_people(home, address(number))
    return found


def decide(home: Home) -> None:
    with Decisions(home) as decisions:
        decisions.decide_pair(DecisionKind.SAME, id_of(home, 3), id_of(home, 4), decided_by=WHO)


def undo(home: Home) -> None:
    with Decisions(home) as decisions:
        decisions.undo_person_decision(undone_by=WHO)


def decide_organisation(home: Home) -> None:
    with OrganisationDecisions(home) as decisions:
        decisions.decide([Spelling("voorbeeldschool", "Voorbeeldschool")], WHO)


def undo_organisation(home: Home) -> None:
    with OrganisationDecisions(home) as decisions:
        decisions.undo()


def accept(home: Home) -> None:
    (home.inbox / "members short.csv").write_text(members(30, 45), encoding="utf-8")
    refresh(home)
    with Ledger(home) as ledger:
        (held,) = (each.sha256 for each in ledger.readings() if each.status == "held")
    refresh(home, accept=held[:12])


def leave_out(home: Home) -> None:
    (home.inbox / "raadsel.csv").write_text("kop,staart\niets,1\n", encoding="utf-8")
    refresh(home)
    with Ledger(home) as ledger:
        (waiting,) = (each.sha256 for each in ledger.readings() if each.status == "needs_mapping")
    refresh(home, leave_out=waiting[:12])


def publish(home: Home) -> None:
    done = kring("publish", "--yes", "--home", home.root)
    assert done.returncode == 0, done.stderr


def change_settings(home: Home) -> None:
    with home.settings_file.open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    refresh(home)
    refresh(home)


def change_roles(home: Home) -> None:
    home.roles_file.write_text(f"# {WHO}\n", encoding="utf-8")
    home.roles_file.chmod(0o600)
    refresh(home)
    refresh(home)


def test_each_action_is_one_line_that_names_nobody_and_whatever_is_done_to_a_line_shows(
    made: Home, tmp_path: Path
) -> None:
    home = copy_home(made, tmp_path / "home")
    saved = tmp_path / "saved.zip"
    actions: tuple[tuple[Action, Callable[[], object]], ...] = (
        (Action.PERSON_SHOWN, lambda: show(home, address(5), WHO)),
        (Action.PERSON_EXPORTED, lambda: export(home, address(5), tmp_path / "out.zip", WHO)),
        (Action.PEOPLE_DECIDED, lambda: decide(home)),
        (Action.PEOPLE_UNDECIDED, lambda: undo(home)),
        (Action.ORGANISATIONS_DECIDED, lambda: decide_organisation(home)),
        (Action.ORGANISATIONS_UNDECIDED, lambda: undo_organisation(home)),
        (Action.FILE_ACCEPTED, lambda: accept(home)),
        (Action.FILE_LEFT_OUT, lambda: leave_out(home)),
        (Action.ROLLED_BACK, lambda: rollback(home)),
        (Action.PUBLISHED, lambda: publish(home)),
        (Action.SETTINGS_CHANGED, lambda: change_settings(home)),
        (Action.ROLES_CHANGED, lambda: change_roles(home)),
        (Action.BACKUP_MADE, lambda: backup(home, saved)),
        (Action.ERASURE_PREVIEWED, lambda: erasure_preview(home, address(6), WHO)),
        (Action.PERSON_ERASED, lambda: erase(home, address(6), WHO)),
        (Action.PERSON_READMITTED, lambda: readmit(home, address(6), WHO)),
        (Action.KEY_ROTATED, lambda: rotate_key(home, WHO)),
        (Action.BACKUP_RESTORED, lambda: restore(home, saved)),
    )
    assert len(actions) >= 17
    if not os.environ.get("KRING_TEST_LONG"):  # their own tests count these lines too
        actions = tuple(pair for pair in actions if pair[0] not in BUILDS_ANEW)
    assert len(actions) >= 12
    done: list[Action] = []
    for action, act in actions:
        act()
        done.append(action)
        assert [entry.action for entry in entries(home)] == done, action
    assert verify(home).is_whole
    said = home.audit_file.read_text(encoding="utf-8")
    assert [word for word in NAMED if word in said] == []
    by_hand = {entry.action: entry for entry in entries(home)}
    assert len((by_hand[Action.PEOPLE_DECIDED].subject or "").split()) == 2
    assert by_hand[Action.PEOPLE_DECIDED].who == by_hand[Action.PERSON_SHOWN].who
    assert found_when_changed(home, said.splitlines(keepends=True)) == TRIES


def found_when_changed(home: Home, good: list[str]) -> int:
    """In how many tries the log said that one of its lines was changed or taken out."""
    chance = random.Random(55)
    found = 0
    for attempt in range(TRIES):
        lines, at = list(good), attempt % len(good)
        if attempt % 2:
            del lines[at]
        else:
            line = json.loads(lines[at])
            line[chance.choice(["at", "who", "action", "result"])] = "2026-01-01T00:00:00+00:00"
            lines[at] = json.dumps(line, sort_keys=True) + "\n"
        home.audit_file.write_text("".join(lines), encoding="utf-8")
        found += not verify(home).is_whole
    home.audit_file.write_text("".join(good), encoding="utf-8")
    return found
