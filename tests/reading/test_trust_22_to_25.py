"""Bombs, entities, hostile names in zips, encodings: refused before they cost anything, or read right."""

from __future__ import annotations

import gzip
import io
import os
import random
import resource
import stat
import sys
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from etl.home import Home
from etl.landing import take_inbox
from etl.ledger import Ledger
from etl.reading.child import ReadJob, read_files
from etl.reading.file import read_file
from etl.schema.feeds import MEMBERSHIP
from etl.settings import Limits, Settings, TableMapping, load_settings
from etl.sources.reading import FileReading
from etl.sources.source import FileStatus
from etl.warehouse import scratch

MB = 1024 * 1024
MOST_SECONDS = 5.0
MOST_PARENT_MB = 50
SETTINGS = Settings(
    tables=(TableMapping("members", "members*", MEMBERSHIP, (("Naam", "full_name"), ("E-mail", "email"))),)
)
HEADING = "Naam,E-mail\n"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONNECTIONS = "First Name,Last Name,Email Address,Company,Position,Connected On\nEls,Maes,,,,01 Feb 2026\n"


def read(path: Path, name: str, work: Path, settings: Settings = SETTINGS) -> FileReading:
    """One file through the limited child."""
    work.mkdir(exist_ok=True)
    (found,) = read_files([ReadJob(path, name, "0" * 64, datetime(2026, 11, 21))], settings, work)
    return found


def workbook(sheet: bytes, other: dict[str, bytes] | None = None) -> bytes:
    """The parts of a workbook by hand, with this as its only sheet."""
    target = io.BytesIO()
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SHEETS}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        '<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship '
        f'Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for part, text in parts.items():
            made.writestr(part, (other or {}).get(part, text))
        made.writestr("xl/worksheets/sheet1.xml", sheet)
    return target.getvalue()


def sheet_of(cells: str, before: str = "") -> bytes:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    return f'<?xml version="1.0"?>{before}{sheet}'.encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, content in members:
            made.writestr(name, content)
    return target.getvalue()


def matryoshka() -> bytes:
    """A zip of 10 zips of 10 zips … of zeros, as 42.zip is made."""
    content = zipped(("0.csv", b"0" * 10 * MB))
    for _ in range(4):
        content = zipped(*((f"{number}.zip", content) for number in range(10)))
    return content


def sheet_bomb() -> bytes:
    row = '<row><c t="inlineStr"><is><t>0</t></is></c></row>'
    return workbook(sheet_of(row * 6_400_000))  # 314 MB from under a megabyte


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "workbook": ("members.xlsx", sheet_bomb),
    "nested zips": ("members.zip", matryoshka),
    "zip of one member": ("LinkedIn.zip", lambda: zipped(("Connections.csv", b"0" * 300 * MB))),
    "gzip": ("members.csv.gz", lambda: gzip.compress(b"0" * 200 * MB)),
    "a million columns": ("members.csv", lambda: b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000),
    "a field of 70 KB": ("members.csv", lambda: f"{HEADING}{'x' * 70_000},a@example.org\n".encode()),
    "a cell of 1 MB": ("members.csv", lambda: f"{HEADING}{'x' * 1_000_000},a@example.org\n".encode()),
    "a quote never closed": ("members.csv", lambda: (HEADING + '"' + "x,y\n" * 100_000).encode()),
    "a far cell": ("members.xlsx", lambda: workbook(sheet_of(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))),
    "deep JSON": ("members.json", lambda: b"[" * 5_000_000 + b"]" * 5_000_000),
    "an endless number": ("members.json", lambda: b'[{"a": ' + b"9" * 5_000_000 + b"}]"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BOMBS)
def test_22_a_bomb_is_refused_before_it_costs_anything(kind: str, tmp_path: Path) -> None:
    name, make = BOMBS[kind]
    path = tmp_path / "bomb"
    path.write_bytes(make())
    small = tmp_path / "small.csv"
    small.write_text(HEADING, encoding="utf-8")
    read(small, "members-first.csv", tmp_path / "work")  # the server of the children is there already
    before, started = resident_mb(), time.monotonic()
    found = read(path, name, tmp_path / "work")
    took, grew = time.monotonic() - started, resident_mb() - before
    assert found.rows.used == 0 or kind == "a quote never closed"  # which costs the row that opens it
    refused = [*([found.reason] if found.reason else []), *(each.reason for each in found.rejects)]
    assert found.status in (FileStatus.REJECTED, FileStatus.NEEDS_MAPPING) or found.rejects, found
    assert took < MOST_SECONDS * (1 if "PYTEST_XDIST_WORKER" not in os.environ else 2), took
    assert grew < MOST_PARENT_MB
    print(f"trust 22: {kind}, {path.stat().st_size:,} bytes: {took:.1f} s, +{grew} MB: {refused[0][:80]}")


def resident_mb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // MB


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = {
    "a file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>',
    "a parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
    "laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    "an outside definition": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
}
opened: list[str] = []
listening = [False]


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if listening[0] and event in ("open", "socket.connect", "socket.getaddrinfo"):
        opened.append(f"{event} {arguments[0]}" if event == "open" else event)


sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Everything that is opened meanwhile."""
    opened.clear()
    listening[0] = True
    try:
        yield opened
    finally:
        listening[0] = False


@pytest.mark.parametrize("kind", DOCTYPES)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels"])
def test_23_entities_in_a_workbook_are_refused_and_nothing_else_is_opened(
    kind: str, part: str, tmp_path: Path
) -> None:
    cells = '<row><c t="inlineStr"><is><t>&e;&l9;</t></is></c></row>'
    declared = f'<?xml version="1.0"?>{DOCTYPES[kind]}<x/>'.encode()
    is_sheet = part.startswith("xl/worksheets")
    path = tmp_path / "members.xlsx"
    path.write_bytes(
        workbook(sheet_of(cells, DOCTYPES[kind] if is_sheet else ""), {} if is_sheet else {part: declared})
    )
    with scratch(threads=1) as database:
        job = ReadJob(path, "members.xlsx", "0" * 64, datetime(2026, 11, 21))
        read_file(job, SETTINGS, database, tmp_path)  # what the reader itself loads, once
        with watched() as seen:
            found = read_file(job, SETTINGS, database, tmp_path)
    assert found.status is FileStatus.REJECTED
    assert "DOCTYPE" in (found.reason or "")
    outside = [each for each in seen if not each.startswith(f"open {tmp_path}")]
    assert outside == []


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("Connections.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


HOSTILE = (
    "../Connections.csv", "../../../../tmp/Connections.csv", "/etc/Connections.csv", "C:\\Connections.csv",
    "c:Connections.csv", "..\\Connections.csv", "a/../../Connections.csv", "\\\\host\\Connections.csv",
    "a\\..\\..\\Connections.csv",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_24_no_name_in_a_zip_leads_out_of_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    good = ("Connections.csv", CONNECTIONS.encode())
    archives = {f"{n}.zip": zipped((name, CONNECTIONS.encode())) for n, name in enumerate(HOSTILE)}
    archives |= {f"beside-{n}.zip": zipped(good, (name, b"x")) for n, name in enumerate(HOSTILE)}
    archives["duplicate.zip"] = zipped(good, good)
    archives["case.zip"] = zipped(good, ("CONNECTIONS.csv", b"x"))
    archives["members.zip"] = zipped(*((f"{n}/Connections.csv", b"x") for n in range(1_001)))
    archives["nul.zip"] = zipped(("Connections.csv_.exe", b"x")).replace(b"csv_.exe", b"csv\0.exe")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr(link(), "/etc/passwd")
    archives["link.zip"] = target.getvalue()
    for name, content in archives.items():
        (home.inbox / name).write_bytes(content)
    outside = {path for path in tmp_path.rglob("*") if not path.is_relative_to(home.root)}
    settings = load_settings(home, {}) if home.settings_file.exists() else Settings()
    with Ledger(home) as ledger:
        landed = take_inbox(home, settings, ledger, datetime(2026, 11, 21))
    assert {path for path in tmp_path.rglob("*") if not path.is_relative_to(home.root)} == outside
    assert {file.file for file in landed} == set(archives), "none of them was taken apart"
    assert all(len(path.name) == 64 for path in home.landed.rglob("*") if path.is_file())
    reasons = {}
    for file in landed:
        found = read(home.landed_file(file.sha256), file.file, tmp_path / "work", settings)
        assert found.status is FileStatus.REJECTED, file.file
        reasons[file.file] = found.reason or ""
    assert "the name of another member" in reasons["duplicate.zip"]
    assert "the name of another member" in reasons["case.zip"]
    assert "1,001 members" in reasons["members.zip"]
    assert "NUL" in reasons["nul.zip"]
    assert "link" in reasons["link.zip"]
    print(f"trust 24: {len(archives)} archives, {len(reasons)} refused, 0 files outside the home")


PARTS = [
    "Zoë", "Chloë", "Renée", "François", "Jürgen", "Søren", "Łukasz", "Ağca", "İbrahim", "Ştefan", "Dvořák",
    "Őry", "Nguyễn", "Müller-Lüdenscheidt", "d’Haese", "O'Neill", "Ñíguez", "Þór", "Æbelø", "Œuvray", "Çelik",
    "Straße", "Βασίλης", "Юлия", "李", "محمد", "נועה", "Ĳsbrand",
]  # fmt: skip


def people() -> list[str]:
    chance = random.Random(20261121)
    return [f"{chance.choice(PARTS)} {chance.choice(PARTS)} {number}" for number in range(200)]


def written(names: list[str]) -> str:
    return HEADING + "".join(f'"{name}",p{n}@example.org\n' for n, name in enumerate(names))


def test_25_two_hundred_names_are_read_right_in_every_encoding(tmp_path: Path) -> None:
    names = people()
    western = [name for name in names if _fits(name, "cp1252")]
    files: dict[str, tuple[bytes, list[str]]] = {
        encoding: (written(names).encode(encoding), names)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
    }
    files["cp1252"] = (written(western).encode("cp1252"), western)
    decomposed = [unicodedata.normalize("NFD", name) for name in names]
    files["NFD"] = (written(decomposed).encode(), decomposed)
    keys = set()
    for encoding, (content, wanted) in files.items():
        found = rows(tmp_path, encoding, content)
        assert found == wanted, encoding
        if encoding in ("utf-8", "NFD"):
            keys.add(tuple(_plain_names(found)))
    assert len(keys) == 1, "composed or not, a name is one name"
    mixed = HEADING.encode() + "Zoë,a@example.org\n".encode() + "Chloë,b@example.org\n".encode("cp1252")
    broken = written(names).encode()[:-40] + b"\xc3"
    odd = written(names).encode("utf-16")[:-1]
    for name, content in {"mixed": mixed, "cut off": broken, "half": odd}.items():
        path = tmp_path / "bad"
        path.write_bytes(content)
        assert read(path, "members.csv", tmp_path / "work").status is FileStatus.REJECTED, name
    print(f"trust 25: 200 names in {len(files)} encodings ({len(western)} in cp1252), 3 files refused")


def _fits(name: str, encoding: str) -> bool:
    try:
        name.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def rows(folder: Path, name: str, content: bytes) -> list[str]:
    path = folder / f"{name}.bytes"
    path.write_bytes(content)
    found = read(path, "members.csv", folder / "work")
    assert found.status is FileStatus.ACCEPTED, (name, found.reason, found.rejects[:2])
    return [
        row[0]
        for row in duckdb.sql(f"SELECT full_name FROM '{found.feeds[0].path}' ORDER BY line").fetchall()
    ]


def _plain_names(names: list[str]) -> list[str]:
    from etl.cleaning.names import normal_name

    return [normal_name(name) or "" for name in names]


def _cells(*rows: Sequence[str]) -> bytes:
    def cell(text: str) -> str:
        return f'<c t="inlineStr"><is><t>{text}</t></is></c>'

    return workbook(sheet_of("".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)))


ARCHIVE = zipped(("Connections.csv", CONNECTIONS.encode() + b"x" * 70_000), ("Skills.csv", b"x"))
TABLE = written(people()).encode()
SHEET = _cells(("Naam", "E-mail"), ("An", "an@example.org"))
DEEP = b'[{"a": {"b": {"c": {"d": 1}}}}]'
LOWERED: dict[str, tuple[Limits, str, bytes, str]] = {
    "file_bytes": (Limits(file_bytes=20), "members.csv", TABLE, "MB"),
    "unpacked_bytes": (Limits(unpacked_bytes=10), "x.zip", ARCHIVE, "unpacks to"),
    "ratio": (Limits(ratio=2), "x.zip", ARCHIVE, "grows more than 2 times"),
    "members": (Limits(members=1), "x.zip", ARCHIVE, "2 members"),
    "rows": (Limits(rows=3), "members.csv", TABLE, "too many rows"),
    "rows of a sheet": (Limits(rows=1), "members.xlsx", SHEET, "too many rows"),
    "columns": (Limits(columns=1), "members.csv", TABLE, "2 columns"),
    "columns of a sheet": (Limits(columns=1), "members.xlsx", SHEET, "2 columns"),
    "depth": (Limits(depth=3), "x.json", DEEP, "nested very deep"),
}


@pytest.mark.parametrize("limit", LOWERED)
def test_each_limit_is_a_setting_and_says_what_to_do(limit: str, tmp_path: Path) -> None:
    limits, name, content, said = LOWERED[limit]
    path = tmp_path / "file"
    path.write_bytes(content)
    found = read(path, name, tmp_path / "work", replace(SETTINGS, limits=limits))
    assert found.status is FileStatus.REJECTED
    reason = found.reason or ""
    assert said in reason
    assert f"limits.{limit.split()[0]}" in reason
    assert "\n" not in reason
    assert read(path, name, tmp_path / "work").reason != reason


def test_the_limit_of_a_field_costs_its_own_row(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(f"{HEADING}{'x' * 60},a@example.org\nAn,b@example.org\n", encoding="utf-8")
    found = read(
        path, "members.csv", tmp_path / "work", replace(SETTINGS, limits=Limits(field_characters=50))
    )
    assert found.status is FileStatus.PARTIAL
    assert [(each.line, "50 characters" in each.reason) for each in found.rejects] == [(2, True)]
