"""A person's rights on a whole network: access, erasure and its proof, coming again, restore, a crash."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from etl.errors import UsageError
from etl.home import Home
from etl.ledger import Ledger
from etl.manifest import release_folders
from etl.privacy import audit
from etl.privacy.dossier import Dossier
from etl.privacy.search import Needle, search
from etl.privacy.subject import find_people
from etl.release import current, diff
from etl.sealing import opened
from etl.warehouse import open_release, open_warehouse
from flows.backup import backup, restore
from flows.person import erase, export, readmit, show
from flows.run import housekeeping, refresh
from tests.cli.network import KRING, copy_home, kring, members, new_home
from tests.privacy.planted import Planted, plant, plant_elsewhere

LONG = bool(os.environ.get("KRING_TEST_LONG"))
PEOPLE = [Planted(number) for number in range(50 if LONG else 2)]
OTHERS = [Planted(number) for number in range(60, 110 if LONG else 80)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("rights") / "home")
    plant(home, PEOPLE, OTHERS)
    refresh(home)
    return home


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    return copy_home(made, tmp_path / "home")


def needles(person: Planted) -> tuple[Needle, ...]:
    return tuple(Needle(trace) for trace in person.traces)


def rows_of_others(home: Home, gone: list[Planted]) -> list[tuple[object, ...]]:
    """The membership rows of everybody else, as the warehouse has them."""
    listed = ", ".join(f"'{person.email}'" for person in gone)
    with open_warehouse(home.warehouse_file, read_only=True) as warehouse:
        return warehouse.execute(
            "select email, full_name, joined_on, line from main.membership"
            f" where email not in ({listed}) order by all"
        ).fetchall()


def test_who_may_be_said_in_four_ways_and_candidates_are_listed_by_id_only(home: Home) -> None:
    person = PEOPLE[0]
    (found,) = find_people(home, person.email.upper())
    assert find_people(home, person.url) == (found,)
    assert find_people(home, found) == (found,)
    assert found in find_people(home, person.name)
    (home.inbox / "members x.csv").write_text(
        f"Naam,E-mail,Lid sinds\n{person.name},iemand@example.nl,2026-01-01\n", encoding="utf-8"
    )
    refresh(home)
    done = kring("person", "show", person.name, "--home", home.root)
    assert done.returncode == 2
    assert found in done.stderr
    assert person.name.split()[1] not in done.stderr
    assert kring("person", "show", "Niemand Hier", "--home", home.root).returncode == 2


def test_a_shared_mailbox_is_nobody_to_erase(home: Home) -> None:
    landed = sorted(path.name for path in home.landed.rglob("*"))
    for verb in (show, lambda home, who: export(home, who, home.root / "a.zip"), erase):
        with pytest.raises(UsageError, match="shared mailbox"):
            verb(home, "info+leden@example.org")
    assert sorted(path.name for path in home.landed.rglob("*")) == landed


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: str(person.number))
def test_an_export_holds_every_planted_field_and_nobody_else(
    made: Home, tmp_path: Path, person: Planted
) -> None:
    home = made
    done = export(home, person.email, tmp_path / "out.zip")
    assert dict(done.searched).keys() >= {
        "landed",
        "feeds",
        "release",
        "ledger",
        "vectors",
        "decisions",
        "audit",
    }
    assert (tmp_path / "out.zip").stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "dossier.md" in texts
    said = texts["dossier.json"]
    assert [field for field in person.fields if field not in said] == []
    nobody = [other for other in (*PEOPLE, *OTHERS) if other.number != person.number]
    for text in texts.values():
        assert [
            o.number for o in nobody for field in (o.name, o.email, o.url, o.phone) if field in text
        ] == []


def test_an_export_that_fails_leaves_the_one_that_was_there(
    made: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(b"an earlier one")

    def full(_: object) -> str:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Dossier, "document", full)
    with pytest.raises(UsageError, match="cannot be written"):
        export(made, PEOPLE[0].email, path)
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]
    assert path.read_bytes() == b"an earlier one"


def test_what_the_release_holds_is_shown_without_a_lock(made: Home) -> None:
    found = show(made, PEOPLE[0].email)
    assert found.counts()["release"] > 3
    assert PEOPLE[0].email in found.document()
    assert json.loads(found.json())["searched"] == found.counts()


@pytest.mark.timeout(3600)
def test_an_erasure_leaves_no_byte_and_the_others_as_they_were(home: Home) -> None:
    gone = PEOPLE if LONG else PEOPLE[:1]
    backup(home)
    plant_elsewhere(home, gone)
    before = rows_of_others(home, gone)
    assert not search(home, needles(PEOPLE[0])).is_clean
    for person in gone:
        report = erase(home, person.email)
        assert report.is_clean, (report.found, report.unread)
        found = search(home, needles(person))
        assert found.is_clean, found
    assert rows_of_others(home, gone) == before
    assert len(release_folders(home)) == 1
    served = current(home)
    assert served is not None
    assert not home.erasing_file.exists()
    assert "begin" in (home.logs / "schedule.log").read_text(encoding="utf-8")
    actions = [entry.action for entry in audit.entries(home)]
    assert actions.count(audit.Action.PERSON_ERASED) == len(gone)
    assert audit.verify(home).is_whole
    refresh(home, rebuild=True)
    rebuilt = current(home)
    assert rebuilt is not None
    assert [each.name for each in diff(home, served.release, rebuilt.release) if not each.same] == []
    housekeeping(home)
    assert search(home, needles(PEOPLE[0])).is_clean


def test_a_line_of_the_settings_that_names_the_person_is_said_and_nothing_is_called_done(home: Home) -> None:
    person = PEOPLE[0]
    backup(home)
    text = home.settings_file.read_text(encoding="utf-8")
    line = len(text.splitlines()) + 1
    home.settings_file.write_text(f"{text}# beheer: {person.email.upper()}\n", encoding="utf-8")
    before = kring("person", "erase", person.email, "--preview", "--home", home.root)
    assert f"kring.toml, line {line} names them" in before.stdout
    done = kring("person", "erase", person.email, "--yes", "--home", home.root)
    assert done.returncode == 1
    assert "Not complete" in done.stdout and "Erased" not in done.stdout
    assert f"still there: kring.toml, line {line}: take it out" in done.stdout
    assert "kring backup" in done.stdout and not list(home.backups.glob("*.zip*"))
    assert person.email not in done.stdout + done.stderr
    (entry,) = [each for each in audit.entries(home) if each.action is audit.Action.PERSON_ERASED]
    assert entry.result is audit.Result.FAILED
    home.settings_file.write_text(text, encoding="utf-8")
    assert search(home, needles(person)).is_clean
    again = kring("person", "erase", person.email, "--yes", "--home", home.root)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Erased" in again.stdout


def test_a_list_that_an_erasure_made_shorter_is_not_held(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    refresh(home)
    (home.inbox / "members later.csv").write_text(
        members(1, 26) + "".join(members(40, 43).splitlines(True)[1:]), encoding="utf-8"
    )
    assert refresh(home).people == 42  # 28 of 39 rows are enough, 27 are not
    assert erase(home, "persoon40@example.org").is_clean
    with Ledger(home) as ledger:
        assert {each.status for each in ledger.readings()} == {"accepted"}
    assert refresh(home, rebuild=True).people == 41


def test_files_that_come_again_bring_nobody_back(home: Home, tmp_path: Path) -> None:
    plant(Home(tmp_path / "again"), PEOPLE, OTHERS)
    person = PEOPLE[0]
    erase(home, person.email)
    people = refresh(home).people
    for path in (tmp_path / "again" / "inbox").iterdir():
        shutil.copy(path, home.inbox / path.name)
    again = refresh(home)
    assert (again.files_new, again.people) == (0, people)
    assert search(home, needles(person)).is_clean
    text = (tmp_path / "again" / "inbox" / "members.csv").read_text(encoding="utf-8")
    (home.inbox / "members new.csv").write_text(
        f"{text}Nieuw Mens,nieuw@example.org,2026-05-05,x\n", encoding="utf-8"
    )
    assert refresh(home).people == people + 1
    assert search(home, needles(person)).is_clean
    assert find_people(home, person.email) == ()


@pytest.mark.long
def test_somebody_who_signs_up_anew_is_let_in(home: Home) -> None:
    first, second = PEOPLE[:2]
    erase(home, first.email)
    erase(home, second.email)
    heading = "Naam,E-mail,Lid sinds,Telefoon\n" + "".join(
        f"{other.name},{other.email},2026-01-01,x\n" for other in OTHERS
    )
    old = f"{first.name},{first.email},2026-01-01,x\n{second.name},{second.email},2026-01-01,x\n"
    (home.inbox / "members old.csv").write_text(heading + old, encoding="utf-8")
    refresh(home)
    assert find_people(home, first.email) == ()
    (home.inbox / "members anew.csv").write_text(
        f"{heading}{first.name},{first.email},2099-01-01,x\n", encoding="utf-8"
    )
    refresh(home)
    assert len(find_people(home, first.email)) == 1
    assert find_people(home, second.email) == ()
    assert readmit(home, second.email) == 1
    (home.inbox / "members later.csv").write_text(
        heading + old + "Ander Mens,ander@example.org,,\n", encoding="utf-8"
    )
    refresh(home)
    assert len(find_people(home, second.email)) == 1
    served = current(home)
    refresh(home, rebuild=True)
    rebuilt = current(home)
    assert served and rebuilt
    assert [each.name for each in diff(home, served.release, rebuilt.release) if not each.same] == []


def test_a_restore_brings_nobody_back(home: Home, tmp_path: Path) -> None:
    old = backup(home, tmp_path / "old.backup").path
    with opened(old, home.backup_key()) as content:  # as they were written before they were sealed
        (tmp_path / "old.zip").write_bytes(content.read())
    people = refresh(home).people
    person = PEOPLE[0]
    erase(home, person.email)
    with pytest.raises(UsageError, match=r"without a seal, which anybody could have written.*--unsealed"):
        restore(home, tmp_path / "old.zip")
    done = restore(home, tmp_path / "old.zip", is_unsealed=True)
    assert (done.people, done.erasures) == (people - 2, 1)  # the address, and the name alone of one list
    assert search(home, needles(person)).is_clean
    assert audit.verify(home).is_whole
    assert audit.Action.PERSON_ERASED in [entry.action for entry in audit.entries(home)]
    shutil.copy(home.backups / "suppressions.json", tmp_path)
    other = Home(tmp_path / "elsewhere")
    assert restore(other, old, home.backup_key_file).people == people - 2
    assert search(other, needles(person)).is_clean
    assert other.backup_key() == home.backup_key()


@pytest.mark.long
def test_a_restore_gives_what_there_was(home: Home, tmp_path: Path) -> None:
    served = current(home)
    made = backup(home, tmp_path / "whole.zip")
    assert made.path.stat().st_mode & 0o777 == 0o600
    other = Home(tmp_path / "other")
    key = home.backup_key_file
    restore(other, made.path, key)
    restored = current(other)
    assert served and restored
    assert restored.tables == served.tables
    assert other.faults_in_rights() == ()
    damaged = bytearray(made.path.read_bytes())
    damaged[len(damaged) // 3] ^= 0xFF
    (tmp_path / "damaged.zip").write_bytes(damaged)
    assert kring("restore", tmp_path / "damaged.zip", "--key", key, "--home", tmp_path / "x").returncode == 2
    assert kring("restore", made.path, "--home", tmp_path / "x").returncode == 2
    assert kring("restore", made.path, "--home", home.root).returncode == 2


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_an_erasure_that_is_killed_is_finished_by_the_next_run(home: Home, tmp_path: Path) -> None:
    waits = [0.05 * step for step in range(1, 50)] if LONG else [0.8]
    finished = 0
    for number, wait in enumerate(waits):
        copy = copy_home(home, tmp_path / f"killed {number}")
        process = subprocess.Popen(
            [KRING, "person", "erase", PEOPLE[0].email, "--yes", "--home", str(copy.root)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        began = time.monotonic()
        while not copy.erasing_file.exists() and process.poll() is None:
            time.sleep(0.005)
        assert time.monotonic() - began < 60
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        pending = copy.erasing_file.exists()
        refresh(copy)
        assert not copy.erasing_file.exists()
        found = search(copy, needles(PEOPLE[0]))
        assert found.is_clean, found
        finished += pending
        shutil.rmtree(copy.root)
    assert finished > 0


def test_the_scanner_finds_what_a_plain_delete_leaves(home: Home) -> None:
    """Negative control of the proof."""
    with open_warehouse(home.warehouse_file) as warehouse:
        warehouse.execute("delete from stored.membership where email = ?", [PEOPLE[0].email])
        warehouse.execute("checkpoint")
    found = search(home, needles(PEOPLE[0]))
    assert "warehouse.duckdb" in (*found.found, *found.unread)


def test_ids_say_nothing_without_the_key(made: Home) -> None:
    import hashlib

    served = current(made)
    assert served is not None
    with open_release(made.releases / served.release / "kring.duckdb") as connection:
        ids = {
            str(row[0]).replace("-", "")
            for row in connection.execute("select person_id from core.person").fetchall()
        }
    tried = {
        hashlib.new(kind, (before + person.email).encode()).hexdigest()[:32]
        for person in (*PEOPLE, *OTHERS)
        for before in ("", "email:", "v1|", "v1|email:")
        for kind in ("md5", "sha1", "sha256", "sha512")
    }
    assert len(ids) >= len(PEOPLE) + len(OTHERS)
    assert ids & tried == set()
