"""Releases: nothing half is ever served, whatever fails, and whenever."""

from __future__ import annotations

import builtins
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from etl import release
from etl.errors import KringError, LockHeldError, ReleaseError, UsageError
from etl.home import Home
from etl.manifest import ASIDE, DATABASE, prove_files, read_manifest, read_pointer
from etl.release import ReleasePlan, current, diff, releases, rollback, unchanged, write_release, writer_lock
from etl.warehouse import open_release
from tests.store.sample import Publish, fill_with


def served_version(home: Home) -> int:
    """The version of the release that the pointer names, after proving every file of it."""
    manifest = current(home)
    assert manifest is not None
    folder = home.releases / manifest.release
    prove_files(folder, manifest)
    connection = open_release(folder / DATABASE)
    try:
        row = connection.execute("select min(version), max(version), count(*) from core.fact").fetchone()
        assert release.table_checksums(connection) == manifest.tables
    finally:
        connection.close()
    assert row is not None
    assert row[0] == row[1]
    assert row[2] == 500
    return int(row[0])


def test_a_release_says_what_it_is(home: Home, publish: Publish) -> None:
    manifest = publish(1)
    folder = home.releases / manifest.release
    assert sorted(path.name for path in folder.iterdir()) == [DATABASE, "manifest.json"]
    written = json.loads((folder / "manifest.json").read_text())
    assert written["as_of"] == "2026-11-21"
    assert [(table["name"], table["rows"]) for table in written["tables"]] == [
        ("core.fact", 500),
        ("marts.total", 1),
    ]
    assert written["files"][0]["name"] == DATABASE
    assert read_manifest(folder) == manifest
    assert current(home) == manifest


def test_a_release_is_private(home: Home, publish: Publish) -> None:
    before = os.umask(0o000)
    try:
        folder = home.releases / publish(1).release
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = [*folder.iterdir(), home.current_pointer, home.lock_file]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_checksum_sees_content_and_not_order(home: Home) -> None:
    def shuffled(connection: DuckDBPyConnection) -> None:
        fill_with(1)(connection)
        connection.execute("create or replace table core.fact as from core.fact order by hash(id)")

    def altered(connection: DuckDBPyConnection) -> None:
        fill_with(1)(connection)
        connection.execute("update core.fact set label = 'other' where id = 3")

    def twice(connection: DuckDBPyConnection) -> None:
        fill_with(1)(connection)
        connection.execute("insert into core.fact select fact.* from core.fact, range(2) where id = 3")

    made = []
    with writer_lock(home):
        for number, fill in enumerate((fill_with(1), shuffled, altered, twice)):
            plan = ReleasePlan(date(2026, 11, 21), "Test", "nl", str(number), keep=9)
            made.append(write_release(home, plan, fill).release)
    differing = [[each.name for each in diff(home, made[0], other) if not each.same] for other in made[1:]]
    assert differing == [[], ["core.fact"], ["core.fact"]]


def test_as_many_releases_stay_as_asked_and_never_fewer_than_the_served_one(
    home: Home, publish: Publish
) -> None:
    made = [publish(version, keep=3).release for version in range(5)]
    assert [each.id for each in releases(home)] == made[:1:-1]
    rollback(home, made[2])
    publish(5, keep=1)
    assert served_version(home) == 5
    assert len(releases(home)) == 1


def test_a_release_that_is_kept_no_more_can_still_be_compared(home: Home, publish: Publish) -> None:
    made = [publish(version, keep=2).release for version in (7, 8, 9, 7)]
    assert [each.id for each in releases(home)] == made[:1:-1]
    assert all(each.same for each in diff(home, made[0], made[3]))
    assert not all(each.same for each in diff(home, made[1], made[3]))
    assert release.named_manifest(home, made[0]).release == made[0]
    with pytest.raises(UsageError, match="no releases of that name"):
        rollback(home, made[0])
    release.forget_all_but_current(home)
    assert [each.id for each in releases(home)] == made[3:]
    with pytest.raises(UsageError, match="no releases of that name"):
        diff(home, made[0], made[3])


def test_roll_back_and_forth(home: Home, publish: Publish) -> None:
    first, second = publish(1), publish(2, mark="new")
    assert rollback(home).release == first.release
    assert served_version(home) == 1
    assert unchanged(home, "new") == first  # what was rolled back is not made again
    assert unchanged(home, "newer") is None
    with pytest.raises(ReleaseError, match="no earlier release"):
        rollback(home)
    rollback(home, second.release)
    assert served_version(home) == 2
    assert [each.is_current for each in releases(home)] == [True, False]


def test_no_roll_back_to_a_broken_release(home: Home, publish: Publish) -> None:
    first = publish(1)
    publish(2)
    with (home.releases / first.release / DATABASE).open("r+b") as file:
        file.truncate(10_000)
    with pytest.raises(ReleaseError, match="not the file that was published"):
        rollback(home, first.release)
    with pytest.raises(ReleaseError, match="no earlier release"):
        rollback(home)
    assert served_version(home) == 2


def test_ids_sort_in_the_order_of_writing_also_when_the_clock_goes_back(
    home: Home, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [publish(1, keep=9).release]

    class EarlierClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> EarlierClock:
            return cls(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr(release, "datetime", EarlierClock)
    made += [publish(version, keep=9).release for version in (2, 3)]
    assert made == sorted(made)
    assert len({*made}) == 3


def test_nothing_new_is_seen_and_anything_new_too(home: Home, publish: Publish) -> None:
    assert unchanged(home, "a") is None
    manifest = publish(1, mark="a")
    assert unchanged(home, "a") == manifest
    assert unchanged(home, "b") is None
    with (home.releases / manifest.release / DATABASE).open("r+b") as file:
        file.truncate(10)
    assert unchanged(home, "a") is None


def test_a_build_that_fails_leaves_the_last_release_and_nothing_else(home: Home, publish: Publish) -> None:
    publish(1)

    def broken(connection: DuckDBPyConnection) -> None:
        fill_with(2)(connection)
        connection.execute("select error('a name that must not be repeated')")

    with pytest.raises(ReleaseError) as caught, writer_lock(home):
        write_release(home, ReleasePlan(date(2026, 1, 1), "Test", "nl", "x"), broken)
    assert "name that must not" not in str(caught.value)
    assert served_version(home) == 1
    assert list(home.releases.glob(f"{ASIDE}*")) == []


def test_too_little_disk_is_said_before_the_build(
    home: Home, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(1)
    usage = shutil.disk_usage(home.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(ReleaseError, match="3 times the last release"):
        publish(2)
    assert served_version(home) == 1


OPERATIONS = ("open", "write", "fsync", "rename", "replace", "mkdir", "chmod", "close")


class FailingDisk:
    """Counts file operations and fails the n-th. A failed close has closed, as on Linux."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fail_at: int, error: int) -> None:
        self.count = 0
        self.fail_at = fail_at
        self.error = error
        for name in OPERATIONS:
            monkeypatch.setattr(os, name, self.counted(getattr(os, name), name))
        opened = self.counted(io.open, "open")
        monkeypatch.setattr(io, "open", opened)
        monkeypatch.setattr(builtins, "open", opened)

    def counted(self, operation: Callable[..., object], name: str) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            self.count += 1
            if self.count == self.fail_at:
                if name == "close":
                    operation(*arguments, **named)
                raise OSError(self.error, os.strerror(self.error))
            return operation(*arguments, **named)

        return call


def publish_on(home: Home, version: int, fail_at: int, error: int) -> int:
    """Publish on a disk that fails at one operation. Gives how many operations there were."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        disk = FailingDisk(monkeypatch, fail_at, error)
        with writer_lock(home):
            write_release(home, ReleasePlan(date(2026, 1, 1), "Test", "nl", str(version)), fill_with(version))
    return disk.count


def test_failing_at_every_file_operation_never_leaves_a_bad_state(home: Home, publish: Publish) -> None:
    publish(0)
    operations = publish_on(home, 1, fail_at=-1, error=0)
    assert operations > 20
    failed = 0
    served = 1
    for at in range(1, operations + 1):
        version = at + 1
        try:
            publish_on(home, version, at, error=28 if at % 2 else 5)
        except (KringError, OSError):
            failed += 1
        else:
            assert served_version(home) == version, f"operation {at}: done, and not served"
        now = served_version(home)
        assert now in (served, version), f"operation {at}: neither the last good release nor the new one"
        served = now
    assert failed > operations // 2
    publish(99)
    assert served_version(home) == 99
    assert list(home.releases.glob(f"{ASIDE}*")) == []
    print(f"{operations} operations, {failed} failed publishes, 0 bad states")


def test_a_release_that_was_written_and_never_served_is_removed(home: Home, publish: Publish) -> None:
    publish(1)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(release, "_point_at", lambda *_: (_ for _ in ()).throw(OSError(5, "broken")))
        with pytest.raises(ReleaseError):
            publish(2, mark="new")
    assert len(releases(home)) == 2
    assert unchanged(home, "new") is None
    publish(3, mark="new")
    assert served_version(home) == 3
    assert len(releases(home)) == 2


HOLD = """
import sys, time
from pathlib import Path
from etl.home import Home
from etl.release import writer_lock
with writer_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_loser_is_told_who_holds_the_lock_and_a_killed_holder_frees_it(home: Home) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(home.root)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockHeldError, match=rf"process {holder.pid} since \d{{4}}-"), writer_lock(home):
            pass
    finally:
        holder.kill()
        holder.communicate()
    before = time.monotonic()
    with writer_lock(home):
        assert time.monotonic() - before < 1


def test_the_pointer_is_checked(home: Home, publish: Publish) -> None:
    manifest = publish(1)
    path = home.releases / manifest.release / "manifest.json"
    path.write_text(path.read_text().replace("Test", "Tast"))
    with pytest.raises(ReleaseError, match="manifest was changed"):
        current(home)
    home.current_pointer.write_text("{")
    with pytest.raises(ReleaseError, match="not a pointer"):
        read_pointer(home)


def test_code_and_decisions_and_settings_change_the_fingerprint() -> None:
    base = release.fingerprint([("a", 1)], "settings", 0)
    assert base == release.fingerprint([("a", 1)], "settings", 0)
    others = {
        release.fingerprint([("b", 1)], "settings", 0),
        release.fingerprint([("a", 1)], "other", 0),
        release.fingerprint([("a", 1)], "settings", 1),
    }
    assert len(others | {base}) == 4


@pytest.mark.parametrize("name", ["", "2", "no such"])
def test_a_name_that_is_not_one_release_is_refused(home: Home, publish: Publish, name: str) -> None:
    publish(1)
    publish(2)
    with pytest.raises(UsageError, match="the id of one release"):
        release.named_manifest(home, name)


def test_releases_by_other_names(home: Home, publish: Publish) -> None:
    first, second = publish(1), publish(2)
    found: list[Path] = [
        release.find_release(home, name) for name in ("previous", "current", first.release[:18])
    ]
    assert [path.name for path in found] == [first.release, second.release, first.release]
