"""A restore that is broken off: what opens the backup stays, and doing it again puts everything right."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.errors import PrivacyError, PublicationError
from etl.home import Home
from etl.privacy import audit
from etl.privacy.register import Suppressions
from etl.public_manifest import read_publication
from etl.published import PublishedFigures
from etl.schema.public import MEMBERS_QUARTER
from flows.backup import backup, restore
from flows.person import erase, readmit
from flows.publishing import publish_site
from flows.run import refresh
from tests.cli.network import copy_home, kring, members, new_home

LONG = bool(os.environ.get("KRING_TEST_LONG"))
KILLS = 40 if LONG else 6
RESTORE = """
import os, signal, sys
from pathlib import Path
import flows.run
from etl.home import Home
from flows.backup import restore

left = int(sys.argv[3])
seen = 0

def count(event, arguments):
    global seen
    if event in ("os.rename", "os.remove", "os.rmdir", "sqlite3.connect", "os.chmod"):
        seen += 1
        if seen == left:
            os.kill(os.getpid(), signal.SIGKILL)

def served(*given, **named):
    print(seen, flush=True)
    os._exit(0)

flows.run.refresh = served
sys.addaudithook(count)
restore(Home(Path(sys.argv[1])), Path(sys.argv[2]))
"""


class _Killed(BaseException):
    """The computer stopped here."""


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_restore_that_is_broken_off_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    home = new_home(tmp_path / "home")
    people = refresh(home).people
    made = backup(home).path
    keys = {path.name: path.read_bytes() for path in home.secrets.glob("*.key")}
    rename, done = Path.rename, 0

    def broken(path: Path, target: Path) -> Path:
        nonlocal done
        if ".restoring" in path.parts:
            if done == after:
                raise _Killed
            done += 1
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", broken)
        with pytest.raises(_Killed):
            restore(home, made)
    assert {"backup.key", "privacy.key"} <= {path.name for path in home.secrets.glob("*.key")}
    assert not home.exists  # nothing refreshes half a home meanwhile
    assert restore(Home(home.root), made).people == people
    assert {path.name: path.read_bytes() for path in home.secrets.glob("*.key")} == keys


def test_who_was_let_in_again_stays_so(tmp_path: Path) -> None:
    home, who = new_home(tmp_path / "home"), "persoon7@example.org"
    refresh(home)
    erase(home, who)
    made = backup(home).path
    readmit(home, who)
    restore(home, made)
    with Suppressions(home) as suppressions:
        assert len(suppressions.erasures()) == 1
        assert suppressions.of([f"email:{who}"]) == ()


def test_a_backup_to_no_place_is_wrong_usage(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    for place in (tmp_path / "none" / "a.backup", tmp_path):
        answer = kring("backup", "--to", place, "--home", home.root)
        assert (answer.returncode, answer.stderr.partition(":")[2]) == (
            2, " --to: a file that cannot be written; expected a file in a folder that you may write to\n",
        )  # fmt: skip


@pytest.mark.parametrize("text", ["[{", '[{"erasure_id": "1"}]', '{"erasure_id": 1}'])
def test_a_damaged_list_of_the_erased_stops_a_restore_before_anything_changes(
    tmp_path: Path, text: str
) -> None:
    home = new_home(tmp_path / "home")
    refresh(home)
    made = backup(home).path
    served = home.current_pointer.read_bytes()
    (home.backups / "suppressions.json").write_text(text)
    with pytest.raises(PrivacyError, match=r"backups/suppressions\.json: it is damaged.*Nothing was changed"):
        restore(home, made)
    assert home.current_pointer.read_bytes() == served


def lines_of(home: Home) -> list[bytes]:
    return home.audit_file.read_bytes().splitlines()


def published(home: Home) -> list[str]:
    with PublishedFigures(home) as ledger:
        return [each.publication for each in ledger.publications()]


@pytest.fixture(scope="module")
def lived_on(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path]:
    """A home that published, was saved, published anew and erased somebody. Copy it before you change it."""
    folder = tmp_path_factory.mktemp("lived")
    home = new_home(folder / "home")
    refresh(home)
    publish_site(home)
    home.roles_file.write_text("# who may sign in, as it was\n")
    made = backup(home, folder / "old.backup").path
    (home.inbox / "members later.csv").write_text(members(1, 70), encoding="utf-8")
    refresh(home)
    publish_site(home, "Een lijst ontbrak.")
    erase(home, "persoon7@example.org")
    home.roles_file.write_text("# who may sign in, now\n")
    return home, made


def killed(home: Home, file: Path, after: int) -> tuple[int, int]:
    """A restore in a process of its own, killed at its n-th change; how it ended and how many it made."""
    done = subprocess.run(
        [sys.executable, "-c", RESTORE, home.root, file, str(after)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, int(done.stdout or 0)


def test_a_restore_that_is_killed_anywhere_loses_no_line_and_no_publication(
    lived_on: tuple[Home, Path], tmp_path: Path
) -> None:
    home, made = copy_home(lived_on[0], tmp_path / "home"), lived_on[1]
    _, changes = killed(copy_home(lived_on[0], tmp_path / "whole"), made, -1)
    assert changes > 40
    lines, known, served = lines_of(home), published(home), read_publication(home)
    figures = figures_of(home)
    assert len(known) == 2
    halfway = 0
    points = sorted({round(changes * step / KILLS) for step in range(1, KILLS + 1)})
    for point in points:
        assert killed(home, made, point)[0] == -signal.SIGKILL
        assert lines_of(home)[: len(lines)] == lines
        assert audit.verify(home).faults == ()
        assert (published(home), figures_of(home)) == (known, figures)
        assert read_publication(home) == served
        with Suppressions(home) as suppressions:
            assert len(suppressions.of(["email:persoon7@example.org"])) == 1
        if home.is_half_restored:
            halfway += 1
            for verb in (("status", "--home"), ("init",)):
                said = kring(*verb, home.root).stderr
                assert "a restore that was broken off. Do it again: kring restore FILE" in said, said
    assert halfway
    print(f"{len(points)} kills among {changes} changes: no line, publication or erasure lost")
    done = restore(home, made)
    assert (done.publications, done.erasures) == (1, 1)
    assert lines_of(home)[: len(lines)] == lines
    assert audit.Action.BACKUP_RESTORED in [entry.action for entry in audit.entries(home)[len(lines) :]]
    assert audit.verify(home).is_whole
    assert not home.restoring.exists()


def figures_of(home: Home) -> list[tuple[object, ...]]:
    with PublishedFigures(home) as ledger:
        rows = ledger.figures(MEMBERS_QUARTER)
    return [(str(keys), row.count.written()) for keys, row in rows.items()]


def test_what_was_published_since_the_backup_stays_known(lived_on: tuple[Home, Path], tmp_path: Path) -> None:
    home, made = copy_home(lived_on[0], tmp_path / "home"), lived_on[1]
    known, figures, site = published(home), figures_of(home), read_publication(home)
    token = home.secrets / "form.token"
    token.write_text("newer than the backup")
    restore(home, made)
    assert token.read_text() == "newer than the backup"
    assert (published(home), figures_of(home), read_publication(home)) == (known, figures, site)
    with pytest.raises(PublicationError, match="too recent"):
        publish_site(home)
    answer = json.loads(kring("ask", "restatements", "--format", "json", "--home", home.root).stdout)
    assert {row["row_key"] for row in answer["rows"]} >= {"2026-03-31"}, "published from 69, now from 39"
    assert home.roles_file.read_text() == "# who may sign in, now\n"


def elsewhere(tmp_path: Path, lived_on: tuple[Home, Path]) -> Path:
    """The backup on another disk, with the two lists that lie beside the backups of the home."""
    folder = tmp_path / "disk"
    folder.mkdir()
    for name in ("suppressions.json", "publications.json"):
        shutil.copy(lived_on[0].backups / name, folder)
    return Path(shutil.copy(lived_on[1], folder))


def lose_home(home: Home) -> None:
    shutil.rmtree(home.root)


def damage_ledger(home: Home) -> None:
    home.ledger_file.write_bytes(b"no database" * 1000)


@pytest.mark.parametrize("harm", [lose_home, damage_ledger])
def test_a_lost_ledger_is_known_from_the_lists_beside_the_backups(
    lived_on: tuple[Home, Path], tmp_path: Path, harm: Callable[[Home], None]
) -> None:
    home, made = copy_home(lived_on[0], tmp_path / "home"), elsewhere(tmp_path, lived_on)
    key = Path(shutil.copy(home.backup_key_file, tmp_path))
    known, figures, lines = published(home), figures_of(home), lines_of(home)
    harm(home)
    done = restore(Home(home.root), made, key)
    assert (published(home), figures_of(home)) == (known, figures)
    assert (done.publications, done.erasures, done.is_ledger_lost) == (1, 1, harm is damage_ledger)
    assert audit.verify(home).is_whole
    if harm is damage_ledger:
        assert lines_of(home)[: len(lines)] == lines
    with pytest.raises(PublicationError, match="too recent"):
        publish_site(home)


@pytest.mark.parametrize("text", ["[{", "[]", '{"publications": []}'])
def test_a_damaged_list_of_publications_stops_a_restore_before_anything_changes(
    lived_on: tuple[Home, Path], tmp_path: Path, text: str
) -> None:
    home = copy_home(lived_on[0], tmp_path / "home")
    served = home.current_pointer.read_bytes()
    (home.backups / "publications.json").write_text(text)
    with pytest.raises(PrivacyError, match=r"backups/publications\.json: it is damaged.*Nothing was changed"):
        restore(home, lived_on[1])
    assert home.current_pointer.read_bytes() == served


def test_the_next_run_removes_what_a_restore_left_unpacked(
    lived_on: tuple[Home, Path], tmp_path: Path
) -> None:
    home = copy_home(lived_on[0], tmp_path / "home")
    (home.restoring / "landed").mkdir(parents=True)
    (home.restoring / "landed" / "half").write_text("persoon8@example.org")
    refresh(home)
    assert not home.restoring.exists()


def test_settings_that_are_kept_elsewhere_are_in_the_backup(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    people = refresh(home).people
    for path in (home.settings_file, home.roles_file):
        path.touch()
        elsewhere = tmp_path / path.name
        path.rename(elsewhere)
        path.symlink_to(elsewhere)
    (home.landed / "linked").symlink_to(tmp_path / "kring.toml")
    made, other = backup(home).path, Home(tmp_path / "other")
    assert restore(other, made, home.backup_key_file).people == people
    assert other.settings_file.read_bytes() == (tmp_path / "kring.toml").read_bytes()
    assert other.roles_file.is_file()
    assert not (other.landed / "linked").exists(), "nothing else is followed out of the home"


SMALL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
sys.argv[0] = "kring"
from flows.cli import main
main()
"""


@pytest.mark.parametrize("verb", ["restore", "backup"])
def test_a_full_disk_changes_nothing_and_is_said(
    lived_on: tuple[Home, Path], tmp_path: Path, verb: str
) -> None:
    home = copy_home(lived_on[0], tmp_path / "home")
    before = {path: path.read_bytes() for path in home.public.rglob("*") if path.is_file()}
    lines, known, backups = lines_of(home), published(home), sorted(home.backups.iterdir())
    more = [lived_on[1], "--yes"] if verb == "restore" else []
    done = subprocess.run(
        [sys.executable, "-c", SMALL_DISK, verb, *map(str, more), "--home", str(home.root)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"kring: {verb}: no space left on the disk. ")
    assert (lines_of(home), published(home), sorted(home.backups.iterdir())) == (lines, known, backups)
    assert {path: path.read_bytes() for path in home.public.rglob("*") if path.is_file()} == before
    assert home.exists
    assert not home.restoring.exists()


VIEWING = """
import sys, time
from pathlib import Path
from etl.home import Home
from etl.privacy.audit import Action, record

written, until = 0, time.monotonic() + 4
while time.monotonic() < until:
    record(Home(Path(sys.argv[1])), Action.PERSON_VIEWED, "somebody")
    written += 1
    print(written, flush=True)
"""


def test_lines_written_while_a_restore_runs_stay(lived_on: tuple[Home, Path], tmp_path: Path) -> None:
    home = copy_home(lived_on[0], tmp_path / "home")
    with subprocess.Popen(
        [sys.executable, "-c", VIEWING, home.root], stdout=subprocess.PIPE, text=True
    ) as viewing:
        assert viewing.stdout is not None
        assert viewing.stdout.readline() == "1\n"
        restore(home, lived_on[1])
        written = int(viewing.stdout.read().split()[-1])
    assert viewing.returncode == 0
    viewed = [each for each in audit.entries(home) if each.action is audit.Action.PERSON_VIEWED]
    assert len(viewed) == written
    assert audit.verify(home).is_whole
