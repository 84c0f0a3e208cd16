"""Sealed files: what is written comes back, nothing is read without the key, and no change passes."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest

from etl.errors import SealError, UsageError
from etl.home import Home
from etl.privacy.search import Finder, Needle, holds, search
from etl.sealing import HEAD_BYTES, PIECE, TAG_BYTES, SealedWriter, is_sealed, opened
from flows.backup import backup, backup_files, restore
from flows.run import housekeeping

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17)


def sealed(path: Path, content: bytes, key: bytes = KEY) -> Path:
    with path.open("wb") as file, SealedWriter(file, key) as writer:
        for start in range(0, len(content), 50_001):
            writer.write(content[start : start + 50_001])
    return path


def read(path: Path, key: bytes | None = KEY) -> bytes:
    with opened(path, key) as file:
        return file.read()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back_from_any_place(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    path = sealed(tmp_path / "a", content)
    assert is_sealed(path)
    assert read(path) == content
    pieces = max(1, -(-size // PIECE))
    assert path.stat().st_size == HEAD_BYTES + size + pieces * TAG_BYTES
    with opened(path, KEY) as file:
        for place in (size, size // 2, PIECE - 3, 0):
            file.seek(place)
            assert file.read(7) == content[place : place + 7]


def test_the_same_twice_is_never_the_same_bytes(tmp_path: Path) -> None:
    one, two = (sealed(tmp_path / name, b"bo@example.org" * 9).read_bytes() for name in "ab")
    assert one[HEAD_BYTES:] != two[HEAD_BYTES:]
    assert b"example" not in one + two


def test_a_file_without_a_seal_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"kring sealed 2")
    assert read(tmp_path / "plain", None) == b"kring sealed 2"


def swapped(data: bytes) -> bytes:
    one, two = (HEAD_BYTES + number * (PIECE + TAG_BYTES) for number in (0, 1))
    end = two + PIECE + TAG_BYTES
    return data[:one] + data[two:end] + data[one:two] + data[end:]


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data[: HEAD_BYTES + PIECE + TAG_BYTES],  # cut off where a piece ends
        lambda data: data[:HEAD_BYTES],
        lambda data: data[:30],
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: data[:30] + bytes([data[30] ^ 1]) + data[31:],  # the salt
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        swapped,
        lambda data: data[:HEAD_BYTES] + data[HEAD_BYTES + PIECE + TAG_BYTES :],
    ],
)  # fmt: skip
def test_no_change_passes(tmp_path: Path, harm: object) -> None:
    assert callable(harm)
    path = sealed(tmp_path / "a", os.urandom(3 * PIECE - 5))
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(SealError):
        read(path)


def test_without_the_key_or_with_another_nothing_opens(tmp_path: Path) -> None:
    path = sealed(tmp_path / "a", b"bo@example.org")
    with pytest.raises(SealError, match="no key"):
        read(path, None)
    with pytest.raises(SealError, match="another key"):
        read(path, OTHER_KEY)


@pytest.fixture
def made(home: Home) -> Home:
    home.settings_file.write_text("[network]\n# bo@example.org\n", encoding="utf-8")
    home.hmac_key()
    return home


def test_a_backup_is_sealed_and_its_key_is_not_in_it(made: Home) -> None:
    path = backup(made).path
    assert backup_files(made) == [path]
    assert path.stat().st_mode & 0o777 == made.backup_key_file.stat().st_mode & 0o777 == 0o600
    assert is_sealed(path) and b"kring.toml" not in path.read_bytes()
    with opened(path, made.backup_key()) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    assert "secrets/hmac.key" in names and "secrets/backup.key" not in names


def test_the_search_for_a_person_looks_into_backups(made: Home) -> None:
    finder, path = Finder([Needle("bo@example.org")]), backup(made).path
    assert holds(path, finder)
    assert not holds(path, Finder([Needle("kim@example.org")]))
    made.settings_file.write_text("[network]\n", encoding="utf-8")
    assert search(made, [Needle("bo@example.org")]).found == (path.relative_to(made.root).as_posix(),)
    made.backup_key_file.write_bytes(OTHER_KEY)
    assert holds(path, Finder([Needle("kim@example.org")]))  # it may: nobody can look


def test_backups_of_over_thirty_days_go(made: Home) -> None:
    for name, days in (("a.backup", 31), ("b.zip", 31), ("c.backup", 29), ("suppressions.json", 400)):
        (made.backups / name).touch()
        at = time.time() - days * 86_400
        os.utime(made.backups / name, (at, at))
    housekeeping(made)
    assert sorted(path.name for path in made.backups.iterdir()) == ["c.backup", "suppressions.json"]


def test_a_backup_that_does_not_open_says_which_key_it_wants(made: Home, tmp_path: Path) -> None:
    path, new = backup(made, tmp_path / "a.backup").path, Home(tmp_path / "new")
    with pytest.raises(UsageError, match="Give your copy with --key"):
        restore(new, path)
    (tmp_path / "other.key").write_bytes(OTHER_KEY)
    with pytest.raises(UsageError, match="another key"):
        restore(new, path, tmp_path / "other.key")
    assert not new.exists
