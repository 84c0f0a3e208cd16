"""What kind of file this is, by its bytes only. Names and extensions are never trusted."""

from __future__ import annotations

import codecs
import re
import zipfile
from enum import Enum
from pathlib import Path

HEAD_BYTES = 64 * 1024
CHUNK_BYTES = 1024 * 1024
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
UTF8_SEQUENCE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")
JSON_START = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
BINARY_NUL_SHARE = 0.01
CONTROLS = frozenset(range(32)) - {0, 9, 10, 11, 12, 13, 26, 27}


class FileKind(Enum):
    """Every kind of file that can land in the inbox; the value is what a message calls it."""

    XLSX = "an Excel workbook"
    ZIP = "a zip archive"
    XLS = "an old Excel workbook"
    HTML = "a web page"
    UTF16LE = "UTF-16 text (little-endian)"
    UTF16BE = "UTF-16 text (big-endian)"
    UTF8 = "UTF-8 text"
    CP1252 = "Windows-1252 text"
    JSON = "JSON"
    MIXED = "text in two encodings"
    EMPTY = "an empty file"
    BINARY = "a binary file"

    @property
    def is_text(self) -> bool:
        """Whether the file can be cut into lines."""
        return self in _ENCODINGS

    @property
    def encoding(self) -> str:
        """Python's name for the encoding of a text kind."""
        return _ENCODINGS[self]


_ENCODINGS = {
    FileKind.UTF16LE: "utf-16-le",
    FileKind.UTF16BE: "utf-16-be",
    FileKind.UTF8: "utf-8",
    FileKind.CP1252: "cp1252",
}


def sniff(path: Path) -> FileKind:
    """The kind of a whole file. Text is read to its end, because one late byte decides the encoding."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind = sniff_head(head, path.stat().st_size)
    if kind is FileKind.ZIP:
        return _zip_kind(path)
    if kind.is_text and JSON_START.match(_text_of(head, kind)):
        return FileKind.JSON
    return _text_kind(path) if kind is FileKind.UTF8 else kind


def _text_of(head: bytes, kind: FileKind) -> str:
    """The first characters. An object or a list of a JSON document shows itself in them."""
    return head[:4096].decode(kind.encoding, errors="replace").removeprefix("\ufeff")


def sniff_head(head: bytes, size: int) -> FileKind:
    """The kind that the first bytes show; 8-bit text is called UTF8, a workbook ZIP, until looked into."""
    if not head.strip(b" \t\r\n\xef\xbb\xbf"):
        return FileKind.EMPTY if size <= len(head) else FileKind.UTF8
    if head.startswith(ZIP_MARKS):
        return FileKind.ZIP
    if head.startswith(OLE_MARK):
        return FileKind.XLS
    wide = _utf16(head, size)
    if wide is not None:
        return wide
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<":
        return FileKind.HTML
    if head.count(0) > BINARY_NUL_SHARE * len(head) + 1 or _has_controls(head):
        return FileKind.BINARY
    return FileKind.UTF8


def _zip_kind(path: Path) -> FileKind:
    """A workbook is a zip archive whose directory names the parts of a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return FileKind.ZIP
    is_workbook = "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)
    return FileKind.XLSX if is_workbook else FileKind.ZIP


def _utf16(head: bytes, size: int) -> FileKind | None:
    if head.startswith(codecs.BOM_UTF16_LE):
        return _unless_web_page(head[2:], FileKind.UTF16LE)
    if head.startswith(codecs.BOM_UTF16_BE):
        return _unless_web_page(head[2:], FileKind.UTF16BE)
    even, odd = head[0::2], head[1::2]
    least = len(head) * 0.2
    if odd.count(0) > least and even.count(0) < least / 10:
        return _unless_web_page(head, FileKind.UTF16LE)
    if even.count(0) > least and odd.count(0) < least / 10:
        return _unless_web_page(head, FileKind.UTF16BE)
    return None


def _unless_web_page(head: bytes, kind: FileKind) -> FileKind:
    text = head[:400].decode(kind.encoding, errors="ignore").lstrip("\ufeff \t\r\n")
    if not text and len(head) < 400:
        return FileKind.EMPTY
    return FileKind.HTML if text.startswith("<") else kind


def _has_controls(head: bytes) -> bool:
    """Pictures, PDF and the like hold control characters that no text export does."""
    found = sum(head.count(code) for code in CONTROLS)
    return (
        head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PAR1"))
        or found > len(head) * 0.01 + 1
    )


def _text_kind(path: Path) -> FileKind:
    """UTF-8 when every byte is; cp1252 when no byte says UTF-8; mixed when some do and some do not."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK_BYTES):
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _eight_bit_kind(path)
    return FileKind.UTF8


def _eight_bit_kind(path: Path) -> FileKind:
    """Which 8-bit text this is, line by line so that one name cannot be cut in two."""
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            if _holds_utf8(line):
                return FileKind.MIXED
            try:
                line.decode("cp1252")
            except UnicodeDecodeError:
                return FileKind.BINARY
    return FileKind.CP1252


def _holds_utf8(line: bytes) -> bool:
    for found in UTF8_SEQUENCE.finditer(line):
        try:
            found.group().decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False
