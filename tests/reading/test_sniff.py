"""What a file is, by its bytes; its name says nothing."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from etl.reading.sniff import FileKind, sniff

TABLE = "naam;plaats\nJosé van den Berg;Genève\n"


def zipped(**members: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_dot_", "."), text)
    return target.getvalue()


def workbook() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet().write("A1", "naam")
    book.close()
    return target.getvalue()


KINDS = [
    (b"", FileKind.EMPTY),
    (b"\xef\xbb\xbf", FileKind.EMPTY),
    (b"\xff\xfe", FileKind.EMPTY),
    (b" \r\n\t\n", FileKind.EMPTY),
    (TABLE.encode(), FileKind.UTF8),
    (TABLE.encode("utf-8-sig"), FileKind.UTF8),
    (TABLE.encode("cp1252"), FileKind.CP1252),
    (b"naam;bedrag\n" + b"x;1\n" * 40_000 + "\u20ac;2\n".encode("cp1252"), FileKind.CP1252),
    (TABLE.encode() + TABLE.encode("cp1252"), FileKind.MIXED),
    (TABLE.encode("utf-16"), FileKind.UTF16LE),
    (TABLE.encode("utf-16-le"), FileKind.UTF16LE),
    (b"\xfe\xff" + TABLE.encode("utf-16-be"), FileKind.UTF16BE),
    (TABLE.encode("utf-16-be"), FileKind.UTF16BE),
    (b"<!DOCTYPE html><html><body>Sign in</body></html>", FileKind.HTML),
    (b"\xef\xbb\xbf\n <html>", FileKind.HTML),
    ("<html>".encode("utf-16"), FileKind.HTML),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, FileKind.XLS),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), FileKind.BINARY),
    (b"%PDF-1.7\n% text only\n", FileKind.BINARY),
    (bytes(range(256)) * 8, FileKind.BINARY),
    (b"a;b\n\x81;1\n", FileKind.BINARY),
    (zipped(Connections_dot_csv="a,b\n"), FileKind.ZIP),
    (workbook(), FileKind.XLSX),
    (b"PK\x03\x04 but no archive", FileKind.ZIP),
]


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x"])
def test_a_kind_is_seen_in_the_bytes_whatever_the_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for content, kind in KINDS:
        path.write_bytes(content)
        assert sniff(path) is kind, content[:40]
