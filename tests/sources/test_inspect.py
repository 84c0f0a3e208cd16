"""inspect on real files: bytes are sniffed, hostile files refused, nothing written, counts right."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from etl.errors import UsageError
from etl.settings import Settings, read_settings
from etl.sources.inspect import inspect
from etl.sources.reading import Counts, FileReading, reading_json
from etl.sources.source import FileStatus
from etl.sources.summary import MOST_LINES

SAMPLES = Path(__file__).parents[1] / "samples"
KEYS = [
    "file", "sha256", "format", "status", "reason", "rows", "rejects", "counts", "dates", "sessions",
    "attendance", "warnings",
]  # fmt: skip
PRESENCE = """
[[tables]]
name = "presence"
match = "*.csv"
feed = "attendance"
[tables.columns]
session = "title"
email = "email"
name = "full_name"
profile = "linkedin_url"
number = "external_id"
minutes = "minutes"
here = "checked_in"
"""


def one(path: Path, settings: Settings | None = None) -> FileReading:
    (reading,) = inspect([path], settings or Settings())
    return reading


def presence(folder: Path, rows: str) -> FileReading:
    """A table of attendance with these rows, through a mapping."""
    path = folder / "presence.csv"
    path.write_text("session,email,name,profile,number,minutes,here\n" + rows, encoding="utf-8")
    return one(path, read_settings(PRESENCE, {}))


def test_extensions_are_never_trusted(tmp_path: Path) -> None:
    """A report that calls itself a workbook, and a workbook that calls itself text."""
    report = tmp_path / "report 2021-03-16.xlsx"
    shutil.copy(SAMPLES / "teams_attendance" / "Sessie Kennisbasis - Attendance report 3-16-21.csv", report)
    agenda = tmp_path / "agenda-2021.xlsx.csv"
    shutil.copy(SAMPLES / "table" / "agenda-2021.xlsx", agenda)
    assert one(report).format == "teams_attendance"
    mapped = (SAMPLES / "kring.toml").read_text(encoding="utf-8").replace("agenda-*.xlsx", "agenda-*")
    assert one(agenda, read_settings(mapped, {})).counts.events == 2


def test_the_object_has_exactly_the_keys_of_the_contract(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "linkedin_connections" / "Connections.csv", tmp_path)
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as writer:
        writer.write(tmp_path / "Connections.csv", "Basic export/CONNECTIONS.csv")
    plain, zipped = json.loads(reading_json(inspect([tmp_path], Settings())))
    assert list(plain) == KEYS
    assert list(zipped) == [*KEYS, "members"]
    (member,) = zipped["members"]
    assert {**member, "file": "Connections.csv"} == plain
    assert zipped["counts"] == plain["counts"]


def test_a_folder_is_read_whole_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("Vragen vooraf.csv", "bad-both-orders.csv"):
        shutil.copy(SAMPLES / "google_forms" / name, tmp_path / "sub" / name)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    good, bad = inspect([tmp_path], Settings())
    assert (good.status, bad.status) == (FileStatus.ACCEPTED, FileStatus.REJECTED)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(UsageError, match="no such file"):
        inspect([Path("not-there.csv")], Settings())


def test_a_cell_of_a_megabyte_costs_its_own_row(tmp_path: Path) -> None:
    path = tmp_path / "Form.csv"
    rows = [
        "Timestamp,Email Address,What is your question?",
        "2026/05/04 9:00:00 AM GMT+2,bo@example.org,When do we meet again?",
    ]
    path.write_text(
        "\n".join([*rows, "2026/05/04 9:01:00 AM GMT+2,kim@example.org," + "x" * 1_000_000, ""]),
        encoding="utf-8",
    )
    reading = one(path)
    assert reading.status is FileStatus.PARTIAL
    assert (reading.rows.read, reading.rows.used, reading.rows.rejected) == (2, 1, 1)
    assert [reject.line for reject in reading.rejects] == [3]
    assert "xxx" not in reading_json((reading,))


def test_a_zip_bomb_is_refused_and_what_lies_beside_it_is_read(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("Connections.csv", b"0" * 250_000_000)
    (tmp_path / "bomb.zip").write_bytes(bomb.getvalue())
    shutil.copy(SAMPLES / "linkedin_connections" / "Connections-2018.csv", tmp_path / "good.csv")
    refused, good = inspect([tmp_path], Settings())
    assert refused.status is FileStatus.REJECTED
    assert refused.reason is not None
    assert good.counts.people == 2


def test_files_of_no_table_are_refused_with_one_line(tmp_path: Path) -> None:
    contents = {
        "empty.csv": b"", "blank.csv": b" \n\n", "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        "page.csv": b"<html><body>Sign in</body></html>", "nul.csv": b"\0" * 400,
    }  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    for reading in inspect([tmp_path], Settings()):
        assert reading.status is FileStatus.REJECTED, reading.file
        assert reading.reason, reading.file
        assert "\n" not in reading.reason


def test_who_is_one_person(tmp_path: Path) -> None:
    reading = presence(
        tmp_path,
        "A,Anna@example.org,Anna,,,10,\n"
        "A,anna@example.org,A. de Vries,https://www.linkedin.com/in/anna-example,,5,\n"  # address first
        "A,,Anna,https://www.linkedin.com/in/Anna-Example/,,20,\n"  # no address: never joined to one
        "A,,Somebody,,77,30,\n"
        "B,,Somebody Else,,77,30,\n"  # the same number of the same source
        "A,,Kim Bakker (Guest),,,40,\n"
        "A,,\"Bakker, Kim\",,,2,\n"  # the same name in this file
        "A,info@example.org,Desk,,,40,\n"  # a desk: by its name
        "A,info@example.org,,,,40,\n"  # a desk without a name: nobody
        "A,,iPhone,,,40,\n"
        "A,,iPhone,,,40,\n",
    )  # fmt: skip
    assert reading.status is FileStatus.ACCEPTED
    assert reading.counts == Counts(people=5, distinct_emails=2, unidentified=2, attendances=6)
    assert [(line.name, line.email, line.seconds) for line in reading.attendance] == [
        ("Anna", "anna@example.org", 900), ("Anna", None, 1200), ("Somebody", None, 1800),
        ("Somebody Else", None, 1800),
        ("Kim Bakker", None, 2520), ("Desk", "info@example.org", 2400),
    ]  # fmt: skip


def test_a_desk_with_something_behind_it_is_a_desk_here_as_in_the_build(tmp_path: Path) -> None:
    desks = [
        f"A,{desk}@example.org,{name},,,10,"
        for desk in ("team2", "info-noord", "Info3", "secretariaat.zuid", "hr+feest")
        for name in ("Anna de Vries", "Bo Smit")
    ]
    # a word that only begins like one is no desk
    others = [f"A,teamleider@example.org,{name},,,10," for name in ("Kim Bakker", "K. Bakker")]
    reading = presence(tmp_path, "\n".join([*desks, *others, ""]))
    assert reading.counts.people == 3


def test_who_was_not_checked_in_was_not_there(tmp_path: Path) -> None:
    reading = presence(tmp_path, "A,a@example.org,,,,,ja\nA,b@example.org,,,,,nee\nA,c@example.org,,,,,\n")
    assert (reading.counts.people, reading.counts.attendances) == (3, 2)


def test_the_same_name_in_two_files_is_counted_in_each(tmp_path: Path) -> None:
    for name in ("x.csv", "y.csv"):
        (tmp_path / name).write_text(
            "session,email,name,profile,number,minutes,here\nA,,Kim,,,5,\n", encoding="utf-8"
        )
    assert [reading.counts.people for reading in inspect([tmp_path], read_settings(PRESENCE, {}))] == [1, 1]


def test_many_attendances_are_counted_and_not_listed(tmp_path: Path) -> None:
    rows = "".join(f"S{n % 7},p{n}@example.org,,,,5,\n" * 2 for n in range(MOST_LINES + 1))
    reading = presence(tmp_path, rows)
    assert reading.counts.attendances == MOST_LINES + 1
    assert reading.attendance == ()
    assert len(reading.sessions) == 7
    assert reading.warnings


def test_a_folder_leaves_out_what_a_refresh_leaves_alone(tmp_path: Path) -> None:
    for name in ("leden.csv", "leden.csv.part", ".hidden.csv", ".cache/leden.csv", "een map/leden.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("Naam,E-mail\nAnna Appel,anna@example.org\n", encoding="utf-8")
    found = inspect([tmp_path], Settings())
    assert [reading.file for reading in found] == ["leden.csv", "leden.csv"]
    assert one(tmp_path / "leden.csv.part").status is FileStatus.NEEDS_MAPPING  # asked for by name


@pytest.mark.parametrize(
    "row",
    [
        "Anna Appel,anna@example.org,Utrecht",
        "Anna Appel,06 1234 5678,Utrecht",
        "Anna Appel,15-3-2024,Utrecht",
        "Anna Appel,https://www.linkedin.com/in/anna-appel,Utrecht",
    ],
)
def test_a_table_without_headings_shows_nobody(tmp_path: Path, row: str) -> None:
    """Its first row is data; a proposal made of it would put a name in the ledger and in messages."""
    path = tmp_path / "leden.csv"
    path.write_text(f"{row}\n{row}\n", encoding="utf-8")
    found = one(path)
    assert found.status is FileStatus.NEEDS_MAPPING
    assert found.reason is not None
    assert "No heading row was found" in found.reason
    assert "Anna" not in reading_json((found,))
    assert found.rows.read == 2
