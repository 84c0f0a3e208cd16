"""The audit log: a line for each sensitive action; whatever is changed in it or taken from it shows."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.home import Home
from etl.privacy import audit
from etl.privacy.audit import Action, Result, entries, forget_before, record, verify

TRIES = 100


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


@pytest.fixture
def logged(home: Home) -> Home:
    for action in Action:
        record(home, action, subject="1f" * 8, counts={"rows": 3}, who="sign-in:coordinator@example.org")
    return home


def test_every_action_is_one_line_that_names_nobody(logged: Home) -> None:
    assert len(Action) >= 12
    assert [entry.action for entry in entries(logged)] == list(Action)
    assert verify(logged) == audit.Chain(len(Action), ())
    assert "@" not in logged.audit_file.read_text(encoding="utf-8")
    assert logged.audit_file.stat().st_mode & 0o777 == 0o600
    (who,) = {entry.who for entry in entries(logged)}
    record(logged, Action.PUBLISHED, who="sign-in:other@example.org", result=Result.REFUSED)
    last = entries(logged)[-1]
    assert last.who != who
    assert (last.result, last.number) == (Result.REFUSED, len(Action) + 1)


def test_changing_or_taking_out_any_one_line_shows(logged: Home) -> None:
    good = logged.audit_file.read_text(encoding="utf-8").splitlines(keepends=True)
    chance = random.Random(55)
    found = 0
    for attempt in range(TRIES):
        lines = list(good)
        at = attempt % len(lines)
        if attempt % 3 == 0:
            del lines[at]
        elif attempt % 3 == 1:
            line = json.loads(lines[at])
            line[chance.choice(["at", "who", "action", "result", "subject"])] = "2026-01-01T00:00:00+00:00"
            lines[at] = json.dumps(line, sort_keys=True) + "\n"
        else:
            letters = list(lines[at])
            place = chance.randrange(len(letters) - 1)
            letters[place] = chr(ord(letters[place]) ^ 1)
            lines[at] = "".join(letters)
        logged.audit_file.write_text("".join(lines), encoding="utf-8")
        found += not verify(logged).is_whole
    logged.audit_file.write_text("".join(good), encoding="utf-8")
    assert found == TRIES
    assert verify(logged).is_whole


def test_two_lines_changed_places_and_a_log_that_is_gone_show(logged: Home) -> None:
    good = logged.audit_file.read_text(encoding="utf-8").splitlines(keepends=True)
    logged.audit_file.write_text("".join([good[1], good[0], *good[2:]]), encoding="utf-8")
    assert not verify(logged).is_whole
    logged.audit_file.unlink()
    assert not verify(logged).is_whole


def test_a_line_written_just_before_the_power_went_is_no_fault(logged: Home) -> None:
    from etl.ledger import MIGRATIONS
    from etl.store import open_store

    ledger = open_store(logged.ledger_file, MIGRATIONS)
    before = ledger.execute("select first_number, before_first, number, mac from audit_head").fetchone()
    record(logged, Action.PUBLISHED)
    ledger.execute("update audit_head set number = ?, mac = ?", before[2:])
    ledger.close()
    assert verify(logged).is_whole
    record(logged, Action.PUBLISHED)
    assert verify(logged) == audit.Chain(len(Action) + 2, ())


def test_lines_go_after_their_time_and_the_chain_stays_whole(home: Home) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    for months in range(30, -1, -1):
        record(home, Action.PERSON_SHOWN, at=now - timedelta(days=30 * months))
    assert forget_before(home, now - timedelta(days=30 * 24)) == 6
    assert (len(entries(home)), verify(home).is_whole) == (25, True)
    record(home, Action.PERSON_SHOWN, at=now)
    assert verify(home).is_whole
    assert forget_before(home, now + timedelta(days=1)) == 26
    record(home, Action.PERSON_SHOWN, at=now)
    assert (entries(home)[0].number, verify(home).is_whole) == (33, True)


def test_a_log_that_was_changed_is_left_as_it_is(logged: Home) -> None:
    lines = logged.audit_file.read_text(encoding="utf-8").splitlines(keepends=True)
    logged.audit_file.write_text("".join(lines[1:]), encoding="utf-8")
    assert forget_before(logged, datetime.now(UTC) + timedelta(days=1)) == 0
    assert not verify(logged).is_whole


@pytest.mark.parametrize("letters", [1, 20, -2])
def test_a_line_that_a_full_disk_broke_off_costs_no_other(logged: Home, letters: int) -> None:
    written = entries(logged)
    last = logged.audit_file.read_bytes().splitlines()[-1]
    with logged.audit_file.open("ab") as file:
        file.write(last[:letters])
    assert verify(logged).is_whole
    record(logged, Action.PUBLISHED)
    assert verify(logged).is_whole
    assert [entry.number for entry in entries(logged)] == [
        *(each.number for each in written),
        len(written) + 1,
    ]


def test_the_end_of_a_line_that_was_written_is_missed(logged: Home) -> None:
    data = logged.audit_file.read_bytes()
    logged.audit_file.write_bytes(data[:-9])
    assert not verify(logged).is_whole
    record(logged, Action.PUBLISHED)
    assert not verify(logged).is_whole
