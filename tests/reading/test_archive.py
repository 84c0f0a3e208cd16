"""Archives and workbooks are judged by their directory before anything in them is unpacked."""

from __future__ import annotations

import resource
import stat
import warnings
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from etl.errors import InputError
from etl.reading.archive import members, normalised_stem, private_members, read_member
from etl.reading.spreadsheet import read_spreadsheet
from etl.settings import Limits

LIMITS = Limits()
CONNECTIONS = "First Name,Last Name\nJan,Berg\n"


def archive(path: Path, *contents: tuple[str | zipfile.ZipInfo, str | bytes]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        warnings.simplefilter("ignore")
        for name, content in contents:
            target.writestr(name, content)
    return path


def test_only_named_members_are_read_wherever_they_stand(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "x.zip",
        ("export/CONNECTIONS.csv", CONNECTIONS), ("messages.csv", "FROM\n"), ("Shares_1.csv", "x"),
        ("Articles/Comments.html", "x"), ("Profile.csv", "x"),
    )  # fmt: skip
    member, activity = members(path, LIMITS)
    assert (member.name, activity.name) == ("export/CONNECTIONS.csv", "Shares_1.csv")
    assert private_members(path, LIMITS) == ("messages.csv",)
    assert read_member(path, member, LIMITS) == CONNECTIONS.encode()


def test_members_are_known_by_their_stem() -> None:
    assert normalised_stem("Folder/Company_Follows_123.CSV") == "company follows"
    assert normalised_stem("Connections.csv") == normalised_stem("a\\connections.csv") == "connections"


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("Connections.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        ([("messages.csv", "FROM\n")], "no member that Kring reads"),
        ([("../Connections.csv", "a")], "names a place outside"),
        ([("/etc/Connections.csv", "a")], "names a place outside"),
        ([("C:\\Connections.csv", "a")], "names a place outside"),
        ([("Connections.csv", "a"), ("..\\x", "b")], "names a place outside"),
        ([("Connections.csv", "a"), ("connections.CSV", "b")], "has the name of another member"),
        ([(link(), "/etc/passwd")], "is a link"),
        ([(f"{number}.csv", "a") for number in range(1_001)], "1,001 members"),
        ([("Connections.csv", b"0" * 30_000_000)], "grows more than 100 times"),
    ],
)
def test_an_archive_that_could_mean_harm_is_refused(
    tmp_path: Path, contents: list[tuple[str | zipfile.ZipInfo, str | bytes]], found: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = archive(tmp_path / "x.zip", *contents)
    with pytest.raises(InputError, match=found):
        members(path, LIMITS)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_nul_in_a_name_and_a_lying_directory_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", ("Connections.csv_.exe", CONNECTIONS))
    path.write_bytes(path.read_bytes().replace(b"Connections.csv_.exe", b"Connections.csv\0.exe"))
    with pytest.raises(InputError, match="NUL"):
        members(path, LIMITS)
    path = archive(tmp_path / "y.zip", ("Connections.csv", CONNECTIONS))
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (5).to_bytes(4, "little")
    path.write_bytes(content)
    (member,) = members(path, LIMITS)
    with pytest.raises(InputError, match="damaged"):
        read_member(path, member, LIMITS)


def test_a_cut_off_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", ("Connections.csv", CONNECTIONS))
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InputError, match="damaged"):
        members(path, LIMITS)


def test_a_workbook_becomes_text_with_its_own_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        day, moment = (
            book.add_format({"num_format": "d-m-yyyy"}),
            book.add_format({"num_format": "d-m-yyyy h:mm"}),
        )
        sheet = book.add_worksheet("leden")
        sheet.write_row(2, 0, ["Naam", "Sinds", "Om", "Aantal", "Deel", "Mee"])
        sheet.write(4, 0, "Zoë")
        sheet.write_datetime(4, 1, datetime(2026, 11, 19), day)
        sheet.write_datetime(4, 2, datetime(2026, 11, 19, 14, 5), moment)
        sheet.write_row(4, 3, [130, 1.125, True])
        book.add_worksheet("verborgen").hide()
    (table,) = read_spreadsheet(path, LIMITS)
    assert table.name == "leden"
    assert [(row.line, row.cells) for row in table.rows] == [
        (3, ("Naam", "Sinds", "Om", "Aantal", "Deel", "Mee")),
        (5, ("Zoë", "2026-11-19", "2026-11-19 14:05:00", "130", "1.1250", "true")),
    ]
    assert date.fromisoformat(table.rows[1].cells[1]) == date(2026, 11, 19)


def test_a_workbook_bomb_an_entity_and_damage_are_refused(tmp_path: Path) -> None:
    parts = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    bomb = archive(tmp_path / "bomb.xlsx", *parts.items(), ("xl/worksheets/sheet1.xml", b"0" * 20_000_000))
    with pytest.raises(InputError, match="grows more than"):
        read_spreadsheet(bomb, LIMITS)
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">]><workbook/>'
    entity = archive(
        tmp_path / "entity.xlsx", ("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", laughs)
    )
    with pytest.raises(InputError, match="DOCTYPE"):
        read_spreadsheet(entity, LIMITS)
    damaged = archive(tmp_path / "damaged.xlsx", *parts.items())
    with pytest.raises(InputError, match="damaged"):
        read_spreadsheet(damaged, LIMITS)
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000)
    with pytest.raises(InputError, match="damaged"):
        read_spreadsheet(old, LIMITS)
