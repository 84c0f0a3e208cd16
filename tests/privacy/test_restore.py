"""A restore that is broken off: what opens the backup stays, and doing it again puts everything right."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.errors import PrivacyError
from etl.home import Home
from etl.privacy.register import Suppressions
from flows.backup import backup, restore
from flows.person import erase, readmit
from flows.run import refresh
from tests.cli.network import kring, new_home


class _Killed(BaseException):
    """The computer stopped here."""


@pytest.mark.parametrize("after", [0, 2, 4])
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
