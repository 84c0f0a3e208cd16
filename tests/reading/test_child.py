"""The limited child: what fells it costs the one file that did, and the parent goes on."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import resource
import time
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from etl.reading import child
from etl.reading.child import Ceiling, ReadJob, read_files
from etl.schema.feeds import MEMBERSHIP
from etl.settings import Limits, Settings, TableMapping
from etl.sources.reading import FileReading
from etl.sources.source import FileStatus

MB = 1024 * 1024
MEMBERS = TableMapping("members", "members*", MEMBERSHIP, (("Naam", "full_name"), ("E-mail", "email")))
WIDE = Settings(tables=(MEMBERS,), limits=Limits(file_bytes=500 * MB, rows=10**8, unpacked_bytes=10**9))


def jobs(folder: Path, *files: tuple[str, bytes]) -> list[ReadJob]:
    made = []
    for number, (name, content) in enumerate(files):
        path = folder / f"{number}.bytes"
        path.write_bytes(content)
        made.append(ReadJob(path, name, f"{number:064d}", datetime(2026, 11, 21)))
    return made


def read(
    tmp_path: Path, *files: tuple[str, bytes], settings: Settings = WIDE, ceiling: Ceiling | None = None
) -> list[FileReading]:
    work = tmp_path / "work"
    work.mkdir()
    return list(read_files(jobs(tmp_path, *files), settings, work, ceiling))


def members(count: int, name: str = "An") -> bytes:
    rows = "".join(f"{name} {number},an{number}@example.org\n" for number in range(count))
    return f"Naam,E-mail\n{rows}".encode()


def test_files_come_back_in_their_order_each_with_its_own_fate(tmp_path: Path) -> None:
    found = read(
        tmp_path, ("members.csv", members(3)), ("page.csv", b"<html></html>"), ("other.csv", b"x,y\n1,2\n"),
        ("members2.csv", members(2)),
    )  # fmt: skip
    assert [each.file for each in found] == ["members.csv", "page.csv", "other.csv", "members2.csv"]
    assert [each.status.value for each in found] == ["accepted", "rejected", "needs_mapping", "accepted"]
    assert found[0].feeds[0].path.exists()
    assert not list((tmp_path / "work").glob("*.result"))


@pytest.mark.parametrize(
    ("ceiling", "reason"),
    [
        (Ceiling(memory_bytes=60 * MB), "memory"),
        (Ceiling(cpu_seconds=1), "too much processor time"),
        (Ceiling(wall_seconds=0.5), "more than 0.5 seconds"),
    ],
)
def test_a_file_that_needs_too_much_is_refused_and_the_next_is_read(
    tmp_path: Path, ceiling: Ceiling, reason: str
) -> None:
    heavy = members(800_000)
    started = time.monotonic()
    found = read(tmp_path, ("unknown.csv", heavy), ceiling=ceiling)
    assert found[0].status is FileStatus.REJECTED
    assert reason in (found[0].reason or "")
    assert time.monotonic() - started < 30
    again = tmp_path / "again"
    again.mkdir()
    assert read(again, ("members.csv", members(3)))[0].status is FileStatus.ACCEPTED


def test_a_child_that_is_killed_costs_the_file_it_was_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the child dies of: here somebody kills it as it begins its second file."""
    waited = child._wait_for
    seen: list[Path] = []

    def kill_at_second(result: Path, process: object, seconds: float) -> str | None:
        seen.append(result)
        if len(seen) == 2:
            result.unlink(missing_ok=True)
            process.kill()  # type: ignore[attr-defined]
        return waited(result, process, seconds)  # type: ignore[arg-type]

    monkeypatch.setattr(child, "_wait_for", kill_at_second)
    found = read(tmp_path, *((f"members{number}.csv", members(2_000)) for number in range(4)))
    assert [each.file for each in found] == [f"members{number}.csv" for number in range(4)]
    statuses = [each.status for each in found]
    assert statuses[0] is statuses[2] is statuses[3] is FileStatus.ACCEPTED
    assert statuses[1] in (FileStatus.REJECTED, FileStatus.ACCEPTED)


def test_the_next_child_reads_while_the_caller_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the caller has another file read in between, as the screen may."""
    monkeypatch.setattr(child, "SMALL_BATCH_FILES", 1)
    work = tmp_path / "work"
    work.mkdir()
    first, second, third = jobs(tmp_path, *((f"members{rows}.csv", members(rows)) for rows in (2, 3, 4)))
    readings = read_files([replace(each, is_counted=False) for each in (first, second)], WIDE, work)
    found = [next(readings)]
    until = time.monotonic() + 30
    while not list(work.glob("*.result")) and time.monotonic() < until:
        time.sleep(0.01)
    assert list(work.glob("*.result"))
    found += read_files([third], WIDE, work)
    found += readings
    assert [each.rows.used for each in found] == [2, 4, 3]
    assert not list(work.glob("*.result"))


def test_who_stops_asking_leaves_no_child_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SMALL_BATCH_FILES", 1)
    work = tmp_path / "work"
    work.mkdir()
    given = jobs(tmp_path, *((f"members{rows}.csv", members(rows)) for rows in (2, 3)))
    readings = read_files([replace(each, is_counted=False) for each in given], WIDE, work)
    next(readings)
    assert multiprocessing.active_children()
    readings.close()
    assert not multiprocessing.active_children()
    assert not list(work.glob("*.result"))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Connections.csv", b"0" * 100 * MB)
    started = time.monotonic()
    (found,) = read(tmp_path, ("bomb.zip", path.read_bytes()), settings=Settings())
    assert found.status is FileStatus.REJECTED
    assert "grows more than 100 times" in (found.reason or "")
    assert time.monotonic() - started < 10


def _tell(told: Path) -> None:
    child._give_up_rights(Ceiling(memory_bytes=2_000 * MB))
    told.write_text("\n".join([*os.environ, str(resource.getrlimit(resource.RLIMIT_CORE))]))


def test_the_child_has_no_secrets_and_leaves_no_memory_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRING_SECRET_TOKEN", "geheim")
    told = tmp_path / "told"
    process = multiprocessing.get_context("fork").Process(target=_tell, args=(told,))
    process.start()
    process.join(30)
    *names, core = told.read_text().split("\n")
    assert set(names) <= set(child.KEPT_ENVIRONMENT)
    assert core == "(0, 0)"


def test_a_result_may_hold_nothing_but_a_reading(tmp_path: Path) -> None:
    path = tmp_path / "0.result"
    for hostile in (os.system, print, Path("/"), {"a": 1}):
        path.write_bytes(pickle.dumps(hostile))
        with pytest.raises((pickle.UnpicklingError, TypeError)):
            child._load(path)
    good = FileReading("x.csv", "0" * 64, None, FileStatus.REJECTED)
    child._store(good, path)
    assert child._load(path) == good
