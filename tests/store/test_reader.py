"""The reader: the right rows for every thread, the newest whole release, and nothing else within reach."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from etl.errors import QuestionError, ReleaseError
from etl.home import Home
from etl.manifest import DATABASE
from etl.release import rollback
from etl.warehouse import ReleaseReader
from queries.catalog import Role
from tests.store.sample import Publish

pytestmark = pytest.mark.usefixtures("questions")


@pytest.fixture
def reader(home: Home) -> Iterator[ReleaseReader]:
    made = ReleaseReader(home)
    yield made
    made.close()


def version(reader: ReleaseReader) -> object:
    row = reader.ask("versions").records()[0]
    assert row["low"] == row["high"] == row["total"], "rows of two releases"
    return row["low"]


def open_release_files(home: Home) -> list[str]:
    """The release files of a home that this process holds open."""
    links = []
    for handle in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(handle.readlink()))
        except OSError:
            continue
    return sorted(link for link in links if DATABASE in link and str(home.root) in link)


def test_an_answer_carries_where_it_came_from(reader: ReleaseReader, publish: Publish) -> None:
    manifest = publish(7)
    answer = reader.ask("one", {"id": "3"})
    assert (answer.question, answer.grain, answer.release) == ("one", "one row", manifest.release)
    assert answer.as_of == date(2026, 11, 21)
    assert answer.parameters == (("id", 3), ("label", None))
    assert answer.records() == [{"id": 3, "version": 7, "value": 7_000_003, "label": "row 3"}]
    assert reader.current().network_name == "Test"


def test_values_are_plain(reader: ReleaseReader, publish: Publish) -> None:
    publish(1)
    row = reader.ask("types").records()[0]
    assert row == {
        "d": date(2026, 11, 21), "t": datetime(2026, 11, 21, 10), "n": 1.5, "b": True, "u": None,
        "id": "00000000-0000-0000-0000-000000000001", "s": 124_750,
    }  # fmt: skip


def test_a_value_cannot_become_sql(reader: ReleaseReader, publish: Publish) -> None:
    publish(1)
    for text in ("'; drop table core.fact; --", "row 5' or '1'='1", "\\", "🙂 'row 5'"):
        assert [row["id"] for row in reader.ask("one", {"label": text}).records()] == [0]
    assert {row["id"] for row in reader.ask("one", {"label": "row 5"}).records()} == {0, 5}


def test_what_may_not_be_asked(reader: ReleaseReader, publish: Publish) -> None:
    publish(1)
    with pytest.raises(QuestionError, match="not for this role"):
        reader.ask("secret", role=Role.COMMUNICATION)
    with pytest.raises(QuestionError, match="unknown parameter"):
        reader.ask("one", {"nonsense": "1"})
    with pytest.raises(QuestionError, match="whole number"):
        reader.ask("one", {"id": "1 or 1"})
    with pytest.raises(QuestionError, match="0 or more"):
        reader.ask("one", {"id": "-1"})


def test_nothing_outside_the_release_can_be_reached(reader: ReleaseReader, publish: Publish) -> None:
    publish(1)
    with pytest.raises(ReleaseError, match="PermissionException"):
        reader.ask("outside")
    assert version(reader) == 1


def test_without_a_release_it_says_what_to_do(reader: ReleaseReader, publish: Publish) -> None:
    with pytest.raises(ReleaseError, match="kring refresh"):
        reader.current()
    publish(1)
    assert version(reader) == 1


def test_the_new_release_is_seen_as_soon_as_the_pointer_moves(
    home: Home, reader: ReleaseReader, publish: Publish
) -> None:
    seen = []
    for number in (1, 2, 3):
        publish(number)
        seen.append(version(reader))
    rollback(home)
    assert [*seen, version(reader)] == [1, 2, 3, 2]
    assert len(open_release_files(home)) == 1


def test_an_old_release_is_closed_by_its_last_borrower(
    home: Home, reader: ReleaseReader, publish: Publish
) -> None:
    first = publish(1).release
    with reader._borrow() as borrowed:
        publish(2, keep=1)
        assert version(reader) == 2
        assert len(open_release_files(home)) == 2
        cursor = borrowed.connection.cursor()
        assert cursor.execute("select max(version) from core.fact").fetchone() == (1,)
        cursor.close()
    assert [first in name for name in open_release_files(home)] == [False]


def test_eight_threads_each_get_their_own_rows(reader: ReleaseReader, publish: Publish) -> None:
    publish(3)
    wrong: list[str] = []

    def ask(thread: int) -> None:
        for turn in range(200):
            wanted = (thread * 61 + turn) % 499 + 1
            rows = reader.ask("one", {"id": str(wanted)}).rows
            if rows != ((wanted, 3, 3_000_000 + wanted, f"row {wanted}"),):
                wrong.append(f"thread {thread} asked {wanted}, got {rows}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{8 * 200} queries, {len(wrong)} wrong")
    assert wrong == []


STOPS_DUCKDB = (
    "select id, count(*) over () as n from ("
    + " union all ".join(f"select id, label from core.fact where id = {number}" for number in range(24))
    + ") where length(label) > 40 or id = 7"
)
"""A window over nothing above parts of which most are empty: DuckDB 1.5.5 fails on one of some hundred."""


def stop_duckdb(reader: ReleaseReader) -> None:
    """Ask until DuckDB fails inside itself, and from then on refuses everything on this instance."""
    with reader._borrow() as release:
        for _ in range(20_000):
            cursor = release.connection.cursor()
            try:
                cursor.execute(STOPS_DUCKDB).fetchall()
            except duckdb.InternalException:
                return
            finally:
                cursor.close()
    pytest.skip("this DuckDB does not fail on it, or has one core only")


def test_a_release_that_duckdb_gave_up_is_opened_anew(
    home: Home, reader: ReleaseReader, publish: Publish
) -> None:
    publish(1)
    assert version(reader) == 1
    stop_duckdb(reader)
    with reader._borrow() as release, pytest.raises(duckdb.FatalException, match="invalidated"):
        release.connection.execute("select 1")
    assert version(reader) == 1
    assert reader.current().stale_since is None
    assert len(open_release_files(home)) == 1


def test_all_who_ask_meanwhile_get_their_answer(reader: ReleaseReader, publish: Publish) -> None:
    publish(1)
    stop_duckdb(reader)
    faults: list[str] = []

    def look() -> None:
        for _ in range(20):
            try:
                assert version(reader) == 1
            except Exception as error:
                faults.append(repr(error))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_who_asks_just_as_another_gives_the_release_up_gets_an_answer(
    reader: ReleaseReader, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(1)
    assert version(reader) == 1
    follow, looked = reader._follow_pointer, 0

    def followed_and_given_up() -> None:
        nonlocal looked
        follow()
        looked += 1
        if looked == 1 and reader._serving:
            reader._give_up(reader._serving)

    monkeypatch.setattr(reader, "_follow_pointer", followed_and_given_up)
    assert version(reader) == 1


PUBLISH = """
import sys
from datetime import date
from pathlib import Path
from etl.home import Home
from etl.release import ReleasePlan, write_release, writer_lock
from tests.store.sample import fill_with
home = Home(Path(sys.argv[1]))
for version in range(2, 2 + int(sys.argv[2])):
    with writer_lock(home):
        write_release(home, ReleasePlan(date(2026, 1, 1), "Test", "nl", str(version)), fill_with(version))
"""


def test_readers_never_see_half_a_refresh(home: Home, reader: ReleaseReader, publish: Publish) -> None:
    publish(1)
    seen: set[object] = set()
    faults: list[str] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            try:
                seen.add(version(reader))
            except Exception as error:
                faults.append(repr(error))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", PUBLISH, str(home.root), "8"], check=True, cwd=root)
    done.set()
    for thread in threads:
        thread.join()
    print(f"{len(seen)} releases seen, {len(faults)} errors")
    assert faults == []
    assert len(seen) > 2
    assert version(reader) == 9
    assert len(open_release_files(home)) == 1


def flip_a_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path) -> None:
    os.truncate(file, 0)


def add_a_foreign_log(file: Path) -> None:
    file.with_name(file.name + ".wal").write_bytes(b"not a log of this file")


def remove(file: Path) -> None:
    file.unlink()


DAMAGE = [flip_a_byte, truncate, empty, add_a_foreign_log, remove]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_newest_release_that_does_not_open_leaves_the_last_good_and_says_so(
    home: Home, reader: ReleaseReader, publish: Publish, damage: Callable[[Path], None]
) -> None:
    publish(1)
    assert version(reader) == 1
    assert reader.current().stale_since is None
    damage(home.releases / publish(2).release / DATABASE)
    assert version(reader) == 1
    info = reader.current()
    assert info.stale_since is not None
    assert "releases/" in info.stale_because
    fresh = ReleaseReader(home)  # a process that starts now
    assert version(fresh) == 1
    assert fresh.current().stale_since is not None
    fresh.close()
    publish(3)
    assert version(reader) == 3
    assert reader.current().stale_since is None


@pytest.mark.parametrize(
    "pointer", ["", "{", '{"release": "../../etc", "manifest_sha256": "", "newest": ""}']
)
def test_a_broken_pointer_leaves_the_last_good(
    home: Home, reader: ReleaseReader, publish: Publish, pointer: str
) -> None:
    publish(1)
    assert version(reader) == 1
    home.current_pointer.write_text(pointer)
    assert version(reader) == 1
    assert reader.current().stale_since is not None
    home.current_pointer.unlink()
    assert version(reader) == 1
    publish(2)
    assert version(reader) == 2


def test_readers_do_not_wait_for_a_release_that_opens_slowly(
    home: Home, reader: ReleaseReader, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etl import warehouse

    publish(1)
    assert version(reader) == 1
    opening = warehouse._open_proved
    started = threading.Event()

    def slow(*arguments: object) -> object:
        started.set()
        time.sleep(1)
        return opening(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(warehouse, "_open_proved", slow)
    publish(2)
    follower = threading.Thread(target=reader.current)
    follower.start()
    started.wait()
    before = time.monotonic()
    assert version(reader) == 1
    assert time.monotonic() - before < 0.5
    follower.join()
    assert version(reader) == 2
