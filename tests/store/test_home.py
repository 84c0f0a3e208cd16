"""The data home: its rights, and the key that person ids are made with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etl.errors import HomeError
from etl.home import Home, find_home, private_files


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_new_home_is_closed_to_others_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    home = Home(tmp_path / "home")
    before = os.umask(umask)
    try:
        home.create()
        home.hmac_key()
    finally:
        os.umask(before)
    assert rights(home.root) == 0o711
    assert rights(home.public) == 0o755
    private = [home.inbox, home.landed, home.quarantine, home.releases, home.secrets, home.logs,
               home.backups, home.vectors, home.prefect]  # fmt: skip
    assert {rights(path) for path in private} == {0o700}
    assert rights(home.secrets / "hmac.key") == 0o600
    assert home.faults_in_rights() == ()


def test_rights_that_opened_are_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    home.inbox.chmod(0o755)
    assert home.faults_in_rights() == ("inbox is 0755, expected 0700",)
    home.create()
    assert home.faults_in_rights() == ()


def test_the_key_stays_the_same_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    key = home.hmac_key()
    assert len(key) == 32
    assert home.hmac_key() == key
    assert Home(tmp_path / "other").hmac_key() != key
    (home.secrets / "hmac.key").write_bytes(b"short")
    with pytest.raises(HomeError, match="5 bytes"):
        home.hmac_key()


def test_files_made_in_private_are_private(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with private_files():
            (tmp_path / "x").touch()
        (tmp_path / "y").touch()
    finally:
        os.umask(before)
    assert (rights(tmp_path / "x"), rights(tmp_path / "y")) == (0o600, 0o644)


def test_where_the_home_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KRING_HOME", str(tmp_path / "a"))
    assert find_home(tmp_path / "b").root == tmp_path / "b"
    assert find_home(None).root == tmp_path / "a"
    monkeypatch.delenv("KRING_HOME")
    assert find_home(None).root == tmp_path / "data"


def test_a_folder_without_settings_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="kring init"):
        Home(tmp_path).require()
