"""The inbox, landed/ and the warehouse: once each, and the same however often one tries."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.home import Home
from etl.landing import left_behind, take_inbox
from etl.ledger import Ledger
from etl.load import LoadReport, forget_warehouse, load
from etl.schema.feeds import MEMBERSHIP
from etl.settings import Settings, TableMapping
from etl.warehouse import open_warehouse

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MEMBERS = TableMapping(
    "members", "members*", MEMBERSHIP, (("Naam", "full_name"), ("E-mail", "email"), ("Sinds", "joined_on"))
)
SETTINGS = Settings(tables=(MEMBERS,))
TABLE = "Naam,E-mail,Sinds\nAn,an@example.org,2026-01-01\nBo,bo@example.org,onbekend\n"
CONNECTIONS = (
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    "Jan,Berg,https://www.linkedin.com/in/janberg-x,,Org,Docent,15 Mar 2024\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


def drop(home: Home, name: str, content: str | bytes) -> Path:
    path = home.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def take(home: Home, settings: Settings = SETTINGS, at: datetime = NOW, **more: float) -> list[str]:
    with Ledger(home) as ledger:
        return [file.file for file in take_inbox(home, settings, ledger, at, **more)]


def read(home: Home, settings: Settings = SETTINGS, own_file_rows: int = 100_000) -> LoadReport:
    with Ledger(home) as ledger:
        return load(home, settings, ledger, own_file_rows=own_file_rows)


def ask(home: Home, sql: str) -> list[tuple[object, ...]]:
    with open_warehouse(home.warehouse_file, read_only=True) as warehouse:
        return warehouse.execute(sql).fetchall()


def everything(home: Home) -> list[list[tuple[object, ...]]]:
    names = ("membership", "contact", "source_file", "refused_row")
    return [ask(home, f"SELECT * FROM {name} ORDER BY ALL") for name in names]


def test_files_leave_the_inbox_and_keep_their_bytes_and_rights(home: Home) -> None:
    drop(home, "sub/deeper/members.csv", TABLE)
    drop(home, "upload.csv.part", TABLE)
    drop(home, ".hidden", "x")
    (home.inbox / "link.csv").symlink_to("/etc/passwd")
    assert take(home) == ["sub/deeper/members.csv"]
    assert sorted(path.name for path in home.inbox.iterdir()) == [".hidden", "link.csv", "upload.csv.part"]
    with Ledger(home) as ledger:
        (file,) = ledger.files()
    landed = home.landed_file(file.sha256)
    assert landed.read_text() == TABLE
    assert landed.stat().st_mode & 0o777 == 0o600
    assert landed.parent.stat().st_mode & 0o777 == 0o700


def test_a_link_stays_in_the_inbox_and_is_named(home: Home, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text(TABLE)
    drop(home, "sub/own.csv", TABLE)
    (home.inbox / "sub" / "link.csv").symlink_to(tmp_path / "members.csv")
    (home.inbox / "folder").symlink_to(tmp_path)
    (home.inbox / "gone.csv").symlink_to(tmp_path / "gone")
    (home.inbox / ".hidden").symlink_to(tmp_path)
    assert take(home) == ["sub/own.csv"]
    said = "a link to a file or folder elsewhere; expected the file itself. Put a copy of it in the inbox."
    assert left_behind(home) == tuple(f"{name}: {said}" for name in ("folder", "gone.csv", "sub/link.csv"))


def test_the_same_bytes_twice_are_one_landed_file(home: Home) -> None:
    drop(home, "members.csv", TABLE)
    drop(home, "members (1).csv", TABLE)
    assert len(take(home)) == 2
    drop(home, "members again.csv", TABLE)
    take(home, at=NOW + timedelta(days=1))
    with Ledger(home) as ledger:
        assert len(ledger.files()) == 1
        assert ledger.received_in(NOW) == (1, 1)
        assert ledger.received_in(NOW + timedelta(days=1)) == (0, 1)
    assert not list(home.inbox.iterdir())


def test_a_file_still_being_written_waits_in_a_scheduled_run(home: Home) -> None:
    drop(home, "members.csv", TABLE)
    assert take(home, quiet_seconds=10) == []
    assert take(home, quiet_seconds=0) == ["members.csv"]


def test_a_run_that_died_between_note_and_move_loses_nothing(home: Home) -> None:
    path = drop(home, "members.csv", TABLE)
    import hashlib

    with Ledger(home) as ledger:
        ledger.register_file(hashlib.sha256(path.read_bytes()).hexdigest(), "members.csv", 1, NOW)
    assert take(home) == ["members.csv"]
    assert read(home).files_read == 1


def test_of_an_archive_only_the_connections_are_kept(home: Home) -> None:
    with zipfile.ZipFile(home.inbox / "export.zip", "w") as archive:
        archive.writestr("Connections.csv", CONNECTIONS)
        archive.writestr("messages.csv", "FROM,CONTENT\nprivate,private\n")
    assert take(home) == ["export.zip/Connections.csv"]
    assert len([path for path in home.landed.rglob("*") if path.is_file()]) == 1
    assert not list(home.inbox.iterdir())
    assert read(home).rows_used == 1
    assert ask(home, "SELECT given_name FROM contact") == [("Jan",)]


def test_a_refused_file_goes_to_quarantine_and_everything_else_is_loaded(home: Home) -> None:
    drop(home, "members.csv", TABLE)
    drop(home, "page.csv", "<html>Sign in</html>")
    with zipfile.ZipFile(home.inbox / "other.zip", "w") as archive:
        archive.writestr("../Connections.csv", CONNECTIONS)
    take(home)
    report = read(home)
    assert (report.files_read, report.files_refused, report.rows_used, report.rows_rejected) == (3, 2, 1, 1)
    assert len(list(home.quarantine.iterdir())) == 2
    found = ask(home, "SELECT file, line, column_name FROM refused_row ORDER BY ALL")
    assert found == [("members.csv", 3, "Sinds"), ("other.zip", 0, None), ("page.csv", 0, None)]
    assert ask(home, "SELECT status FROM source_file ORDER BY file") == [
        ("partial",),
        ("rejected",),
        ("rejected",),
    ]
    assert read(home) == LoadReport()


def test_what_was_refused_is_tried_again_when_handed_in_again(home: Home) -> None:
    drop(home, "page.csv", "<html>Sign in</html>")
    take(home)
    read(home)
    drop(home, "page.csv", "<html>Sign in</html>")
    take(home, at=NOW + timedelta(hours=1))
    report = read(home)
    assert (report.files_read, report.files_refused) == (1, 1)
    assert len(list(home.quarantine.iterdir())) == 1


@pytest.mark.parametrize("own_file_rows", [1, 100_000])
def test_loading_twice_changes_nothing_and_a_rebuild_gives_the_same(home: Home, own_file_rows: int) -> None:
    drop(home, "members.csv", TABLE)
    drop(home, "Connections.csv", CONNECTIONS)
    take(home)
    assert read(home, own_file_rows=own_file_rows).files_read == 2
    before = everything(home)
    assert len(before[0]) == 1
    assert read(home) == LoadReport()
    assert everything(home) == before
    home.warehouse_file.unlink()
    with Ledger(home) as ledger:
        ledger.forget_readings()
    read(home)
    assert everything(home) == before


@pytest.mark.parametrize("own_file_rows", [1, 100_000])
def test_a_changed_mapping_replaces_what_was_read(home: Home, own_file_rows: int) -> None:
    drop(home, "members.csv", TABLE)
    take(home)
    read(home, own_file_rows=own_file_rows)
    grouped = replace(MEMBERS, constants=(("working_group", "Kennisbasis"),))
    assert read(home, Settings(tables=(grouped,)), own_file_rows).files_read == 1
    assert ask(home, "SELECT email, working_group FROM membership") == [("an@example.org", "Kennisbasis")]
    assert read(home, Settings()).files_read == 1
    assert ask(home, "SELECT count(*) FROM membership") == [(0,)]
    assert ask(home, "SELECT status FROM source_file") == [("needs_mapping",)]
    assert read(home).files_read == 1
    assert ask(home, "SELECT line, source, received_at FROM membership") == [
        (2, "members", NOW.replace(tzinfo=None))
    ]


def test_a_list_is_judged_beside_one_that_is_stored_in_the_same_moment(home: Home) -> None:
    """Rows of small files are stored together; a shorter list of the same people is known all the same."""
    people = [f"An {number},an{number}@example.org,2026-01-01\n" for number in range(20)]
    drop(home, "members.csv", "Naam,E-mail,Sinds\n" + "".join(people))
    take(home)
    drop(home, "members.csv", "Naam,E-mail,Sinds\n" + "".join(people[:10]))
    take(home, at=NOW + timedelta(hours=1))
    assert read(home).files_read == 2
    assert ask(home, "SELECT status FROM source_file ORDER BY received_at") == [("accepted",), ("held",)]
    assert ask(home, "SELECT count(*) FROM membership") == [(20,)]


def test_the_feeds_can_be_read_from_another_database(home: Home, tmp_path: Path) -> None:
    from etl.warehouse import open_build

    drop(home, "members.csv", TABLE)
    take(home)
    read(home, own_file_rows=1)
    with open_build(tmp_path / "release.duckdb", home.warehouse_file) as build:
        assert build.execute("SELECT email, part, line FROM feeds.membership").fetchall() == [
            ("an@example.org", 0, 2)
        ]


def test_a_feed_that_got_a_field_since_keeps_its_rows(home: Home) -> None:
    drop(home, "members.csv", TABLE)
    take(home)
    read(home)
    with open_warehouse(home.warehouse_file, read_only=False) as warehouse:
        warehouse.execute("DROP VIEW main.membership")
        warehouse.execute("ALTER TABLE stored.membership DROP COLUMN region")
    read(home)
    assert ask(home, "SELECT full_name, region FROM membership") == [("An", None)]


def test_rows_of_a_large_file_are_written_once_and_go_with_a_new_reading(home: Home) -> None:
    drop(home, "members.csv", TABLE)
    take(home)
    read(home, own_file_rows=1)
    (kept,) = home.feeds.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    (home.feeds / "left-by-a-killed-run.parquet").write_bytes(b"half")
    grouped = replace(MEMBERS, constants=(("working_group", "Kennisbasis"),))
    read(home, Settings(tables=(grouped,)), own_file_rows=1)
    (new,) = home.feeds.iterdir()
    assert new.name != kept.name
    assert ask(home, "SELECT email, working_group FROM membership") == [("an@example.org", "Kennisbasis")]


def test_a_home_that_was_moved_keeps_its_rows(home: Home) -> None:
    drop(home, "members.csv", TABLE)
    take(home)
    read(home, own_file_rows=1)
    before = everything(home)
    moved = Home(home.root.rename(home.root.with_name("moved")))
    assert read(moved) == LoadReport()
    assert everything(moved) == before


def test_a_warehouse_of_an_earlier_version_is_read_anew(home: Home) -> None:
    drop(home, "members.csv", TABLE)
    take(home)
    read(home)
    before = everything(home)
    with open_warehouse(home.warehouse_file) as warehouse:
        warehouse.execute("DROP TABLE stored.large_file")
    assert read(home).files_read == 1
    assert everything(home) == before


MESSAGES = '"CONVERSATION ID","CONVERSATION TITLE","FROM"\n"1","","Kim Smit, tussen ons"\n'


@pytest.mark.parametrize("name", ["messages.csv", "only.zip", "../escape.zip", "damaged.zip"])
def test_private_messages_are_never_kept_and_that_is_said(home: Home, name: str) -> None:
    path = home.inbox / Path(name).name
    if path.suffix == ".csv":
        path.write_text(MESSAGES, encoding="utf-8")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("Messages_123.csv", MESSAGES)
            if name.startswith(".."):
                archive.writestr("../Connections.csv", CONNECTIONS)
    if name == "damaged.zip":
        path.write_bytes(path.read_bytes()[:-10])
    assert take(home) == [path.name]
    assert read(home).files_read == 0
    with Ledger(home) as ledger:
        forget_warehouse(home, ledger)  # as a rebuild does
        (reading,) = ledger.readings()
    assert reading.status == "skipped"
    assert "never reads or keeps" in (reading.reason or "")
    kept = [each for each in home.root.rglob("*") if each.is_file() and b"tussen ons" in each.read_bytes()]
    assert kept == []
